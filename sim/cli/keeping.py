"""`sim query`, `sim export`, `sim compact`, `sim prune`: read studies and look after them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.batching import Folder
from sim.cli.errors import BAD_INPUT
from sim.cli.options import RESULTS, Json


class Form(StrEnum):
    """A file for other programs: of a table the first three, of a chart the others."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"
    svg = "svg"
    png = "png"
    json = "json"


_OF_TABLES = (Form.csv, Form.parquet, Form.xlsx)
_OF_CHARTS = (Form.svg, Form.png, Form.json)


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
    folder: Annotated[
        Path,
        typer.Argument(help="A study's folder; for a chart, one of results.", file_okay=False),
    ],
    table: Annotated[
        str | None,
        typer.Option(help="A table of all runs: metric_year, carrier_month, runs, …"),
    ] = None,
    chart: Annotated[
        str | None, typer.Option(help="A chart: over_time, differences, money_flow, …")
    ] = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="The form of the file; csv or svg.")
    ] = None,
    view: Annotated[
        str,
        typer.Option(
            "--query", help="What a chart shows, as it stands in its page's address after the ?."
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="The file; <study>_<table>.<format>, <chart>.<format>.", dir_okay=False),
    ] = None,
) -> None:
    """Write a table of all runs, or a chart of the dashboard, to one file."""
    if table is not None and chart is None:
        _write_table(folder, table, _form(form, _OF_TABLES, "table"), out)
    elif chart is not None and table is None:
        _write_chart(folder, chart, view, _form(form, _OF_CHARTS, "chart"), out)
    else:
        typer.echo("Name exactly one: --table or --chart.", err=True)
        raise typer.Exit(BAD_INPUT)


def _form(asked: Form | None, known: tuple[Form, ...], what: str) -> Form:
    """Return the form asked for, or the first; exit on one that this cannot have."""
    if asked is None or asked in known:
        return asked or known[0]
    typer.echo(f"--format {asked}: a {what} can be {', '.join(known)}", err=True)
    raise typer.Exit(BAD_INPUT)


def _write_table(folder: Path, table: str, form: Form, out: Path | None) -> None:
    from sim.studies.answers import write_file
    from sim.studies.study import open_study

    study = open_study(folder)
    file = out or Path(f"{study.design.name}_{table}.{form}")
    rows = write_file(study, table, form, file)
    typer.echo(f"{rows:,} rows in {file}")


def _write_chart(folder: Path, chart: str, view: str, form: Form, out: Path | None) -> None:
    from sim.dashboard.exporting import RefusedError, view_of

    try:
        drawn, here = view_of(chart, view, folder)
    except RefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from error
    from sim.dashboard.drawing import content, picture
    from sim.dashboard.pictures import write_picture, write_text

    file = out or Path(f"{chart}.{form}")
    if form is Form.json:
        write_text(json.dumps(content(drawn, here), ensure_ascii=False, allow_nan=False), file)
    else:
        write_picture(picture(drawn, here), form, file)
    typer.echo(f"{drawn.title}: {file}")


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
