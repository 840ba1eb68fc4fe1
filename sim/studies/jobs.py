"""One job of a study: a few runs, from texts and numbers to a chunk on disk.

The scenarios of a seed are in one job where they can be, for they share their simulated past. A
run that fails is a row that says why; the others of its job go on.
"""

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from sim.core.kernels import code_digest
from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run_together, warm_up
from sim.store.chunks import Finished, RunRow, write_chunk
from sim.store.claims import claimed
from sim.store.index import Index, Stored


@dataclass(frozen=True)
class Planned:
    """A run to be made."""

    run: str  # id
    variant: int  # place of its scenario among those of the study
    seed: int
    attempt: int = 1


@dataclass(frozen=True)
class Job:
    """Runs to be made together, as texts and numbers, so that they can travel."""

    runs: tuple[Planned, ...]
    scenarios: Mapping[int, str]  # canonical JSON by variant
    fidelity: str
    folder: Path
    outputs: tuple[str, ...]  # tables to store
    code: str  # digest of the program that planned it

    def split(self) -> "list[Job]":
        """Return a job for each run."""
        return [
            replace(self, runs=(run,), scenarios={run.variant: self.scenarios[run.variant]})
            for run in self.runs
        ]


@dataclass(frozen=True)
class Done:
    """What a job sends back: how its runs ended, and when it simulated, in monotonic seconds."""

    done: int
    failed: int
    elsewhere: int  # runs that another process had at the time, or had made before
    begun: float
    ended: float
    error: str | None = None  # of the first run that failed


def simulate(job: Job) -> Done:
    """Make the runs of a job that nobody else has made or is making, and store them."""
    check_code(job.code)
    with claimed(job.folder, [run.run for run in job.runs]) as mine:
        known = _index(job.folder).refresh().runs
        todo = [run for run in job.runs if run.run in mine and _is_open(run, known)]
        if todo:
            warm_up()  # start-up, not simulation
        begun = time.monotonic()
        made = [each for runs in _by_seed(todo) for each in _made(job, runs)]
        ended = time.monotonic()
        if made:
            write_chunk(job.folder, made, job.outputs)
    errors = [each.row.error for each in made if each.row.error is not None]
    return Done(
        done=len(made) - len(errors),
        failed=len(errors),
        elsewhere=len(job.runs) - len(made),
        begun=begun,
        ended=ended,
        error=errors[0] if errors else None,
    )


def check_code(planned: str) -> None:
    """Raise where a worker has another version of the program: its runs would be other runs."""
    if planned != code_digest():
        raise RuntimeError(
            f"a worker has another version of this program (code {code_digest()}) than the study "
            f"(code {planned}); start the workers anew with the same version"
        )


@cache
def _index(folder: Path) -> Index:
    """Return what this process knows of a folder; it is read on, not anew, for every job."""
    return Index(folder)


def _is_open(run: Planned, known: Mapping[str, Stored]) -> bool:
    """Return whether a run is still to be made: not stored, or to be tried again."""
    if run.run not in known:
        return True
    row = known[run.run].row
    return row.status == "failed" and row.attempt < run.attempt


def _by_seed(runs: Sequence[Planned]) -> Iterator[list[Planned]]:
    for _, group in groupby(sorted(runs, key=lambda run: run.seed), key=lambda run: run.seed):
        yield list(group)


def _made(job: Job, runs: list[Planned]) -> list[Finished]:
    """Make the runs of one seed; where one fails, each by itself, so that the others are kept."""
    begun = time.monotonic()
    try:
        scenarios = [from_json(job.scenarios[run.variant]) for run in runs]
        results = run_together(scenarios, runs[0].seed, job.fidelity)
    except Exception as error:  # noqa: BLE001  whatever a strategy raises is a row, never the end
        if len(runs) > 1:
            return [each for run in runs for each in _made(job, [run])]
        seconds = time.monotonic() - begun
        return [unfinished(job, runs[0], "".join(traceback.format_exception(error)), seconds)]
    seconds = (time.monotonic() - begun) / len(runs)
    pairs = zip(runs, scenarios, results, strict=True)
    return [_finished(job, run, scenario, seconds, result) for run, scenario, result in pairs]


def _finished(
    job: Job, run: Planned, scenario: Scenario, seconds: float, result: RunResult
) -> Finished:
    row = _row(job, run, scenario, seconds, None)
    return Finished(row, job.scenarios[run.variant], result)


def unfinished(job: Job, run: Planned, error: str, seconds: float) -> Finished:
    """Return a run that failed, with what went wrong."""
    text = job.scenarios[run.variant]
    return Finished(_row(job, run, from_json(text), seconds, error), text, None)


def _row(job: Job, run: Planned, scenario: Scenario, seconds: float, error: str | None) -> RunRow:
    return RunRow(
        run=run.run,
        scenario=scenario.name,
        digest=scenario.digest(),
        seed=run.seed,
        fidelity=job.fidelity,
        status="done" if error is None else "failed",
        seconds=seconds,
        error=error,
        attempt=run.attempt,
    )
