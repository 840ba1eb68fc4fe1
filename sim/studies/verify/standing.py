"""Where the ladder stands: the newest stored outcome of every case."""

from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.store.records import VERIFICATION, records, write_record
from sim.studies.verify.ladder import rungs
from sim.studies.verify.running import Report, Verdict

_VERDICTS = TypeAdapter(list[Verdict])


@dataclass(frozen=True)
class Outcome:
    """The newest stored comparisons of a case; none if it never ran."""

    id: str
    name: str
    source: str
    verdicts: tuple[Verdict, ...]
    code: str  # digest of the program that found them

    @property
    def current(self) -> bool:
        """Say whether the program as it is has found them."""
        return self.code == code_digest()

    @property
    def passed(self) -> bool:
        """Say whether the case ran and everything came out as theory says."""
        return bool(self.verdicts) and all(verdict.passed for verdict in self.verdicts)

    @property
    def worst(self) -> Verdict | None:
        """Return the comparison that is nearest to failing, or has failed most."""
        return max(self.verdicts, key=lambda verdict: verdict.margin, default=None)


def save(report: Report, folder: Path, *, full: bool) -> Path:
    """Store a report, of parameters that nobody moved, under the results folder."""
    return write_record(folder, VERIFICATION, {"full": full} | report.content())


def standing(folder: Path) -> list[Outcome]:
    """Return the newest stored outcome of every case of the ladder, in its order.

    A `SimError` says which file cannot be read.
    """
    newest: dict[str, tuple[tuple[Verdict, ...], str]] = {}
    for record in records(folder, VERIFICATION):
        for case, verdicts in _by_case(record).items():
            newest.setdefault(case, (verdicts, str(record["code"])))
    return [
        Outcome(rung.id, rung.name, rung.source, *newest.get(rung.id, ((), ""))) for rung in rungs()
    ]


def _by_case(record: dict[str, Any]) -> dict[str, tuple[Verdict, ...]]:
    try:
        verdicts = _VERDICTS.validate_python([_numbers(entry) for entry in record["cases"]])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SimError(f"record {record.get('id')}: {type(error).__name__}: {error}") from error
    cases = dict.fromkeys(verdict.id for verdict in verdicts)
    return {case: tuple(v for v in verdicts if v.id == case) for case in cases}


def _numbers(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as it was: a number that does not exist is stored as null."""
    return {name: nan if value is None else value for name, value in entry.items()}
