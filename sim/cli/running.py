"""`sim run`: one run, stored, with a summary of its last year."""

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import BAD_INPUT
from sim.cli.options import RESULTS, Changes, Fidelity, Json, Months, Out, Users, overrides
from sim.cli.progress import compile_kernels, progress

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.simulate import RunResult


def run(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or its file.")],
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.", min=0)] = 0,
    users: Users = None,
    months: Months = None,
    fidelity: Fidelity = None,
    changes: Changes = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads; the results are the same.", min=1)
    ] = None,
    out: Out = RESULTS,
    as_json: Json = False,
) -> None:
    """Run one scenario under one seed and store it; what is stored is not run again."""
    if threads is not None:
        os.environ["NUMBA_NUM_THREADS"] = str(threads)  # numba reads it when it is imported
    from sim.scenario.load import load_scenario

    chosen = load_scenario(scenario, overrides(changes, users, months))
    result, timing = _found_or_made(chosen, seed, _fidelity(fidelity, users), out)
    content = _content(result, timing)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.pages import run_page

    run_page(f"{chosen.about.title} ({chosen.name}), seed {seed}", content)


def _fidelity(asked: str | None, users: int | None) -> str:
    """Return how chances are applied; exit on what cannot be."""
    from sim.studies.question import ComparisonError, chosen_fidelity

    try:
        return chosen_fidelity(asked, users)
    except ComparisonError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from error


def _found_or_made(
    scenario: "Scenario", seed: int, fidelity: str, out: Path
) -> tuple["RunResult", dict[str, Any]]:
    """Return the run and what may differ between two equal calls."""
    from sim.simulate import run as simulate
    from sim.store.provenance import machine
    from sim.store.reader import stored_run
    from sim.store.writer import run_place, write_run

    begun = time.monotonic()
    result = stored_run(out, scenario, seed, fidelity)
    cached = result is not None
    if result is None:
        compile_kernels()
        with progress(scenario.name, "months") as show:
            result = simulate(scenario, seed, fidelity, show)
    seconds = time.monotonic() - begun
    if not cached:
        write_run(out, result, seconds)
    place = run_place(out, scenario, seed, fidelity)
    return result, {
        "cached": cached,
        "simulation_seconds": seconds,
        "folder": str(place),
        "machine": machine(),
    }


def _content(result: "RunResult", timing: dict[str, Any]) -> dict[str, Any]:
    from sim.simulate import fed_in
    from sim.store import SCHEMA
    from sim.studies.facts import last_year_values

    scenario = result.scenario
    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "seed": result.seed,
        "fidelity": result.fidelity,
        "users": scenario.population.users if result.fidelity == "individual" else None,
        "start": scenario.start,
        "months": scenario.months,
        "metrics": last_year_values(result),
        "warnings": scenario.warnings(),
        "fed_in": fed_in(scenario),
        "timing": timing,
    }
