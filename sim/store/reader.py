"""Read what is stored. Only whole results are seen: unfinished ones have a name of their own."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from sim.core.errors import SimError
from sim.scenario.schema import Scenario
from sim.simulate import RunResult
from sim.store import SCHEMA
from sim.store.provenance import Origin
from sim.store.writer import COMPARISONS, MANIFEST, RUNS, run_place


def stored_run(
    folder: Path, scenario: Scenario, seed: int, fidelity: str, origin: Origin | None = None
) -> RunResult | None:
    """Return the run if the results folder has it, whatever name the scenario had then."""
    place = run_place(folder, scenario, seed, fidelity, origin)
    if not place.exists():
        return None
    tables = {file.stem: pd.read_parquet(file) for file in sorted(place.glob("*.parquet"))}
    return RunResult(scenario, seed, fidelity, tables)


def read_manifest(place: Path) -> dict[str, Any]:
    """Return the record beside a stored result; a `SimError` if this program cannot read it."""
    try:
        content: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SimError(f"{place} holds no result: it has no {MANIFEST}") from None
    if content["schema"] > SCHEMA:
        raise SimError(f"{place} was written by a newer version of this program")
    return content


def run_folders(folder: Path) -> list[Path]:
    """Return the folders of all stored runs."""
    return _finished(folder / RUNS)


def comparison_folders(folder: Path) -> list[Path]:
    """Return the folders of all stored comparisons, the newest first."""
    return sorted(_finished(folder / COMPARISONS), key=_written, reverse=True)


def _finished(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(place for place in folder.iterdir() if not place.name.startswith("."))


def _written(place: Path) -> int:
    return (place / MANIFEST).stat().st_mtime_ns


def query(folder: Path, sql: str) -> pd.DataFrame:
    """Return the answer to an SQL query over all stored runs.

    Every table is a view over all runs with one column more, `run`; the view `runs` has run,
    scenario, seed, fidelity, seconds and, for a branched run, `branched_from`. A `SimError` says
    what is wrong with the query.
    """
    with duckdb.connect() as database:  # in memory: a database file would lock out others
        _define_views(database, run_folders(folder))
        try:
            answer: pd.DataFrame = database.sql(sql).df()
        except duckdb.Error as error:
            raise SimError(f"the query failed: {error}") from error
    return answer


def _define_views(database: duckdb.DuckDBPyConnection, places: list[Path]) -> None:
    runs = pd.DataFrame(
        [_run_row(place) for place in places],
        columns=["run", "scenario", "seed", "fidelity", "seconds", "branched_from"],
    )
    database.register("runs", runs)
    files: dict[str, list[str]] = {}
    for place in places:
        for file in sorted(place.glob("*.parquet")):
            files.setdefault(file.stem, []).append(str(file))
    for table, paths in files.items():
        relation = database.read_parquet(paths, filename=True, union_by_name=True)
        named = relation.project("* exclude (filename), parse_path(filename)[-2] as run")
        named.create_view(table)


def _run_row(place: Path) -> tuple[str, str, int, str, float, str | None]:
    about = read_manifest(place)
    scenario, origin = about["scenario"]["name"], about.get("origin", {}).get("run")
    return about["id"], scenario, about["seed"], about["fidelity"], about["seconds"], origin
