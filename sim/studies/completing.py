"""Make the runs of a plan that are not there yet: the one loop behind `compare` and `batch`.

It holds ids and counts, never tables: those go from the workers to the disk. It may end at any
moment, by Ctrl-C, kill -9 or a full disk; the same call goes on where it ended.
"""

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.store.chunks import write_chunk
from sim.store.claims import claimed
from sim.store.index import Index
from sim.store.keeping import set_damaged_aside
from sim.studies.executors import Executor, Lost
from sim.studies.jobs import Done, Job, Planned, simulate, unfinished

RUNS_IN_CHUNK = 10  # so many runs at most are lost by a kill -9
JOBS_FOR_WORKER = 4  # at least, where there are runs enough, so that workers end together
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PAUSE = 1.0  # seconds before looking again for runs that another process is at


@dataclass(frozen=True)
class Plan:
    """Runs to be made, and where to."""

    folder: Path
    scenarios: Sequence[str]  # canonical JSON by variant
    pasts: Sequence[str]  # digest of the shared past by variant
    runs: Sequence[Planned]
    fidelity: str
    outputs: tuple[str, ...]


@dataclass
class Tally:
    """How far a plan is; seconds are monotonic."""

    total: int
    found: int = 0  # done before
    done: int = 0  # by this call
    failed: int = 0  # in all
    begun: float = field(default_factory=time.monotonic)
    first: float | None = None  # when the first run began
    simulating: float = 0.0  # seconds of all workers together
    errors: list[str] = field(default_factory=list)  # the first of each job, a few of them

    @property
    def ended(self) -> int:
        """Return how many runs have come to an end, good or bad."""
        return self.found + self.done + self.failed

    def add(self, done: Done) -> None:
        """Count what a job did."""
        self.done += done.done
        self.failed += done.failed
        if done.done or done.failed:
            self.first = min(self.first or done.begun, done.begun)
            self.simulating += done.ended - done.begun
        if done.error and len(self.errors) < 3:
            self.errors.append(done.error)


type Watch = Callable[[Tally], None]


def complete(plan: Plan, executor: Executor, watch: Watch, *, retry: bool = False) -> Tally:
    """Make what is missing and return how it went; failed runs are tried again if `retry`.

    A `SimError` says why it had to stop, and that what was complete is kept.
    """
    set_damaged_aside(plan.folder)
    index = Index(plan.folder)
    tally = Tally(len(plan.runs))
    missing = _missing(plan, index, tally, retry)
    watch(tally)
    while missing:
        before = tally.ended
        try:
            _make(plan, missing, executor, tally, watch)
        except OSError as error:
            raise _stopped(error, plan, tally) from error
        missing = _missing(plan, index, tally, retry=False)
        watch(tally)
        if missing and tally.ended == before:
            _wait_for_others(plan.folder, missing)
    return tally


def _wait_for_others(folder: Path, missing: Sequence[Planned]) -> None:
    """Wait until there is a run that no other process is at, here or on another machine."""
    free: set[str] = set()
    while not free:
        time.sleep(_PAUSE)
        with claimed(folder, [run.run for run in missing]) as free:
            pass


def _missing(plan: Plan, index: Index, tally: Tally, retry: bool) -> list[Planned]:
    """Return the runs that are not there, and count those that are."""
    known = index.refresh().runs
    missing, failed, done = [], 0, 0
    for run in plan.runs:
        row = known[run.run].row if run.run in known else None
        if row is None:
            missing.append(run)
        elif row.status == "failed" and retry:
            missing.append(Planned(run.run, run.variant, run.seed, row.attempt + 1))
        elif row.status == "failed":
            failed += 1
        else:
            done += 1
    tally.found, tally.failed = done - tally.done, failed
    return missing


def _make(
    plan: Plan, runs: Sequence[Planned], executor: Executor, tally: Tally, watch: Watch
) -> None:
    """Make runs; those whose worker died are tried again twice, and fail if it dies each time."""

    def lost(results: Iterator[tuple[Job, Done | Lost]]) -> list[Job]:
        died = []
        for job, result in results:
            if isinstance(result, Lost):
                died.append(job)
            else:
                tally.add(result)
            watch(tally)
        return died

    several = lost(executor.run(simulate, jobs_of(plan, runs, executor.workers)))
    guilty = lost(executor.run_alone(simulate, several))  # most only were there when it happened
    ones = [one for job in guilty for one in job.split()]
    for job in lost(executor.run_alone(simulate, ones)):
        why, now = Lost().why, time.monotonic()
        write_chunk(job.folder, [unfinished(job, job.runs[0], why, 0.0)], ())
        tally.add(Done(0, 1, 0, now, now, why))
        watch(tally)


def jobs_of(plan: Plan, runs: Sequence[Planned], workers: int) -> Iterator[Job]:
    """Yield jobs: scenarios of a seed with one past together, whole seeds where they are small."""
    size = max(1, min(RUNS_IN_CHUNK, -(-len(runs) // (JOBS_FOR_WORKER * workers))))
    for chunk in _chunks(_by_seed(plan, runs), size):
        texts = {run.variant: plan.scenarios[run.variant] for run in chunk}
        yield Job(tuple(chunk), texts, plan.fidelity, plan.folder, plan.outputs, code_digest())


def _by_seed(plan: Plan, runs: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Yield the runs of each seed, with equal pasts beside one another."""

    def order(run: Planned) -> tuple[int, str, int]:
        return run.seed, plan.pasts[run.variant], run.variant

    for _, group in groupby(sorted(runs, key=order), key=lambda run: run.seed):
        yield list(group)


def _chunks(seeds: Iterator[list[Planned]], size: int) -> Iterator[list[Planned]]:
    """Yield at most `size` runs at a time; a seed is cut only where it does not fit."""
    chunk: list[Planned] = []
    for runs in seeds:
        if chunk and len(chunk) + len(runs) > size:
            yield chunk
            chunk = []
        chunk += runs
        while len(chunk) > size:
            yield chunk[:size]
            chunk = chunk[size:]
    if chunk:
        yield chunk


def _stopped(error: OSError, plan: Plan, tally: Tally) -> SimError:
    why = "the disk is full" if error.errno in _FULL else f"it cannot be written to: {error}"
    return SimError(
        f"{plan.folder}: {why}; {tally.found + tally.done:,} of {tally.total:,} runs are stored "
        "and whole, nothing half-written is left; make room and give the same command again"
    )


def told(errors: Sequence[str]) -> str:
    """Return what went wrong first, without the traceback."""
    return errors[0].strip().splitlines()[-1] if errors else "see the table of runs"
