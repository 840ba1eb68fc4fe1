"""The market at the points of a design: runs, their results, and what moves them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.calendar import year_of
from sim.core.errors import SimError
from sim.metrics import metrics
from sim.scenario.schema import Scenario
from sim.store import SCHEMA
from sim.store.provenance import machine, study_id
from sim.store.records import SENSITIVITY, write_record
from sim.store.writer import STUDIES
from sim.studies.completing import complete, told
from sim.studies.design import Design as StudyDesign
from sim.studies.design import Variant, with_values
from sim.studies.executors import cpus, executor, silent
from sim.studies.facts import Output, period
from sim.studies.sensitivity import (
    Design,
    Split,
    indices,
    split,
)
from sim.studies.study import Study, keep_design
from sim.studies.sweeps import Point

type Floats = NDArray[np.float64]
type Finished = Callable[[int, int], None]  # runs finished, runs in all


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

    def save(self, folder: Path) -> Path:
        """Store it under the results folder and return its place."""
        content = self.content()
        timing = content.pop("timing")
        return write_record(folder, SENSITIVITY, content, timing=timing)

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
    folder: Path | None = None,
) -> Sensitivity:
    """Run a scenario at every point of a design under every seed; say what moves its results.

    Indices are those of the mean over seeds.

    Parameters
    ----------
    outputs : what is looked at, all of the same runs
    seeds : how many, counted from 0; every point has the same
    workers : processes; all CPUs if None; the results do not depend on it
    progress : called with runs finished and runs in all
    folder : a results folder that keeps the runs as a study; the same call goes on with it
    """
    begun = time.monotonic()
    count = cpus() if workers is None else workers
    with _place(folder) as place:
        values = evaluate(scenario, design, outputs, range(seeds), fidelity, count, place, progress)
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


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """Give the results folder, or one that is gone afterwards."""
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory(prefix="sim-sensitivity-") as temporary:
        yield Path(temporary)


def evaluate(
    scenario: Scenario,
    design: Design,
    outputs: Sequence[Output],
    seeds: Sequence[int],
    fidelity: str,
    workers: int,
    folder: Path,
    progress: Finished | None = None,
) -> Floats:
    """Return the outputs at the points of a design: (outputs, points, seeds).

    The runs are a study in the results folder, of the metrics by year alone; see `open_study`.
    """
    asked, tell = _study(scenario, design, seeds, fidelity), progress or silent
    study = keep_design(folder / STUDIES / f"{asked.name}-{study_id(asked.content())}", asked)
    plan = study.plan()
    tally = complete(
        plan,
        executor(min(workers, len(plan.runs))),
        lambda tally: tell(tally.ended, tally.total),
        retry=True,
    )
    if tally.failed:
        raise SimError(_failure(study))
    last = year_of(scenario.end_month - 1)
    return np.array([_values(study, output, last) for output in outputs])


def _study(scenario: Scenario, design: Design, seeds: Sequence[int], fidelity: str) -> StudyDesign:
    """Return the points of a design as the variants of a study."""
    text = scenario.canonical_json()
    variants = []
    for number, row in enumerate(design.points.tolist()):
        point: Point = {p.path: p.at(x) for p, x in zip(design.parameters, row, strict=True)}
        there = with_values(text, point)
        digests = there.digest(), there.past_digest()
        variants.append(Variant(scenario.name, number, point, *digests))
    return StudyDesign(
        name=f"sensitivity-{scenario.name}",
        title=f"Sensitivity of {scenario.about.title} ({design.method})",
        bases={scenario.name: text},
        variants=tuple(variants),
        seeds=tuple(seeds),
        fidelity=fidelity,
        outputs=("metric_year",),
    )


def _failure(study: Study) -> str:
    """Return what went wrong first, and at which point of the design."""
    failed = study.runs[study.runs["status"] == "failed"]
    first = failed.iloc[0]
    where = ", ".join(f"{path}={first[path]:g}" for path in study.swept)
    return (
        f"{len(failed)} of {len(study.runs)} runs failed; the first: {told([first['error']])} "
        f"(at point {first['point'] + 1}: {where})"
    )


def _values(study: Study, output: Output, year: int) -> Floats:
    """Return an output in every run of a study: (points, seeds)."""
    found = study.metric(output.metric, output.carrier, "year")
    values = found[found["year"] == year].set_index("run")["value"]
    runs = [study.design.run_ids(variant, study.code) for variant in study.design.variants]
    return np.array([values.loc[ids].to_numpy(dtype=np.float64) for ids in runs])
