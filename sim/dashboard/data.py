"""Find stored comparisons and pick rows from them; nothing is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from sim.core.errors import SimError
from sim.market.names import CARRIERS
from sim.store.reader import comparison_folders, read_manifest
from sim.studies.comparison import Comparison

MARKET = "market"
ENTITIES = (MARKET, *CARRIERS)


@dataclass(frozen=True)
class Stored:
    """A comparison on disk, by the name of its folder."""

    id: str
    folder: Path

    def load(self) -> Comparison:
        """Read it; a `SimError` says why it cannot be read."""
        return _load(self.folder, self.folder.stat().st_mtime_ns)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return its scenarios, the baseline first; none if it cannot be read."""
        return _scenarios(self.folder, self.folder.stat().st_mtime_ns)


def comparisons(results: Path) -> list[Stored]:
    """Return every stored comparison, the newest first."""
    return [Stored(folder.name, folder) for folder in comparison_folders(results)]


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


@lru_cache(maxsize=1024)
def _scenarios(folder: Path, _written: int) -> tuple[str, ...]:
    try:
        return tuple(read_manifest(folder)["definitions"])
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
