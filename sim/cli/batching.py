"""`sim batch`, `sim retry`, `sim status`: run a study, and say how far it is."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import FAILED
from sim.cli.options import RESULTS, Json
from sim.cli.progress import compile_kernels, runs_progress
from sim.core.errors import RequestError

if TYPE_CHECKING:
    from sim.studies.completing import Tally
    from sim.studies.design import Design
    from sim.studies.executors import Executor
    from sim.studies.study import Study


class Engine(StrEnum):
    """Where runs are made; the results are the same."""

    serial = "serial"
    processes = "processes"
    dask = "dask"


Folder = Annotated[Path, typer.Argument(help="The study's folder.", file_okay=False)]
EngineOption = Annotated[Engine, typer.Option(help="Where runs are made; results are the same.")]
Workers = Annotated[int | None, typer.Option(help="Workers; all CPUs if not given.", min=1)]
Scheduler = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler; a new local cluster if not given.")
]


def batch(
    study: Annotated[
        str,
        typer.Argument(help="A study's file, the name of one that ships, or a begun one's folder."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The study's folder; results/studies/<name>.", file_okay=False),
    ] = None,
    engine: EngineOption = Engine.processes,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Make part I of N, for job arrays.")
    ] = None,
    until_halfwidth: Annotated[
        str | None,
        typer.Option(help="Add seeds until half the interval of --metric is this, as 0.1pp."),
    ] = None,
    metric: Annotated[
        str, typer.Option(help="What --until-halfwidth is about, such as profit or arpu:telecom.")
    ] = "subscriber_share:telecom",
    most_seeds: Annotated[int, typer.Option(help="Seeds at most, with an aim.", min=2)] = 10_000,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how large.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run a study, or go on with it: what is there is not run again, and nothing is lost."""
    from dataclasses import replace

    from sim.store.writer import MANIFEST
    from sim.studies.batch import WHOLE
    from sim.studies.batch import batch as run_batch
    from sim.studies.stopping import Target
    from sim.studies.study import open_study
    from sim.studies.study_file import load_design

    begun = Path(study)
    if (begun / MANIFEST).exists():
        design, out = open_study(begun).design, out or begun
    else:
        design = load_design(study)
    if until_halfwidth is not None:
        design = replace(design, until=Target.named(metric, until_halfwidth, most_seeds))
    part = WHOLE if shard is None else _shard(shard)
    folder = out or RESULTS / "studies" / design.name
    compile_kernels()
    if dry_run:
        _foretell(design, folder, workers)
        return
    with _engine(engine, workers, scheduler) as executor, runs_progress(design.name) as watch:
        tally = run_batch(design, folder, executor, watch, part)
    _report(open_study(folder), tally, as_json)


def retry(
    folder: Folder,
    engine: EngineOption = Engine.processes,
    workers: Workers = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Try the failed runs of a study again, and make those that are missing."""
    from sim.studies.batch import retry as run_again
    from sim.studies.study import open_study

    study = open_study(folder)
    compile_kernels()
    with _engine(engine, workers, scheduler) as executor, runs_progress(study.design.name) as watch:
        tally = run_again(study, executor, watch)
    _report(open_study(folder), tally, as_json)


def status(folder: Folder, as_json: Json = False) -> None:
    """Say how many runs of a study are done, failed and pending, and why they failed."""
    from sim.studies.study import open_study

    study = open_study(folder)
    if as_json:
        typer.echo(json.dumps(study.status(), ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.pages import study_page

    study_page(study)


@contextmanager
def _engine(engine: Engine, workers: int | None, scheduler: str | None) -> "Iterator[Executor]":
    """Give what runs the jobs; a Dask cluster of our own ends with it."""
    from sim.studies.executors import Processes, Serial, cpus

    if scheduler is not None and engine != Engine.dask:
        raise RequestError("--scheduler is for --engine dask")
    count = workers or cpus()
    if engine == Engine.dask:
        from sim.studies.cluster import dask_engine

        with dask_engine(scheduler, count) as executor:
            yield executor
    elif engine == Engine.processes:
        yield Processes(count)
    else:
        yield Serial()


def _shard(text: str) -> tuple[int, int]:
    """Return which part of how many."""
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    part, parts = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= part <= parts:
        raise RequestError(f"--shard: '{text}' is no part I/N, such as 1/4")
    return part, parts


def _foretell(design: "Design", folder: Path, workers: int | None) -> None:
    from sim.cli.pages import forecast_page
    from sim.studies.batch import forecast
    from sim.studies.executors import cpus

    forecast_page(forecast(design, folder, workers or cpus()), folder, workers or cpus())


def _report(study: "Study", tally: "Tally", as_json: bool) -> None:
    """Say how it went; exit with 1 if a run failed."""
    if as_json:
        typer.echo(json.dumps(study.status(), ensure_ascii=False, allow_nan=False))
    else:
        from sim.cli.pages import batch_page

        batch_page(study, tally)
    if tally.failed:
        raise typer.Exit(FAILED)
