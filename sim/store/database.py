"""SQL over stored runs: DuckDB in memory, for a database file would lock out a second reader.

Queries may come from anybody: one statement that reads, no file but those of the runs.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from sim.core.errors import RequestError
from sim.store.chunks import CHUNK
from sim.store.index import Index, Stored, table_names

type Connection = duckdb.DuckDBPyConnection

_ASKED = "(run, parse_path(filename)[-2]) in (select (run, place) from lies)"


def answer(index: Index, runs: pd.DataFrame, sql: str, *, alike: bool = False) -> pd.DataFrame:
    """Return the answer to one SQL query; a `RequestError` says what is wrong with it.

    Every table is a view over the runs that are done, with the column `run`; `runs` is the view
    of the frame given, whose column `run` says which runs the views have. `alike` says that one
    version of the program made them all: then not every file has to be looked into beforehand.
    """
    with duckdb.connect(config={"python_enable_replacements": False}) as database:
        try:
            _check(database, sql)
            _define(database, index, runs, sql, alike)
            frame: pd.DataFrame = database.sql(sql).df()
        except duckdb.Error as error:
            raise RequestError(f"the query failed: {error}") from error
    return frame


def _check(database: Connection, sql: str) -> None:
    """Refuse all but one statement that reads: COPY would write, SET would open doors."""
    statements = database.extract_statements(sql)
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        said = ", ".join(kind.name for kind in kinds) or "nothing"
        raise RequestError(f"a query is one SELECT, this is {said}")


def _define(database: Connection, index: Index, runs: pd.DataFrame, sql: str, alike: bool) -> None:
    """Define the views that a query may mean, then shut every other door."""
    wanted = set(runs["run"])
    done = [stored for run, stored in index.runs.items() if stored.is_done and run in wanted]
    _fill(database, "runs", runs)
    lies = pd.DataFrame(
        [(stored.row.run, stored.place.name) for stored in done], columns=["run", "place"]
    )
    _fill(database, "lies", lies.astype("str"))
    asked = {n: f for n, f in _files(done).items() if re.search(rf"\b{n}\b", sql, re.IGNORECASE)}
    paths = [str(file) for files in asked.values() for file in files]
    database.execute(f"set allowed_paths = {_listed(paths)}")
    database.execute("set enable_external_access = false")
    for name, files in asked.items():
        _view(database, name, files, _is_whole(index, done), alike)
    database.execute("set lock_configuration = true")


def _fill(database: Connection, name: str, frame: pd.DataFrame) -> None:
    database.register("given", frame)
    database.execute(f"create table {name} as from given")
    database.unregister("given")


def _listed(paths: Sequence[str]) -> str:
    """Return paths as a list in SQL."""
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"


def _files(done: Sequence[Stored]) -> dict[str, list[Path]]:
    """Return the files of each table that hold one of the runs."""
    files: dict[str, list[Path]] = {}
    for place in sorted({stored.place for stored in done}):
        for name in sorted(table_names(place)):
            files.setdefault(name, []).append(place / f"{name}.parquet")
    return files


def _is_whole(index: Index, done: Sequence[Stored]) -> bool:
    """Return whether every folder holds nothing but runs that are asked for, and no run twice."""
    places = {stored.place.name for stored in done}
    held = sum(s.is_done for name in places for s in index.places[name])
    return held == len(done)


def _view(database: Connection, name: str, files: Sequence[Path], whole: bool, alike: bool) -> None:
    """Define a table over files; in a folder of one run the folder's name says which it is."""
    chunks = [str(file) for file in files if file.parent.name.startswith(CHUNK)]
    ones = [str(file) for file in files if not file.parent.name.startswith(CHUNK)]
    parts = []
    if chunks:
        several = database.read_parquet(chunks, union_by_name=not alike, filename=not whole)
        parts.append(several if whole else several.filter(_ASKED).project("* exclude (filename)"))
    if ones:
        one = database.read_parquet(ones, union_by_name=True, filename=True)
        parts.append(one.project("parse_path(filename)[-2] as run, * exclude (filename)"))
    for number, part in enumerate(parts):
        part.create_view(f"{name}_{number}" if len(parts) > 1 else name)
    if len(parts) > 1:  # tables of other versions of the code may have other columns
        database.execute(f"create view {name} as from {name}_0 union all by name from {name}_1")
