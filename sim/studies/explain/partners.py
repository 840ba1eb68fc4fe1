"""A partner's months: what each channel would have cost and earned, the deal, and what it brought.

What a partner sees is the market's own view of it; the terms are those of the threshold rule
(docs/model.md, sponsorship), by carrier and channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS, NO_PLATFORM
from sim.market.population import Fidelity
from sim.market.views import PartnerView
from sim.market.world import NO_OFFER
from sim.mechanisms.contracts import Contract, payment
from sim.model import Market
from sim.model.deals import seen_by
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class ChannelTerms:
    """What a month of sponsoring all its users' traffic through a channel would bring, yuan."""

    channel: str
    open: bool  # there is such an offer to this partner
    rate: float  # yuan per GB
    worth: float  # of the use that sponsoring adds, as the partner takes it to be; blocking off
    cost: float  # for traffic, and the share of the worth that a platform takes
    fixed: float  # integration and subscription; once for all carriers on a platform
    gain: float  # worth less cost, where it arrives; less what is fixed for this carrier alone


@dataclass(frozen=True)
class CarrierDeal:
    """A partner's deal on one carrier this month."""

    carrier: str
    potential: float  # GB that the partner's users would use if it were free
    incremental: float  # share of it that sponsoring adds
    terms: tuple[ChannelTerms, ...]
    channel: str  # in force this month
    fraction: float  # of its traffic that the partner pays for
    sponsored: float  # GB
    paid: float  # yuan, for traffic
    worth: float  # yuan, at the partner's true value

    @property
    def best(self) -> ChannelTerms:
        """Return the open channel that gains most."""
        return max((terms for terms in self.terms if terms.open), key=lambda terms: terms.gain)

    @property
    def taken(self) -> ChannelTerms:
        """Return the terms of the channel in force; there are none of no channel."""
        return next(terms for terms in self.terms if terms.channel == self.channel)


@dataclass(frozen=True)
class PartnerMonth:
    """One month of one partner; money in yuan."""

    month: str
    aware: bool
    decides: bool  # knows of the offer, and no contract is running
    budget: float
    deals: tuple[CarrierDeal, ...]
    fees: float  # subscription and integration
    events: tuple[str, ...]

    @property
    def sponsored(self) -> float:
        """Return what the partner paid for on all carriers, GB."""
        return sum(deal.sponsored for deal in self.deals)

    @property
    def paid(self) -> float:
        """Return what all traffic cost."""
        return sum(deal.paid for deal in self.deals)

    @property
    def worth(self) -> float:
        """Return what all the added use is worth."""
        return sum(deal.worth for deal in self.deals)

    @property
    def ended(self) -> list[str]:
        """Return the contracts that ended without the partner's deciding."""
        return [] if self.decides else [event for event in self.events if event.endswith("to none")]


class WatchedPartner(Market):
    """A market that notes the months of one partner.

    row : the partner's; months : those to note, all if None
    """

    def __init__(
        self, scenario: Scenario, seed: int, fidelity: Fidelity, row: int, months: range | None
    ) -> None:
        super().__init__(scenario, seed, fidelity)
        self.row = row
        self.wanted = range(scenario.end_month) if months is None else months
        self.noted: list[PartnerMonth] = []

    @property
    def who(self) -> dict[str, Any]:
        """Return what never changes of the partner; money in yuan."""
        partner = self.partners[self.row]
        return {
            "category": partner.category,
            "reach": partner.reach,
            "value_yuan_per_gb": partner.value / FEN_PER_YUAN,
            "estimate_yuan_per_gb": partner.estimate / FEN_PER_YUAN,
            "budget_yuan": partner.budget / FEN_PER_YUAN,
            "direct_only": partner.direct_only,
        }

    def sponsor(self) -> None:
        """Let partners strike their deals, and note how this one came to its own."""
        partner = self.partners[self.row]
        self._was = partner.aware, partner.channels
        super().sponsor()
        self._view = seen_by(self, self.row)

    def bill(self) -> None:
        """Charge all, and note what the partner pays and gets."""
        super().bill()
        if self.world.month in self.wanted:
            self.noted.append(self._month())

    def _month(self) -> PartnerMonth:
        partner, owed = self.partners[self.row], self.sponsor_charges
        waits = bool(self.world.partners.under_contract(self.world.month)[self.row])
        own = owed.partner == self.row
        fees = owed.subscription[own].sum() + owed.integration[own].sum()
        return PartnerMonth(
            month=month_label(self.world.month),
            aware=partner.aware,
            decides=partner.aware and not waits,
            budget=partner.budget / FEN_PER_YUAN,
            deals=tuple(self._deal(j) for j in range(len(CARRIERS))),
            fees=float(fees) / FEN_PER_YUAN,
            events=self._events(),
        )

    def _deal(self, carrier: int) -> CarrierDeal:
        partner, owed, view = self.partners[self.row], self.sponsor_charges, self._view
        own = owed.partner == self.row
        volume = int(owed.volume[own, carrier].sum())
        paid = sum(
            int(part[own, carrier].sum()) for part in (owed.direct, owed.platform, owed.resold)
        )
        return CarrierDeal(
            carrier=CARRIERS[carrier],
            potential=float(view.potential[0, carrier]),
            incremental=float(view.incremental[0, carrier]),
            terms=channel_terms(view, carrier, platforms_joined(partner.channels, view.platform)),
            channel=partner.channels[carrier],
            fraction=partner.fractions[carrier],
            sponsored=volume / KB_PER_GB,
            paid=paid / FEN_PER_YUAN,
            worth=int(self.worth[own, carrier].sum()) / FEN_PER_YUAN,
        )

    def _events(self) -> tuple[str, ...]:
        partner, (knew, channels) = self.partners[self.row], self._was
        found = ["learned of the offer"] if partner.aware and not knew else []
        for carrier, old, new in zip(CARRIERS, channels, partner.channels, strict=True):
            if old != new:
                found.append(f"{carrier}: {old} to {new}")
        return tuple(found)


def channel_terms(view: PartnerView, carrier: int, joined: set[int]) -> tuple[ChannelTerms, ...]:
    """Return what each channel would cost and earn the one partner of a view on a carrier.

    joined : ids of the platforms that the partner is on: a carrier that is not on one of them may
        block it in its own channels
    """
    potential, home = float(view.potential[0, carrier]), int(view.platform[carrier])
    worth = float(view.value[0] * view.incremental[0, carrier] * potential)
    shut = float(view.block[carrier]) if joined - {home} else 0.0
    served = worth * (1.0 - shut) * (1.0 + float(view.uplift[carrier]))
    resold = int(view.reseller_price[carrier])
    service = Contract(int(view.platform_rate[carrier]), share=view.platform_share)
    return (
        _terms(
            "direct", True, Contract(int(view.direct_rate[carrier])), worth * (1.0 - shut),
            potential, fixed=view.integration_cost, own=view.integration_cost,
        ),
        _terms(
            "platform", home != NO_PLATFORM, service, served, potential,
            fixed=view.integration_cost + view.subscription,
        ),
        _terms(
            "reseller", resold < NO_OFFER and not bool(view.direct_only[0]), Contract(resold),
            worth, potential, delivered=view.delivered,
        ),
    )  # fmt: skip


def platforms_joined(channels: Sequence[str], platform: NDArray[np.int64]) -> set[int]:
    """Return the ids of the platforms that a partner's channels, by carrier, are on."""
    return {
        int(home) for channel, home in zip(channels, platform, strict=True) if channel == "platform"
    }


def _terms(
    channel: str, is_open: bool, contract: Contract, worth: float, potential: float, *,
    fixed: int = 0, own: int = 0, delivered: float = 1.0,
) -> ChannelTerms:  # fmt: skip
    """Return a channel's terms in yuan; own : the fixed cost that this carrier alone causes."""
    if not is_open:
        return ChannelTerms(channel, False, 0.0, 0.0, 0.0, 0.0, 0.0)
    cost = float(payment(contract, worth, potential))
    rate = float(contract.price)
    gain = (worth - cost) * delivered - own
    return ChannelTerms(
        channel, True, *(fen / FEN_PER_YUAN for fen in (rate, worth, cost, fixed, gain))
    )
