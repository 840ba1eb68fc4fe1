"""`sim compare`: paired runs, levels, differences, intervals."""

from typing import Annotated

import typer

from sim.cli.options import RESULTS, Changes, Fidelity, Json, Months, Out, Users, Workers, overrides
from sim.cli.progress import compile_kernels, progress


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Names or files; differences are taken from the first.")
    ],
    seeds: Annotated[int, typer.Option(help="How many seeds, from 0 on.", min=1)] = 20,
    users: Users = None,
    months: Months = None,
    fidelity: Fidelity = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Compare scenarios under the same random numbers, with 90 % intervals."""
    from sim.studies.compare import answer
    from sim.studies.question import pose

    question = pose(scenarios, seeds, overrides(changes, None, months), users, fidelity=fidelity)
    compile_kernels()
    with progress("Comparing", "runs") as show:
        comparison = answer(question, workers, show, out)
    if as_json:
        typer.echo(comparison.to_json())
        return
    from sim.cli.pages import compare_page

    compare_page(comparison, out)
