"""`sim run`: one run, stored, with a summary of its last year."""

import json
import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    RESULTS,
    Changes,
    Every,
    Fidelity,
    Json,
    Months,
    Out,
    Threads,
    Users,
    overrides,
)
from sim.cli.progress import compile_kernels, progress

if TYPE_CHECKING:
    from sim.studies.continuing import Kept


def run(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or its file.")],
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.", min=0)] = 0,
    users: Users = None,
    months: Months = None,
    fidelity: Fidelity = None,
    changes: Changes = None,
    threads: Threads = None,
    checkpoint_every: Every = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Run one scenario under one seed and store it; what is stored is not run again."""
    use_threads(threads)
    from sim.scenario.load import load_scenario
    from sim.store.checkpoints import RunKey
    from sim.store.writer import run_place
    from sim.studies.continuing import kept_run
    from sim.studies.question import chosen_fidelity

    chosen = load_scenario(scenario, overrides(changes, users, months))
    key = RunKey(chosen, seed, chosen_fidelity(fidelity, users))
    if checkpoint_every or not run_place(out, chosen, seed, key.fidelity).exists():
        compile_kernels()
        _announce(key.id, checkpoint_every)
    with progress(chosen.name, "months") as show:
        kept = kept_run(key, out, checkpoint_every, show)
    show_run(kept, as_json)


def _announce(run: str, every: int | None) -> None:
    """Say, before a long run begins, how to go on with it."""
    if every is not None:
        typer.echo(f"Should this be cut short, go on with: sim resume {run}", err=True)


def use_threads(threads: int | None) -> None:
    """Let kernels use so many threads; before anything imports numba."""
    if threads is not None:
        os.environ["NUMBA_NUM_THREADS"] = str(threads)


def show_run(kept: "Kept", as_json: bool) -> None:
    """Print the last year of a run, for people or as one JSON object."""
    content = _content(kept)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.pages import run_page

    about = kept.result.scenario.about
    name, seed = kept.result.scenario.name, kept.result.seed
    run_page(f"{about.title} ({name}), seed {seed}", content)


def _content(kept: "Kept") -> dict[str, Any]:
    from sim.simulate import fed_in
    from sim.store import SCHEMA
    from sim.store.provenance import machine
    from sim.store.writer import origin_entry
    from sim.studies.facts import last_year_values

    result, scenario = kept.result, kept.result.scenario
    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "seed": result.seed,
        "fidelity": result.fidelity,
        "users": scenario.population.users if result.fidelity == "individual" else None,
        "start": scenario.start,
        "months": scenario.months,
        **origin_entry(kept.origin),
        "metrics": last_year_values(result),
        "warnings": scenario.warnings(),
        "fed_in": fed_in(scenario),
        "timing": {
            "cached": kept.cached,
            "simulation_seconds": kept.seconds,
            "folder": str(kept.place),
            "machine": machine(),
        },
    }
