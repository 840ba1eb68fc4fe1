"""Where jobs run: here, in worker processes, or on a cluster (`sim.studies.cluster`).

The results are the same, bit for bit: a job holds names and numbers, never live objects. Results
come as jobs end, in any order; a job whose worker died comes back as `Lost`, and the others go
on.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol

from sim.core.errors import SimError

type Finished = Callable[[int, int], None]  # jobs finished, jobs in all

DEATHS_ALLOWED = 2  # pools that may break in a row without a single job finished in between
WAITING = 1  # jobs beyond one for each worker, so that none has to wait for the next


@dataclass(frozen=True)
class Lost:
    """Stands for the result of a job whose worker died: most likely for want of memory."""

    why: str = "the worker process died, most likely for want of memory"


class Executor(Protocol):
    """Do the same work for every job, and give each job with its result as it ends."""

    @property
    def workers(self) -> int:
        """Return how many jobs run at once."""
        ...

    def run[J, R](self, work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with what came of it; let the first error of a job out.

        Jobs are taken as there is room for them, so that their number costs no memory.
        """
        ...

    def run_alone[J, R](
        self, work: Callable[[J], R], jobs: Iterable[J]
    ) -> Iterator[tuple[J, R | Lost]]:
        """Do the same, but so that a job that kills its worker takes no other job with it."""
        ...


def executor(workers: int) -> Executor:
    """Return `Serial` for one worker, else as many processes; a `SimError` for none."""
    if workers < 1:
        raise SimError(f"{workers} workers can do nothing; ask for one or more")
    return Serial() if workers == 1 else Processes(workers)


def in_order[J, R](
    executor: Executor, work: Callable[[J], R], jobs: Sequence[J], finished: Finished
) -> list[R]:
    """Return the results in the order of the jobs; a job whose worker died is done once more.

    A `SimError` follows where it dies again.
    """
    results: dict[int, R] = {}
    lost: list[tuple[int, J]] = []
    numbered = enumerate(jobs)
    for run, given in ((executor.run, numbered), (executor.run_alone, lost)):
        for job, result in run(_Numbered(work), given):
            if not isinstance(result, Lost):
                results[job[0]] = result
                finished(len(results), len(jobs))
            elif given is lost:
                raise SimError(f"{result.why}; use fewer --users")
            else:
                lost.append(job)
    return [results[number] for number in range(len(jobs))]


@dataclass(frozen=True)
class _Numbered[J, R]:
    """Do the work for a job that has its number with it."""

    work: Callable[[J], R]

    def __call__(self, numbered: tuple[int, J]) -> R:
        return self.work(numbered[1])


def silent(finished: int, jobs: int) -> None:
    """Say nothing of progress: nobody asked."""


def cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Serial:
    """Do the jobs one after the other in this process."""

    workers: int = 1

    def run[J, R](self, work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with its result."""
        for job in jobs:
            yield job, work(job)

    def run_alone[J, R](
        self, work: Callable[[J], R], jobs: Iterable[J]
    ) -> Iterator[tuple[J, R | Lost]]:
        """Do the same: nothing here outlives a death."""
        return self.run(work, jobs)


@dataclass(frozen=True)
class Processes:
    """Do the jobs in fresh (spawned) processes with one numba thread each.

    When a worker dies, the jobs that were under way are lost, since nobody knows which of them
    did it; the others go to a new pool, of half the size where none ended in between. A
    `SimError` follows when pools keep breaking.
    """

    workers: int

    def run[J, R](self, work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with its result."""
        source, workers, broken = iter(jobs), self.workers, 0
        for first in source:  # begins anew after each broken pool
            lost = ended = 0
            with closing(_pool(work, chain([first], source), workers)) as pool:
                for job, result in pool:
                    lost, ended = lost + isinstance(result, Lost), ended + 1
                    yield job, result
            broken = broken + 1 if lost == ended else int(lost > 0)
            if broken > DEATHS_ALLOWED and workers == 1:
                raise SimError(_given_up(broken))
            workers = max(1, workers // 2) if broken > 1 else workers

    def run_alone[J, R](
        self, work: Callable[[J], R], jobs: Iterable[J]
    ) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with its result, one after the other in one process; see `_pool`."""
        source = iter(jobs)
        for first in source:  # a new process after each death
            with closing(_pool(work, chain([first], source), 1, waiting=0)) as ended:
                yield from ended


def _given_up(deaths: int) -> str:
    return (
        f"worker processes died {deaths} times in a row, most likely for want of memory; "
        "use fewer --workers or fewer --users"
    )


def _pool[J, R](
    work: Callable[[J], R], jobs: Iterator[J], workers: int, waiting: int = WAITING
) -> Generator[tuple[J, R | Lost]]:
    """Yield jobs and results until there are no more or a worker dies; leave no process behind.

    A death loses all jobs that were under way: `waiting` are, beyond one for each worker.
    """
    pool = ProcessPoolExecutor(
        max_workers=workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        yield from _ended(pool, work, jobs, workers + waiting)
    except BaseException:
        _abandon(pool)
        raise
    pool.shutdown()


def _ended[J, R](
    pool: ProcessPoolExecutor, work: Callable[[J], R], jobs: Iterator[J], room: int
) -> Iterator[tuple[J, R | Lost]]:
    """Yield jobs as they end; after a death, what else was under way, and no more."""
    with _ctrl_c_held_back():
        under_way = {pool.submit(work, job): job for job in islice(jobs, room)}
    alive = True
    while under_way:
        ended = wait(under_way, return_when=FIRST_COMPLETED if alive else ALL_COMPLETED).done
        for future in ended:
            job, died = under_way.pop(future), isinstance(future.exception(), BrokenProcessPool)
            alive = alive and not died
            yield job, Lost() if died else future.result()
        for job in islice(jobs, len(ended) if alive else 0):
            try:
                under_way[pool.submit(work, job)] = job
            except BrokenProcessPool:
                alive = False
                yield job, Lost()


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let processes that start here never hear of Ctrl-C; this one hears of it afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _abandon(pool: ProcessPoolExecutor) -> None:
    """Stop the workers now: shutdown alone would wait for the jobs that they are at."""
    # terminate_workers() is public only from Python 3.14 on.
    workers = list((pool._processes or {}).values())  # noqa: SLF001
    for worker in workers:
        worker.terminate()
    pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Prepare a worker before it imports anything large."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    one_thread()


def one_thread() -> None:
    """Use one numba thread in this process: it is one of several workers."""
    if "numba" in sys.modules:
        from sim.core.kernels import set_threads

        set_threads(1)
    else:
        os.environ["NUMBA_NUM_THREADS"] = "1"


def _leave_with_parent() -> None:
    """End this worker when its parent is gone, even by kill -9."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
