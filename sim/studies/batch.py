"""Run a study: what is missing of it, in any place, to its end or until its answer is narrow."""

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sim.core.errors import RequestError
from sim.simulate import warm_up
from sim.store.index import Index
from sim.studies.completing import RUNS_IN_CHUNK, Plan, Tally, Watch, complete, jobs_of
from sim.studies.design import Design
from sim.studies.executors import Executor
from sim.studies.jobs import Planned, simulate
from sim.studies.of_study import prepare
from sim.studies.presence import driving
from sim.studies.statistics import interval
from sim.studies.stopping import Target, next_seeds
from sim.studies.study import Study, keep_design, open_study

type Shard = tuple[int, int]  # which part, counted from 1, of how many

WHOLE: Shard = (1, 1)


def batch(
    design: Design, folder: Path, executor: Executor, watch: Watch, shard: Shard = WHOLE
) -> Tally:
    """Make the runs of a study that its folder does not have, and return how it went.

    What exists is not computed again; a run that failed before stays failed (see `retry`). With
    an aim (`until`) seeds are added until it is reached or there are as many as it allows.
    """
    if design.until is not None and shard != WHOLE:
        raise RequestError("seeds are added by looking at all runs: leave out --shard or the aim")
    design = _as_far_as_it_went(design, folder)
    study = keep_design(folder, design)
    with driving(folder, watch) as tell:
        tally = complete(study.plan(shard), executor, tell)
        while design.until is not None:
            wanted = next_seeds(len(design.seeds), half_width(study, design.until), design.until)
            if wanted <= len(design.seeds):
                break
            design = replace(design, seeds=more(design.seeds, wanted))
            study = keep_design(folder, design)
            tally = complete(study.plan(shard), executor, tell)
    prepare(open_study(folder))
    return tally


def _as_far_as_it_went(design: Design, folder: Path) -> Design:
    """Return a design with the seeds that were added to it before."""
    if design.until is None or not (folder / "manifest.json").exists():
        return design
    before = open_study(folder).design.seeds
    if before[: len(design.seeds)] != design.seeds:
        return design
    return replace(design, seeds=before[: max(design.until.most_seeds, len(design.seeds))])


def more(seeds: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return the seeds with more behind them, so many in all, none twice."""
    first = max(seeds) + 1
    return (*seeds, *range(first, first + count - len(seeds)))


def retry(study: Study, executor: Executor, watch: Watch) -> Tally:
    """Try the failed runs of a study again, and make those that are missing."""
    study.check_code()
    with driving(study.folder, watch) as tell:
        tally = complete(study.plan(), executor, tell, retry=True)
    prepare(open_study(study.folder))
    return tally


def half_width(study: Study, target: Target) -> float:
    """Return half the 90 % interval of a target, the widest where there are several.

    That of the difference from the first scenario, point by point, seed by seed; of the level
    itself where there is one scenario. nan with a single seed.
    """
    found = study.metric(target.output.metric, target.output.carrier, "year")
    found = found[found["year"] == found["year"].max()]
    wide = found.pivot_table(index="seed", columns=["scenario", "point"], values="value")
    names = list(dict.fromkeys(variant.scenario for variant in study.design.variants))
    halves = []
    for scenario, point in wide.columns:
        values = wide[scenario, point]
        if len(names) > 1:
            if scenario == names[0]:
                continue
            values = values - wide[names[0], point]
        kept = values.dropna().to_numpy()
        if len(kept) > 0:
            found_interval = interval(kept[:, None])
            halves.append(float(found_interval.high[0] - found_interval.mean[0]))
    return float(np.max(halves)) if halves else float("nan")


@dataclass(frozen=True)
class Forecast:
    """What a study will take."""

    runs: int
    found: int
    seconds: float  # on the clock
    bytes: int  # of what is still to be written
    free: int  # bytes on the disk

    @property
    def fits(self) -> bool:
        """Return whether the disk has room, with a tenth to spare."""
        return self.bytes * 1.1 < self.free


def forecast(design: Design, folder: Path, workers: int) -> Forecast:
    """Say what a study will take, by a trial of its first runs; nothing is left of it."""
    with TemporaryDirectory(prefix="sim-trial-") as temporary:
        trial = Path(temporary)
        plan = keep_design(trial, design).plan()
        some = plan.runs[:1] if len(design.seeds) == 1 else _first_seed(plan)
        warm_up()
        begun = time.monotonic()
        for job in jobs_of(replace(plan, runs=some), some, 1):
            simulate(job)
        seconds = (time.monotonic() - begun) / len(some)
        size = sum(file.stat().st_size for file in trial.rglob("*") if file.is_file()) / len(some)
    known = Index(folder).refresh().runs
    found = sum(run.run in known for run in plan.runs)
    missing = len(plan.runs) - found
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return Forecast(
        runs=len(plan.runs),
        found=found,
        seconds=missing * seconds / workers,
        bytes=int(missing * size),
        free=shutil.disk_usage(nearest).free,
    )


def _first_seed(plan: Plan) -> list[Planned]:
    first = plan.runs[0].seed
    return [run for run in plan.runs if run.seed == first][:RUNS_IN_CHUNK]
