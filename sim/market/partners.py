"""The partners, held in columns: one row a partner."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exponential
from sim.core.streams import Streams, normal
from sim.core.units import FEN_PER_YUAN
from sim.market.names import CARRIERS, CATEGORIES

CONTRACT_MONTHS = 3


class PartnerTraits(NamedTuple):
    """What partners are drawn from."""

    size_log_sd: float
    value_median: float  # yuan per GB
    value_log_sd: float
    estimate_noise: float  # log
    budget_median: float  # yuan per month
    budget_log_sd: float
    direct_only: float  # share of partners


@dataclass
class PartnerBook:
    """Columns over partners; traits never change, deals do."""

    category: NDArray[np.uint8]  # (partners,) index into CATEGORIES
    reach: NDArray[np.float64]  # (partners,) share of its category's traffic
    value: NDArray[np.float64]  # (partners,) fen per added GB
    estimate: NDArray[np.float64]  # (partners,) what the partner takes its value to be
    budget: NDArray[np.float64]  # (partners,) fen per month
    rank: NDArray[np.float64]  # (partners,) learns of the offer once diffusion passes this
    direct_only: NDArray[np.bool_]  # (partners,) needs an invoice: buys from carriers alone
    aware: NDArray[np.bool_] = field(init=False)  # (partners,)
    channel: NDArray[np.int8] = field(init=False)  # (partners, carriers) index into CHANNELS
    fraction: NDArray[np.float64] = field(init=False)  # (partners, carriers) sponsored share

    def __post_init__(self) -> None:
        self.aware = np.zeros(len(self), dtype=np.bool_)
        self.channel = np.zeros((len(self), len(CARRIERS)), dtype=np.int8)
        self.fraction = np.zeros((len(self), len(CARRIERS)))

    def __len__(self) -> int:
        return len(self.category)

    def under_contract(self, month: int) -> NDArray[np.bool_]:
        """Return who cannot decide this month: contracts last a quarter and are staggered."""
        waiting: NDArray[np.bool_] = np.ones(len(self), dtype=np.bool_)
        waiting[self.up_for_renewal(month)] = False
        return waiting

    def up_for_renewal(self, month: int) -> NDArray[np.int64]:
        """Return the rows of those whose contracts are up this month, in rising order."""
        return np.arange(-month % CONTRACT_MONTHS, len(self), CONTRACT_MONTHS)


def draw_partners(partners: int, traits: PartnerTraits, streams: Streams) -> PartnerBook:
    """Draw the partners; reach sums to one in every category that has a partner."""
    category = (np.arange(partners) % len(CATEGORIES)).astype(np.uint8)
    size = _lognormal(streams, "partners.size", partners, 1.0, traits.size_log_sd)
    total = np.bincount(category, weights=size, minlength=len(CATEGORIES))
    value = _lognormal(
        streams, "partners.value", partners, traits.value_median, traits.value_log_sd
    )
    noise = _lognormal(streams, "partners.estimate", partners, 1.0, traits.estimate_noise)
    return PartnerBook(
        category=category,
        reach=size / total[category],
        value=value * FEN_PER_YUAN,
        estimate=value * noise * FEN_PER_YUAN,
        budget=FEN_PER_YUAN
        * _lognormal(
            streams, "partners.budget", partners, traits.budget_median, traits.budget_log_sd
        ),
        rank=streams.uniform("partners.awareness", 0, partners),
        direct_only=streams.uniform("partners.invoice", 0, partners) < traits.direct_only,
    )


def _lognormal(
    streams: Streams, name: str, rows: int, median: float, log_sd: float
) -> NDArray[np.float64]:
    return median * exponential(log_sd * normal(streams.uniform(name, 0, rows)))
