"""Chunks: some runs in one folder, a Parquet file for each table, there whole or not at all.

A file for each run and table would cost more than the run: names, headers, and a wait for the
disk each time. So runs that are made together are written together, and a run is finished when
its chunk has its name.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.core.errors import SimError, did_you_mean
from sim.market.tables import TABLES
from sim.metrics import Period
from sim.simulate import RunResult
from sim.store.provenance import manifest
from sim.store.writer import MANIFEST, RUNS, new_folder, write_json, write_text

CHUNK = "chunk-"  # begins the name of a chunk's folder; a folder of one run has the run's id
DEFINITIONS = "scenarios.json"

METRICS = {
    "metric_month": {
        "name": "metric", "month": "month", "carrier": "id, none for the market",
        "value": "in the metric's unit",
    },
    "metric_year": {
        "name": "metric", "year": "calendar year", "carrier": "id, none for the market",
        "value": "in the metric's unit",
    },
}  # fmt: skip
STORED_TABLES = (*METRICS, *TABLES)

_GROUP_ROWS = 20_000  # of metrics lie together by name: a reader of one metric skips the others

type Status = Literal["done", "failed"]


@dataclass(frozen=True)
class RunRow:
    """What is known of a run without its tables."""

    run: str  # id
    scenario: str
    digest: str  # of the scenario's content
    seed: int
    fidelity: str
    status: Status
    seconds: float
    error: str | None = None  # what went wrong, with the traceback
    attempt: int = 1
    branched_from: str | None = None  # the run that a branched one came from


@dataclass(frozen=True)
class Finished:
    """A run that came to its end, good or bad."""

    row: RunRow
    definition: str  # the scenario's content as JSON
    result: RunResult | None  # none if it failed


def check_outputs(names: Sequence[str]) -> tuple[str, ...]:
    """Return the tables to store in their usual order; a `SimError` for what is no table."""
    for name in names:
        if name not in STORED_TABLES:
            raise SimError(f"unknown table '{name}'{did_you_mean(name, STORED_TABLES)}")
    return tuple(name for name in STORED_TABLES if name in names)


def write_chunk(folder: Path, runs: Sequence[Finished], outputs: Sequence[str]) -> Path:
    """Store runs together under the results folder and return their place.

    A chunk of the same runs that is there already is left as it is.
    """
    rows = [run.row for run in runs]
    place = folder / RUNS / chunk_name(rows)
    if place.exists():
        return place
    results = {run.row.run: run.result for run in runs if run.result is not None}
    definitions = {run.row.digest: run.definition for run in runs}
    with new_folder(place) as temporary:
        for name in outputs if results else ():
            write_parquet(temporary / f"{name}.parquet", _together(name, results))
        write_definitions(temporary, definitions)
        write_json(temporary / MANIFEST, chunk_manifest(place.name, rows, temporary))
    return place


def write_definitions(place: Path, definitions: Mapping[str, str]) -> None:
    """Write scenarios, JSON texts by digest, as one JSON object; inside a `new_folder`."""
    parts = (f"{json.dumps(digest)}: {text}" for digest, text in definitions.items())
    write_text(place / DEFINITIONS, "{" + ",\n".join(parts) + "}\n")


def chunk_name(rows: Sequence[RunRow]) -> str:
    """Return the name of a chunk's folder, made of its runs and of how they ended."""
    parts = [[row.run, row.status, row.attempt] for row in rows]
    return CHUNK + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def chunk_manifest(name: str, rows: Sequence[RunRow], place: Path) -> dict[str, Any]:
    """Return the record of a chunk whose files lie in a place: runs, sizes and checksums."""
    files = {
        file.name: [file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest()]
        for file in sorted(place.iterdir())
    }
    return manifest("chunk", name, {"runs": [asdict(row) for row in rows], "files": files})


def _together(name: str, results: Mapping[str, RunResult]) -> pa.Table:
    """Return a table of all runs, with the column `run` first."""
    if name in METRICS:
        period: Period = "month" if name == "metric_month" else "year"
        parts = [pa.table(result.measured.columns(period)) for result in results.values()]
        table = pa.concat_tables(parts)
    else:
        frames = [result.tables[name] for result in results.values()]
        parts = [range(len(frame)) for frame in frames]
        table = pa.Table.from_pandas(pd.concat(frames, ignore_index=True), preserve_index=False)
    which = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    run = pa.DictionaryArray.from_arrays(which, pa.array(list(results)))
    table = table.add_column(0, "run", run)
    return by_metric(table) if name in METRICS else table


def by_metric(table: pa.Table) -> pa.Table:
    """Return rows of metrics in the order of their names; else in the order they had."""
    names = table.column("name").combine_chunks().dictionary_encode()
    rank = np.argsort(np.argsort(np.array(names.dictionary.to_pylist(), dtype=object)))
    return table.take(np.argsort(rank[names.indices.to_numpy()], kind="stable"))


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table as Parquet (zstd); inside a `new_folder`."""
    size = _GROUP_ROWS if path.stem in METRICS else None
    # Without pandas' own notes: categories would come back where texts went in.
    pq.write_table(table, path, row_group_size=size, compression="zstd", store_schema=False)
