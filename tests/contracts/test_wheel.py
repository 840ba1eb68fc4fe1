"""The package works where it is installed, without its checkout, and takes additions there.

A new strategy, metric or scenario is one new file, and nothing else.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPARE = ("compare", "price_war", "service_cooperation")
SMALL = ("--seeds", "2", "--users", "1000", "--months", "12")

STRATEGY = '''
"""Price a tenth above last month's mean."""

from pydantic import Field

from sim.market.views import CarrierDecision, CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.rules import CarrierRule


@carrier_strategies.add("above_the_mean")
class AboveTheMean(CarrierRule):
    """Ask more than others do."""

    more: float = Field(gt=0, examples=[0.1], description="above the mean list price")

    def decide(self, view: CarrierView) -> CarrierDecision:
        return CarrierDecision(
            list_price=int(view.list_price.mean() * (1.0 + self.more)),
            backward_rate=int(view.backward_rate[view.me]),
        )
'''
METRIC = '''
"""Lines per partner."""

from sim.metrics import Parts, Tables, carrier_parts, metric


@metric("lines_per_partner", "lines", "lines over partners that sponsor", "ratio")
def lines_per_partner(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, frame["lines"], frame["partners"])
'''
SCENARIO = """
extends: business_as_usual
about:
  title: Dear Telecom
  title_zh: 电信涨价
carriers:
  telecom: {strategy: {name: above_the_mean, more: 0.1}}
"""


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the installed package and nothing of the checkout."""
    target = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True)
    return target


def sim(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "sim.cli", *arguments]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_compare_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = sim(installed, tmp_path, *COMPARE, *SMALL)

    assert done.returncode == 0, done.stderr
    assert "service_cooperation" in done.stdout


def test_compare_as_json_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = sim(installed, tmp_path, *COMPARE, *SMALL, "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scenarios"] == ["price_war", "service_cooperation"]


def test_nothing_is_read_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = "import sim; print(sim.__file__)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == str(installed / "sim" / "__init__.py")


# Additions. They come last, for the same installed package takes them: its kernels are compiled.


@pytest.fixture(scope="module")
def extended(installed: Path) -> Path:
    """Return the installed package with one strategy, one metric and one scenario more."""
    added = {
        "strategies/carrier/above_the_mean.py": STRATEGY,
        "metrics/lines_per_partner.py": METRIC,
        "configs/scenarios/dear_telecom.yaml": SCENARIO,
    }
    for place, text in added.items():
        (installed / "sim" / place).write_text(text.lstrip(), encoding="utf-8")
    return installed


def test_additions_are_listed(extended: Path, tmp_path: Path) -> None:
    listed = sim(extended, tmp_path, "list").stdout

    for name in ("above_the_mean", "lines_per_partner", "dear_telecom"):
        assert name in listed


def test_the_scenario_runs_the_strategy_and_is_measured_by_the_metric(
    extended: Path, tmp_path: Path
) -> None:
    small = ("--months", "2", "--set", "population.usage_tiers=1", "--json")
    done = sim(extended, tmp_path, "run", "dear_telecom", *small)
    assert done.returncode == 0, done.stderr
    assert "Compiling" not in done.stderr, "a strategy is no kernel"

    metrics = json.loads(done.stdout)["metrics"]
    measured = {m["carrier"]: m["value"] for m in metrics if m["name"] == "lines_per_partner"}
    assert measured["telecom"] > 0
    scenario = extended / "sim/configs/scenarios/dear_telecom.yaml"
    assert sim(extended, tmp_path, "check", str(scenario)).returncode == 0
