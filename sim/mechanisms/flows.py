"""Where lines go in a month: every cell moves by its expected flow, the limit of many users."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.money import split_into
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE, CONTROL, NO_DEVICE, PLAIN_LEVELS
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    adoption,
    attention_of,
    carrier_odds,
    cost_factor,
    leavers,
    look,
    open_sums,
    plain,
    setting_of,
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
    lines: Ints, arrived: Ints, into: Ints, back: Floats, e: Floats, factor: Floats,
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
                arrived[level, o] = max(parts[k] - math.floor(back[level, o] + 0.5), 0)


@inlined
def adopt(
    lines: Ints, arrived: Ints, upgraded: Ints, took: Ints, e: Floats, reach: Floats,
    dissimilarity: float,
) -> None:  # fmt: skip
    """Let lines of a segment take up control.

    lines, what they did, e : (levels, offers); reach : (carriers,) chance that a user weighs the
    product, 0 where it is not offered.
    """
    plans = lines.shape[1] // reach.shape[0]
    for level in range(BELOW_LTE, lines.shape[0] - CONTROL):
        for o in range(lines.shape[1]):
            n, weighs = lines[level, o], reach[o // plans]
            if n == 0 or weighs <= 0.0 or o % plans == 0:
                continue
            chance = adoption(e[level + CONTROL, o], e[level, o], weighs, dissimilarity)
            some = part_of(n, chance)
            new = part_of(some, arrived[level, o] / n)
            upgraded[level, o] -= part_of(some, upgraded[level, o] / n)
            arrived[level, o] -= new
            arrived[level + CONTROL, o] += new
            took[level + CONTROL, o] = some - new
            lines[level, o] -= some
            lines[level + CONTROL, o] += some


@inlined
def depart(
    i: int, taken: int, stayed: int, looked: int, renewed: float, near: float, away: float,
    again: float, free: Floats, within: Floats, beyond: Floats, new_carrier: float, room: Floats,
    parts: Ints, into: Ints, own: Ints, moved: Ints, flow: Ints,
) -> None:  # fmt: skip
    """Split what was taken from the cells of carrier i over where it goes, exactly.

    Parameters
    ----------
    taken, stayed, looked : parts of lines that go or choose plans anew, that stay, that looked
    renewed, near, away, again : expected parts that chose freely, that looked and left within the
        nest (per unit of weight) and beyond it, and that weigh the own carrier's plans anew
    free, within, beyond : (carriers,) where they go
    into, own : (carriers,) arrivals at carriers' plans, and at the own carrier's with its level
    moved : (carriers, 2) looked, renewed; flow : (carriers,) all
    """
    carriers = free.shape[0]
    for j in range(carriers):
        room[j] = renewed * free[j]
        room[carriers + j] = near * new_carrier * within[j] + away * beyond[j]
    room[2 * carriers] = again
    split_into(taken, room, parts)
    left = 0
    for j in range(carriers):
        into[j] += parts[j] + parts[carriers + j]
        moved[j, 1] += parts[j]
        moved[j, 0] += parts[carriers + j]
        flow[j] += parts[j] + parts[carriers + j]
        left += parts[carriers + j]
    own[i] += parts[2 * carriers]
    moved[i, 0] += max(looked - left, 0)
    flow[i] += stayed + parts[2 * carriers]


@parallel_kernel
def expected_flows(
    before: Ints, shocked: Ints, weights: Weights, factor: Floats, offers: Offers,
    tastes: Tastes, upgrades: Upgrades,
) -> Moved:  # fmt: skip
    """Move every cell by its expected flow: the limit of infinitely many users.

    before, shocked : (segments, levels, offers) parts of lines; parts per million of them that
    paid overage. What leaves a cell is rounded with the remainder carried on to the segment's
    next cell, so small cells move too, and is split exactly: no part of a line is lost.
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
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal = weights.e, offers.open, tastes.renewal
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    reach = np.where(tastes.control, tastes.control_reach, 0.0)
    for g in prange(count):
        fresh = np.zeros(carriers, dtype=np.int64)
        upgrade(lines[g], upgraded[g], upgrades, plans, fresh)
        into = np.zeros((kinds, carriers), dtype=np.int64)
        back = np.zeros((kinds, total))
        rivals, own, free = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        within, beyond = np.empty(carriers), np.empty(carriers)
        room, parts = np.empty(2 * carriers + 1), np.empty(2 * carriers + 1, dtype=np.int64)
        due, edge = 0.5, 0
        for level in range(kinds):
            base = plain(level)
            open_sums(e[g, base], factor, is_open, carriers, rivals)
            open_sums(e[g, level], factor, is_open, carriers, own)
            carrier_odds(rivals, tastes, free)
            for i in range(carriers):
                at = setting_of(i, rivals, own[i], new_carrier, new_plan, tastes)
                leavers(i, rivals, tastes, within, beyond)
                taken, stayed = 0, 0
                renewed, looked, near, away, again = 0.0, 0.0, 0.0, 0.0, 0.0
                for o in range(i * plans, (i + 1) * plans):
                    n = lines[g, level, o]
                    joins = fresh[i] if level == BELOW_LTE and o == i * plans else 0
                    if n + joins == 0:
                        continue
                    kept = e[g, level, o] * factor[o]
                    saved = 1.0 - new_plan if is_open[o] else 1.0
                    chances = look(at, kept, saved, dissimilarity)
                    renews = n * renewal
                    attends = attention_of(attention, bill_shock, shocked[g, level, o])
                    # Whose line gets its first device looks for certain.
                    looks = joins + (n - renews) * attends
                    part = looks * chances.near
                    renewed += renews
                    looked += looks
                    near += part
                    away += looks * chances.away
                    again += part * at.own
                    same = new_plan * kept if is_open[o] else 0.0  # weighs anew, takes its own
                    back[level, o] = part * same
                    due += renews + part * (at.near + at.own) + looks * chances.away
                    goes = min(math.floor(due) - edge, n + joins)
                    edge += goes
                    taken += goes
                    stayed += n + joins - goes
                    lines[g, level, o] = n + joins - goes
                    up = upgraded[g, level, o]
                    if up + joins > 0:
                        moves_on = chances.near * (at.near + at.own - same) + chances.away
                        keeps = (1.0 - renewal) * (1.0 - attends * moves_on)
                        upgraded[g, level, o] = part_of(up, keeps) + part_of(joins, 1.0 - moves_on)
                if taken + stayed > 0:
                    depart(
                        i, taken, stayed, math.floor(looked + 0.5), renewed, near, away, again,
                        free, within, beyond, new_carrier, room, parts, into[base], into[level],
                        moves[g, i], flows[g, i],
                    )  # fmt: skip
        arrive(lines[g], arrived[g], into, back, e[g], factor, is_open)
        if kinds > PLAIN_LEVELS:
            adopt(lines[g], arrived[g], upgraded[g], took[g], e[g], reach, dissimilarity)
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
