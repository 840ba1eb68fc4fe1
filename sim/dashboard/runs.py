"""Find stored runs and read their tables; nothing is computed here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core.errors import SimError
from sim.dashboard.i18n import Titles
from sim.dashboard.scene import Choices
from sim.store.index import Stored, table_names
from sim.store.reader import known_runs, read_manifest, study_folders
from sim.store.writer import MANIFEST
from sim.studies.study import open_study

COMMAND = "sim run service_cooperation"

ALONE = "."  # the source of runs of no study: none is called so

_TILE = {"code", "name_en", "name_zh", "tile_row", "tile_col"}


@dataclass(frozen=True)
class Run:
    """One stored run: what it was made of, and its tables by name."""

    stored: Stored
    title: str
    title_zh: str
    study: str | None = None  # name of the study that has it; None for one by itself
    point: str = ""  # the values that the study swept

    @property
    def id(self) -> str:
        """Return the id of the run."""
        return self.stored.row.run

    @property
    def folder(self) -> Path:
        """Return the folder that `sim explain --out` finds it in: of results, or of a study."""
        return self.stored.place.parent.parent

    @property
    def scenario(self) -> str:
        """Return the scenario's name."""
        return self.stored.row.scenario

    @property
    def seed(self) -> int:
        """Return the seed."""
        return self.stored.row.seed

    @property
    def fidelity(self) -> str:
        """Return how users were simulated."""
        return self.stored.row.fidelity

    @property
    def code(self) -> str:
        """Return the digest of the program that made it."""
        return str(read_manifest(self.stored.place)["code"])

    @property
    def definition(self) -> dict[str, Any]:
        """Return the scenario as JSON."""
        return _definition(self.stored)

    @property
    def users(self) -> int | None:
        """Return the rows that stand for all users; None where all lines are simulated."""
        if self.fidelity != "individual":
            return None
        return int(self.definition["population"]["users"])

    @property
    def titles(self) -> Titles:
        """Return the scenario's title by language."""
        return {self.scenario: {"en": self.title, "zh": self.title_zh}}

    @property
    def provinces(self) -> list[dict[str, Any]]:
        """Return code, names and tile of every province."""
        found: list[dict[str, Any]] = self.definition["observed"]["provinces"]
        return found

    @property
    def branches(self) -> list[str]:
        """Return the codes of the provinces in which each carrier has a branch."""
        return [b for place in self.provinces for b in place.get("branches", [place["code"]])]

    def lacks(self, tables: Sequence[str]) -> list[str]:
        """Return which of these tables it was stored without."""
        there = table_names(self.stored.place)
        return [name for name in tables if name not in there]

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; a `SimError` if the run has not kept it, or it cannot be read."""
        return _table(self.stored, name)


@dataclass(frozen=True)
class Picked:
    """The run that a reader picked, and what there is to pick from.

    Attributes
    ----------
    runs : those of the same study, or those by themselves
    sources : where runs that are done are: `ALONE` and names of studies
    """

    run: Run
    runs: list[Run]
    sources: list[str]


def picked(results: Path, choices: Choices) -> Picked | None:
    """Return the run chosen; without a choice the newest, by itself if there is one.

    None where no run is done.
    """
    folders = {folder.name: folder for folder in study_folders(results) if _done(folder)}
    alone, name = runs(results), choices.own.get("study")
    if name not in folders and not alone:
        name = next(iter(folders), None)
    found = (_runs_of_study(folders[name]) if name in folders else []) or alone
    if not found:
        return None
    sources = [*([ALONE] if alone else []), *folders]
    return Picked(chosen_run(found, choices.own.get("run")), found, sources)


def runs(results: Path) -> list[Run]:
    """Return every run stored by itself that is done and can be read, the newest first."""
    newest = sorted(
        _done(results), key=lambda one: (-_written(one.place), one.row.scenario, one.row.seed)
    )
    return [run for run in map(_run, newest) if run is not None]


def _runs_of_study(folder: Path) -> list[Run]:
    """Return the runs of a study that are done, by scenario, point and seed."""
    points = _points(folder, _written(folder / MANIFEST))
    found = [run for run in map(_run, _done(folder)) if run is not None]
    told = [
        replace(run, study=folder.name, point=points.get(run.stored.row.digest, ""))
        for run in found
    ]
    return sorted(told, key=lambda run: (run.scenario, run.point, run.seed))


@lru_cache(maxsize=64)
def _points(folder: Path, written: int) -> dict[str, str]:  # noqa: ARG001  when
    """Return the swept values of each scenario by its digest; anew when a study is written anew."""
    try:
        variants = open_study(folder).design.variants
    except (SimError, OSError):
        return {}  # the page of studies says why it cannot be read
    return {
        one.digest: ", ".join(f"{path} {value}" for path, value in one.values.items())
        for one in variants
    }


def _done(folder: Path) -> list[Stored]:
    return [stored for stored in known_runs(folder).values() if stored.is_done]


def chosen_run(stored: Sequence[Run], wanted: str | None) -> Run:
    """Return the run with this id; the first if there is none."""
    return next((run for run in stored if run.id == wanted), stored[0])


def _written(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:  # merged into another folder meanwhile
        return 0


@lru_cache(maxsize=8192)
def _run(stored: Stored) -> Run | None:
    """Return a run; None where its scenario is not one that can be shown."""
    row = stored.row
    try:
        # Runs of a chunk share their scenarios: each is read once.
        known = (row.scenario, row.digest) if row.digest else ()
        titles = _shared[known] if known in _shared else _titles(_definition(stored))
    except (OSError, ValueError, LookupError, TypeError, SimError):
        return None
    if known:
        _shared[known] = titles
    return Run(stored, *titles)


_shared: dict[tuple[str, ...], tuple[str, str]] = {}


def _titles(definition: dict[str, Any]) -> tuple[str, str]:
    """Return the titles of a scenario that has what pages show; raise a `LookupError` if not."""
    about = definition["about"]
    if any(not place.keys() >= _TILE for place in definition["observed"]["provinces"]):
        raise LookupError("provinces without tiles")
    return str(about["title"]), str(about["title_zh"])


@lru_cache(maxsize=32)
def _definition(stored: Stored) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(stored.definition())
    return definition


@lru_cache(maxsize=64)
def _table(stored: Stored, name: str) -> pd.DataFrame:
    try:
        return stored.table(name)
    except (OSError, ValueError) as error:
        raise SimError(f"run {stored.row.run}: table '{name}' cannot be read: {error}") from error
