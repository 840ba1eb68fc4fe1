"""`sim sensitivity`: which parameters move a result, and how much of it is chance."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RESULTS, Changes, Fidelity, Json, Months, Out, Users, Workers, overrides
from sim.cli.progress import compile_kernels, progress

if TYPE_CHECKING:
    from sim.studies.sensitivity import Design, Parameter
    from sim.studies.varying import Sensitivity

METRICS = ("profit", "backward_revenue", "yuan_per_gb")


def sensitivity(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or its file.")],
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="A parameter to vary, or a section; may be repeated. "
            "Without it, all that have a prior range.",
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:CARRIER]",
            help=f"A metric of the last year; may be repeated. {', '.join(METRICS)} if not given.",
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(help="morris: screening, few runs. sobol: shares of the variance.")
    ] = "morris",
    trajectories: Annotated[int, typer.Option(help="Of Morris's method.", min=2)] = 10,
    samples: Annotated[int, typer.Option(help="Of Sobol's method, a power of 2.", min=2)] = 64,
    seeds: Annotated[int, typer.Option(help="How many seeds, from 0 on.", min=1)] = 3,
    users: Users = None,
    months: Months = None,
    fidelity: Fidelity = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Vary parameters over their prior ranges and say which move the results; goes on by itself."""
    from sim.scenario.load import load_scenario
    from sim.studies.facts import Output
    from sim.studies.question import chosen_fidelity
    from sim.studies.sensitivity import priors
    from sim.studies.varying import analyse

    chosen = load_scenario(scenario, overrides(changes, users, months))
    varied = priors(chosen, parameters or ())
    outputs = [Output.named(text) for text in metric or METRICS]
    applied = chosen_fidelity(fidelity, users)
    design = _design(method, varied, trajectories, samples)
    typer.echo(f"{len(design.points)} points × {seeds} seeds", err=True)
    compile_kernels()
    with progress("Varying", "runs") as show:
        found = analyse(
            chosen, design, outputs, seeds,
            fidelity=applied, workers=workers, progress=show, folder=out,
        )  # fmt: skip
    found.save(out)
    _show(found, as_json)


def _design(
    method: str, parameters: "tuple[Parameter, ...]", trajectories: int, samples: int
) -> "Design":
    from sim.core.errors import did_you_mean
    from sim.studies.sensitivity import METHODS, SensitivityError, morris_design, sobol_design

    if method not in METHODS:
        raise SensitivityError(f"no method '{method}'{did_you_mean(method, METHODS)}")
    if method == "morris":
        return morris_design(parameters, trajectories)
    return sobol_design(parameters, samples)


def _show(found: "Sensitivity", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found.content(), ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.pages import sensitivity_page

    sensitivity_page(found)
