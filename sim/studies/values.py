"""The metrics of stored runs, side by side: a row a fact, a column a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.metrics import Measured, Period
from sim.store.index import Index, Stored
from sim.studies.facts import MARKET

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


def values(index: Index, runs: Sequence[str], period: Period) -> pd.DataFrame:
    """Return every metric of runs by month or by year.

    The index is name, carrier (`MARKET` for the market) and period, the columns are the runs in
    the order given; nan where a run has no such fact. A `SimError` if a run is not stored.
    """
    missing = [run for run in runs if run not in index.runs]
    if missing:
        raise SimError(f"{index.folder} has no run {', '.join(missing[:3])}")
    by_place: dict[Path, list[Stored]] = {}
    for run in runs:
        by_place.setdefault(index.runs[run].place, []).append(index.runs[run])
    facts = [_Numbers() for _ in range(3)]
    groups: list[_Alike] = []
    number = {run: at for at, run in enumerate(runs)}
    for place, stored in by_place.items():
        for run, told, value in _columns(place, stored, period, facts):
            alike = next((g for g in groups if np.array_equal(g.facts, told)), None)
            if alike is None:
                alike = _Alike(told.copy(), np.empty((len(runs), told.shape[1])))
                groups.append(alike)
            alike.matrix[number[run]] = value
            alike.runs.append(number[run])
    frames = [group.frame(facts, period, runs) for group in groups]
    return frames[0] if len(frames) == 1 else pd.concat(frames, axis=1)[list(runs)]


@dataclass
class _Numbers:
    """What a column of texts or years holds, by number: the same number in every folder."""

    known: dict[Any, int] = field(default_factory=dict)

    def of(self, column: pa.ChunkedArray) -> Ints:
        """Return a column by number; nothing is `MARKET`."""
        encoded = column.combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        held = encoded.dictionary.to_pylist()
        if encoded.null_count:
            held.append(MARKET)
        numbers = [self.known.setdefault(one, len(self.known)) for one in held]
        at: Ints = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
        return np.array(numbers, dtype=np.int64)[at]

    def named(self, numbers: Ints) -> NDArray[np.object_]:
        """Return what numbers stand for."""
        return np.array(list(self.known), dtype=object)[numbers]


@dataclass
class _Alike:
    """Runs that have the same facts in the same order."""

    facts: Ints  # (3, rows) name, carrier and period by number
    matrix: Floats  # (all runs, rows)
    runs: list[int] = field(default_factory=list)  # rows of the matrix

    def frame(
        self, facts: Sequence[_Numbers], period: Period, names: Sequence[str]
    ) -> pd.DataFrame:
        parts = [known.named(numbers) for known, numbers in zip(facts, self.facts, strict=True)]
        if period == "year":
            parts[2] = parts[2].astype(np.int64)
        keys = pd.MultiIndex.from_arrays(parts, names=["name", "carrier", period])
        mine = sorted(self.runs)
        matrix = self.matrix if len(mine) == len(self.matrix) else self.matrix[mine]
        return pd.DataFrame(matrix.T, keys, [names[run] for run in mine], copy=False)


def _columns(
    place: Path, stored: Sequence[Stored], period: Period, facts: Sequence[_Numbers]
) -> Iterator[tuple[str, Ints, Floats]]:
    """Yield each run that lies in a folder: its facts by number, (3, rows), and their values."""
    names = ["name", "carrier", period]
    file = place / f"metric_{period}.parquet"
    if not file.is_file():
        for each in stored:
            frame = Measured(each.tables()).by(period)
            table = pa.Table.from_pandas(frame, preserve_index=False)
            yield each.row.run, _numbered(table, names, facts), frame["value"].to_numpy(np.float64)
        return
    table = pq.read_table(file, read_dictionary=["run", *names])
    told, value = _numbered(table, names, facts), table.column("value").to_numpy()
    run = _Numbers()
    at = run.of(table.column("run"))
    order = np.argsort(at, kind="stable")  # files have a metric of all runs together
    told, value, ends = told[:, order], value[order], np.cumsum(np.bincount(at))
    for each in stored:
        number = run.known[each.row.run]
        mine = slice(ends[number - 1] if number else 0, ends[number])
        yield each.row.run, told[:, mine], value[mine]


def _numbered(table: pa.Table, names: Sequence[str], facts: Sequence[_Numbers]) -> Ints:
    return np.stack(
        [known.of(table.column(name)) for known, name in zip(facts, names, strict=True)]
    )
