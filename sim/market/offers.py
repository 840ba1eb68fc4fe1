"""What users can buy this month: every carrier's plans, and a line without data."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS, CATEGORIES, VOICE_ONLY

NOT_SOLD = 10**9  # a price nobody pays: beyond the allowance there is nothing

_EVER = 10**9  # months

type Ints = NDArray[np.int64]
type Lever = Literal["allowances", "fees"]


class Offers(NamedTuple):
    """This month's offers as arrays for kernels; offer o = carrier * plans + plan.

    Plan 0 of every carrier is the voice-only line: no fee, no data.
    """

    fee: NDArray[np.int64]  # (offers,) fen per month, data part
    allowance: NDArray[np.int64]  # (offers,) kB per month
    national: NDArray[np.float64]  # (offers,) part of the allowance usable outside the province
    overage: NDArray[np.int64]  # (offers,) fen per GB beyond the allowance
    free_share: NDArray[np.float64]  # (offers, lifestyles) share of traffic that is zero-rated
    free_cap: NDArray[np.int64]  # (offers,) kB of zero-rated traffic at most
    appeal: NDArray[np.float64]  # (offers,) utils
    open: NDArray[np.bool_]  # (offers,) sold to newcomers this month
    resale: NDArray[np.int64]  # (carriers,) fen per GB from a reseller
    voice: NDArray[np.int64]  # (carriers,) fen per month, the part of the bill without data


class PlanTerms(NamedTuple):
    """A plan as printed."""

    name: str
    fee: float  # yuan per month
    allowance: float  # GB at the reference list price
    national: float  # part of it that may be used outside the province, 0 to 1
    throttled: float | None  # GB a month at the reduced speed; None: beyond it overage is paid
    overage: float | None  # yuan per GB; None: the market's
    appeal: float  # utils
    zero_rated: dict[str, float]  # category -> share of it that is zero-rated
    zero_rated_cap: float  # GB per month
    sold: dict[str, tuple[int, int]]  # carrier -> first month sold, first month no longer


@dataclass(frozen=True)
class Menu:
    """The printed menu, the same for all carriers but for when each sells a plan."""

    terms: tuple[PlanTerms, ...]  # (plans,) the first is the voice-only line
    free_share: NDArray[np.float64]  # (plans, lifestyles)
    reference_price: int  # fen per GB
    lever: Lever

    @classmethod
    def printed(
        cls,
        terms: tuple[PlanTerms, ...],
        mix: NDArray[np.float64],
        reference_price: float,
        lever: Lever,
    ) -> "Menu":
        """Return the menu with the voice-only line in front; mix is (lifestyles, categories)."""
        voice = PlanTerms(VOICE_ONLY, 0.0, 0.0, 1.0, None, None, 0.0, {}, 0.0, {})
        covered = np.array(
            [[t.zero_rated.get(c, 0.0) for c in CATEGORIES] for t in (voice, *terms)]
        )
        return cls(
            terms=(voice, *terms),
            free_share=(covered[:, None, :] * mix[None, :, :]).sum(axis=2),
            reference_price=round(reference_price * FEN_PER_YUAN),
            lever=lever,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the plans' names, the voice-only line first."""
        return tuple(plan.name for plan in self.terms)

    @property
    def plans(self) -> int:
        """Return the number of plans of a carrier, the voice-only line included."""
        return len(self.terms)

    def publish(
        self,
        month: int,
        list_price: NDArray[np.int64],
        overage: int,
        resale: NDArray[np.int64],
        voice: NDArray[np.int64],
    ) -> Offers:
        """Return the offers at the carriers' list prices.

        Under the lever "allowances" fees stay and allowances scale with the reference price over
        the list price, as the carriers cut prices; under "fees" it is the other way round.
        """
        plans = self._printed
        fee, allowance, beyond, is_open = _terms_at(
            plans, month, list_price, self.reference_price, self.lever == "allowances", overage
        )
        return Offers(
            fee=fee,
            allowance=allowance,
            national=plans.national,
            overage=beyond,
            free_share=plans.free_share,
            free_cap=plans.free_cap,
            appeal=plans.appeal,
            open=is_open,
            resale=resale.astype(np.int64),
            voice=voice.astype(np.int64),
        )

    @cached_property
    def _printed(self) -> "_Printed":
        """Return what of the offers no month changes."""
        carriers, terms = len(CARRIERS), self.terms
        sold = [_sold(t, carrier) for carrier in CARRIERS for t in terms]
        return _Printed(
            fee=np.tile([t.fee * FEN_PER_YUAN for t in terms], (carriers, 1)),
            allowance=np.tile([t.allowance * KB_PER_GB for t in terms], (carriers, 1)),
            slow=np.array([(t.throttled or 0.0) * KB_PER_GB for t in terms]),
            national=np.tile([t.national for t in terms], carriers),
            overage=np.tile([_overage(t) for t in terms], carriers),
            at_market=np.tile([t.throttled is None and t.overage is None for t in terms], carriers),
            free_share=np.tile(self.free_share, (carriers, 1)),
            free_cap=np.tile([round(t.zero_rated_cap * KB_PER_GB) for t in terms], carriers),
            appeal=np.tile([t.appeal for t in terms], carriers),
            first=np.array([first for first, _ in sold]),
            end=np.array([end for _, end in sold]),
        )


class _Printed(NamedTuple):
    """The menu of all carriers as arrays; per offer (offers,) unless said otherwise."""

    fee: NDArray[np.float64]  # (carriers, plans) fen at the reference price
    allowance: NDArray[np.float64]  # (carriers, plans) kB at the reference price
    slow: NDArray[np.float64]  # (plans,) kB at the reduced speed
    national: NDArray[np.float64]
    overage: NDArray[np.int64]  # fen per GB, where it is the plan's own
    at_market: NDArray[np.bool_]  # where it is the market's
    free_share: NDArray[np.float64]  # (offers, lifestyles)
    free_cap: NDArray[np.int64]
    appeal: NDArray[np.float64]
    first: NDArray[np.int64]  # month in which newcomers can buy it
    end: NDArray[np.int64]  # first month in which they no longer can


@kernel
def _terms_at(
    plans: _Printed, month: int, list_price: Ints, reference: int, by_allowance: bool, overage: int
) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """Return fee, allowance, price beyond it, and whether sold to newcomers: (offers,) each."""
    carriers, count = plans.fee.shape
    fee = np.empty(carriers * count, dtype=np.int64)
    allowance, beyond = np.empty_like(fee), np.empty_like(fee)
    is_open = np.empty(fee.shape[0], dtype=np.bool_)
    for o in range(fee.shape[0]):
        j, k = o // count, o % count
        scale = reference / list_price[j]
        printed, volume = plans.fee[j, k], plans.allowance[j, k]
        fee[o] = math.floor((printed if by_allowance else printed / scale) + 0.5)
        volume = scale * volume if by_allowance else volume
        allowance[o] = math.floor(volume + plans.slow[k] + 0.5)
        beyond[o] = overage if plans.at_market[o] else plans.overage[o]
        is_open[o] = plans.first[o] <= month < plans.end[o]
    return fee, allowance, beyond, is_open


def _overage(plan: PlanTerms) -> int:
    """Return the plan's own price beyond the allowance, fen per GB."""
    if plan.throttled is not None or plan.overage is None:
        return NOT_SOLD
    return round(plan.overage * FEN_PER_YUAN)


def _sold(plan: PlanTerms, carrier: str) -> tuple[int, int]:
    """Return the first month in which a carrier sells a plan and the first in which it does not."""
    return (0, _EVER) if plan.name == VOICE_ONLY else plan.sold.get(carrier, (0, 0))
