"""How fast and how small the product is, measured side by side with plainer programs.

Every measurement is of whole runs, everything included, in one call on one machine. Each number of
threads has a process of its own, so that peak memory and compiled code are its own too.
"""

import importlib
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sim.core.kernels import set_threads, threads
from sim.model import Market
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.simulate import run, tables_of, warm_up
from sim.studies.executors import cpus

SCHEMA = 1
SCENARIO = "price_war"
THREADS = (1, 2)
REPEATS = 3  # the best of so many: what else the machine does only ever adds time
KIB = 1024
SETTING = "NUMBA_NUM_THREADS"

type Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sizes:
    """How large each measurement is."""

    users: int  # individual
    months: int  # from January 2015 on
    mesa_users: int
    numpy_users: int
    copied: int  # bytes copied to measure the memory


WHOLE = Sizes(10_000_000, 60, 2_000, 100_000, 1 << 28)
QUICK = Sizes(200_000, 26, 500, 20_000, 1 << 26)


@dataclass(frozen=True)
class Individual:
    """Whole individual runs."""

    users: int
    threads: int
    user_months_per_second: float
    bytes_per_user: float  # columns over users
    bytes_touched: float  # a user-month reads all columns and writes the state
    peak_memory_bytes: int  # of the process


def bench(
    sizes: Sizes, users: int | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure everything; return what `sim bench --json` prints."""
    scenario = load_scenario(SCENARIO, _changes(sizes.months, users or sizes.users))
    steps = _Steps(progress, total=len(THREADS) + 4)
    individual = []
    for count in THREADS:
        individual.append(apart(count, measure_individual, scenario))
        steps.done()
    expected = apart(1, measure_expected, load_scenario(SCENARIO, _changes(sizes.months, None)))
    steps.done()
    rates = apart(1, measure_baselines, sizes)
    steps.done()
    bandwidth = {count: memory_bandwidth(sizes.copied, count) for count in THREADS}
    steps.done()
    start = start_up()
    steps.done()
    best = max(individual, key=lambda each: each.user_months_per_second)
    return {
        "schema": SCHEMA,
        "individual": [
            {
                "users": each.users,
                "threads": each.threads,
                "user_months_per_second": each.user_months_per_second,
                "bytes_per_user": each.bytes_per_user,
            }
            for each in individual
        ],
        "expected": expected,
        "ratio": {
            name: best.user_months_per_second / rate if rate else None
            for name, rate in rates.items()
        },
        "memory_bandwidth_share": best.bytes_touched
        * best.user_months_per_second
        / bandwidth[best.threads],
        "peak_memory_bytes": max(each.peak_memory_bytes for each in individual),
        "start_up_seconds": start,
        "baselines": {f"{name}_user_months_per_second": rate for name, rate in rates.items()},
        "machine": {
            "cores": cpus(),
            "processor": platform.machine(),
            "memory_bandwidth_bytes_per_second": bandwidth[best.threads],
        },
    }


class _Steps:
    """Count what is done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._so_far = progress, total, 0

    def done(self) -> None:
        self._so_far += 1
        if self._progress:
            self._progress(self._so_far, self._total)


def _changes(months: int, users: int | None) -> dict[str, int]:
    """Return overrides for a run of so many months from January 2015 on, in all."""
    after = months - load_scenario(SCENARIO).branch_month
    return {"months": max(after, 1)} | ({} if users is None else {"population.users": users})


# Each measurement


def measure_individual(scenario: Scenario) -> Individual:
    """Run a scenario, users drawing for themselves, on as many threads as this process has."""
    warm_up()
    users, months = scenario.population.users, scenario.end_month
    seconds = best_of(1, lambda: run(scenario, fidelity="individual"))
    rows = Market(scenario, fidelity="individual").world.population.rows
    assert rows is not None
    columns = [column for column in vars(rows).values() if isinstance(column, np.ndarray)]
    held = sum(column.nbytes for column in columns) / users
    return Individual(
        users=users,
        threads=threads(),
        user_months_per_second=users * months / seconds,
        bytes_per_user=held,
        bytes_touched=held + rows.state.nbytes / users,
        peak_memory_bytes=peak_memory(),
    )


def measure_expected(scenario: Scenario) -> dict[str, float]:
    """Return seconds of a warm run by expected flows, with its past and with the past given."""
    warm_up()
    run(scenario)
    market = Market(scenario)
    while market.world.month < scenario.branch_month:
        market.step()

    def go_on() -> None:
        later = Market(scenario, world=market.world.copy())
        while later.world.month < scenario.end_month:
            later.step()
        tables_of(later.world)

    return {
        "seconds_per_run": best_of(REPEATS, lambda: run(scenario)),
        "seconds_after_the_shared_past": best_of(REPEATS, go_on),
    }


def measure_baselines(sizes: Sizes) -> dict[str, float | None]:
    """Return user-months per second of the baselines; None where there is no checkout."""
    if not (Path(__file__).resolve().parents[2] / "benchmarks" / "published.py").is_file():
        return {"plain_mesa": None, "plain_numpy": None}
    publish = importlib.import_module("benchmarks.published").publish
    published = publish(load_scenario(SCENARIO, _changes(sizes.months, None)))
    rates: dict[str, float | None] = {}
    for name, users in (("plain_mesa", sizes.mesa_users), ("plain_numpy", sizes.numpy_users)):
        simulate = importlib.import_module(f"benchmarks.{name}").simulate
        seconds = best_of(1, lambda go=simulate, n=users: go(published, n))  # type: ignore[misc]
        rates[name] = users * len(published.months) / seconds
    return rates


def memory_bandwidth(size: int, count: int) -> float:
    """Return bytes read and written per second by a long copy on `count` threads."""
    source, target = np.ones(size // 8), np.zeros(size // 8)
    parts = list(zip(np.array_split(source, count), np.array_split(target, count), strict=True))
    with ThreadPoolExecutor(count) as pool:

        def copy() -> None:
            list(pool.map(lambda part: np.copyto(part[1], part[0]), parts))

        return 2 * size / best_of(REPEATS, copy)


def start_up() -> float:
    """Return seconds until `sim --help` has answered, in a process of its own."""
    command = [sys.executable, "-m", "sim.cli", "--help"]
    return best_of(REPEATS, lambda: subprocess.run(command, capture_output=True, check=True))  # noqa: S603  our own command


# How it is measured


def best_of(repeats: int, action: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some repetitions."""
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def peak_memory() -> int:
    """Return the most memory that this process has held, bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * KIB


def apart[T](count: int, measure: Callable[..., T], *arguments: object) -> T:
    """Measure in a new process that uses `count` threads."""
    with (
        _environment(SETTING, str(count)),
        ProcessPoolExecutor(1, get_context("spawn"), set_threads, (count,)) as pool,
    ):
        return pool.submit(measure, *arguments).result()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable for the processes started meanwhile."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def bench_rows(content: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Return what was measured in words: what, and how much."""
    rows = [
        (
            f"individual, {each['users']:,} users, {each['threads']} thread(s)",
            (
                f"{each['user_months_per_second'] / 1e6:,.1f} m user-months/s of "
                f"{each['bytes_per_user']:g} bytes a user"
            ),
        )
        for each in content["individual"]
    ]
    expected, ratio = content["expected"], content["ratio"]
    rows += [
        ("expected, one run", f"{expected['seconds_per_run']:.3f} s"),
        ("expected, the past given", f"{expected['seconds_after_the_shared_past']:.3f} s"),
    ]
    for name, value in ratio.items():
        shown = "needs the checkout" if value is None else f"{value:,.1f} ×"
        rows.append((f"individual, against {name}", shown))
    rows += [
        ("share of memory bandwidth", f"{content['memory_bandwidth_share']:.1%}"),
        ("peak memory", f"{content['peak_memory_bytes'] / 1e6:,.0f} MB"),
        ("start-up, sim --help", f"{content['start_up_seconds']:.2f} s"),
    ]
    return rows
