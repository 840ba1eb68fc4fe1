"""Read what is stored. Only whole results are seen: unfinished ones have a name of their own."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

from sim.core.errors import RequestError
from sim.market.tables import TABLES
from sim.scenario.schema import Scenario
from sim.simulate import RunResult
from sim.store import SCHEMA
from sim.store.chunks import CHUNK, METRICS
from sim.store.database import answer
from sim.store.index import Index, Stored, table_names
from sim.store.provenance import Origin, run_id
from sim.store.writer import COMPARISONS, MANIFEST, STUDIES

_reading = Lock()  # an index is read on by one thread at a time


def stored_run(
    folder: Path, scenario: Scenario, seed: int, fidelity: str, origin: Origin | None = None
) -> RunResult | None:
    """Return the run if the results folder has it, whatever name the scenario had then."""
    stored = whereabouts(folder, scenario, seed, fidelity, origin)
    return None if stored is None else RunResult(scenario, seed, fidelity, _recorded(stored))


def whereabouts(
    folder: Path, scenario: Scenario, seed: int, fidelity: str, origin: Origin | None = None
) -> Stored | None:
    """Return where the run is, done and with all that it recorded."""
    stored = Index(folder).refresh().runs.get(run_id(scenario, seed, fidelity, origin))
    if stored is None or not stored.is_done:
        return None
    if stored.place.name.startswith(CHUNK) and not set(table_names(stored.place)) >= set(TABLES):
        return None  # a study that kept some of its tables
    return stored


def _recorded(stored: Stored) -> dict[str, pd.DataFrame]:
    return {n: stored.table(n) for n in sorted(table_names(stored.place)) if n not in METRICS}


def read_manifest(place: Path) -> dict[str, Any]:
    """Return the record beside a stored result; a `RequestError` if this program cannot read it."""
    try:
        content: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RequestError(f"{place} holds no result: it has no {MANIFEST}") from None
    except ValueError as error:
        raise RequestError(f"{place / MANIFEST} cannot be read: {error}") from error
    schema = content.get("schema")
    if schema != SCHEMA:
        age = "a newer" if isinstance(schema, int) and schema > SCHEMA else "an older"
        raise RequestError(
            f"{place} was written by {age} version of this program (schema {schema}, this one has "
            f"{SCHEMA}); nothing was changed: use that version, or another folder"
        )
    return content


def study_folders(folder: Path) -> list[Path]:
    """Return the folders of all studies, the newest first."""
    return newest_first(_finished(folder / STUDIES))


def comparison_folders(folder: Path) -> list[Path]:
    """Return the folders of all stored comparisons, the newest first."""
    return newest_first(_finished(folder / COMPARISONS))


def newest_first(places: Iterable[Path]) -> list[Path]:
    """Return folders of results by when they were written."""
    return sorted(places, key=_written, reverse=True)


def _finished(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(place for place in folder.iterdir() if not place.name.startswith("."))


def _written(place: Path) -> int:
    return (place / MANIFEST).stat().st_mtime_ns


def known_runs(folder: Path) -> dict[str, Stored]:
    """Return all runs of a folder by id, reading only what is new; safe from any thread."""
    with _reading:
        return dict(_index(folder).refresh().runs)


@lru_cache(maxsize=256)
def _index(folder: Path) -> Index:
    return Index(folder)


def query(folder: Path, sql: str) -> pd.DataFrame:
    """Return the answer to an SQL query over all stored runs.

    Every table is a view over all runs with one column more, `run`; the view `runs` has run,
    scenario, seed, fidelity, seconds, branched_from and more (`sim.store.chunks.RunRow`). A
    `RequestError` says what is wrong with the query.
    """
    index = Index(folder).refresh()
    return answer(index, index.frame(), sql)
