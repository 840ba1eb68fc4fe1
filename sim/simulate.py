"""Run the market: the only loop over months. No input, no output."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.errors import SimError, did_you_mean
from sim.market.population import FIDELITIES, Fidelity
from sim.market.tables import TABLES
from sim.market.world import World
from sim.model import Market
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.metrics import Measured

type Progress = Callable[[int, int], None]  # months done, months in all


@dataclass(frozen=True)
class RunResult:
    """What one run leaves: tables, and metrics as functions of them."""

    scenario: Scenario
    seed: int
    fidelity: str
    tables: dict[str, pd.DataFrame]

    def metric(self, name: str) -> pd.DataFrame:
        """Return a metric by month: columns month, carrier (None for the market), value."""
        return self.measured.by("month", [name]).drop(columns="name")

    @cached_property
    def measured(self) -> "Measured":
        """Return the run's metrics, to be added up by month or by year."""
        from sim.metrics import Measured

        return Measured(self.tables)


def run(
    scenario: Scenario,
    seed: int = 0,
    fidelity: str = "expected",
    progress: Progress | None = None,
) -> RunResult:
    """Simulate a scenario from January 2015 to its end under one seed."""
    return run_together([scenario], seed, fidelity, progress)[0]


def run_together(
    scenarios: Sequence[Scenario],
    seed: int,
    fidelity: str = "expected",
    progress: Progress | None = None,
) -> list[RunResult]:
    """Simulate scenarios under one seed; equal, bit for bit, to running each alone.

    Scenarios with the same past share it: it is simulated once and copied.
    """
    if fidelity not in FIDELITIES:
        raise SimError(f"unknown fidelity '{fidelity}'{did_you_mean(fidelity, FIDELITIES)}")
    kind: Fidelity = "individual" if fidelity == "individual" else "expected"
    pasts: dict[str, World] = {}
    total = sum(s.months for s in scenarios)
    total += sum({s.past_digest(): s.branch_month for s in scenarios}.values())
    done = 0

    def advance(market: Market, end: int) -> None:
        nonlocal done
        while market.world.month < end:
            market.step()
            done += 1
            if progress:
                progress(done, total)

    results = []
    for scenario in scenarios:
        past = scenario.past_digest()
        if past not in pasts:
            market = Market(scenario, seed, kind)
            advance(market, scenario.branch_month)
            pasts[past] = market.world
        market = Market(scenario, seed, kind, pasts[past].copy())
        advance(market, scenario.end_month)
        results.append(RunResult(scenario, seed, fidelity, tables_of(market.world)))
    return results


def run_on(
    market: Market,
    progress: Progress | None = None,
    after_month: Callable[[World], None] | None = None,
) -> RunResult:
    """Simulate a market from wherever it stands to the end of its scenario.

    Equal, bit for bit, to `run` where the market began as a run does, or in its middle.
    `after_month` may look at the world after each month, and must not change it.
    """
    scenario, world = market.scenario, market.world
    while world.month < scenario.end_month:
        market.step()
        if after_month:
            after_month(world)
        if progress:
            progress(world.month, scenario.end_month)
    fidelity = world.population.fidelity
    return RunResult(scenario, market.streams.seed, fidelity, tables_of(world))


def tables_of(world: World) -> dict[str, pd.DataFrame]:
    """Return what a world has recorded so far as tables, with the columns of `TABLES`."""
    return {name: _frame(columns, world.records.get(name, [])) for name, columns in TABLES.items()}


class Recorded:
    """A table of what a world has recorded so far, column by column: only what is asked for."""

    def __init__(self, world: World, name: str) -> None:
        self._blocks = world.records[name]

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return a column of all months, (rows,); texts are objects."""
        parts = [block[column] for block in self._blocks]
        if np.isscalar(parts[0]):
            return np.repeat(np.array(parts, dtype=object), list(map(_rows_of, self._blocks)))
        if isinstance(parts[0][0], str):
            return np.array([text for part in parts for text in part], dtype=object)
        return np.concatenate(parts)


def _rows_of(block: Mapping[str, Any]) -> int:
    """Return how many rows a block has: those of its columns that are no scalars."""
    return next(len(values) for values in block.values() if not np.isscalar(values))


def _frame(columns: Mapping[str, str], blocks: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return blocks of rows under one another; a scalar stands for all rows of its block."""
    if not blocks:
        return pd.DataFrame({column: [] for column in columns})
    if len(blocks) > 1 and _scalars(blocks[0]) != _scalars(blocks[1]):  # the first was stacked
        return pd.concat(
            [_frame(columns, blocks[:1]), _frame(columns, blocks[1:])], ignore_index=True
        )
    long = next(column for column in columns if not np.isscalar(blocks[0][column]))
    sizes = [len(block[long]) for block in blocks]
    return pd.DataFrame({column: _stacked(column, blocks, sizes) for column in columns})


def _scalars(block: Mapping[str, Any]) -> list[str]:
    return [column for column, values in block.items() if np.isscalar(values)]


def _stacked(column: str, blocks: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> Any:
    parts = [block[column] for block in blocks]
    if isinstance(parts[0], str):
        return _texts(tuple(parts)).repeat(sizes)
    if np.isscalar(parts[0]):
        return np.repeat(np.array(parts), sizes)
    if _are_the_same_texts(parts):
        return _texts(tuple(parts[0]), len(parts))
    return np.concatenate(parts)


def _are_the_same_texts(parts: Sequence[Any]) -> bool:
    first = parts[0]
    if isinstance(first, np.ndarray):
        return first.dtype.kind == "U" and all(part is first for part in parts)
    return isinstance(first[0], str) and all(part == first for part in parts)


@lru_cache(maxsize=64)
def _texts(texts: tuple[str, ...], times: int = 1) -> Any:
    """Return texts, so many times over, as pandas holds them: made once, for all runs have them."""
    return pd.array(texts * times, dtype="str")


def fed_in(scenario: Scenario) -> list[str]:
    """Return a sentence for each observed series that the scenario takes in, not predicts."""
    rules = {c: (s.past.name, s.strategy.name) for c, s in scenario.carriers.items()}
    said = ["lines of the country, bill without data, share of data lines: given in all months"]
    if scenario.quality.invert:
        said.append(f"shares before {scenario.branch}: quality is inverted from observed shares")
    if any(past == "historical" for past, _ in rules.values()):
        said.append(f"yuan per GB before {scenario.branch}: followed by the historical conduct")
    if any(after == "historical" for _, after in rules.values()):
        said.append("yuan per GB to 2017-12: followed by the historical conduct")
    said.append("use per line, data revenue, backward revenue, leaks, resale: results")
    return said


@cache
def warm_up() -> None:
    """Compile every kernel, or load it from the cache, on a market of the smallest size."""
    from sim.scenario.load import load_scenario

    small = load_scenario("business_as_usual", {"population.users": 1_000, "months": 1})
    for fidelity in FIDELITIES:
        run(small, fidelity=fidelity)
