"""Which runs a results folder has, and where they lie; what is damaged is told, not read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from sim.core.errors import SimError
from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.store.chunks import CHUNK, DEFINITIONS, RunRow
from sim.store.writer import MANIFEST, RUNS

_MAGIC = b"PAR1"  # ends every Parquet file that was written to its end
_COLUMNS = [field.name for field in fields(RunRow)]


@dataclass(frozen=True)
class Stored:
    """A run and the folder that has it."""

    row: RunRow
    place: Path

    @property
    def is_done(self) -> bool:
        """Return whether the run has results; else it failed."""
        return self.row.status == "done"

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the run's tables; a `SimError` if it was not stored."""
        file = self.place / f"{name}.parquet"
        if not file.is_file():
            raise SimError(f"run {self.row.run} was stored without the table '{name}'")
        if not self.place.name.startswith(CHUNK):
            return pd.read_parquet(file)
        rows = pq.read_table(file, filters=[("run", "=", self.row.run)])
        frame: pd.DataFrame = rows.drop_columns(["run"]).to_pandas()
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables that were stored, by name."""
        return {name: self.table(name) for name in sorted(table_names(self.place))}

    def scenario(self) -> Scenario:
        """Return the scenario as it was run; an `InputError` if this program cannot read it."""
        return from_json(self.definition())

    def definition(self) -> str:
        """Return the scenario as it was run, in JSON, also one of another version."""
        if self.place.name.startswith(CHUNK):
            known = json.loads((self.place / DEFINITIONS).read_text(encoding="utf-8"))
            return json.dumps(known[self.row.digest])
        about = json.loads((self.place / MANIFEST).read_text(encoding="utf-8"))
        return json.dumps(about["scenario"])


@dataclass
class Index:
    """All runs in a results folder; `refresh` sees what came and went since it was last read.

    A run that several folders have, done in one and failed in another, counts as done; of two
    attempts alike the last counts.
    """

    folder: Path
    damaged: dict[str, str] = field(default_factory=dict)  # folder name -> what is wrong
    _known: dict[str, list[Stored]] = field(default_factory=dict)  # by folder name
    _best: dict[str, Stored] | None = None

    def refresh(self) -> "Index":
        """Read what is new and return this index."""
        there = {place.name: place for place in _folders(self.folder / RUNS)}
        gone = [name for name in (*self._known, *self.damaged) if name not in there]
        for name in gone:
            self._known.pop(name, None)
            self.damaged.pop(name, None)
        new = [name for name in there if name not in self._known and name not in self.damaged]
        for name in sorted(new):
            self._read(there[name])
        if gone or new:
            self._best = None
        return self

    def _read(self, place: Path) -> None:
        try:
            rows = list(_rows(place))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            if place.is_dir():  # else another process has moved its runs meanwhile
                said = f"it has no {error}" if isinstance(error, KeyError) else str(error)
                self.damaged[place.name] = said
            return
        self._known[place.name] = [Stored(row, place) for row in rows]

    @property
    def runs(self) -> dict[str, Stored]:
        """Return every run once, by id."""
        if self._best is None:
            best: dict[str, Stored] = {}
            for each in (stored for known in self._known.values() for stored in known):
                have = best.get(each.row.run)
                if have is None or _rank(each) > _rank(have):
                    best[each.row.run] = each
            self._best = best
        return self._best

    @property
    def places(self) -> dict[str, list[Stored]]:
        """Return what each folder has, superseded runs too, by folder name."""
        return self._known

    def frame(self) -> pd.DataFrame:
        """Return a row for each run."""
        rows = [tuple(getattr(s.row, name) for name in _COLUMNS) for s in self.runs.values()]
        frame = pd.DataFrame(rows, columns=_COLUMNS)
        return frame.astype({"seed": "int64", "seconds": "float64", "attempt": "int64"})


def _rank(stored: Stored) -> tuple[bool, int]:
    return stored.row.status == "done", stored.row.attempt


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if not p.name.startswith(".") and p.is_dir()]


def table_names(place: Path) -> list[str]:
    """Return the tables in a folder of runs."""
    return [file.stem for file in place.glob("*.parquet")]


def _rows(place: Path) -> Iterator[RunRow]:
    """Yield the runs of a folder; raise a `ValueError` that says what is damaged."""
    about = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    if place.name.startswith(CHUNK):
        for name, (size, _) in about["files"].items():
            _check_size(place / name, size)
        for row in about["runs"]:
            yield RunRow(**row)
        return
    for name in about["files"]:
        _check_end(place / name)
    yield _row_of_one(about)


def _row_of_one(about: dict[str, Any]) -> RunRow:
    return RunRow(
        run=about["id"],
        scenario=about["scenario"]["name"],
        digest="",  # not needed: the folder holds the scenario itself
        seed=about["seed"],
        fidelity=about["fidelity"],
        status="done",
        seconds=about["seconds"],
        branched_from=about.get("origin", {}).get("run"),
    )


def _check_size(file: Path, size: int) -> None:
    try:
        found = file.stat().st_size
    except FileNotFoundError:
        raise ValueError(f"{file.name} is missing") from None
    if found != size:
        raise ValueError(f"{file.name} has {found:,} bytes instead of {size:,}")


def _check_end(file: Path) -> None:
    """Raise a `ValueError` for a Parquet file that is missing or cut short."""
    if not file.is_file():
        raise ValueError(f"{file.name} is missing")
    with file.open("rb") as handle:
        handle.seek(max(0, file.stat().st_size - len(_MAGIC)))
        if handle.read() != _MAGIC:
            raise ValueError(f"{file.name} is cut short")
