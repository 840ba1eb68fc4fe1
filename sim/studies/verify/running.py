"""Run cases of the ladder and hold what came out against theory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import inf, isfinite, nan
from typing import Any, get_origin

import numpy as np
from pydantic import ValidationError

from sim.core.errors import SimError, did_you_mean
from sim.store import SCHEMA
from sim.studies.executors import Finished, executor, in_order
from sim.studies.verify import Case, Check, Kind, Numbers, Parameters, VerifyError, registered_cases

STORED = "closed form against stored"


@dataclass(frozen=True)
class Verdict:
    """One comparison of a case, as it is printed."""

    id: str
    name: str
    kind: Kind
    quantity: str
    expected: float
    got: float
    tolerance: float
    passed: bool

    @property
    def margin(self) -> float:
        """Return the gap in tolerances: above 1 it has failed."""
        return _miss(self.expected, self.got, self.tolerance)


@dataclass(frozen=True)
class Report:
    """All comparisons, in the order of the cases."""

    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> int:
        """Return how many comparisons came out as expected."""
        return sum(verdict.passed for verdict in self.verdicts)

    @property
    def failed(self) -> int:
        """Return how many did not."""
        return len(self.verdicts) - self.passed

    def content(self) -> dict[str, Any]:
        """Return the report as JSON can hold it; a number that does not exist is null."""
        listed = [
            {name: _plain(value) for name, value in asdict(verdict).items()}
            for verdict in self.verdicts
        ]
        return {"cases": listed, "passed": self.passed, "failed": self.failed}

    def to_json(self) -> str:
        """Return the report as one JSON object."""
        content = {"schema": SCHEMA} | self.content()
        return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value


def choose(names: Sequence[str], changes: Sequence[str]) -> list[str]:
    """Return the ids of the named cases, or of all; a `VerifyError` says what is wrong."""
    wanted = sorted({name.upper() for name in names}) or registered_cases.names()
    for name in wanted:
        try:
            registered_cases.get(name)
        except SimError as error:
            raise VerifyError(str(error)) from error
    if changes and len(wanted) != 1:
        raise VerifyError("--set moves the parameters of one case: name exactly one")
    for name in wanted:
        _parameters(registered_cases.get(name), changes, full=False)
    return wanted


def verify(
    names: Sequence[str],
    changes: Sequence[str] = (),
    *,
    full: bool = False,
    workers: int = 1,
    finished: Finished = lambda _done, _total: None,
) -> Report:
    """Run cases, all if none is named, with parameters moved by "name=value" of one of them."""
    wanted = choose(names, changes)
    work = partial(run_case, changes=tuple(changes), full=full)
    done = in_order(executor(min(workers, len(wanted) or 1)), work, wanted, finished)
    return Report(tuple(verdict for verdicts in done for verdict in verdicts))


def run_case(name: str, changes: Sequence[str] = (), *, full: bool = False) -> list[Verdict]:
    """Return the comparisons of one case; stored values count only where nothing was moved."""
    chosen = registered_cases.get(name)
    parameters = _parameters(chosen, changes, full=full)
    try:
        checks = list(chosen.checks(parameters))
    except (ArithmeticError, ValueError) as error:
        raise SimError(f"{name} has no solution with these parameters: {error}") from error
    if changes:
        return [_verdict(chosen, check, {}) for check in checks]
    stored = [chosen.rung.stored(check.quantity) for check in checks]
    verdicts = [_verdict(chosen, check, known) for check, known in zip(checks, stored, strict=True)]
    return [*verdicts, _on_theory(chosen, checks, stored)] if any(stored) else verdicts


# Parameters


def _parameters(chosen: Case, changes: Sequence[str], *, full: bool) -> Parameters:
    values = chosen.given() | (dict(chosen.full) if full else {})
    for change in changes:
        values |= _moved(chosen, change)
    try:
        return chosen.parameters.model_validate(values)
    except ValidationError as error:
        raise VerifyError(f"{chosen.rung.id}: {_said(error)}") from error


def _moved(chosen: Case, change: str) -> dict[str, object]:
    """Return what "name=value" sets; several values are parted by commas."""
    name, equals, value = change.partition("=")
    known = chosen.parameters.model_fields
    if not (equals and name.strip()):
        raise VerifyError(f"--set {change}: write it as name=value, such as {_example(known)}")
    if name.strip() not in known:
        hint = did_you_mean(name.strip(), known)
        raise VerifyError(f"{chosen.rung.id} has no parameter '{name.strip()}'{hint}")
    if get_origin(known[name.strip()].annotation) is tuple:
        return {name.strip(): [part.strip() for part in value.strip("[]() ").split(",")]}
    return {name.strip(): value.strip()}


def _example(known: Mapping[str, object]) -> str:
    return f"{next(iter(known), 'name')}=1"


def _said(error: ValidationError) -> str:
    """Return what is wrong with each parameter, in one sentence."""
    found = [
        (".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, "))
        for each in error.errors()
    ]
    return "; ".join(f"{place}: {what}" if place else what for place, what in found)


# Comparisons


def _verdict(chosen: Case, check: Check, stored: Mapping[str, float]) -> Verdict:
    """Return the entry of a check that is furthest from what is expected, by its tolerance."""
    got = _listed(check.got)
    expected = list(stored.values()) or _listed(check.expected)
    if not len(expected) == len(got) == len(_listed(check.expected)) > 0:
        sizes = f"{len(_listed(check.expected))} expected, {len(got)} got, {len(stored)} stored"
        raise SimError(f"{chosen.rung.id}: {check.quantity} has {sizes} values")
    tolerance = _listed(check.tolerance)
    tolerance = tolerance * len(got) if len(tolerance) == 1 else tolerance
    entries = list(zip(expected, got, tolerance, strict=True))
    worst = max(entries, key=lambda entry: _miss(*entry))
    label = check.quantity if len(entries) == 1 else f"{check.quantity} (worst of {len(entries)})"
    rung = chosen.rung
    return Verdict(rung.id, rung.name, chosen.kind, label, *worst, passed=_miss(*worst) <= 1.0)


def _miss(expected: float, got: float, tolerance: float) -> float:
    """Return a gap over its tolerance; what is no number misses altogether."""
    gap = abs(got - expected)
    if not isfinite(gap):
        return inf
    return gap / tolerance if tolerance > 0.0 else (inf if gap > 0.0 else 0.0)


def _on_theory(
    chosen: Case, checks: Sequence[Check], stored: Sequence[Mapping[str, float]]
) -> Verdict:
    """Hold the values of theory, computed here, against those that the ladder stores."""
    gaps = [
        abs(theory - known) / max(1.0, abs(known))
        for check, values in zip(checks, stored, strict=True)
        if values
        for theory, known in zip(_listed(check.expected), values.values(), strict=True)
    ]
    worst = max(gaps) if all(map(isfinite, gaps)) else nan
    passed = worst <= chosen.stored_to
    rung = chosen.rung
    return Verdict(rung.id, rung.name, chosen.kind, STORED, 0.0, worst, chosen.stored_to, passed)


def _listed(numbers: Numbers) -> list[float]:
    return [float(x) for x in np.ravel(np.asarray(numbers))]
