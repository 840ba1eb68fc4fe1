"""Where lines go in a month: every cell moves by its expected flow, the limit of many users."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.money import split_into
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE, CONTROL, NO_DEVICE
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    carrier_odds,
    cost_factor,
    looker_weights,
    open_sums,
    plain,
    takes_up,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Upgrades(NamedTuple):
    """The chance that a line gets a better device this month."""

    device: float  # a first data device
    lte: Floats  # (carriers,) from below 4G to 4G


class Moved(NamedTuple):
    """Where the month's lines went, in units of the population."""

    lines: Ints  # (segments, levels, offers) after the month's moves
    arrived: Ints  # (…) of them: chose this offer anew
    upgraded: Ints  # (…) of them: kept the offer and came from the level below
    took: Ints  # (…) of them: kept the offer and took up control
    moves: Ints  # (carriers, carriers, 2) from × to × (looked, renewed); staying counts too
    flows: Ints  # (segments, carriers, carriers) from × to, all lines


@inlined
def part_of(lines: int, chance: float) -> int:
    """Return the whole parts of `lines` that a chance takes."""
    return min(math.floor(lines * chance + 0.5), lines)


@inlined
def leave(
    n: int, renewal: float, attention: float, free: Floats, odds: Floats, anew: float, i: int,
    carry: float, into: Ints, again: Ints, moved: Ints, flow: Ints,
) -> tuple[int, int, float]:  # fmt: skip
    """Take from a cell of n what moves; return what stays, what chooses anew, and the remainder.

    Cumulative rounding: a part is the difference of two rounded running totals, so the parts
    sum exactly, and the remainder is carried on to the next cell, so small cells move too.

    Parameters
    ----------
    free, odds : (carriers,) chances of each carrier for renewed lines and for those who look
    anew : of those who look and keep carrier i, the part that weighs its plans anew
    into : (carriers,) lines that come to another carrier's, or renewed, plans; again : likewise to
        the own carrier's plans; moved : (carriers, 2) looked, renewed; flow : (carriers,) all
    """
    running, edge = 0.0, 0
    for j in range(free.shape[0]):
        running += n * renewal * free[j]
        upper = min(math.floor(running + carry), n)
        into[j] += upper - edge
        moved[j, 1] += upper - edge
        flow[j] += upper - edge
        edge = upper
    lookers = n * (1.0 - renewal) * attention
    for j in range(free.shape[0]):
        if j == i:
            continue
        running += lookers * odds[j]
        upper = min(math.floor(running + carry), n)
        into[j] += upper - edge
        moved[j, 0] += upper - edge
        flow[j] += upper - edge
        edge = upper
    running += lookers * odds[i] * anew
    upper = min(math.floor(running + carry), n)
    again[i] += upper - edge
    moved[i, 0] += min(math.floor(lookers * odds[i] + 0.5), n - edge)
    flow[i] += n - edge
    return n - upper, upper - edge, running + carry - math.floor(running + carry)


@inlined
def upgrade(lines: Ints, upgraded: Ints, upgrades: Upgrades, plans: int, fresh: Ints) -> None:
    """Give lines of a segment a first device or 4G; lines, upgraded : (levels, offers).

    Whose line gets its first device is counted in `fresh`, (carriers,), and looks for certain.
    """
    for j in range(fresh.shape[0]):
        fresh[j] = part_of(lines[NO_DEVICE, j * plans], upgrades.device)
        lines[NO_DEVICE, j * plans] -= fresh[j]
    for low in range(BELOW_LTE, lines.shape[0], CONTROL):
        for o in range(lines.shape[1]):
            some = part_of(lines[low, o], upgrades.lte[o // plans])
            lines[low, o] -= some
            lines[low + 1, o] += some
            upgraded[low + 1, o] = some


@inlined
def arrive(
    lines: Ints, arrived: Ints, into: Ints, back: Ints, e: Floats, factor: Floats,
    is_open: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Split what comes to each carrier over the plans it sells, by their weights.

    lines, arrived, e : (levels, offers) of a segment; into : (levels, carriers); back :
    (levels, offers) what weighed plans anew and took the one it had.
    """
    plans = lines.shape[1] // into.shape[1]
    weight, parts = np.empty(plans), np.empty(plans, dtype=np.int64)
    for level in range(lines.shape[0]):
        for j in range(into.shape[1]):
            if into[level, j] == 0:
                continue
            for k in range(plans):
                o = j * plans + k
                weight[k] = e[level, o] * factor[o] if is_open[o] else 0.0
            split_into(into[level, j], weight, parts)
            for k in range(plans):
                o = j * plans + k
                lines[level, o] += parts[k]
                arrived[level, o] = max(parts[k] - back[level, o], 0)


@inlined
def adopt(
    g: int, lines: Ints, arrived: Ints, upgraded: Ints, took: Ints, weights: Weights,
    tastes: Tastes, plans: int,
) -> None:  # fmt: skip
    """Let lines of a segment take up control; lines and what they did : (levels, offers)."""
    for level in range(BELOW_LTE, lines.shape[0] - CONTROL):
        for o in range(lines.shape[1]):
            n = lines[level, o]
            if n == 0 or not tastes.control[o // plans]:
                continue
            some = part_of(n, takes_up(g, level, o, plans, weights, tastes))
            new = part_of(some, arrived[level, o] / n)
            upgraded[level, o] -= part_of(some, upgraded[level, o] / n)
            arrived[level, o] -= new
            arrived[level + CONTROL, o] += new
            took[level + CONTROL, o] = some - new
            lines[level, o] -= some
            lines[level + CONTROL, o] += some


@parallel_kernel
def expected_flows(
    before: Ints, shocked: Ints, weights: Weights, factor: Floats, offers: Offers,
    tastes: Tastes, upgrades: Upgrades,
) -> Moved:  # fmt: skip
    """Move every cell by its expected flow: the limit of infinitely many users.

    before, shocked : (segments, levels, offers) parts of lines; parts per million of them that
    paid overage. No part of a line is lost.
    """
    count, kinds, total = before.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    new_carrier = cost_factor(tastes.switching, tastes)
    new_plan = cost_factor(tastes.plan_switching, tastes)
    lines, arrived = before.copy(), np.zeros_like(before)
    upgraded, took = np.zeros_like(before), np.zeros_like(before)
    moves = np.zeros((count, carriers, carriers, 2), dtype=np.int64)
    flows = np.zeros((count, carriers, carriers), dtype=np.int64)
    for g in prange(count):
        fresh = np.zeros(carriers, dtype=np.int64)
        upgrade(lines[g], upgraded[g], upgrades, plans, fresh)
        into = np.zeros((kinds, carriers), dtype=np.int64)
        back = np.zeros((kinds, total), dtype=np.int64)
        rivals, own = np.empty(carriers), np.empty(carriers)
        a, odds, free = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        carry = 0.5
        for level in range(kinds):
            base = plain(level)
            open_sums(weights.e[g, base], factor, offers.open, carriers, rivals)
            open_sums(weights.e[g, level], factor, offers.open, carriers, own)
            carrier_odds(rivals, tastes, free)
            for o in range(total):
                i, n = o // plans, lines[g, level, o]
                joins = fresh[i] if level == BELOW_LTE and o % plans == 0 else 0
                if n + joins == 0:
                    continue
                kept = weights.e[g, level, o] * factor[o]
                looker_weights(rivals, own[i], kept, offers.open[o], i, new_carrier, new_plan, a)
                carrier_odds(a, tastes, odds)
                anew = new_plan * own[i] / a[i] if a[i] > 0.0 else 0.0
                kept_part = kept / own[i] if offers.open[o] and own[i] > 0.0 else 0.0
                stays, again, carry = leave(
                    n, tastes.renewal, attention_of(tastes, shocked[g, level, o]), free, odds,
                    anew, i, carry, into[base], into[level], moves[g, i], flows[g, i],
                )  # fmt: skip
                more, extra, carry = leave(
                    joins, 0.0, 1.0, free, odds, anew, i, carry, into[base], into[level],
                    moves[g, i], flows[g, i],
                )  # fmt: skip
                lines[g, level, o] = stays + more
                # Of those who weigh plans anew, these take the one they had.
                same, first = math.floor(again * kept_part), math.floor(extra * kept_part)
                back[level, o] = same + first
                if n > 0:
                    upgraded[g, level, o] = part_of(upgraded[g, level, o], (stays + same) / n)
                upgraded[g, level, o] += more + first
        arrive(lines[g], arrived[g], into, back, weights.e[g], factor, offers.open)
        adopt(g, lines[g], arrived[g], upgraded[g], took[g], weights, tastes, plans)
    return Moved(lines, arrived, upgraded, took, moves.sum(axis=0), flows)


@parallel_kernel
def carry_over(moved: Moved, rollover: Ints, shocked: Ints) -> None:
    """Mix what lines bring along into what their cells hold: rollover and bill shock.

    Who chooses anew brings nothing. A cell's lines share what is left over: its mean.
    """
    count, kinds, total = rollover.shape
    for g in prange(count):
        for o in range(total):
            for level in range(kinds - 1, -1, -1):  # downwards: a level takes from those below
                n = moved.lines[g, level, o]
                if n == 0:
                    rollover[g, level, o], shocked[g, level, o] = 0, 0
                    continue
                up, took = moved.upgraded[g, level, o], moved.took[g, level, o]
                arrived = moved.arrived[g, level, o]
                kept = max(n - arrived - up - took, 0)
                n = arrived + kept + up + took  # each part was rounded
                left = float(kept) * rollover[g, level, o]
                shock = float(kept) * shocked[g, level, o]
                if up > 0:
                    left += float(up) * rollover[g, level - 1, o]
                    shock += float(up) * shocked[g, level - 1, o]
                if took > 0:
                    left += float(took) * rollover[g, level - CONTROL, o]
                    shock += float(took) * shocked[g, level - CONTROL, o]
                rollover[g, level, o] = math.floor(left / n + 0.5)
                shocked[g, level, o] = math.floor(shock / n + 0.5)


@kernel
def move_homes(home: Floats, flows: Ints) -> None:
    """Update the part of each carrier's lines that each was home to: (segments, carriers × 2)."""
    count, carriers = home.shape[0], home.shape[1]
    for g in range(count):
        before = home[g].copy()
        for j in range(carriers):
            total = 0.0
            for i in range(carriers):
                total += flows[g, i, j]
            if total <= 0.0:
                continue
            for h in range(carriers):
                mixed = 0.0
                for i in range(carriers):
                    mixed += flows[g, i, j] * before[i, h]
                home[g, j, h] = mixed / total
