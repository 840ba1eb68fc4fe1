"""`sim explain`: what happened to one user, partner, reseller or branch, and why."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BAD_INPUT
from sim.cli.options import RESULTS, Changes, Json, Out, Users, overrides
from sim.cli.progress import compile_kernels, progress

if TYPE_CHECKING:
    from sim.studies.explain.telling import Story


def explain(
    run: Annotated[str, typer.Argument(help="A stored run's id, or its beginning; or a scenario.")],
    user: Annotated[
        int | None, typer.Argument(help="The number of a user, from 1.", show_default=False)
    ] = None,
    partner: Annotated[int | None, typer.Option(help="The number of a partner, from 1.")] = None,
    reseller: Annotated[int | None, typer.Option(help="The number of a reseller, from 1.")] = None,
    branch: Annotated[str | None, typer.Option(help="A branch, as in unicom:BJ.")] = None,
    months: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST:LAST",
            help="Tell each of these months, as in 2017-01:2017-06; "
            "without it, the months in which something happened.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of a scenario's run; 0.", min=0)] = None,
    users: Users = None,
    changes: Changes = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Tell what one user, partner, reseller or branch saw, drew, did and paid, month by month.

    Runs keep no rows of single members: the run is repeated, and that one is watched.
    """
    asked = {"user": user, "partner": partner, "reseller": reseller, "branch": branch}
    named = [(kind, which) for kind, which in asked.items() if which is not None]
    if len(named) != 1:
        typer.echo("Name exactly one: USER, --partner, --reseller or --branch.", err=True)
        raise typer.Exit(BAD_INPUT)
    story = _story(run, *named[0], months, seed, users, changes, out)
    if as_json:
        from sim.store import SCHEMA

        content = {"schema": SCHEMA, **story.content()}
        typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.stories import story_page

    story_page(story)


def _story(
    run: str,
    kind: str,
    which: int | str,
    months: str | None,
    seed: int | None,
    users: int | None,
    changes: list[str] | None,
    out: Path,
) -> "Story":
    """Return the story of whom the arguments name."""
    from sim.studies.explain.asking import chosen_months, find_member, find_source
    from sim.studies.explain.telling import tell

    source = find_source(run, out, seed, overrides(changes, users, None), users)
    wanted = chosen_months(months, source.scenario)
    member = find_member(source.scenario, kind, which)
    compile_kernels()
    with progress("Repeating the run", "months") as show:
        return tell(source, member, wanted, show)
