"""The user side in straightforward numpy: a column for each trait, a line for each rule.

The same rules as `benchmarks.plain_mesa`, for all users at once. Those who choose this month form a
table of users × offers; use is worked out for all users at once. No compiled code of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

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
from sim.mechanisms.usage import Curve

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]


@dataclass
class Users:
    """Columns over users: (users,) each."""

    province: Ints
    style: Ints
    theta: Floats  # GB, relative
    alpha: Floats  # utils per yuan
    knows: Bools  # a reseller
    device: Bools
    lte: Bools
    control: Bools
    offer: Ints
    rollover: Floats  # kB
    shocked: Bools

    def take(self, where: Ints) -> Users:
        """Return some of the users."""
        return Users(*(getattr(self, field.name)[where] for field in fields(self)))


@dataclass
class Use:
    """A month on an offer, GB and yuan; any shape."""

    within: Floats
    beyond: Floats
    sponsored: Floats
    value: Floats  # yuan, gross
    left: Floats


def draw_users(published: Published, users: int, rng: np.random.Generator) -> Users:  # noqa: TID251  a baseline draws as numpy's users do
    """Draw users from the country's cells."""
    segment, level, offer = published.draw(users, rng.random())
    people = published.segments
    return Users(
        province=people.province[segment].astype(np.int64),
        style=people.style[segment].astype(np.int64),
        theta=people.theta[segment],
        alpha=people.alpha[segment],
        knows=people.knows[segment],
        device=level != NO_DEVICE,
        lte=(level == 2) | (level == 4),
        control=level > CONTROL,
        offer=offer.astype(np.int64),
        rollover=published.rollover[segment, level, offer].astype(float),
        shocked=rng.random(users) < published.shocked[segment, level, offer],
    )


def simulate(published: Published, users: int, seed: int = 0) -> Floats:
    """Return what users did, per user and month: (months, outcomes, carriers)."""
    rng = np.random.default_rng(seed)  # noqa: TID251  a baseline draws as numpy's users do
    people = draw_users(published, users, rng)
    tally = []
    for month in published.months:
        fresh = get_better_phones(people, month, rng)
        look_and_choose(people, month, published.curve, fresh, rng)
        weigh_control(people, month, published.curve, rng)
        tally.append(use_data(people, month, published.curve))
    return np.array(tally) / users


def get_better_phones(people: Users, month: Month, rng: np.random.Generator) -> Bools:  # noqa: TID251  as above
    """Give first devices and 4G by chance; return whose device is the first."""
    u = rng.random(len(people.offer))
    fresh = ~people.device & (u < month.upgrades.device)
    carrier = people.offer // plans_of(month)
    people.lte |= people.device & ~people.lte & (u < month.upgrades.lte[carrier])
    people.device |= fresh
    return fresh


def look_and_choose(
    people: Users, month: Month, curve: Curve, fresh: Bools, rng: np.random.Generator  # noqa: TID251  as above
) -> None:  # fmt: skip
    """Let users who renew, look, or have a first device pick an offer."""
    tastes, plans = month.tastes, plans_of(month)
    u = rng.random(len(people.offer))
    renews = ~fresh & (u < tastes.renewal)
    attention = tastes.attention + tastes.bill_shock * people.shocked
    acts = fresh | (u < tastes.renewal + (1.0 - tastes.renewal) * attention)
    who = np.flatnonzero(acts)
    choosers, free = people.take(who), renews[who]
    picked = pick_offers(choosers, free, month, curve, rng)
    new_carrier = picked // plans != choosers.offer // plans
    people.control[who] &= ~(free | new_carrier)
    anew = who[free | (picked != choosers.offer)]
    people.offer[who] = picked
    people.rollover[anew] = 0.0
    people.shocked[anew] = False


def pick_offers(
    people: Users, renews: Bools, month: Month, curve: Curve, rng: np.random.Generator  # noqa: TID251  as above
) -> Ints:  # fmt: skip
    """Pick by nested logit among what is sold and what is held: (users,)."""
    tastes, plans = month.tastes, plans_of(month)
    offer = np.arange(len(month.offers.fee))[None, :]
    held = ~renews[:, None] & (offer == people.offer[:, None])
    own = ~renews[:, None] & (offer // plans == people.offer[:, None] // plans)
    value = flow_utility(people, month, curve, offer, people.control[:, None] & own)
    value -= np.where(own, tastes.plan_switching, tastes.switching) * ~(held | renews[:, None])
    sold = (month.offers.open[None, :] | held) & (people.device[:, None] | (offer % plans == 0))
    value[~sold] = -np.inf
    value -= value.max(axis=1, keepdims=True)
    weight = np.exp(value / tastes.dissimilarity)
    carriers = weight.reshape(len(weight), len(CARRIERS), plans).sum(axis=2)
    nest = np.zeros_like(carriers)
    for j, k in np.ndindex(len(CARRIERS), len(CARRIERS)):
        if tastes.nest[j] == tastes.nest[k]:
            nest[:, j] += carriers[:, k]
    # Of a nest, by its inclusive value; of an offer in it, by its weight.
    with np.errstate(divide="ignore"):
        share = np.where(nest > 0.0, nest ** (tastes.dissimilarity - 1.0), 0.0)
    edges = np.cumsum(weight * np.repeat(share, plans, axis=1), axis=1)
    u = rng.random(len(weight)) * edges[:, -1]
    return np.minimum((u[:, None] >= edges).sum(axis=1), offer.size - 1)


def weigh_control(people: Users, month: Month, curve: Curve, rng: np.random.Generator) -> None:  # noqa: TID251  as above
    """Let users take up control over their traffic, by logit, where it is sold."""
    tastes, plans = month.tastes, plans_of(month)
    carrier = people.offer // plans
    asked = tastes.control[carrier] & ~people.control & people.device & (people.offer % plans != 0)
    asked &= rng.random(len(people.offer)) < tastes.control_reach[carrier]
    who = np.flatnonzero(asked)
    some = people.take(who)
    offer, yes = some.offer[:, None], np.ones((len(who), 1), dtype=np.bool_)
    gain = flow_utility(some, month, curve, offer, yes)
    gain -= flow_utility(some, month, curve, offer, ~yes)
    people.control[who] = rng.random(len(who)) < 1.0 / (1.0 + np.exp(-gain[:, 0]))


def flow_utility(people: Users, month: Month, curve: Curve, offer: Ints, control: Bools) -> Floats:
    """Return the utility of a month on offers, utils: (users, offers)."""
    tastes, offers, plans = month.tastes, month.offers, plans_of(month)
    carrier, data = offer // plans, offer % plans != 0
    alpha = people.alpha[:, None]
    value = tastes.place[carrier, people.province[:, None]]
    value = value - alpha * offers.voice[carrier] / FEN_PER_YUAN
    use = month_on(people, month, curve, offer, control, np.zeros((len(alpha), 1)))
    bill = (offers.fee[offer] + use.beyond * price_beyond(people, month, offer)) / FEN_PER_YUAN
    worth = alpha * (use.value - bill - tastes.control_fee * control)
    extra = tastes.xi[carrier] + offers.appeal[offer] + tastes.lte_value * people.lte[:, None]
    voice = tastes.voice_value + tastes.voice_quality * tastes.xi[carrier]
    return value + np.where(data, extra + worth, voice)


def price_beyond(people: Users, month: Month, offer: Ints) -> Ints:
    """Return the price beyond the allowance, fen per GB: (users, offers)."""
    overage, resale = month.offers.overage[offer], month.offers.resale[offer // plans_of(month)]
    return np.where(people.knows[:, None], np.minimum(overage, resale), overage)


def month_on(
    people: Users, month: Month, curve: Curve, offer: Ints, control: Bools, rollover: Floats
) -> Use:
    """Return a month's use on offers: (users, offers).

    Parameters
    ----------
    offer : (1 or users, offers); control : (users, offers); rollover : (users, 1) GB
    """
    levels, offers, style = month.levels, month.offers, people.style[:, None]
    theta = people.theta * levels.usage * np.where(people.lte, levels.lte_usage, 1.0)
    theta = theta[:, None]
    sponsored = theta * levels.sponsored[offer // plans_of(month), style]
    zero_rated = (theta - sponsored) * offers.free_share[offer, style]
    own = theta - sponsored - zero_rated
    away = own * levels.roaming[style]
    home = own - away
    usable = np.where(control, 1.0, levels.usable[style])
    allowance = offers.allowance[offer] / KB_PER_GB * usable + rollover
    national = allowance * offers.national[offer]
    price = price_beyond(people, month, offer)
    over = np.where(price < NOT_SOLD, (curve.kappa + price / FEN_PER_YUAN) ** -curve.eps, 0.0)
    cap = offers.free_cap[offer] / KB_PER_GB
    with np.errstate(divide="ignore", invalid="ignore"):
        y_free = np.where(zero_rated * curve.free > cap, cap / zero_rated, curve.free)
    y = relative_use(own, curve.free, over, allowance)
    apart = away * y > national
    y_away = np.where(apart, relative_use(away, curve.free, over, national), y)
    y_home = np.where(apart, relative_use(home, curve.free, over, allowance - national), y)
    within = np.minimum(away * y_away, national)
    here = np.minimum(home * y_home, allowance - within)
    beyond = away * y_away - within + home * y_home - here
    return Use(
        within=within + here + zero_rated * y_free,
        beyond=np.where(beyond > 1e-9, beyond, 0.0),
        sponsored=sponsored * curve.free,
        value=sponsored * worth(curve.free, curve)
        + zero_rated * worth(y_free, curve)
        + away * worth(y_away, curve)
        + home * worth(y_home, curve),
        left=np.maximum(allowance - within - here, 0.0),
    )


def relative_use(theta: Floats, free: float, over: Floats, allowance: Floats) -> Floats:
    """Return use relative to theta: under the allowance, bunched at it, or over it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        bunched = np.where(theta * over <= allowance, allowance / theta, over)
    return np.where(theta * free <= allowance, free, bunched)


def worth(y: Floats | float, curve: Curve) -> Floats:
    """Return the value of relative use y counted from the choke price up, yuan a GB."""
    y, power = np.maximum(y, curve.least), 1.0 - 1.0 / curve.eps
    return np.asarray(y**power / power - curve.kappa * y - curve.choke)


def use_data(people: Users, month: Month, curve: Curve) -> Floats:
    """Let everyone use data and be billed; return the month's sums: (outcomes, carriers)."""
    offers, plans = month.offers, plans_of(month)
    offer = people.offer[:, None]
    rollover = people.rollover[:, None] / KB_PER_GB
    use = month_on(people, month, curve, offer, people.control[:, None], rollover)
    data = people.device & (people.offer % plans != 0)
    beyond = np.rint(use.beyond[:, 0] * KB_PER_GB) * data
    price, fee = price_beyond(people, month, offer)[:, 0], offers.fee[people.offer] * data
    extra = np.rint(beyond * price / KB_PER_GB)
    usable = np.where(people.control, 1.0, month.levels.usable[people.style])
    left = np.minimum(use.left[:, 0] * KB_PER_GB, offers.allowance[people.offer] * usable)
    people.rollover = np.rint(left) * (data & month.rollover_in_force)
    people.shocked = extra > 0
    paid = price >= offers.overage[people.offer]  # to the carrier, not to a reseller
    kept = np.rint((use.within + use.sponsored)[:, 0] * KB_PER_GB) * data
    out = np.empty((len(OUTCOMES), len(CARRIERS)))
    carrier = people.offer // plans
    out[LINE] = by_carrier(carrier)
    out[CONTROLLED] = by_carrier(carrier, people.control & data)
    out[TRAFFIC] = by_carrier(carrier, kept + beyond)
    out[BEYOND] = by_carrier(carrier, beyond * paid)
    out[REVENUE] = by_carrier(carrier, fee + extra * paid)
    return out


def by_carrier(carrier: Ints, weights: NDArray[np.generic] | None = None) -> NDArray[np.generic]:
    """Return users, or a column of theirs, summed by carrier."""
    return np.bincount(carrier, weights=weights, minlength=len(CARRIERS))


def plans_of(month: Month) -> int:
    """Return the number of plans of a carrier."""
    return len(month.offers.fee) // len(CARRIERS)
