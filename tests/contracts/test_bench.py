"""`sim bench` says what was measured, and the product stays far faster than plainer programs."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import plain_numpy
from benchmarks.published import publish
from sim.scenario.load import load_scenario
from sim.simulate import run
from sim.studies import bench as measuring
from sim.studies.bench import QUICK, Sizes, best_of, measure_baselines
from tests.theory.small_market import one_thread

KEYS = {
    "schema", "individual", "expected", "ratio", "memory_bandwidth_share", "peak_memory_bytes",
    "start_up_seconds",
}  # fmt: skip


def test_bench_prints_one_object_of_what_was_measured() -> None:
    command = [sys.executable, "-m", "sim.cli", "bench", "--quick", "--users", "1000", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    content = json.loads(ended.stdout)
    assert set(content) >= KEYS
    assert content["schema"] == 1
    assert [each["threads"] for each in content["individual"]] == [1, 2]
    for each in content["individual"]:
        assert each["users"] == 1_000
        assert each["user_months_per_second"] > 0.0
        assert 0.0 < each["bytes_per_user"] <= 8.0
    assert content["expected"]["seconds_per_run"] > 0.0
    assert all(math.isfinite(content["ratio"][name]) for name in ("plain_mesa", "plain_numpy"))
    assert 0.0 < content["memory_bandwidth_share"] < 1.0
    assert content["peak_memory_bytes"] > 1e7


def test_without_a_checkout_there_are_no_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "__file__", str(Path(os.sep, "nowhere", "sim", "x", "bench.py")))

    assert measure_baselines(QUICK) == {"plain_mesa": None, "plain_numpy": None}


def test_sizes_of_the_whole_bench_are_larger() -> None:
    whole: Sizes = measuring.WHOLE

    assert (whole.users, whole.months) == (10_000_000, 60)


# A third of what was measured; a slow machine is slow for both, so no wall clock is asked.
USERS, MEASURED = 2_000_000, 3.0


def test_individual_users_stay_far_faster_than_plain_numpy() -> None:
    scenario = load_scenario("price_war", {"population.users": USERS, "months": 1})
    published = publish(load_scenario("price_war", {"months": 1}))
    ratios = []
    with one_thread():
        for _ in range(3):
            product = best_of(1, lambda: run(scenario, fidelity="individual")) / USERS
            plain = best_of(1, lambda: plain_numpy.simulate(published, 50_000)) / 50_000
            ratios.append(plain / product)

    assert max(ratios) > MEASURED / 3, ratios
