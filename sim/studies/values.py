"""The metrics of stored runs, side by side: a row a fact, a column a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from sim.core.errors import SimError
from sim.metrics import Measured, Period
from sim.store.index import Index, Stored
from sim.studies.facts import MARKET


def values(index: Index, runs: Sequence[str], period: Period) -> pd.DataFrame:
    """Return every metric of runs by month or by year.

    The index is name, carrier (`MARKET` for the market) and period, the columns are the runs in
    the order given; nan where a run has no such fact. A `SimError` if a run is not stored.
    """
    missing = [run for run in runs if run not in index.runs]
    if missing:
        raise SimError(f"{index.folder} has no run {', '.join(missing[:3])}")
    keys: pd.MultiIndex | None = None
    columns: dict[str, pd.Series] = {}
    by_place: dict[Path, list[Stored]] = {}
    for run in runs:
        by_place.setdefault(index.runs[run].place, []).append(index.runs[run])
    for place, stored in by_place.items():
        for run, frame in _frames(place, stored, period):
            keys = _keys(frame, period, keys)
            columns[run] = pd.Series(frame["value"].to_numpy(dtype="float64"), keys)
    return _beside_one_another([columns[run] for run in runs], runs)


def _beside_one_another(columns: list[pd.Series], runs: Sequence[str]) -> pd.DataFrame:
    """Return columns as one frame: quickly where all have the same rows."""
    first = columns[0].index
    if all(column.index is first for column in columns):
        return pd.DataFrame(np.column_stack(columns), index=first, columns=list(runs))
    return pd.concat(columns, axis=1, keys=list(runs))


def _keys(frame: pd.DataFrame, period: Period, known: pd.MultiIndex | None) -> pd.MultiIndex:
    """Return the index of a run's facts; the one known where it is the same."""
    parts = [frame[name].to_numpy() for name in ("name", "carrier", period)]
    if known is not None and len(known) == len(frame):
        levels = [known.get_level_values(level).to_numpy() for level in range(3)]
        if all(np.array_equal(a, b) for a, b in zip(parts, levels, strict=True)):
            return known
    return pd.MultiIndex.from_arrays(parts, names=["name", "carrier", period])


def _frames(
    place: Path, stored: Sequence[Stored], period: Period
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each run that lies in a folder with its metrics."""
    file = place / f"metric_{period}.parquet"
    if not file.is_file():
        for each in stored:
            yield each.row.run, _with_market(Measured(each.tables()).by(period))
        return
    table = pq.read_table(file, read_dictionary=["run", "name", "carrier"])
    runs = table.column("run").combine_chunks()
    at = runs.indices.to_numpy()
    place_of = {run: number for number, run in enumerate(runs.dictionary.to_pylist())}
    frame = _with_market(table.drop_columns(["run"]).to_pandas())
    for each in stored:
        yield each.row.run, frame[at == place_of[each.row.run]]


def _with_market(frame: pd.DataFrame) -> pd.DataFrame:
    carrier: Any = frame["carrier"].astype(object)
    return frame.assign(
        carrier=carrier.where(carrier.notna(), MARKET), name=frame["name"].astype(object)
    )
