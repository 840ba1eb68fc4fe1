"""What studies cost and survive, at full size: each measurement by its name.

- `kill`: a study of 1,000 runs killed at 60 %, gone on with, and held against one left alone
- `efficiency`: runs a second with one and with two processes, start-up apart
- `memory`: the driver's memory at 1,000 and at 10,000 runs (made-up runs)
- `bands`: opening a study of 10,000 runs and drawing quantile bands of a metric
- `pairing`: variance reduction by common random numbers, Telecom's share at the end

`python -m benchmarks.studies kill --runs 1000`; a smaller number shows the same sooner.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run_together
from sim.store.keeping import compact
from sim.studies import jobs
from sim.studies.batch import batch
from sim.studies.completing import Tally
from sim.studies.executors import Executor, Processes, Serial
from sim.studies.statistics import variance_reduction
from sim.studies.study import Study, open_study
from sim.studies.study_file import load_design

PAIR = "scenarios: [price_war, service_cooperation]\n"
SHARE = ("subscriber_share", "telecom")


def study_file(folder: Path, runs: int, more: str = "") -> Path:
    """Write a study of so many runs, two scenarios each."""
    file = folder / "study.yaml"
    file.write_text(f"{PAIR}seeds: {runs // 2}\n{more}", encoding="utf-8")
    return file


def nobody(_: Tally) -> None:
    """Say nothing."""


def made(file: Path, folder: Path, executor: Executor) -> tuple[Study, Tally]:
    """Run a study in this process."""
    tally = batch(load_design(file), folder, executor, nobody)
    return open_study(folder), tally


# ------------------------------------------------------------------------------- real runs


def kill(runs: int, folder: Path) -> str:
    """Kill a study at 60 %, go on with it, and hold its tables against one left alone."""
    file = study_file(folder, runs)
    whole, broken = folder / "whole", folder / "broken"
    command = [sys.executable, "-m", "sim.cli", "batch", str(file), "--out"]
    subprocess.run([*command, str(whole)], check=True, capture_output=True)
    process = subprocess.Popen([*command, str(broken)], start_new_session=True)
    while done(broken) < 0.6 * runs:
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = done(broken)
    again = subprocess.run([*command, str(broken)], check=True, capture_output=True, text=True)
    a, b = open_study(whole), open_study(broken)
    equal = [sums(a, name).equals(sums(b, name)) for name in a.design.outputs]
    said = again.stdout.splitlines()[0]
    return (
        f"killed at {kept:,} of {runs:,} runs; gone on with: {said}; {len(b.runs):,} rows; "
        f"{sum(equal)} of {len(equal)} tables equal to the bit"
    )


def sums(study: Study, table: str) -> pd.DataFrame:
    """Return a sum of hashes over each run's rows of a table: equal where every bit is."""
    return study.query(f"select run, sum(hash(t)) as h from {table} t group by run order by run")  # noqa: S608


def done(folder: Path) -> int:
    """Return how many runs a study has."""
    return open_study(folder).status()["done"] if (folder / "manifest.json").exists() else 0


def efficiency(runs: int, folder: Path) -> str:
    """Compare runs a second of two processes with one."""
    rates, starts, clock = [], [], 0.0
    for workers in (1, 2):
        size = runs // 10 if workers == 1 else runs
        file = study_file(folder, size)
        _, tally = made(file, folder / str(workers), Processes(workers))
        now = time.monotonic()
        first = tally.first or now
        starts.append(first - tally.begun)
        rates.append(size / (now - first))
        clock = now - tally.begun
    return (
        f"{rates[0]:.2f} runs/s with one process, {rates[1]:.2f} with two: efficiency "
        f"{rates[1] / rates[0] / 2:.2f}; start-up {starts[0]:.1f} and {starts[1]:.1f} s; "
        f"{runs:,} runs stored in {clock:.0f} s"
    )


def pairing(runs: int, folder: Path) -> str:
    """Measure what common random numbers buy."""
    study, _ = made(study_file(folder, runs, "outputs: [metric_year]\n"), folder / "s", Serial())
    found = study.metric(*SHARE, "year")
    last = found[found["year"] == found["year"].max()]
    wide = last.pivot_table(index="seed", columns="scenario", values="value")
    a, b = (wide[[name]].to_numpy() for name in ("price_war", "service_cooperation"))
    factor = variance_reduction(b, a)[0]
    return f"variance of the difference cut {factor:,.0f} times, {len(wide)} seeds"


# ---------------------------------------------------------------------------- made-up runs


def real_size(scenario: Scenario) -> Callable[[Sequence[Scenario], int, str], list[RunResult]]:
    """Return a stand-in whose tables have a real run's size, moved a little by the seed."""
    tables = run_together([scenario], 0)[0].tables
    lines = tables["carrier_month"]["lines"].to_numpy()

    def run(scenarios: Sequence[Scenario], seed: int, fidelity: str) -> list[RunResult]:
        moved = (lines * (1.0 + 0.01 * np.sin(seed + np.arange(len(lines))))).astype(np.int64)
        mine = tables | {"carrier_month": tables["carrier_month"].assign(lines=moved)}
        return [RunResult(scenario, seed, fidelity, mine) for scenario in scenarios]

    return run


def bands(runs: int, folder: Path) -> str:
    """Time opening a large study and its quantile bands."""
    jobs.run_together = real_size(load_scenario("price_war"))
    file = study_file(folder, runs, "outputs: [metric_month, metric_year]\n")
    made(file, folder / "s", Serial())
    times = []
    for step in ("as written", "compacted"):
        if step == "compacted":
            compact(folder / "s")
        begun = time.monotonic()
        found = open_study(folder / "s").bands(*SHARE)
        times.append(f"{time.monotonic() - begun:.2f} s {step}")
        assert found["runs"].max() == runs // 2
    return f"{runs:,} runs: opened and drawn in {', '.join(times)}"


def memory(runs: int, folder: Path) -> str:
    """Measure the driver's memory with a tenth of the runs and with all of them."""
    said = []
    for size in (runs // 10, runs):
        command = [sys.executable, "-m", "benchmarks.studies", "driver", "--runs", str(size)]
        environment = os.environ | {_MADE_UP: "yes", "TMPDIR": str(folder)}
        ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        said.append(ended.stdout.strip())
    return ", ".join(said)


def driver(runs: int, folder: Path) -> str:
    """Drive a study of made-up runs, and tell the memory that it took."""
    file = study_file(folder, runs, "months: 1\noutputs: [carrier_month]\n")
    made(file, folder / "s", Processes(2))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{peak / 1024:.0f} MB at {runs:,} runs"


def small(scenarios: Sequence[Scenario], seed: int, fidelity: str) -> list[RunResult]:
    """Return runs of no size, for no time."""
    tables = {"carrier_month": pd.DataFrame({"month": ["2017-01"], "lines": [seed]})}
    return [RunResult(scenario, seed, fidelity, tables) for scenario in scenarios]


_MADE_UP = "STUDIES_MADE_UP"
if _MADE_UP in os.environ:  # in worker processes too, which import this file anew
    jobs.run_together = small
    jobs.warm_up = lambda: None

MEASUREMENTS = {
    "kill": (kill, 1_000),
    "efficiency": (efficiency, 1_000),
    "memory": (memory, 10_000),
    "bands": (bands, 10_000),
    "pairing": (pairing, 200),
}


def main() -> None:
    """Do the measurements that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MEASUREMENTS, "driver", []])
    parser.add_argument("--runs", type=int)
    asked = parser.parse_args()
    for name in asked.names or MEASUREMENTS:
        measure, usual = MEASUREMENTS.get(name, (driver, 1_000))
        with TemporaryDirectory(prefix="sim-studies-") as folder:
            print(measure(asked.runs or usual, Path(folder)))


if __name__ == "__main__":
    main()
