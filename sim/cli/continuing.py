"""`sim resume` and `sim branch`: go on with a run from its checkpoints."""

from typing import Annotated

import typer

from sim.cli.options import RESULTS, Changes, Every, Json, Months, Out, Threads, overrides
from sim.cli.progress import compile_kernels, progress
from sim.cli.running import show_run, use_threads

Run = Annotated[str, typer.Argument(help="The run's id, or its beginning.", show_default=False)]


def resume(run: Run, threads: Threads = None, out: Out = RESULTS, as_json: Json = False) -> None:
    """Go on with a run that was cut short, from its last checkpoint; equal to one that was not."""
    use_threads(threads)
    from sim.studies.continuing import resumed

    compile_kernels()
    with progress(run, "months") as show:
        kept = resumed(run, out, show)
    show_run(kept, as_json)


def branch(
    run: Run,
    at: Annotated[
        str,
        typer.Option(
            metavar="MONTH",
            help="The first month under the scenario, as in 2018-07.",
            show_default=False,
        ),
    ],
    scenario: Annotated[
        str, typer.Option(help="A scenario's name, or its file.", show_default=False)
    ],
    months: Months = None,
    changes: Changes = None,
    checkpoint_every: Every = None,
    threads: Threads = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Go on with a stored run under another scenario from a month on.

    Until then the market is the run's own. The scenario may differ in conduct, in orders from
    that month on, and in what nobody has had yet.
    """
    use_threads(threads)
    from sim.scenario.load import load_scenario
    from sim.studies.continuing import branched

    chosen = load_scenario(scenario, overrides(changes, None, months))
    compile_kernels()
    with progress(chosen.name, "months") as show:
        kept = branched(run, at, chosen, out, checkpoint_every, show)
    show_run(kept, as_json)
