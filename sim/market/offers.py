"""What users can buy this month: every carrier's plans, and a line without data."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS, CATEGORIES, VOICE_ONLY

NOT_SOLD = 10**9  # a price nobody pays: beyond the allowance there is nothing

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
        scale = self.reference_price / list_price  # (carriers,)
        fee = np.tile([t.fee * FEN_PER_YUAN for t in self.terms], (len(list_price), 1))
        allowance = np.tile([t.allowance * KB_PER_GB for t in self.terms], (len(list_price), 1))
        if self.lever == "allowances":
            allowance = scale[:, None] * allowance
        else:
            fee = fee / scale[:, None]
        slow = np.array([(t.throttled or 0.0) * KB_PER_GB for t in self.terms])
        return Offers(
            fee=_whole(fee),
            allowance=_whole(allowance + slow),
            national=np.tile([t.national for t in self.terms], len(list_price)),
            overage=np.tile([_overage(t, overage) for t in self.terms], len(list_price)),
            free_share=np.tile(self.free_share, (len(list_price), 1)),
            free_cap=np.tile(
                [round(t.zero_rated_cap * KB_PER_GB) for t in self.terms], len(list_price)
            ),
            appeal=np.tile([t.appeal for t in self.terms], len(list_price)),
            open=np.array([_sold(t, j, month) for j in range(len(list_price)) for t in self.terms]),
            resale=resale.astype(np.int64),
            voice=voice.astype(np.int64),
        )


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(values + 0.5).astype(np.int64).ravel()


def _overage(plan: PlanTerms, market: int) -> int:
    """Return the price beyond the allowance, fen per GB."""
    if plan.throttled is not None:
        return NOT_SOLD
    return market if plan.overage is None else round(plan.overage * FEN_PER_YUAN)


def _sold(plan: PlanTerms, carrier: int, month: int) -> bool:
    """Return whether a carrier sells the plan to newcomers in a month."""
    if plan.name == VOICE_ONLY:
        return True
    first, end = plan.sold.get(CARRIERS[carrier], (0, 0))
    return first <= month < end
