"""The market at the points of a design: runs, their results, and what moves them."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.errors import SimError, did_you_mean
from sim.market.names import CARRIERS
from sim.metrics import metrics
from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.simulate import run_together, warm_up
from sim.store import SCHEMA
from sim.store.provenance import machine
from sim.studies.executors import cpus, executor, in_order, silent
from sim.studies.facts import CHANGES_ONLY, MARKET, last_year, period
from sim.studies.sensitivity import (
    Design,
    SensitivityError,
    Split,
    indices,
    split,
)

type Floats = NDArray[np.float64]
type Finished = Callable[[int, int], None]  # runs finished, runs in all


@dataclass(frozen=True)
class Output:
    """A result over the last calendar year: a metric, of a carrier or of the market."""

    metric: str
    carrier: str | None = None  # None for the market

    @classmethod
    def named(cls, text: str) -> "Output":
        """Return the output of a text such as "profit" or "subscriber_share:mobile"."""
        name, colon, carrier = text.partition(":")
        if name not in metrics.names():
            raise SensitivityError(f"no metric '{name}'{did_you_mean(name, metrics.names())}")
        if name in CHANGES_ONLY:
            raise SensitivityError(f"the level of {name} means nothing, only changes of it do")
        if colon and carrier not in CARRIERS:
            raise SensitivityError(f"no carrier '{carrier}'{did_you_mean(carrier, CARRIERS)}")
        if colon and not metrics.get(name).by_carrier:
            raise SensitivityError(f"{name} is of the whole market; leave the carrier out")
        return cls(name, carrier if colon else None)

    @property
    def text(self) -> str:
        """Return the text that names it."""
        return self.metric if self.carrier is None else f"{self.metric}:{self.carrier}"

    def of(self, yearly: pd.DataFrame) -> float:
        """Return the value among a run's facts of its last year."""
        mine = (yearly["name"] == self.metric) & (yearly["carrier"] == (self.carrier or MARKET))
        return float(yearly.loc[mine, "value"].item())


@dataclass(frozen=True)
class Finding:
    """What moves one output."""

    output: Output
    indices: pd.DataFrame  # see `sensitivity.indices`
    split: Split


@dataclass(frozen=True)
class Sensitivity:
    """What moves the results of a scenario."""

    scenario: Scenario
    design: Design
    seeds: int
    fidelity: str
    findings: tuple[Finding, ...]
    timing: dict[str, Any]

    def content(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it; what is undefined is null."""
        return {
            "schema": SCHEMA,
            "scenario": self.scenario.name,
            "method": self.design.method,
            "seeds": self.seeds,
            "fidelity": self.fidelity,
            "months": self.scenario.months,
            "points": len(self.design.points),
            "parameters": [
                {"path": p.path, "low": p.low, "high": p.high, "value": p.value}
                for p in self.design.parameters
            ],
            "outputs": [self._told(finding) for finding in self.findings],
            "timing": self.timing,
        }

    def _told(self, finding: Finding) -> dict[str, Any]:
        output = finding.output
        return {
            "name": output.metric,
            "unit": metrics.get(output.metric).unit,
            "carrier": output.carrier,
            "period": period(self.scenario),
            "variance": _defined(finding.split._asdict()),
            "indices": [_defined(row) for row in finding.indices.to_dict("records")],
        }


def _defined(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(key): None if isinstance(value, float) and not isfinite(value) else value
        for key, value in row.items()
    }


def analyse(
    scenario: Scenario,
    design: Design,
    outputs: Sequence[Output],
    seeds: int = 3,
    *,
    fidelity: str = "expected",
    workers: int | None = None,
    progress: Finished | None = None,
) -> Sensitivity:
    """Run a scenario at every point of a design under every seed; say what moves its results.

    Indices are those of the mean over seeds.

    Parameters
    ----------
    outputs : what is looked at, all of the same runs
    seeds : how many, counted from 0; every point has the same
    workers : processes; all CPUs if None; the results do not depend on it
    progress : called with runs finished and runs in all
    """
    begun = time.monotonic()
    count = cpus() if workers is None else workers
    values = evaluate(scenario, design, outputs, range(seeds), fidelity, count, progress)
    findings = []
    for output, by_seed in zip(outputs, values, strict=True):
        try:
            found = indices(design, by_seed.mean(axis=1))
        except SimError as error:
            raise SimError(f"{output.text}: {error}") from error
        findings.append(Finding(output, found, split(by_seed)))
    seconds = time.monotonic() - begun
    timing = {"total_seconds": seconds, "workers": count, "machine": machine()}
    return Sensitivity(scenario, design, seeds, fidelity, tuple(findings), timing)


def evaluate(
    scenario: Scenario,
    design: Design,
    outputs: Sequence[Output],
    seeds: Sequence[int],
    fidelity: str,
    workers: int,
    progress: Finished | None = None,
) -> Floats:
    """Return the outputs at the points of a design: (outputs, points, seeds)."""
    runs = [
        _Run(text, seed, fidelity, where)
        for text, where in (
            _scenario_at(scenario, design, row) for row in range(len(design.points))
        )
        for seed in seeds
    ]
    run = executor(min(workers, len(runs)))
    years = in_order(run, _last_year, runs, progress or silent)
    values = np.array([[output.of(year) for year in years] for output in outputs])
    return values.reshape(len(outputs), len(design.points), len(seeds))


@dataclass(frozen=True)
class _Run:
    scenario: str  # canonical JSON
    seed: int
    fidelity: str
    where: str  # in the design, for people


def _last_year(run: _Run) -> pd.DataFrame:
    """Return the facts of a run's last year alone: a study has thousands of runs."""
    warm_up()
    try:
        (result,) = run_together([from_json(run.scenario)], run.seed, run.fidelity)
        return last_year(result)
    except SimError as error:
        raise SimError(f"{error} ({run.where})") from error


def _scenario_at(scenario: Scenario, design: Design, row: int) -> tuple[str, str]:
    """Return the scenario at a point, as text, and where that is, for people."""
    point = design.points[row].tolist()
    values = {p.path: p.at(x) for p, x in zip(design.parameters, point, strict=True)}
    where = ", ".join(f"{path}={value:g}" for path, value in values.items())
    return varied(scenario, values).canonical_json(), f"at point {row + 1}: {where}"


def varied(scenario: Scenario, values: dict[str, float]) -> Scenario:
    """Return the scenario with other values of parameters, by path."""
    content = json.loads(scenario.canonical_json())
    for path, value in values.items():
        *sections, name = path.split(".")
        part = content
        for section in sections:
            part = part[section]
        part[name] = value
    return from_json(json.dumps(content))
