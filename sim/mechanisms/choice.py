"""Which carrier and plan a user picks: inattention, switching costs, logit over offers.

Each month a user looks at the market with a small probability, higher after a bill shock
(Hortaçsu, Madanizadeh and Puller 2017); one who looks picks an offer by logit (McFadden
1974) with costs of a new carrier and of a new plan (Klemperer 1987; Dubé, Hitsch and Rossi
2010). New and replaced lines choose freely. Utility is quasi-linear in the bill, so choice
of plan and choice of use maximise the same thing.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.streams import uniform_at
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.mechanisms.usage import (
    BLOCK,
    Curve,
    Levels,
    Margin,
    Users,
    paid_use,
)


class Tastes(NamedTuple):
    """What users weigh, and the month's qualities."""

    alpha: NDArray[np.float64]  # (provinces, income tiers) utils per yuan
    place: NDArray[np.float64]  # (carriers, provinces) utils: service, peers, delay; without xi
    xi: NDArray[np.float64]  # (carriers,) unobserved quality, utils
    lte_value: float  # utils
    switching: float  # gamma, utils
    plan_switching: float  # utils
    attention: float  # per month
    bill_shock: float  # added attention after an overage charge
    renewal: float  # share of lines that are new or replaced this month


class Draws(NamedTuple):
    """The keys of the month's streams."""

    attention: np.uint64
    renewal: np.uint64
    choice: np.uint64


class Panel(NamedTuple):
    """What the surveyed rows see, before xi: the input of inversion and consumer surplus.

    `free` and `look` are inclusive values exp(v - top) summed over a carrier's offers, without
    and with switching costs; `top` is the row's scale.
    """

    row: NDArray[np.int64]  # (panel,)
    free: NDArray[np.float64]  # (panel, carriers)
    look: NDArray[np.float64]  # (panel, carriers)
    top: NDArray[np.float64]  # (panel,)
    stay: NDArray[np.float64]  # (panel,) value of the current offer, utils, without xi
    attention: NDArray[np.float64]  # (panel,)
    alpha: NDArray[np.float64]  # (panel,)
    carrier: NDArray[np.int64]  # (panel,)
    home: NDArray[np.int64]  # (panel,) the carrier when scenarios parted
    weight: NDArray[np.int64]  # (panel,) lines


@inlined
def looks_with(tastes: Tastes, shocked: bool, new_device: bool) -> float:
    """Return the chance that a user looks at the market this month; a new device compels it."""
    if new_device:
        return 1.0
    return min(1.0, tastes.attention + (tastes.bill_shock if shocked else 0.0))


@inlined
def offer_worth(
    theta: float, share: float, allowance: float, log_ratio: float, fee: float, price: float,
    over: float, at_over: float, curve: Curve,
) -> float:  # fmt: skip
    """Return the worth of a month on an offer, less its data bill, in yuan.

    theta : GB at relative use 1; share : of traffic that is sponsored; allowance : GB;
    log_ratio : log of the allowance over own theta; fee : yuan; price : yuan/GB beyond the
    allowance; over, at_over : relative use at that price and its worth.
    """
    own = theta * (1.0 - share)
    y = paid_use(own, curve.free, over, allowance)
    bill = fee + price * max(0.0, own * y - allowance)
    # Two of the three regimes have their worth at hand. Where bunched, h needs a power: logs of
    # its parts are at hand, so one exponential will do.
    if y == curve.free:
        at_y = curve.at_free
    elif y == over:
        at_y = at_over
    else:
        power = 1.0 - 1.0 / curve.eps
        at_y = math.exp(power * log_ratio) / power - curve.kappa * y
    gift = theta * share * (curve.at_free - curve.choke)
    return own * (at_y - curve.choke) + gift - bill


@inlined
def offer_values(
    r: int, users: Users, offers: Offers, margin: Margin, levels: Levels, tastes: Tastes,
    curve: Curve, out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the utility of every offer to row r into `out`, before xi and switching costs."""
    carriers = offers.voice.shape[0]
    plans = offers.fee.shape[0] // carriers
    province = users.province[r]
    alpha = tastes.alpha[province, users.income[r]]
    knows = 1 if users.knows_reseller[r] else 0
    has_device = users.device_rank[r] < levels.devices
    for j in range(carriers):
        base = tastes.place[j, province] - alpha * offers.voice[j] / FEN_PER_YUAN
        out[j * plans] = base
        on_lte = users.lte_rank[r] < levels.lte[j]
        theta = users.theta[r] * levels.usage * (levels.lte_usage if on_lte else 1.0)
        share = levels.sponsored[j, users.lifestyle[r]]
        price = margin.price[j, knows] / FEN_PER_YUAN
        log_own = math.log(theta * (1.0 - share))
        if on_lte:
            base += tastes.lte_value
        for k in range(1, plans):
            o = j * plans + k
            if has_device:
                worth = offer_worth(
                    theta, share, margin.allowance[o], margin.log_allowance[o] - log_own,
                    margin.fee[o], price, margin.use[j, knows], margin.worth[j, knows], curve,
                )  # fmt: skip
                out[o] = base + alpha * worth
            else:
                out[o] = -math.inf


@inlined
def switching_cost(o: int, current: int, plans: int, tastes: Tastes) -> float:
    """Return what it costs to move from the current offer to offer o, utils."""
    if o // plans != current // plans:
        return tastes.switching
    if o != current:
        return tastes.plan_switching
    return 0.0


@inlined
def pick(values: NDArray[np.float64], u: float) -> int:
    """Return the offer that the draw u falls on under logit choice; overwrites `values`."""
    top = values.max()
    total = 0.0
    for o in range(values.shape[0]):
        total += math.exp(values[o] - top)
        values[o] = total
    for o in range(values.shape[0]):
        if u * total < values[o]:
            return o
    return int(values.argmax())


@parallel_kernel
def choose_offers(
    users: Users, was_devices: float, offers: Offers, margin: Margin, levels: Levels,
    tastes: Tastes, curve: Curve, draws: Draws,
) -> NDArray[np.int64]:  # fmt: skip
    """Let users look and switch; write `users.offer` and return who moved where.

    Returns (carriers, carriers, 2) lines from × to × (looked, renewed); staying counts too.
    """
    rows = users.theta.shape[0]
    carriers = offers.voice.shape[0]
    count = offers.fee.shape[0]
    plans = count // carriers
    blocks = (rows + BLOCK - 1) // BLOCK
    moves = np.zeros((blocks, carriers, carriers, 2), dtype=np.int64)
    held, rollover = users.offer, users.rollover  # numba loses writes through a tuple, see survey
    for b in prange(blocks):
        values = np.empty(count)
        for r in range(b * BLOCK, min((b + 1) * BLOCK, rows)):
            current = int(users.offer[r])
            renews = uniform_at(draws.renewal, r) < tastes.renewal
            fresh = was_devices <= users.device_rank[r] < levels.devices
            chance = looks_with(tastes, users.shocked[r], fresh)
            if not renews and uniform_at(draws.attention, r) >= chance:
                continue
            offer_values(r, users, offers, margin, levels, tastes, curve, values)
            for o in range(count):
                values[o] += tastes.xi[o // plans]
                if not renews:
                    values[o] -= switching_cost(o, current, plans, tastes)
            chosen = pick(values, uniform_at(draws.choice, r))
            if chosen != current:
                held[r] = chosen
                rollover[r] = 0
            moves[b, current // plans, chosen // plans, 1 if renews else 0] += users.lines[r]
    return moves.sum(axis=0)


@parallel_kernel
def survey(
    rows: NDArray[np.int64], users: Users, was_devices: float, offers: Offers, margin: Margin,
    levels: Levels, tastes: Tastes, curve: Curve,
) -> Panel:  # fmt: skip
    """Ask the given rows what every carrier is worth to them this month, before xi."""
    n = rows.shape[0]
    carriers = offers.voice.shape[0]
    count = offers.fee.shape[0]
    plans = count // carriers
    keep_carrier, keep_plan = math.exp(-tastes.switching), math.exp(-tastes.plan_switching)
    # Plain arrays: numba loses what a parallel loop writes through a tuple made before it.
    all_free, all_look = np.zeros((n, carriers)), np.zeros((n, carriers))
    tops, stay, attention, alpha = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    carrier, home = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    weight = np.empty(n, dtype=np.int64)
    blocks = (n + 255) // 256
    for b in prange(blocks):
        values = np.empty(count)
        for i in range(b * 256, min((b + 1) * 256, n)):
            r = rows[i]
            current = int(users.offer[r])
            offer_values(r, users, offers, margin, levels, tastes, curve, values)
            top = values.max()
            for o in range(count):
                free = math.exp(values[o] - top)
                all_free[i, o // plans] += free
                if o // plans != current // plans:
                    free *= keep_carrier
                elif o != current:
                    free *= keep_plan
                all_look[i, o // plans] += free
            tops[i] = top
            stay[i] = values[current]
            fresh = was_devices <= users.device_rank[r] < levels.devices
            attention[i] = looks_with(tastes, users.shocked[r], fresh)
            alpha[i] = tastes.alpha[users.province[r], users.income[r]]
            carrier[i] = current // plans
            home[i] = users.home[r]
            weight[i] = users.lines[r]
    return Panel(rows, all_free, all_look, tops, stay, attention, alpha, carrier, home, weight)


@kernel
def consumer_surplus(panel: Panel, xi: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the month's expected utility of the panel's lines in fen: (carriers,).

    By the carrier that a user was with when the scenarios parted: by the present one, a carrier
    would gain surplus merely by gaining users.

    [lambda · logsum(attentive, with own switching costs) + (1 - lambda) · V(current)] / alpha
    (Small and Rosen 1981; Train 2015 for inattention); only changes of it mean anything.
    """
    out = np.zeros(xi.shape[0], dtype=np.int64)
    for i in range(panel.row.shape[0]):
        j = panel.carrier[i]
        total = 0.0
        for k in range(xi.shape[0]):
            total += panel.look[i, k] * math.exp(xi[k])
        attentive = panel.top[i] + math.log(total)
        passive = panel.stay[i] + xi[j]
        utils = panel.attention[i] * attentive + (1.0 - panel.attention[i]) * passive
        fen = utils / panel.alpha[i] * FEN_PER_YUAN
        out[panel.home[i]] += math.floor(fen + 0.5) * panel.weight[i]
    return out


@kernel
def first_offers(
    users: Users, first_plan: NDArray[np.float64], offers: Offers, margin: Margin,
    levels: Levels, tastes: Tastes, curve: Curve,
) -> None:  # fmt: skip
    """Give every row a plan of its carrier by logit; `users.offer` holds the carrier's first."""
    carriers = offers.voice.shape[0]
    plans = offers.fee.shape[0] // carriers
    values = np.empty(offers.fee.shape[0])
    for r in range(users.theta.shape[0]):
        offer_values(r, users, offers, margin, levels, tastes, curve, values)
        start = (int(users.offer[r]) // plans) * plans
        users.offer[r] = start + pick(values[start : start + plans], first_plan[r])
