"""A market that answers while a reader waits: pasts are kept warm, and only what is shown is read.

One process, one thread; `sim.studies.desk` puts several of them behind a page.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import year_of
from sim.core.errors import SimError
from sim.market.names import CARRIERS
from sim.market.population import Fidelity
from sim.market.world import World
from sim.metrics import Measured, Series
from sim.model import Market
from sim.scenario.schema import Scenario
from sim.simulate import Recorded

type Floats = NDArray[np.float64]

# What the page of the live market shows: metrics of carriers, and of the market as their sum.
SHOWN = (
    "profit",
    "consumer_surplus",
    "data_revenue",
    "backward_revenue",
    "yuan_per_gb",
    "subscriber_share",
    "leak_volume",
    "reseller_value_share",
    "dou",
    "traffic",
    "arpu",
    "partners",
    "sponsored_share",
    "control_share",
    "leak_price",
)
NEEDED = ("carrier_month",)  # the tables that these are functions of
PASTS = 64  # worlds kept, of about a megabyte each
FIDELITY: Fidelity = "expected"


class InterruptedRunError(SimError):
    """The run was stopped between two months: nobody waits for it any more."""


@dataclass(frozen=True)
class Answer:
    """What one scenario gives under one seed."""

    months: tuple[str, ...]
    monthly: dict[str, Floats]  # by metric: (months, 1 + carriers), the market first
    yearly: dict[str, Floats]  # by metric: (1 + carriers,) over the last calendar year
    past_was_kept: bool


class Live:
    """Simulates scenarios by expected flows; a past is simulated once for each seed, and kept."""

    def __init__(self, pasts: int = PASTS) -> None:
        self._most = pasts
        self._pasts: OrderedDict[tuple[str, int], World] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pasts)

    def ask(
        self, scenario: Scenario, seed: int, stopped: Callable[[], bool] = lambda: False
    ) -> Answer:
        """Return what `sim.run` would measure, equal to the bit, for the metrics shown.

        Parameters
        ----------
        stopped : asked before each month

        Raises
        ------
        InterruptedRunError
            once `stopped` says so; a past that was finished is kept.
        """
        key = (scenario.past_digest(), seed)
        kept = key in self._pasts
        if not kept:
            past = Market(scenario, seed, FIDELITY, tables=NEEDED)
            _advance(past, scenario.branch_month, stopped)
            self._keep(key, past.world)
        self._pasts.move_to_end(key)
        market = Market(scenario, seed, FIDELITY, self._pasts[key].copy(), NEEDED)
        _advance(market, scenario.end_month, stopped)
        return _measured(market, kept)

    def _keep(self, key: tuple[str, int], world: World) -> None:
        self._pasts[key] = world
        while len(self._pasts) > self._most:
            self._pasts.popitem(last=False)


def _advance(market: Market, end: int, stopped: Callable[[], bool]) -> None:
    while market.world.month < end:
        if stopped():
            raise InterruptedRunError(f"stopped before {market.month}")
        market.step()


def _measured(market: Market, kept: bool) -> Answer:
    measured = Measured({name: Recorded(market.world, name) for name in NEEDED})
    monthly = {name: measured.series("month", name) for name in SHOWN}
    yearly = {name: measured.series("year", name) for name in SHOWN}
    last = year_of(market.scenario.end_month - 1)
    return Answer(
        monthly[SHOWN[0]].when,
        {name: _by_carrier(series) for name, series in monthly.items()},
        {name: _by_carrier(series)[series.when.index(last)] for name, series in yearly.items()},
        kept,
    )


def _by_carrier(series: Series) -> Floats:
    """Return the values with the carriers in their own order; labels rise by the alphabet."""
    order = [0, *(1 + series.carriers.index(carrier) for carrier in CARRIERS)]
    return series.values[:, order]
