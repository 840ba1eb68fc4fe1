"""Look after a results folder: set aside what is damaged, merge chunks, remove what is no use."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.store.chunks import (
    CHUNK,
    DEFINITIONS,
    METRICS,
    by_metric,
    chunk_manifest,
    chunk_name,
    write_definitions,
    write_parquet,
)
from sim.store.claims import claimed
from sim.store.index import Index, Stored, table_names
from sim.store.writer import MANIFEST, RUNS, new_folder, write_json

DAMAGED = "damaged"
RUNS_IN_SHARD = 250
_COMPACTING = "c0"  # claimed, as a run is, by whoever merges


def set_damaged_aside(folder: Path) -> dict[str, str]:
    """Move damaged folders out of the way, so that their runs are made again; return why.

    Nothing is deleted: they lie in a folder `damaged`.
    """
    damaged = dict(Index(folder).refresh().damaged)
    for name in damaged:
        aside = folder / DAMAGED / name
        aside.parent.mkdir(exist_ok=True)
        if aside.exists():
            shutil.rmtree(aside)  # the same chunk, damaged before
        (folder / RUNS / name).rename(aside)
    return damaged


def compact(folder: Path) -> tuple[int, int]:
    """Merge chunks into shards of some 250 runs; return how many chunks became how many shards.

    Each shard is in its place, whole, before its chunks go: whoever reads meanwhile finds every
    run in the one or in the others.
    """
    with claimed(folder, [_COMPACTING]) as mine:
        if not mine:
            raise SimError(f"{folder}: another process is merging chunks; wait until it is done")
        index = Index(folder).refresh()
        groups = [group for group in _groups(index) if len(group) > 1]
        for group in groups:
            _merge(folder, group, index)
    return sum(map(len, groups)), len(groups)


def _groups(index: Index) -> Iterator[list[str]]:
    """Yield chunks that have at most as many runs together as a shard."""
    group: list[str] = []
    held = 0
    for name, stored in sorted(index.places.items()):
        if not name.startswith(CHUNK) or len(stored) >= RUNS_IN_SHARD / 2:
            continue
        if group and held + len(stored) > RUNS_IN_SHARD:
            yield group
            group, held = [], 0
        group.append(name)
        held += len(stored)
    if group:
        yield group


def _merge(folder: Path, names: Sequence[str], index: Index) -> None:
    """Put one shard in the place of chunks; attempts that a later one replaced stay out."""
    best = index.runs
    kept = [s for name in names for s in index.places[name] if best[s.row.run] is s]
    rows = [stored.row for stored in kept]
    place = folder / RUNS / chunk_name(rows)
    if not place.exists():
        with new_folder(place) as temporary:
            for table in dict.fromkeys(t for stored in kept for t in table_names(stored.place)):
                write_parquet(temporary / f"{table}.parquet", _merged(table, kept))
            write_definitions(temporary, _definitions(kept))
            write_json(temporary / MANIFEST, chunk_manifest(place.name, rows, temporary))
    for name in names:
        if name != place.name:
            remove(folder / RUNS / name)


def _merged(table: str, kept: Sequence[Stored]) -> pa.Table:
    """Return a table of runs that lie in several folders; texts as numbers, or it takes minutes."""
    by_place: dict[Path, set[str]] = {}
    for stored in kept:
        runs = by_place.setdefault(stored.place, set())
        runs |= {stored.row.run} if stored.is_done else set()
    files = [place / f"{table}.parquet" for place in by_place if table in table_names(place)]
    parts = [_of_runs(file, by_place[file.parent]) for file in files]
    whole = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries()
    return by_metric(whole.combine_chunks()) if table in METRICS else whole


def _of_runs(file: Path, runs: set[str]) -> pa.Table:
    """Return the rows of some of the runs in a file."""
    texts = [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)]
    table = pq.read_table(file, read_dictionary=texts)
    held = pc.unique(table.column("run")).to_pylist()
    if runs.issuperset(held):
        return table
    return table.filter(pc.is_in(table.column("run").cast(pa.string()), pa.array(sorted(runs))))


def _definitions(kept: Sequence[Stored]) -> dict[str, str]:
    """Return the scenarios of runs as JSON, by digest."""
    known: dict[str, Any] = {}
    for place in dict.fromkeys(stored.place for stored in kept):
        known |= json.loads((place / DEFINITIONS).read_text(encoding="utf-8"))
    return {
        digest: json.dumps(known[digest], ensure_ascii=False)
        for digest in sorted({s.row.digest for s in kept})
    }


def remove(place: Path) -> None:
    """Remove a folder of results: at once for readers, then from the disk."""
    hidden = place.with_name(f".{place.name}.{os.getpid()}.gone.tmp")
    try:
        place.rename(hidden)
    except FileNotFoundError:
        return  # another process was quicker
    shutil.rmtree(hidden, ignore_errors=True)  # what is left is removed with the next leftovers


def useless(folder: Path, wanted: set[str] | None = None) -> dict[Path, str]:
    """Return what may go from a results folder, and why.

    That is: what was damaged, and runs that no command of this version of the program will use,
    because another version made them or, where `wanted` names runs, because they are not asked
    for any more. A chunk goes only if all its runs may.
    """
    index = Index(folder).refresh()
    found = {folder / RUNS / name: f"damaged: {why}" for name, why in index.damaged.items()}
    if (folder / DAMAGED).is_dir():
        found |= dict.fromkeys(sorted((folder / DAMAGED).iterdir()), "damaged, set aside")
    for name, stored in sorted(index.places.items()):
        place = folder / RUNS / name
        about = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if about["code"] != code_digest():
            found[place] = f"made by another version of the program (code {about['code']})"
        elif wanted is not None and not wanted & {each.row.run for each in stored}:
            found[place] = "no run of this study"
    return found
