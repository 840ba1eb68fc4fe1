"""`sim query`, `sim export`, `sim compact`, `sim prune`: read studies and look after them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.batching import Folder
from sim.cli.options import RESULTS, Json


class Format(StrEnum):
    """A file for other programs."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


def query(
    folder: Annotated[
        Path, typer.Argument(help="A study's folder, or one of results.", file_okay=False)
    ],
    sql: Annotated[str, typer.Argument(help="One SELECT in DuckDB's SQL.")],
    as_json: Json = False,
) -> None:
    """Ask a study in SQL: every table is a view over all its runs, `runs` says what each is."""
    from sim.studies.answers import asked

    frame = asked(folder, sql)
    if as_json:
        content = {"schema": 1, "rows": json.loads(frame.to_json(orient="records"))}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from sim.cli.pages import query_page

    query_page(frame)


def export(
    folder: Folder,
    table: Annotated[str, typer.Option(help="The table: metric_year, carrier_month, runs, …")],
    format_: Annotated[Format, typer.Option("--format", help="The form of the file.")] = Format.csv,
    out: Annotated[
        Path | None, typer.Option(help="The file; <study>_<table>.<format>.", dir_okay=False)
    ] = None,
) -> None:
    """Write a table of all runs to one file, with scenario, seed and swept values in each row."""
    from sim.studies.answers import write_file
    from sim.studies.study import open_study

    study = open_study(folder)
    file = out or Path(f"{study.design.name}_{table}.{format_.value}")
    rows = write_file(study, table, format_.value, file)
    typer.echo(f"{rows:,} rows in {file}")


def compact(folder: Folder) -> None:
    """Merge the chunks of a study into few large files: it is read faster and copied faster."""
    from sim.store.keeping import compact as merge

    before, after = merge(folder)
    if before:
        typer.echo(f"Merged {before:,} chunks into {after:,}.")
    else:
        typer.echo("There is nothing to merge.")


def prune(
    folder: Annotated[
        Path, typer.Argument(help="A folder of results, or a study's.", file_okay=False)
    ] = RESULTS,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; else only say what.")] = False,
) -> None:
    """Say what is of no more use: runs of other versions of the program, damaged files."""
    from sim.store.keeping import remove
    from sim.studies.answers import prunable

    found = prunable(folder)
    for place, why in found.items():
        typer.echo(f"{place}: {why}")
        if yes:
            remove(place)
    if not found:
        typer.echo("There is nothing to remove.")
    elif not yes:
        typer.echo(f"{len(found):,} folders; give --yes to remove them.")
