"""The user side in plain Mesa: one `mesa.Agent` a user, who does everything for herself.

The rules of `docs/model.md`, §3, as one would write them first: a user gets a better phone, looks
at the market or renews, weighs every offer, picks one by nested logit, takes up control over her
traffic, and uses data under her tariff. Terms of the month come from `benchmarks.published`.
Each user has a rollover and a bill shock of her own; the product keeps the mean of each cell.
"""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate

import mesa
import numpy as np
from numpy.typing import NDArray

from benchmarks.published import (
    BEYOND,
    CONTROLLED,
    LINE,
    OUTCOMES,
    REVENUE,
    TRAFFIC,
    Month,
    Published,
)
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.offers import NOT_SOLD
from sim.market.segments import CONTROL, NO_DEVICE


@dataclass(frozen=True)
class Offer:
    """One carrier's plan this month, as a user reads it."""

    number: int
    carrier: int
    voice_only: bool
    is_open: bool
    fee: int  # fen
    allowance: int  # kB
    national: float  # part of the allowance that may be used outside the province
    overage: int  # fen per GB
    resale: int  # fen per GB from a reseller, who is cheaper or not
    free_share: list[float]  # by lifestyle
    free_cap: float  # GB
    appeal: float
    voice: int  # fen, the part of the bill without data


@dataclass(frozen=True)
class Terms:
    """The month in plain numbers and lists."""

    offers: list[Offer]
    place: list[list[float]]  # [carrier][province] utils
    quality: list[float]  # [carrier] utils
    nest: list[int]  # [carrier]
    control: list[bool]  # [carrier] sells the product
    control_reach: list[float]  # [carrier]
    first_device: float
    lte: list[float]  # [carrier] chance of 4G
    usage: float  # GB
    sponsored: list[list[float]]  # [carrier][lifestyle]
    roaming: list[float]  # [lifestyle]
    usable: list[float]  # [lifestyle]
    month: Month


@dataclass
class Meter:
    """What a user does with a month's data: GB within the allowance, beyond it, sponsored."""

    within: float
    beyond: float
    sponsored: float
    value: float  # yuan, gross
    left: float  # GB of the allowance


class User(mesa.Agent):
    """A subscriber line."""

    def __init__(self, model: PlainMarket, segment: int, level: int, offer: int) -> None:
        super().__init__(model)
        people = model.published.segments
        self.province = int(people.province[segment])
        self.style = int(people.style[segment])
        self.theta = float(people.theta[segment])
        self.alpha = float(people.alpha[segment])
        self.knows_reseller = bool(people.knows[segment])
        self.device = level != NO_DEVICE
        self.lte = level in (2, 4)
        self.control = level > CONTROL
        self.offer = offer
        self.rollover = int(model.published.rollover[segment, level, offer])  # kB
        self.shocked = self.random.random() < model.published.shocked[segment, level, offer]

    # The month

    def step(self) -> None:
        """Live a month: phone, choice, control, use."""
        first_device = self.get_better_phone()
        self.look_and_choose(first_device)
        self.weigh_control()
        self.use_data()

    def get_better_phone(self) -> bool:
        """Get a first device or 4G by chance; say whether it is the first."""
        terms = self.model.terms
        if not self.device:
            self.device = self.random.random() < terms.first_device
            return self.device
        if not self.lte:
            carrier = terms.offers[self.offer].carrier
            self.lte = self.random.random() < terms.lte[carrier]
        return False

    def look_and_choose(self, first_device: bool) -> None:
        """Renew, or look with the probability of attention, and pick an offer."""
        tastes = self.model.terms.month.tastes
        renews = not first_device and self.random.random() < tastes.renewal
        if not renews and not first_device:
            attention = tastes.attention + (tastes.bill_shock if self.shocked else 0.0)
            if self.random.random() >= attention:
                return
        before = self.model.terms.offers[self.offer]
        after = self.pick_offer(renews)
        if renews or after.carrier != before.carrier:
            self.control = False
        if renews or after is not before:
            self.offer = after.number
            self.rollover = 0
            self.shocked = False

    def pick_offer(self, renews: bool) -> Offer:
        """Pick by nested logit among what is sold and what is held."""
        terms = self.model.terms
        scale = terms.month.tastes.dissimilarity
        choices = self.choices(renews)
        utilities = [self.utility(offer, renews) for offer in choices]
        top = max(utilities)
        weights = [math.exp((value - top) / scale) for value in utilities]
        nests: dict[int, list[int]] = {}
        for place, offer in enumerate(choices):
            nests.setdefault(terms.nest[offer.carrier], []).append(place)
        members = list(nests.values())
        inclusive = [sum(weights[place] for place in nest) ** scale for nest in members]
        nest = self.pick(members, inclusive)
        return choices[self.pick(nest, [weights[place] for place in nest])]

    def choices(self, renews: bool) -> list[Offer]:
        """Return the offers that a user may take: sold to newcomers, or her own."""
        return [
            offer
            for offer in self.model.terms.offers
            if (offer.is_open or (not renews and offer.number == self.offer))
            and (self.device or offer.voice_only)
        ]

    def pick[T](self, options: list[T], weights: list[float]) -> T:
        """Pick one option with probability proportional to its weight."""
        edges = list(accumulate(weights))
        place = bisect(edges, self.random.random() * edges[-1])
        return options[min(place, len(options) - 1)]

    # What an offer is worth

    def utility(self, offer: Offer, renews: bool) -> float:
        """Return the utility of an offer, costs of switching included, utils."""
        tastes = self.model.terms.month.tastes
        own = not renews and offer.carrier == self.model.terms.offers[self.offer].carrier
        value = self.flow_utility(offer, self.control and own)
        if renews or offer.number == self.offer:
            return value
        return value - (tastes.plan_switching if own else tastes.switching)

    def flow_utility(self, offer: Offer, control: bool) -> float:
        """Return the utility of a month on an offer, utils."""
        terms, tastes = self.model.terms, self.model.terms.month.tastes
        value = terms.place[offer.carrier][self.province] - self.alpha * offer.voice / FEN_PER_YUAN
        quality = terms.quality[offer.carrier]
        if offer.voice_only:
            return value + tastes.voice_value + tastes.voice_quality * quality
        value += quality + offer.appeal + (tastes.lte_value if self.lte else 0.0)
        use = self.month_on(offer, control, 0.0)
        price = self.price_beyond(offer)
        bill = (offer.fee + use.beyond * price) / FEN_PER_YUAN
        fee = tastes.control_fee if control else 0.0
        return value + self.alpha * (use.value - bill - fee)

    def weigh_control(self) -> None:
        """Take up control over one's traffic, by logit, if the carrier sells it."""
        terms = self.model.terms
        offer = terms.offers[self.offer]
        if self.control or not self.device or offer.voice_only or not terms.control[offer.carrier]:
            return
        if self.random.random() >= terms.control_reach[offer.carrier]:
            return
        gain = self.flow_utility(offer, True) - self.flow_utility(offer, False)
        self.control = self.random.random() < 1.0 / (1.0 + math.exp(-gain))

    # Use

    def price_beyond(self, offer: Offer) -> int:
        """Return the price of what is beyond the allowance, fen per GB."""
        return min(offer.overage, offer.resale) if self.knows_reseller else offer.overage

    def month_on(self, offer: Offer, control: bool, rollover: float) -> Meter:
        """Return a month's use on an offer: sponsored, zero-rated, outside and in the province."""
        terms, curve = self.model.terms, self.model.published.curve
        theta = self.theta * terms.usage * (terms.month.levels.lte_usage if self.lte else 1.0)
        sponsored = theta * terms.sponsored[offer.carrier][self.style]
        zero_rated = (theta - sponsored) * offer.free_share[self.style]
        own = theta - sponsored - zero_rated
        away = own * terms.roaming[self.style]
        usable = 1.0 if control else terms.usable[self.style]
        allowance = offer.allowance / KB_PER_GB * usable + rollover
        national = allowance * offer.national
        over = self.relative_use_beyond(offer)
        y_free = curve.free
        if zero_rated * y_free > offer.free_cap:
            y_free = offer.free_cap / zero_rated
        y_home = y_away = relative_use(own, curve.free, over, allowance)
        if away * y_away > national:
            y_away = relative_use(away, curve.free, over, national)
            y_home = relative_use(own - away, curve.free, over, allowance - national)
        within = min(away * y_away, national)
        beyond = away * y_away - within
        here = min((own - away) * y_home, allowance - within)
        beyond += (own - away) * y_home - here
        value = sponsored * self.worth(curve.free) + zero_rated * self.worth(y_free)
        value += away * self.worth(y_away) + (own - away) * self.worth(y_home)
        return Meter(
            within=within + here + zero_rated * y_free,
            beyond=beyond if beyond > 1e-9 else 0.0,
            sponsored=sponsored * curve.free,
            value=value,
            left=max(allowance - within - here, 0.0),
        )

    def relative_use_beyond(self, offer: Offer) -> float:
        """Return use at the price beyond the allowance, relative to theta."""
        curve, price = self.model.published.curve, self.price_beyond(offer)
        if price >= NOT_SOLD:
            return 0.0
        return float((curve.kappa + price / FEN_PER_YUAN) ** -curve.eps)

    def worth(self, y: float) -> float:
        """Return the value of relative use y counted from the choke price up, yuan a GB."""
        curve = self.model.published.curve
        y, power = max(y, curve.least), 1.0 - 1.0 / curve.eps
        return float(y**power / power - curve.kappa * y - curve.choke)

    def use_data(self) -> None:
        """Use data, be billed, and keep what is left over if the regulator says so."""
        terms = self.model.terms
        offer = terms.offers[self.offer]
        tally = self.model.tally[-1]
        tally[LINE][offer.carrier] += 1
        if not self.device or offer.voice_only:
            self.rollover, self.shocked = 0, False
            return
        use = self.month_on(offer, self.control, self.rollover / KB_PER_GB)
        beyond, price = round(use.beyond * KB_PER_GB), self.price_beyond(offer)
        resold = price < offer.overage
        extra = round(beyond * price / KB_PER_GB) if beyond else 0
        own = offer.allowance * (1.0 if self.control else terms.usable[self.style])
        left = round(min(use.left * KB_PER_GB, own))
        self.rollover = left if terms.month.rollover_in_force else 0
        self.shocked = extra > 0
        tally[CONTROLLED][offer.carrier] += self.control
        tally[TRAFFIC][offer.carrier] += round((use.within + use.sponsored) * KB_PER_GB) + beyond
        tally[BEYOND][offer.carrier] += 0 if resold else beyond
        tally[REVENUE][offer.carrier] += offer.fee + (0 if resold else extra)


def relative_use(theta: float, free: float, over: float, allowance: float) -> float:
    """Return use relative to theta: under the allowance, bunched at it, or over it."""
    if theta * free <= allowance:
        return free
    if theta * over <= allowance:
        return allowance / theta
    return over


class PlainMarket(mesa.Model):
    """The market's users, a month a step.

    Parameters
    ----------
    published : the terms of each month
    users : how many are drawn from the country's cells
    seed : of Mesa's generators
    """

    def __init__(self, published: Published, users: int, seed: int) -> None:
        super().__init__(rng=seed)
        self.published = published
        self.tally: list[list[list[int]]] = []  # [month][outcome][carrier]
        for segment, level, offer in zip(*published.draw(users, self.rng.random()), strict=True):
            User(self, int(segment), int(level), int(offer))

    def step(self) -> None:
        """Let every user live a month."""
        self.terms = read_terms(self.published.months[len(self.tally)])
        self.tally.append([[0] * len(CARRIERS) for _ in OUTCOMES])
        self.agents.do("step")


def read_terms(month: Month) -> Terms:
    """Return a month's terms as plain numbers, which Python reads faster than arrays."""
    offers, tastes, levels = month.offers, month.tastes, month.levels
    plans = len(offers.fee) // len(CARRIERS)
    listed = [
        Offer(
            number=o,
            carrier=o // plans,
            voice_only=o % plans == 0,
            is_open=bool(offers.open[o]),
            fee=int(offers.fee[o]),
            allowance=int(offers.allowance[o]),
            national=float(offers.national[o]),
            overage=int(offers.overage[o]),
            resale=int(offers.resale[o // plans]),
            free_share=offers.free_share[o].tolist(),
            free_cap=float(offers.free_cap[o] / KB_PER_GB),
            appeal=float(offers.appeal[o]),
            voice=int(offers.voice[o // plans]),
        )
        for o in range(len(offers.fee))
    ]
    return Terms(
        offers=listed,
        place=tastes.place.tolist(),
        quality=tastes.xi.tolist(),
        nest=tastes.nest.tolist(),
        control=tastes.control.tolist(),
        control_reach=tastes.control_reach.tolist(),
        first_device=month.upgrades.device,
        lte=month.upgrades.lte.tolist(),
        usage=levels.usage,
        sponsored=levels.sponsored.tolist(),
        roaming=levels.roaming.tolist(),
        usable=levels.usable.tolist(),
        month=month,
    )


def simulate(published: Published, users: int, seed: int = 0) -> NDArray[np.float64]:
    """Return what users did, per user and month: (months, outcomes, carriers)."""
    market = PlainMarket(published, users, seed)
    for _ in published.months:
        market.step()
    return np.array(market.tally) / users
