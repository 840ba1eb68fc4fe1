"""Jobs on a Dask cluster, an existing one or one of this machine (extra `cluster`).

The workers write to the study's folder themselves, so it must be one that all of them see.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from sim.core.errors import RequestError, SimError
from sim.studies.executors import Lost, one_thread

WAITING = 2  # jobs for each worker on their way, so that none waits for the next
DEATHS = 3  # workers that a job may take with it before it is given up
_SECONDS_TO_CONNECT = 20


@dataclass(frozen=True)
class Dask:
    """Do the jobs on the workers of a Dask scheduler; when one dies, others take its jobs."""

    client: Any  # distributed.Client

    @property
    def workers(self) -> int:
        """Return how many jobs run at once; one at the least, for workers may still come."""
        return max(1, sum(int(threads) for threads in self.client.nthreads().values()))

    def run[J, R](self, work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with its result."""
        source, ended = iter(jobs), _distributed().as_completed(raise_errors=False)
        under_way: dict[Any, J] = {}

        def send() -> None:  # workers may come and go meanwhile
            for job in islice(source, max(0, WAITING * self.workers - len(under_way))):
                future = self.client.submit(OnOneThread(work), job, pure=False)
                under_way[future] = job
                ended.add(future)

        try:
            send()
            for future in ended:
                job = under_way.pop(future)
                send()
                yield job, _result(future)
        finally:
            self.client.cancel(list(under_way))

    def run_alone[J, R](
        self, work: Callable[[J], R], jobs: Iterable[J]
    ) -> Iterator[tuple[J, R | Lost]]:
        """Yield every job with its result, one after the other."""
        for job in jobs:
            yield from self.run(work, [job])


def _distributed() -> Any:
    """Return the package, which has no types; a `RequestError` if it is not installed."""
    try:
        return import_module("distributed")
    except ImportError:
        raise RequestError(
            "the engine dask needs the package distributed: "
            "pip install 'backward-traffic-sim[cluster]'"
        ) from None


def _result(future: Any) -> Any:
    """Return what came of a job; its own error comes out, a worker's death is `Lost`."""
    from distributed.scheduler import KilledWorker

    if future.status == "cancelled":
        raise SimError(
            "the Dask scheduler is gone; what is finished is stored: start it anew and give the "
            "same command again"
        )
    return Lost() if isinstance(future.exception(), KilledWorker) else future.result()


@dataclass(frozen=True)
class OnOneThread[J, R]:
    """Do the work with one numba thread: each worker is one of several on its machine."""

    work: Callable[[J], R]

    def __call__(self, job: J) -> R:
        one_thread()
        return self.work(job)


@contextmanager
def dask_engine(scheduler: str | None, workers: int) -> Iterator[Dask]:
    """Give the engine on the scheduler at an address, or on a new cluster of this machine.

    A `SimError` says what is missing.
    """
    distributed = _distributed()
    with import_module("dask").config.set({"distributed.scheduler.allowed-failures": DEATHS}):
        if scheduler is None:
            with (
                distributed.LocalCluster(
                    workers, threads_per_worker=1, dashboard_address=None
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                yield Dask(client)
            return
        try:
            client = distributed.Client(scheduler, timeout=_SECONDS_TO_CONNECT)
        except (OSError, ValueError) as error:
            raise SimError(f"no Dask scheduler answers at '{scheduler}': {error}") from error
        with client:
            _check_threads(client)
            yield Dask(client)


def _check_threads(client: Any) -> None:
    """Refuse workers that would run several jobs in one process: numba's kernels are not for it."""
    several = [worker for worker, threads in client.nthreads().items() if threads > 1]
    if several:
        raise RequestError(
            f"worker {several[0]} has several threads; start workers with --nthreads 1, and more "
            "of them"
        )
