"""`sim report`: one file to send to somebody."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import BAD_INPUT
from sim.cli.options import RESULTS

if TYPE_CHECKING:
    from sim.studies.comparison import Comparison


class Language(StrEnum):
    """The language of a report."""

    en = "en"
    zh = "zh"


class Theme(StrEnum):
    """The colours of a report."""

    light = "light"
    dark = "dark"


def report(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[STUDY | COMPARISON]",
            help="A folder of a study or comparison, or the beginning of a comparison's id; "
            "the newest comparison if not given.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file.", dir_okay=False, writable=True)
    ] = Path("report.html"),
    language: Annotated[Language, typer.Option("--lang", help="Its language.")] = Language.en,
    theme: Annotated[Theme, typer.Option(help="Its colours.")] = Theme.light,
    results: Annotated[
        Path, typer.Option(help="The results folder with the comparisons.", file_okay=False)
    ] = RESULTS,
) -> None:
    """Write a comparison as one HTML file: it opens anywhere, without a server or a network."""
    comparison, about = _found(what, results)
    from sim.dashboard.report import report as page
    from sim.store.writer import replace_text

    text = page(comparison, about, language.value, theme.value)
    replace_text(out, text)
    typer.echo(f"{len(text.encode()) / 1e6:.1f} MB in {out}")


def _found(what: str | None, results: Path) -> "tuple[Comparison, dict[str, Any]]":
    """Return what is asked for, and the manifest beside it; exit if there is nothing like it."""
    from sim.store.reader import comparison_folders, read_manifest
    from sim.studies.comparison import Comparison
    from sim.studies.of_study import comparison_of
    from sim.studies.study import open_study

    folder = None if what is None else Path(what)
    if folder is None or not folder.is_dir():
        named = [
            place for place in comparison_folders(results) if place.name.startswith(what or "")
        ]
        if not named or (what and len(named) > 1):
            said = f"{len(named)} comparisons in {results} begin with" if named else "there is no"
            typer.echo(f"{said} {what or 'comparison'}; `sim compare` makes one", err=True)
            raise typer.Exit(BAD_INPUT)
        folder = named[0]
    about = read_manifest(folder)
    if about.get("kind") == "study":
        return comparison_of(open_study(folder)), about
    return Comparison.load(folder), about
