"""A new strategy, metric or scenario is one new file, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
def copied(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sources with one strategy, one metric and one scenario more."""
    folder = tmp_path_factory.mktemp("checkout")
    skip = shutil.ignore_patterns("__pycache__")
    for part in ("sim", "configs"):
        shutil.copytree(root / part, folder / part, ignore=skip)
    added = {
        "sim/strategies/carrier/above_the_mean.py": STRATEGY,
        "sim/metrics/lines_per_partner.py": METRIC,
        "configs/scenarios/dear_telecom.yaml": SCENARIO,
    }
    for place, text in added.items():
        (folder / place).write_text(text.lstrip(), encoding="utf-8")
    return folder


def command(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sim.cli", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_they_are_listed(copied: Path) -> None:
    listed = command(copied, "list")

    for name in ("above_the_mean", "lines_per_partner", "dear_telecom"):
        assert name in listed


def test_the_scenario_runs_the_strategy_and_is_measured_by_the_metric(copied: Path) -> None:
    small = ("--months", "2", "--set", "population.usage_tiers=1", "--json")
    run = json.loads(command(copied, "run", "dear_telecom", *small))

    measured = {
        m["carrier"]: m["value"] for m in run["metrics"] if m["name"] == "lines_per_partner"
    }
    assert measured["telecom"] > 0
    assert command(copied, "check", "configs/scenarios/dear_telecom.yaml")
