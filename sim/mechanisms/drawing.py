"""Every row draws for itself, by the chances that move cells in `sim.mechanisms.flows`.

All that a row's chances depend on is its segment and state, so they are worked out once a month
for each of these; to most rows nothing happens, and one look at a table tells so.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, parallel_kernel, prange
from sim.core.streams import halves_of, uniform_at, word_at
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE, BELOW_LTE_CONTROL, CONTROL, NO_DEVICE
from sim.mechanisms.choice import (
    Tastes,
    Weights,
    attention_of,
    cost_factors,
    leavers,
    look,
    nest_odds,
    open_sums,
    plain,
    raise_nests,
    setting_of,
    takes_up,
)
from sim.mechanisms.flows import Moved, Upgrades, carry_over_cells

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_COARSE = 65_536  # steps of a threshold in sixteen bits
_TO_COARSE, _HALF = np.uint64(48), np.uint64(32)


class Draws(NamedTuple):
    """The keys of the month's streams."""

    event: np.uint64  # a half for whether the row looks, a half for whether it gets a better device
    choice: np.uint64
    control: np.uint64


@inlined
def better(level: int, i: int, upgrades: Upgrades) -> float:
    """Return the chance that a line of carrier i gets its first device, or 4G."""
    if level == NO_DEVICE:
        return upgrades.device
    return upgrades.lte[i] if level in (BELOW_LTE, BELOW_LTE_CONTROL) else 0.0


class RowChances(NamedTuple):
    """What may happen to a row; a state is level × offers + offer.

    Thresholds are in 65,536ths, rounded down: where the first sixteen bits of a draw are above,
    nothing happens to its row; any other draw is looked at closely.
    """

    coarse: NDArray[np.uint16]  # (segments, states, 3) a better device, acts, takes up control
    looks: Floats  # (segments, states) of those not renewed
    adopts: Floats  # (segments, states)
    odds: Floats  # (segments, states, carriers) of one who looks
    anew: Floats  # (segments, states) of those who look and stay: weigh the plans anew
    free: Floats  # (segments, levels, carriers) odds of one who is renewed
    below: Floats  # (segments, levels, offers) weights of a carrier's offers sold, added up


@parallel_kernel
def row_chances(
    shocked: Ints, weights: Weights, factor: Floats, offers: Offers, tastes: Tastes,
    upgrades: Upgrades,
) -> RowChances:  # fmt: skip
    """Return what may happen to rows this month; shocked : (segments, levels, offers)."""
    count, kinds, total = shocked.shape
    carriers = offers.voice.shape[0]
    plans, states = total // carriers, kinds * total
    new_carrier, new_nest, new_plan = cost_factors(tastes)
    coarse = np.zeros((count, states, 3), dtype=np.uint16)
    looks, adopts = np.zeros((count, states)), np.zeros((count, states))
    odds, anew = np.zeros((count, states, carriers)), np.zeros((count, states))
    free, below = np.empty((count, kinds, carriers)), np.zeros((count, kinds, total))
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, renewal, nest = weights.e, offers.open, tastes.renewal, tastes.nest
    dissimilarity, attention, bill_shock = tastes.dissimilarity, tastes.attention, tastes.bill_shock
    for g in prange(count):
        rivals, own = np.empty(carriers), np.empty(carriers)
        inside, raised = np.empty(carriers), np.empty(carriers)
        near, far = np.empty(carriers), np.empty(carriers)
        for level in range(kinds):
            open_sums(e[g, plain(level)], factor, is_open, carriers, rivals)
            open_sums(e[g, level], factor, is_open, carriers, own)
            raise_nests(rivals, nest, dissimilarity, inside, raised)
            nest_odds(rivals, nest, inside, raised, free[g, level])
            for i in range(carriers):
                at = setting_of(i, rivals, nest, raised, own[i], new_carrier, new_nest, new_plan)
                leavers(i, rivals, nest, inside, raised, near, far)
                running, gets = 0.0, better(level, i, upgrades)
                for o in range(i * plans, (i + 1) * plans if level != NO_DEVICE else i * plans + 1):
                    s, kept = level * total + o, e[g, level, o] * factor[o]
                    running += kept if is_open[o] else 0.0
                    below[g, level, o] = running
                    saved = 1.0 - (new_plan if is_open[o] else 0.0)
                    found = look(at.near + at.own, at.far, kept, saved, dissimilarity)
                    stays = 1.0
                    for j in range(carriers):
                        leaves = found.near * new_carrier * near[j] + found.away * far[j]
                        odds[g, s, j] = leaves
                        stays -= leaves
                    odds[g, s, i] = max(stays, 0.0)
                    mine = at.own + kept * saved
                    anew[g, s] = at.own / mine if mine > 0.0 else 0.0
                    attends = attention_of(attention, bill_shock, shocked[g, level, o])
                    looks[g, s] = (1.0 - renewal) * attends
                    if kinds > level + CONTROL:
                        adopts[g, s] = takes_up(g, level, o, plans, weights, tastes)
                    coarse[g, s, 0] = threshold(gets)
                    coarse[g, s, 1] = threshold(renewal + looks[g, s])
                    coarse[g, s, 2] = threshold(adopts[g, s])
    return RowChances(coarse, looks, adopts, odds, anew, free, below)


@inlined
def chosen(
    g: int, level: int, o: int, renews: bool, u: float, odds: Floats, anew: Floats, free: Floats,
    below: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Return the level and offer that one who chooses by the draw u comes to.

    renews : chooses freely; else bears costs of switching. Arrays : as in `RowChances`. Where u
    falls in a carrier's part is uniform again, so that one draw picks the carrier and the plan.
    """
    carriers, total = odds.shape[2], below.shape[2]
    plans = total // carriers
    s, base = level * total + o, plain(level)
    running, j, part = 0.0, 0, 0.0
    for j in range(carriers):
        part = free[g, base, j] if renews else odds[g, s, j]
        if u < running + part:
            break
        running += part
    w = min((u - running) / part, 1.0) if part > 0.0 else 1.0
    if renews or j != o // plans:
        level = base
    elif w < anew[g, s]:
        w /= anew[g, s]
    else:
        return level, o
    aim, last, before = w * below[g, level, (j + 1) * plans - 1], j * plans, 0.0
    for plan in range(j * plans, (j + 1) * plans):
        if below[g, level, plan] > before:  # it is sold
            last, before = plan, below[g, level, plan]
            if aim < before:
                break
    return level, last


@inlined
def threshold(chance: float) -> int:
    """Return a chance in 65,536ths, rounded down."""
    return min(math.floor(chance * _COARSE), _COARSE - 1)


@parallel_kernel
def drawn_flows(
    row_segment: NDArray[np.uint16], row_state: NDArray[np.uint8], base_lines: int, extra: int,
    before: Ints, rollover: Ints, shocked: Ints, chances: RowChances, tastes: Tastes,
    upgrades: Upgrades, draws: Draws, came: Ints, threads: int,
) -> Moved:  # fmt: skip
    """Let every row draw for itself; write `row_state`, `rollover` and `shocked`.

    A row stands for `base_lines` lines, the first `extra` rows for one more; before : (segments,
    levels, offers) their lines; came : as in `expected_flows`. All sums are of whole numbers, so
    the number of threads cannot matter.
    """
    count, kinds, total = before.shape
    carriers = upgrades.lte.shape[0]
    plans = total // carriers
    shape = (threads, count, kinds, total)
    change, arrived = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    upgraded, took = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    moves = np.zeros((threads, carriers, carriers, 2), dtype=np.int64)
    flows = np.zeros((threads, count, carriers, carriers), dtype=np.int64)
    # Arrays by name in the inner loop: see `sim.mechanisms.usage.Terms`.
    coarse, looks, adopts, renewal = chances.coarse, chances.looks, chances.adopts, tastes.renewal
    odds, anew, free, below = chances.odds, chances.anew, chances.free, chances.below
    device, lte = upgrades
    to_act, to_choose, to_adopt = draws
    controls = kinds > BELOW_LTE_CONTROL
    rows = row_segment.shape[0] if base_lines > 0 else extra  # others stand for no line
    for t in prange(threads):
        counts = np.zeros((carriers, carriers, 2), dtype=np.int64)  # near no other thread's
        for r in range(rows * t // threads, rows * (t + 1) // threads):
            g, state = int(row_segment[r]), int(row_state[r])
            word = word_at(to_act, r)
            quiet = word >> _TO_COARSE > coarse[g, state, 1]
            quiet &= word << _HALF >> _TO_COARSE > coarse[g, state, 0]
            if quiet and (not controls or word_at(to_adopt, r) >> _TO_COARSE > coarse[g, state, 2]):
                continue
            u, v = halves_of(word)
            level, held = state // total, state % total
            n = base_lines + (1 if r < extra else 0)
            i, o = held // plans, held
            up = v < (device if level == NO_DEVICE else lte[i])
            up &= level in (NO_DEVICE, BELOW_LTE, BELOW_LTE_CONTROL)
            fresh = up and level == NO_DEVICE
            level += 1 if up else 0
            renews = u < renewal and not fresh
            if fresh or u < renewal + looks[g, level * total + held]:
                level, o = chosen(
                    g, level, o, renews, uniform_at(to_choose, r), odds, anew, free, below
                )
                counts[i, o // plans, 1 if renews else 0] += n
            adopts_now = False
            if controls and adopts[g, level * total + o] > 0.0:
                adopts_now = uniform_at(to_adopt, r) < adopts[g, level * total + o]
                level += CONTROL if adopts_now else 0
            if level * total + o == state and not renews:
                continue
            change[t, g, state // total, held] -= n
            change[t, g, level, o] += n
            if renews or o != held:
                arrived[t, g, level, o] += n
            elif adopts_now:
                took[t, g, level, o] += n
            elif up:
                upgraded[t, g, level, o] += n
            flows[t, g, i, o // plans] += n if o // plans != i else 0
            row_state[r] = level * total + o
        moves[t] = counts
    lines, gone = before + change.sum(axis=0), flows.sum(axis=0)
    new, better_off, controlled = arrived.sum(axis=0), upgraded.sum(axis=0), took.sum(axis=0)
    carry_over_cells(lines, new, better_off, controlled, rollover, shocked)
    for g in prange(count):
        for i in range(carriers):
            gone[g, i, i] = before[g, :, i * plans : (i + 1) * plans].sum() - gone[g, i].sum()
    if came.shape[1] == count:
        came[0], came[1], came[2] = new, better_off, controlled
    return Moved(lines, moves.sum(axis=0), gone)
