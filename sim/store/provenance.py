"""What a result was made of: identity, code, packages, machine."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sim.core.kernels import code_digest
from sim.scenario.schema import Scenario
from sim.store import SCHEMA

_ID = 16  # digits of an id
# Whatever can move a bit of a result or the reading of it.
PACKAGES = (
    "numpy",
    "numba",
    "llvmlite",
    "scipy",
    "pandas",
    "mesa",
    "pydantic",
    "pyarrow",
    "duckdb",
    "dash",
    "plotly",
)


@dataclass(frozen=True)
class Origin:
    """The run that a branched one came from, and the first month that is its own."""

    run: str  # its id
    month: str  # label


def run_id(scenario: Scenario, seed: int, fidelity: str, origin: Origin | None = None) -> str:
    """Return what identifies a run: equal content, seed, fidelity, code and origin, equal id.

    The scenario's name and title do not count; users, months and the observed data do.
    """
    content: list[Any] = [scenario.digest(), seed, fidelity, code_digest()]
    return _digest(content if origin is None else [*content, asdict(origin)])


def run_ids(digest: str, seeds: Sequence[int], fidelity: str, code: str | None = None) -> list[str]:
    """Return the ids of a scenario's runs under many seeds, in a tenth of the time.

    digest : of the scenario
    code : of the program that makes them, this one if None
    """
    mark = "seed"
    content = json.dumps([digest, mark, fidelity, code or code_digest()])
    before, after = content.split(json.dumps(mark))
    texts = (f"{before}{seed}{after}" for seed in seeds)
    return [hashlib.sha256(text.encode()).hexdigest()[:_ID] for text in texts]


def comparison_id(
    scenarios: Iterable[Scenario], seeds: Sequence[int], fidelity: str, code: str
) -> str:
    """Return what identifies a comparison; here names and titles count, for they are shown."""
    texts = [scenario.canonical_json() for scenario in scenarios]
    return _digest([texts, list(seeds), fidelity, code])


def study_id(design: Mapping[str, Any]) -> str:
    """Return what identifies a study by what it asks for and the program that answers."""
    return _digest([design, code_digest()])


def _digest(content: list[Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_ID]


@cache
def packages() -> dict[str, str]:
    """Return the versions of the packages that matter; those not installed are left out."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def machine() -> dict[str, str | int]:
    """Return where this runs, without naming the machine or its user."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": len(os.sched_getaffinity(0)),
    }


def manifest(kind: str, identity: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the record that lies beside stored results."""
    return {
        "schema": SCHEMA,
        "kind": kind,
        "id": identity,
        "code": code_digest(),
        "packages": packages(),
        "machine": machine(),
    } | content
