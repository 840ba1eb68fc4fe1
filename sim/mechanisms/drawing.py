"""Every row draws for itself, by the chances that move cells in `sim.mechanisms.flows`."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, parallel_kernel, prange
from sim.core.streams import uniform_at
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE, BELOW_LTE_CONTROL, CONTROL, NO_DEVICE
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
from sim.mechanisms.flows import Moved, Upgrades

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Draws(NamedTuple):
    """The keys of the month's streams."""

    upgrade: np.uint64
    attention: np.uint64
    choice: np.uint64
    control: np.uint64


@inlined
def pick_plan(
    e: Floats, factor: Floats, is_open: NDArray[np.bool_], j: int, plans: int, u: float
) -> int:
    """Return the offer of carrier j that u, uniform on (0, 1), falls on among those sold."""
    total = 0.0
    for o in range(j * plans, (j + 1) * plans):
        if is_open[o]:
            total += e[o] * factor[o]
    running, last = 0.0, j * plans
    for o in range(j * plans, (j + 1) * plans):
        if is_open[o] and e[o] > 0.0:
            running += e[o] * factor[o]
            last = o
            if u * total < running:
                return o
    return last


@inlined
def pick_carrier(odds: Floats, u: float) -> tuple[int, float]:
    """Return the carrier that u falls on, and where in its part: both uniform again."""
    running = 0.0
    for j in range(odds.shape[0]):
        if u < running + odds[j]:
            return j, (u - running) / odds[j]
        running += odds[j]
    return odds.shape[0] - 1, 0.5


@inlined
def better(level: int, i: int, u: float, upgrades: Upgrades) -> bool:
    """Return whether the draw u gives a line of carrier i its first device, or 4G."""
    if level == NO_DEVICE:
        return u < upgrades.device
    return level in (BELOW_LTE, BELOW_LTE_CONTROL) and u < upgrades.lte[i]


@inlined
def chosen(
    g: int, level: int, o: int, renews: bool, u: float, weights: Weights, factor: Floats,
    offers: Offers, tastes: Tastes, room: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Return the level and offer that one who chooses by the draw u comes to.

    renews : chooses freely; else bears costs of switching. room : (4, carriers) to work in.
    """
    carriers = room.shape[1]
    plans = offers.fee.shape[0] // carriers
    i, base = o // plans, plain(level)
    rivals, own, a, odds = room[0], room[1], room[2], room[3]
    open_sums(weights.e[g, base], factor, offers.open, carriers, rivals)
    if renews:
        carrier_odds(rivals, tastes, odds)
        j, w = pick_carrier(odds, u)
        return base, pick_plan(weights.e[g, base], factor, offers.open, j, plans, w)
    open_sums(weights.e[g, level], factor, offers.open, carriers, own)
    kept = weights.e[g, level, o] * factor[o]
    new_plan = cost_factor(tastes.plan_switching, tastes)
    looker_weights(
        rivals, own[i], kept, offers.open[o], i, cost_factor(tastes.switching, tastes), new_plan, a
    )
    carrier_odds(a, tastes, odds)
    j, w = pick_carrier(odds, u)
    if j != i:
        return base, pick_plan(weights.e[g, base], factor, offers.open, j, plans, w)
    anew = new_plan * own[i] / a[i] if a[i] > 0.0 else 0.0
    if w < anew:
        o = pick_plan(weights.e[g, level], factor, offers.open, i, plans, w / anew)
    return level, o


@parallel_kernel
def drawn_flows(
    row_segment: NDArray[np.uint16], row_state: NDArray[np.uint8], base_lines: int, extra: int,
    shocked: Ints, weights: Weights, factor: Floats, offers: Offers, tastes: Tastes,
    upgrades: Upgrades, draws: Draws, threads: int,
) -> Moved:  # fmt: skip
    """Let every row draw for itself; write `row_state`.

    A row stands for `base_lines` lines, the first `extra` rows for one more. All sums are of whole
    numbers, so the number of threads cannot matter.
    """
    rows = row_segment.shape[0]
    count, kinds, total = shocked.shape
    carriers = offers.voice.shape[0]
    plans = total // carriers
    shape = (threads, count, kinds, total)
    lines, arrived = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    upgraded, took = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    moves = np.zeros((threads, carriers, carriers, 2), dtype=np.int64)
    flows = np.zeros((threads, count, carriers, carriers), dtype=np.int64)
    for t in prange(threads):
        room = np.empty((4, carriers))
        for r in range(rows * t // threads, rows * (t + 1) // threads):
            g, state = int(row_segment[r]), int(row_state[r])
            level, held = state // total, state % total
            n = base_lines + (1 if r < extra else 0)
            i, o = held // plans, held
            up = better(level, i, uniform_at(draws.upgrade, r), upgrades)
            fresh = up and level == NO_DEVICE
            level += 1 if up else 0
            u = uniform_at(draws.attention, r)
            renews = u < tastes.renewal and not fresh
            look = (1.0 - tastes.renewal) * attention_of(
                tastes.attention, tastes.bill_shock, shocked[g, level, o]
            )
            acts = fresh or u < tastes.renewal + look
            if acts:
                level, o = chosen(
                    g, level, held, renews, uniform_at(draws.choice, r), weights, factor, offers,
                    tastes, room,
                )  # fmt: skip
                moves[t, i, o // plans, 1 if renews else 0] += n
            j, adopts = o // plans, False
            if tastes.control[j] and kinds > level + CONTROL:
                chance = takes_up(g, level, o, plans, weights, tastes)
                adopts = chance > 0.0 and uniform_at(draws.control, r) < chance
                level += CONTROL if adopts else 0
            flows[t, g, i, j] += n
            lines[t, g, level, o] += n
            if renews or o != held:
                arrived[t, g, level, o] += n
            elif adopts:
                took[t, g, level, o] += n
            elif up:
                upgraded[t, g, level, o] += n
            row_state[r] = level * total + o
    return Moved(
        lines.sum(axis=0), arrived.sum(axis=0), upgraded.sum(axis=0), took.sum(axis=0),
        moves.sum(axis=0), flows.sum(axis=0),
    )  # fmt: skip
