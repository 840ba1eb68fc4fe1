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
    LANE,
    MOST,
    Tastes,
    Weights,
    adoption,
    attention_of,
    cost_factors,
    leavers,
    look,
    nest_odds,
    new_room,
    open_sums,
    plain,
    raise_nests,
    setting_of,
    whole_vectors,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


# A segment's numbers by state, in lanes of one block of memory: the compiler then sees that they do
# not overlap and works on several states at a time. A state fits into a byte.
LANES = 14
(
    HELD,  # lines, before the month's moves
    JOINED,  # of lines that get their first device
    ANEW,  # weight of what costs something in the own carrier's nest
    FAR,  # inclusive value of the other nests
    OWN,  # weight of the own carrier's plans, at the cost of a new plan
    KEPT,  # weight of the offer held
    AGAIN,  # part of it that is left when the offer held is weighed anew
    ATTENDS,  # chance that a line looks; before, what is shocked of a million of them
    LOOKS,  # lines that look
    NEAR,  # of them, per unit of weight, what chooses in the own nest
    AWAY,  # of them: leave the nest
    BACK,  # of them: weigh plans anew and take the one they have
    GOES,  # lines that leave their cell, if only to come back
    LEAVES,  # chance that one who looks takes another offer
) = range(0, LANES * LANE, LANE)


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
        for j in range(fresh.shape[0]):
            chance = upgrades.lte[j]
            for o in range(j * plans, (j + 1) * plans):
                some = part_of(lines[low, o], chance)
                lines[low, o] -= some
                lines[low + 1, o] += some
                upgraded[low + 1, o] = some


@kernel
def weigh_states(
    room: Floats, states: int, renewal: float, dissimilarity: float, attention: float,
    bill_shock: float,
) -> None:  # fmt: skip
    """Work out what lines in each state of a segment do, several states at a time.

    room : the segment's lanes, of which those from `HELD` to `ATTENDS` are read; written are
    `ATTENDS` and those that follow.
    """
    for s in range(whole_vectors(states)):
        held, kept, again = room[HELD + s], room[KEPT + s], room[AGAIN + s]
        chances = look(room[ANEW + s], room[FAR + s], kept, 1.0 - again, dissimilarity)
        room[ATTENDS + s] = attention_of(attention, bill_shock, room[ATTENDS + s])
        # Whose line gets its first device looks for certain.
        looks = room[JOINED + s] + (held - held * renewal) * room[ATTENDS + s]
        near, away = looks * chances.near, looks * chances.away
        room[LOOKS + s], room[NEAR + s], room[AWAY + s] = looks, near, away
        room[BACK + s] = near * again * kept  # weighs anew, takes its own
        room[GOES + s] = held * renewal + near * room[ANEW + s] + away
        room[LEAVES + s] = chances.near * (room[ANEW + s] - again * kept) + chances.away


@inlined
def arrive(
    lines: Ints, arrived: Ints, into: Ints, room: Floats, is_open: NDArray[np.bool_]
) -> None:
    """Split what comes to each carrier over the plans it sells, by their weights.

    lines, arrived : (levels, offers) of a segment; into : (levels, carriers); room : its lanes, of
    which `KEPT` holds weights and `BACK` what weighed plans anew and took the one it had.
    """
    total = lines.shape[1]
    plans = total // into.shape[1]
    for level in range(lines.shape[0]):
        for j in range(into.shape[1]):
            coming = into[level, j]
            if coming == 0:
                continue
            whole = 0.0
            for o in range(j * plans, (j + 1) * plans):
                whole += room[KEPT + level * total + o] if is_open[o] else 0.0
            # Cumulative rounding as in `sim.core.money.split`.
            running, edge, each = 0.0, 0, coming / whole
            for o in range(j * plans, (j + 1) * plans):
                if not is_open[o]:
                    continue
                s = level * total + o
                running += room[KEPT + s]
                upper = coming if running >= whole else math.floor(running * each + 0.5)
                part = min(upper, coming) - edge
                edge += part
                lines[level, o] += part
                arrived[level, o] = max(part - math.floor(room[BACK + s] + 0.5), 0)


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
            j = o // plans
            n, weighs = lines[level, o], reach[j]
            if n == 0 or weighs <= 0.0 or o == j * plans:
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


@inlined
def carry_over(
    lines: Ints, arrived: Ints, upgraded: Ints, took: Ints, rollover: Ints, shocked: Ints
) -> None:
    """Mix what a segment's lines bring along into what their cells hold: rollover and bill shock.

    All are (levels, offers). lines : after the month's moves; of them chose the offer anew
    (`arrived`), kept it and came from the level below (`upgraded`), or took up control (`took`).
    Who chooses anew brings nothing. A cell's lines share what is left over: its mean.
    """
    for level in range(lines.shape[0] - 1, -1, -1):  # downwards: a level takes from those below
        for o in range(lines.shape[1]):
            n, new = lines[level, o], arrived[level, o]
            up, control = upgraded[level, o], took[level, o]
            if up + control == 0:
                # What nobody joins from another level needs no mean, but for who chose it anew.
                kept = (n - new) / max(n, 1) if n > new else 0.0
                rollover[level, o] = math.floor(kept * rollover[level, o] + 0.5)
                shocked[level, o] = math.floor(kept * shocked[level, o] + 0.5)
                continue
            kept = float(max(n - new - up - control, 0))
            left, shock = kept * rollover[level, o], kept * shocked[level, o]
            if up > 0:
                left += float(up) * rollover[level - 1, o]
                shock += float(up) * shocked[level - 1, o]
            if control > 0:
                left += float(control) * rollover[level - CONTROL, o]
                shock += float(control) * shocked[level - CONTROL, o]
            whole = new + kept + up + control  # each part was rounded
            rollover[level, o] = math.floor(left / whole + 0.5)
            shocked[level, o] = math.floor(shock / whole + 0.5)


@parallel_kernel
def expected_flows(
    before: Ints, rollover: Ints, shocked: Ints, weights: Weights, factor: Floats, offers: Offers,
    tastes: Tastes, upgrades: Upgrades,
) -> Moved:  # fmt: skip
    """Move every cell by its expected flow: the limit of infinitely many users.

    before : (segments, levels, offers) parts of lines; rollover, shocked : (…) kB, and parts per
    million of them that paid overage, read and written. What leaves a cell is rounded with the
    remainder carried on to the segment's next cell, so small cells move too, and is split exactly:
    no part of a line is lost.
    """
    count, kinds, total = before.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    new_carrier, new_nest, new_plan = cost_factors(tastes)
    lines, arrived = before.copy(), np.zeros_like(before)
    upgraded, took = np.zeros_like(before), np.zeros_like(before)
    moves = np.zeros((count, carriers, carriers, 2), dtype=np.int64)
    flows = np.zeros((count, carriers, carriers), dtype=np.int64)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal, nest = weights.e, offers.open, tastes.renewal, tastes.nest
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    reach = np.where(tastes.control, tastes.control_reach, 0.0)
    plan_cost = np.where(is_open, new_plan, 0.0)  # what weighing the own plan anew leaves of it
    states = kinds * total
    if states > MOST:
        raise ValueError("more states than a kernel has room for")
    for g in prange(count):
        fresh = np.zeros(carriers, dtype=np.int64)
        joins = np.zeros((kinds, total), dtype=np.int64)
        upgrade(lines[g], upgraded[g], upgrades, plans, fresh)
        for i in range(carriers):
            joins[BELOW_LTE, i * plans] = fresh[i]
        into = np.zeros((kinds, carriers), dtype=np.int64)
        rivals, own = np.empty((kinds, carriers)), np.empty((kinds, carriers))
        inside, raised = np.empty((kinds, carriers)), np.empty((kinds, carriers))
        room = new_room(LANES, states)
        for level in range(kinds):
            open_sums(e[g, plain(level)], factor, is_open, carriers, rivals[level])
            open_sums(e[g, level], factor, is_open, carriers, own[level])
            raise_nests(rivals[level], nest, dissimilarity, inside[level], raised[level])
            for i in range(carriers):
                at = setting_of(
                    i,
                    rivals[level],
                    nest,
                    raised[level],
                    own[level, i],
                    new_carrier,
                    new_nest,
                    new_plan,
                )
                # Without a device there is but the line without data.
                last = i * plans + 1 if level == NO_DEVICE else (i + 1) * plans
                for o in range(i * plans, last):
                    s = level * total + o
                    room[ANEW + s], room[FAR + s] = at.near + at.own, at.far
                    room[OWN + s] = at.own
                    room[HELD + s] = lines[g, level, o]
                    room[JOINED + s] = joins[level, o]
                    room[KEPT + s] = e[g, level, o] * factor[o]
                    room[AGAIN + s] = plan_cost[o]
                    room[ATTENDS + s] = shocked[g, level, o]
        weigh_states(room, states, renewal, dissimilarity, attention, bill_shock)
        free, within, beyond = np.empty(carriers), np.empty(carriers), np.empty(carriers)
        odds, parts = np.empty(2 * carriers + 1), np.empty(2 * carriers + 1, dtype=np.int64)
        due, edge = 0.5, 0
        for level in range(kinds):
            nest_odds(rivals[level], nest, inside[level], raised[level], free)
            for i in range(carriers):
                taken, stayed = 0, 0
                renewed, looked, left_near, left_far, weighs = 0.0, 0.0, 0.0, 0.0, 0.0
                for o in range(i * plans, (i + 1) * plans):
                    s = level * total + o
                    n = lines[g, level, o] + joins[level, o]
                    if n == 0:
                        continue
                    renewed += room[HELD + s] * renewal
                    looked += room[LOOKS + s]
                    left_near += room[NEAR + s]
                    left_far += room[AWAY + s]
                    weighs += room[NEAR + s] * room[OWN + s]
                    due += room[GOES + s]
                    goes = min(math.floor(due) - edge, n)
                    edge += goes
                    taken += goes
                    stayed += n - goes
                    lines[g, level, o] = n - goes
                    up, joined = upgraded[g, level, o], joins[level, o]
                    if up + joined > 0:
                        leaves = room[LEAVES + s]
                        keeps = (1.0 - renewal) * (1.0 - room[ATTENDS + s] * leaves)
                        upgraded[g, level, o] = part_of(up, keeps) + part_of(joined, 1.0 - leaves)
                if taken + stayed > 0:
                    leavers(i, rivals[level], nest, inside[level], raised[level], within, beyond)
                    depart(
                        i, taken, stayed, math.floor(looked + 0.5), renewed, left_near, left_far,
                        weighs, free, within, beyond, new_carrier, odds, parts,
                        into[plain(level)], into[level], moves[g, i], flows[g, i],
                    )  # fmt: skip
        arrive(lines[g], arrived[g], into, room, is_open)
        if kinds > PLAIN_LEVELS:
            adopt(lines[g], arrived[g], upgraded[g], took[g], e[g], reach, dissimilarity)
        carry_over(lines[g], arrived[g], upgraded[g], took[g], rollover[g], shocked[g])
    return Moved(lines, arrived, upgraded, took, moves.sum(axis=0), flows)


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
