"""Where jobs run: here, or in worker processes. The results are the same, bit for bit.

A job holds names and numbers, never live objects; results come back in the order of the jobs.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Protocol

from sim.core.errors import SimError

type Finished = Callable[[int, int], None]  # jobs finished, jobs in all

DEATHS_ALLOWED = 2  # pools that may break in a row without a single job finished in between


class Executor(Protocol):
    """Do the same work for every job and return the results in the order of the jobs."""

    def __call__[J, R](
        self, work: Callable[[J], R], jobs: Sequence[J], finished: Finished
    ) -> list[R]:
        """Call `finished` after each job; let the first error of a job out."""
        ...


def executor(workers: int) -> Executor:
    """Return `serial` for one worker, else as many processes; a `SimError` for none."""
    if workers < 1:
        raise SimError(f"{workers} workers can do nothing; ask for one or more")
    return serial if workers == 1 else Processes(workers)


def silent(finished: int, jobs: int) -> None:
    """Say nothing of progress: nobody asked."""


def cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


def serial[J, R](work: Callable[[J], R], jobs: Sequence[J], finished: Finished) -> list[R]:
    """Do the jobs one after the other in this process."""
    results = []
    for job in jobs:
        results.append(work(job))
        finished(len(results), len(jobs))
    return results


@dataclass(frozen=True)
class Processes:
    """Do the jobs in fresh (spawned) processes with one numba thread each.

    When a worker dies, the jobs that were not finished go to a new pool of half the size,
    since want of memory is the usual cause; a `SimError` follows when pools keep breaking.
    """

    workers: int

    def __call__[J, R](
        self, work: Callable[[J], R], jobs: Sequence[J], finished: Finished
    ) -> list[R]:
        results: dict[int, R] = {}
        workers, deaths = self.workers, 0
        while len(results) < len(jobs):
            before = len(results)
            try:
                _run_pool(work, jobs, results, workers, finished)
            except BrokenProcessPool as broken:
                deaths = deaths + 1 if len(results) == before else 1
                if deaths > DEATHS_ALLOWED:
                    raise SimError(_given_up(deaths)) from broken
                workers = max(1, workers // 2)
        return [results[number] for number in range(len(jobs))]


def _given_up(deaths: int) -> str:
    return (
        f"worker processes died {deaths} times in a row, most likely for want of memory; "
        "use fewer --workers or fewer --users"
    )


def _run_pool[J, R](
    work: Callable[[J], R],
    jobs: Sequence[J],
    results: dict[int, R],
    workers: int,
    finished: Finished,
) -> None:
    """Fill in the missing results; whatever goes wrong, leave no process behind."""
    open_jobs = [number for number in range(len(jobs)) if number not in results]
    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(open_jobs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        futures = {pool.submit(work, jobs[number]): number for number in open_jobs}
        _collect(futures, results, len(jobs), finished)
    except BaseException:
        _abandon(pool)
        raise
    pool.shutdown()


def _collect[R](
    futures: dict[Future[R], int], results: dict[int, R], jobs: int, finished: Finished
) -> None:
    """Take results as they come; an error waits until what came with it is kept."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        failed = None
        for future in done:
            failed = failed or future.exception()
            if future.exception() is None:
                results[futures[future]] = future.result()
                finished(len(results), jobs)
        if failed is not None:
            raise failed


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
    if "numba" in sys.modules:  # the caller's main module imported it
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
