"""Find stored runs and read their tables; nothing is computed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core.errors import SimError
from sim.dashboard.i18n import Titles
from sim.store.reader import read_manifest, run_folders
from sim.store.writer import MANIFEST

COMMAND = "sim run service_cooperation"


@dataclass(frozen=True)
class Run:
    """One stored run: what it was made of, and its tables by name."""

    id: str
    place: Path
    about: Mapping[str, Any]  # its manifest
    written: int  # nanoseconds, for order

    @property
    def scenario(self) -> str:
        """Return the scenario's name."""
        return str(self.definition["name"])

    @property
    def definition(self) -> dict[str, Any]:
        """Return the scenario as JSON."""
        definition: dict[str, Any] = self.about["scenario"]
        return definition

    @property
    def titles(self) -> Titles:
        """Return the scenario's title by language."""
        about = self.definition["about"]
        return {self.scenario: {"en": about["title"], "zh": about["title_zh"]}}

    @property
    def provinces(self) -> list[dict[str, Any]]:
        """Return code, names and tile of every province."""
        found: list[dict[str, Any]] = self.definition["observed"]["provinces"]
        return found

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; a `SimError` if the run has not kept it."""
        return _table(self.place / f"{name}.parquet", self.id)


def runs(results: Path) -> list[Run]:
    """Return every stored run that can be read, the newest first."""
    found = [_run(place, _written(place)) for place in run_folders(results)]
    return sorted((run for run in found if run is not None), key=lambda run: -run.written)


def chosen_run(stored: Sequence[Run], wanted: str | None) -> Run:
    """Return the run with this id; the newest if there is none."""
    return next((run for run in stored if run.id == wanted), stored[0])


def _written(place: Path) -> int:
    manifest = place / MANIFEST
    return manifest.stat().st_mtime_ns if manifest.exists() else 0


@lru_cache(maxsize=4096)
def _run(place: Path, written: int) -> Run | None:
    """Return a run; None for a folder that holds none that this program can read."""
    try:
        about = read_manifest(place)
        run = Run(str(about["id"]), place, about, written)
        complete = run.titles and run.provinces and about["seed"] >= 0
    except (SimError, ValueError, LookupError, TypeError):
        return None
    return run if complete else None


@lru_cache(maxsize=64)
def _table(file: Path, run: str) -> pd.DataFrame:
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise SimError(
            f"run {run} has kept no table '{file.stem}'; `sim run` makes one that has all"
        ) from error
