"""Find stored comparisons, and studies that are one; pick rows from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from sim.core.errors import SimError
from sim.market.names import CARRIERS
from sim.store.reader import comparison_folders, newest_first, read_manifest
from sim.studies.comparison import Comparison
from sim.studies.of_study import comparison_of
from sim.studies.overview import comparable
from sim.studies.study import open_study

MARKET = "market"
ENTITIES = (MARKET, *CARRIERS)


@dataclass(frozen=True)
class Stored:
    """A comparison on disk, or a study that holds one, by the name of its folder."""

    id: str
    folder: Path
    is_study: bool = False

    def load(self) -> Comparison:
        """Read it; a `SimError` says why it cannot be read."""
        read = _gathered if self.is_study else _load
        return read(self.folder, self.folder.stat().st_mtime_ns)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return its scenarios, the baseline first; none if it cannot be read."""
        return _scenarios(self.folder, self.folder.stat().st_mtime_ns)


def comparisons(results: Path) -> list[Stored]:
    """Return every stored comparison, and every whole study without a sweep, the newest first."""
    studies = comparable(results)
    found = newest_first([*comparison_folders(results), *studies])
    return [Stored(folder.name, folder, folder in studies) for folder in found]


def chosen(stored: Sequence[Stored], wanted: str | None) -> Stored:
    """Return the comparison with this id; the newest if there is none."""
    return next((one for one in stored if one.id == wanted), stored[0])


@lru_cache(maxsize=8)
def _load(folder: Path, _written: int) -> Comparison:
    try:
        return Comparison.load(folder)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:  # cut short, or written by another program
        raise SimError(f"{folder}: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=8)
def _gathered(folder: Path, _written: int) -> Comparison:
    """Return what a study's runs say, under the name of the study."""
    return replace(comparison_of(open_study(folder)), id=folder.name)


@lru_cache(maxsize=1024)
def _scenarios(folder: Path, _written: int) -> tuple[str, ...]:
    try:
        about = read_manifest(folder)
        return tuple(about["design"]["bases"] if "design" in about else about["definitions"])
    except (SimError, OSError, ValueError, KeyError, TypeError):
        return ()  # the page of comparisons says what is wrong with it


def metric_names(comparison: Comparison) -> list[str]:
    """Return the metrics of a comparison, each once, in the order they are stored."""
    return list(dict.fromkeys([*comparison.metrics["name"], *comparison.differences["name"]]))


def pick(
    frame: pd.DataFrame, metric: str, scenarios: Sequence[str], entities: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of one metric that have a mean, in the order asked for.

    The column `entity` names the carrier, or "market" where `carrier` is None.
    """
    entity = frame["carrier"].where(frame["carrier"].notna(), MARKET)
    rows = frame.assign(entity=entity)
    known = rows["scenario"].isin(scenarios) & rows["entity"].isin(entities)
    rows = rows[(rows["name"] == metric) & known & rows["mean"].notna()]
    order = rows.assign(
        scenario=rows["scenario"].map(list(scenarios).index),
        entity=rows["entity"].map(list(entities).index),
    )
    return rows.loc[order.sort_values(["scenario", "entity"], kind="stable").index]
