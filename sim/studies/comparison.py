"""What a comparison says, and the form in which it is stored and handed on."""

import json
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from sim.core.kernels import code_digest
from sim.store import SCHEMA
from sim.store.provenance import manifest
from sim.store.reader import read_manifest
from sim.store.writer import COMPARISONS, MANIFEST, new_folder, write_json, write_table, write_text

LEVELS = ["name", "unit", "scenario", "carrier", "period", "mean", "low", "high"]
DIFFERENCES = [
    "name",
    "unit",
    "scenario",
    "carrier",
    "mean",
    "low",
    "high",
    "variance_reduction",
]
MONTHLY = ["name", "unit", "scenario", "carrier", "month", "mean", "low", "high"]
HISTORY = [
    "name",
    "unit",
    "scenario",
    "carrier",
    "year",
    "observed",
    "mean",
    "low",
    "high",
    "role",
]

_JSON = "comparison.json"
_MONTHLY = "monthly.parquet"


@dataclass(frozen=True)
class Comparison:
    """Scenarios under common random numbers: levels, differences from the first, intervals.

    A carrier is an id, None for the market. Intervals hold the mean over seeds with 90 %
    confidence; they are nan with one seed. The level of a metric that makes sense only as a
    change (consumer surplus) is nan for the baseline and the change for the others.
    """

    id: str
    scenarios: list[str]
    seeds: list[int]
    fidelity: str
    users: int | None  # rows, none where cells move by expected flows
    start: str  # first month of the shared past
    months: int  # from the branch month on
    metrics: pd.DataFrame  # LEVELS, over the last calendar year
    differences: pd.DataFrame  # DIFFERENCES, over the last calendar year
    monthly: pd.DataFrame  # MONTHLY
    history: pd.DataFrame  # HISTORY: the simulated past against what was observed
    warnings: list[str]
    inputs: dict[str, list[str]]  # by scenario: series that are fed in, so not results
    definitions: dict[str, dict[str, Any]]  # by scenario: its content
    timing: dict[str, Any]
    code: str = field(default_factory=code_digest)  # of the program that made it

    @property
    def baseline(self) -> str:
        """Return the scenario from which differences are taken: the first named."""
        return self.scenarios[0]

    @property
    def titles(self) -> dict[str, dict[str, str]]:
        """Return the title of each scenario by language, "en" and "zh"."""
        about = {name: content["about"] for name, content in self.definitions.items()}
        return {name: {"en": text["title"], "zh": text["title_zh"]} for name, text in about.items()}

    @property
    def variance_reduction(self) -> float | None:
        """Return the median over the share differences, None when none is defined."""
        rows = self.differences[self.differences["name"] == "subscriber_share"]
        factors = [value for value in rows["variance_reduction"] if not math.isnan(value)]
        return float(np.median(factors)) if factors else None

    def to_json(self) -> str:
        """Return one JSON object; what may vary between equal calls is in `timing` alone."""
        content = {
            "schema": SCHEMA,
            "scenarios": self.scenarios,
            "baseline": self.baseline,
            "seeds": self.seeds,
            "fidelity": self.fidelity,
            "users": self.users,
            "start": self.start,
            "months": self.months,
            "metrics": _records(self.metrics),
            "differences": _records(self.differences),
            "variance_reduction": self.variance_reduction,
            "history": _records(self.history),
            "warnings": self.warnings,
            "fed_in": self.inputs,
            "timing": self.timing,
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False)

    def save(self, folder: Path) -> Path:
        """Store under the results folder and return the place; what is there already stays."""
        place = comparison_place(folder, self.id)
        self.write(place)
        return place

    def write(self, place: Path) -> None:
        """Store as a folder of that name; one that is there already stays."""
        if place.exists():
            return
        with new_folder(place) as temporary:
            write_text(temporary / _JSON, self.to_json() + "\n")
            write_table(temporary / _MONTHLY, self.monthly)
            content = {"definitions": self.definitions, "code": self.code}
            write_json(temporary / MANIFEST, manifest("comparison", self.id, content))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a comparison from its own folder; a `SimError` if there is none."""
        about = read_manifest(folder)
        content = json.loads((folder / _JSON).read_text(encoding="utf-8"))
        kept = ("scenarios", "seeds", "fidelity", "users", "start", "months", "warnings", "timing")
        return cls(
            id=about["id"],
            metrics=table(content["metrics"], LEVELS),
            differences=table(content["differences"], DIFFERENCES),
            monthly=_with_market(pd.read_parquet(folder / _MONTHLY)),
            history=table(content["history"], HISTORY),
            inputs=content["fed_in"],
            definitions=about["definitions"],
            code=about["code"],
            **{name: content[name] for name in kept},
        )

    def with_timing(self, **values: Any) -> Self:
        """Return the same comparison with more said in `timing`."""
        return replace(self, timing=self.timing | values)


def comparison_place(folder: Path, identity: str) -> Path:
    """Return where the results folder has, or would have, a comparison."""
    return folder / COMPARISONS / identity


def table(rows: list[dict[str, Any]] | pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows as a table with these columns: numbers as floats, None for the market."""
    frame = pd.DataFrame(rows, columns=columns)
    numbers = {"mean", "low", "high", "observed", "variance_reduction"}.intersection(columns)
    return _with_market(frame.astype(dict.fromkeys(sorted(numbers), "float64")))


def _with_market(frame: pd.DataFrame) -> pd.DataFrame:
    carrier = frame["carrier"].astype(object)
    return frame.assign(carrier=carrier.where(carrier.notna(), None))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    columns = [[_plain(value) for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
