"""`sim verify`: what theory says must come out, case by case."""

from typing import Annotated

import typer

from sim.cli.errors import FAILED
from sim.cli.options import RESULTS, Json, Out
from sim.cli.progress import compile_kernels, progress

_CASES_A_WORKER = 8  # a process costs the seconds that some cases take


def verify(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="V01 to V42; all if none.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Move a parameter of the one case named; may be repeated.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Run longer versions where any.")] = False,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Check the program against theory; expected, got and tolerance of every quantity.

    The outcome is stored for the dashboard, unless parameters were moved.
    """
    from sim.studies.executors import cpus
    from sim.studies.verify import registered_cases
    from sim.studies.verify.running import choose
    from sim.studies.verify.running import verify as run
    from sim.studies.verify.standing import save

    wanted = choose(cases or [], changes or [])
    if any(registered_cases.get(name).kind != "reference" for name in wanted):
        compile_kernels()
    workers = min(cpus(), 1 + len(wanted) // _CASES_A_WORKER)
    with progress("Verifying", "cases") as show:
        report = run(wanted, changes or [], full=full, workers=workers, finished=show)
    if not changes:
        save(report, out, full=full)
    if as_json:
        typer.echo(report.to_json())
    else:
        from sim.cli.pages import verify_page

        verify_page(report)
    if report.failed:
        raise typer.Exit(FAILED)
