"""Where lines go in a month: every cell moves by its expected flow, the limit of many users."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, MOST_LINES, VECTOR
from sim.core.vectors import Lane, Vector, floor, lanes_of, least, most, nothing, pick, vectors
from sim.market.offers import Offers
from sim.market.segments import (
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
    PLAIN_LEVELS,
)
from sim.mechanisms.choice import (
    Setting,
    Tastes,
    Weights,
    adoption,
    attention_of,
    cost_factors,
    look,
    plain,
)
from sim.mechanisms.scenes import (
    HELD,
    SCENE,
    SHOCKED,
    WORTH,
    Habits,
    Menu,
    Scene,
    enter,
    leave_from,
    menu_in,
    room_for,
    scene_in,
    weigh_offers,
    write_menu,
)
from sim.mechanisms.states import (
    Shape,
    first_of,
    load,
    nobody,
    plans_at,
    shape_of,
    states_of,
    store,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Month(NamedTuple):
    """Lanes of what happens to the lines of eight segments in a month.

    Parts of lines are whole numbers, which a float holds exactly to 2^53.
    """

    # By state, lines
    arrived: Lane  # chose the offer anew
    upgraded: Lane  # kept the offer and came from the level below
    took: Lane  # kept the offer and took up control
    # By state
    left_over: Lane  # kB of a line
    mean_left: Lane  # both this and the bill shock, after the month's moves
    mean_shock: Lane
    # By carrier and carrier, lines
    flow: Lane  # all
    looked: Lane
    replaced: Lane
    # By state
    joined: Lane  # lines that get their first device
    back: Lane  # of those that look: weigh plans anew and take the one they have
    keeps: Lane  # chance that a line keeps its offer
    stays: Lane  # chance that one who looks does
    # By level and carrier
    into: Lane  # lines that come to its plans
    # By way from one cell
    odds: Lane
    parts: Lane  # lines


month_in = lanes_of(Month)
# The first of these, which are read from tables or written to them, in a room after a scene.
ARRIVED, UPGRADED, TOOK, LEFT_OVER, MEAN_LEFT, MEAN_SHOCK, FLOW, LOOKED, REPLACED = range(
    SCENE, SCENE + 9
)
LANES = SCENE + len(Month._fields)


class Upgrades(NamedTuple):
    """The chance that a line gets a better device this month."""

    device: float  # a first data device
    lte: Floats  # (carriers,) from below 4G to 4G


class Moved(NamedTuple):
    """Where the month's lines went, in units of the population."""

    lines: Ints  # (segments, levels, offers) after the month's moves
    moves: Ints  # (carriers, carriers, 2) from × to × (looked, renewed); staying counts too
    flows: Ints  # (segments, carriers, carriers) from × to, all lines


# What became of lines that came to a cell: they chose its offer anew, or kept theirs and came from
# the level below, or kept theirs and took up control.
CAME = ("arrived", "upgraded", "took")


def nobody_asks() -> Ints:
    """Return, in place of an array for what lines that came did, that it is not to be written."""
    return np.empty((len(CAME), 0, 0, 0), dtype=np.int64)


@inlined
def part_of(lines: Vector, chance: Vector) -> Vector:
    """Return the whole parts of `lines` that a chance takes."""
    return least(floor(lines * chance + 0.5), lines)


@inlined
def begin(month: Month, shape: Shape) -> None:
    """Begin a month in which nothing has happened yet."""
    zero = nothing(month.flow[0])
    for s in range(states_of(shape)):
        month.joined[s], month.upgraded[s], month.took[s] = zero, zero, zero
    for k in range(shape.kinds * shape.carriers):
        month.into[k] = zero
    for k in range(shape.carriers * shape.carriers):
        month.flow[k] = zero


@inlined
def upgrade(scene: Scene, month: Month, shape: Shape, upgrades: Upgrades) -> None:
    """Give lines a first device or 4G."""
    for j in range(shape.carriers):
        s = first_of(NO_DEVICE, j, shape)
        fresh = part_of(scene.held[s], upgrades.device)
        scene.held[s] -= fresh
        month.joined[first_of(BELOW_LTE, j, shape)] = fresh
    for low in range(BELOW_LTE, shape.kinds, CONTROL):
        for j in range(shape.carriers):
            below, above = first_of(low, j, shape), first_of(low + 1, j, shape)
            for k in range(shape.plans):
                goes = part_of(scene.held[below + k], upgrades.lte[j])
                scene.held[below + k] -= goes
                scene.held[above + k] += goes
                month.upgraded[above + k] = goes


class Leaving(NamedTuple):
    """What leaves the cells of a carrier and level, and where it aims."""

    taken: Vector  # parts of lines that go or choose plans anew
    stayed: Vector  # that stay
    looked: Vector  # expected parts that looked
    renewed: Vector  # that choose freely
    near: Vector  # that looked and leave within the nest, per unit of weight
    away: Vector  # and beyond it
    due: Vector  # what should have left the segment's cells so far
    edge: Vector  # and what has


@inlined
def leave(
    scene: Scene, month: Month, menu: Menu, first: int, count: int, at: Setting, habits: Habits,
    due: Vector, edge: Vector,
) -> Leaving:  # fmt: skip
    """Take out of cells what goes, in whole parts: a remainder goes on to the next cell."""
    zero, renewal, anew = nothing(due), habits.renewal, at.near + at.own
    taken, stayed, looked, renewed, near, away = zero, zero, zero, zero, zero, zero
    for s in range(first, first + count):
        held, kept, again = scene.held[s], scene.kept[s], menu.again[s]
        chances = look(anew, at.far, kept, 1.0 - again, habits.dissimilarity)
        attends = attention_of(habits.attention, habits.bill_shock, scene.shocked[s])
        # Whose line gets its first device looks for certain.
        looks = month.joined[s] + (held - held * renewal) * attends
        nearby, beyond = looks * chances.near, looks * chances.away
        month.back[s] = nearby * again * kept  # weighs anew, takes its own
        leaves = chances.near * (anew - again * kept) + chances.away
        month.stays[s] = 1.0 - leaves
        month.keeps[s] = (1.0 - renewal) * (1.0 - attends * leaves)
        renewed += held * renewal
        looked += looks
        near += nearby
        away += beyond
        due += held * renewal + nearby * anew + beyond
        n, whole = held + month.joined[s], floor(due)
        goes = least(whole - edge, n)
        edge = whole
        taken += goes
        stayed += n - goes
        scene.held[s] = n - goes
    return Leaving(taken, stayed, looked, renewed, near, away, due, edge)


@inlined
def depart(
    scene: Scene, month: Month, level: int, i: int, carriers: int, gone: Leaving, own: Vector,
    new_carrier: float,
) -> None:  # fmt: skip
    """Split what left the cells of carrier i over where it goes, exactly."""
    for j in range(carriers):
        month.odds[j] = gone.renewed * scene.free[j]
        near, away = gone.near * new_carrier * scene.within[j], gone.away * scene.beyond[j]
        month.odds[carriers + j] = near + away
    month.odds[2 * carriers] = gone.near * own
    split_odds(month, 2 * carriers + 1, gone.taken)
    left, base = nothing(own), plain(level) * carriers
    for j in range(carriers):
        free, looked = month.parts[j], month.parts[carriers + j]
        month.into[base + j] += free + looked
        month.replaced[i * carriers + j] += free
        month.looked[i * carriers + j] += looked
        month.flow[i * carriers + j] += free + looked
        left += looked
    again = month.parts[2 * carriers]
    month.into[level * carriers + i] += again
    month.looked[i * carriers + i] += most(floor(gone.looked + 0.5) - left, 0.0)
    month.flow[i * carriers + i] += gone.stayed + again


@inlined
def split_odds(month: Month, ways: int, amount: Vector) -> None:
    """Write into `parts` what each of the `odds` takes of an amount; see `sim.core.money.split`."""
    total, running, edge = nothing(amount), nothing(amount), nothing(amount)
    for k in range(ways):
        total += month.odds[k]
    each = amount / total
    for k in range(ways):
        running += month.odds[k]
        upper = pick(running >= total, amount, floor(running * each + 0.5))
        month.parts[k] = upper - edge
        edge = upper


@inlined
def keep(month: Month, shape: Shape) -> None:
    """Leave of the lines with a better device those that keep their offer."""
    for s in range(shape.carriers, states_of(shape)):
        kept, joined = part_of(month.upgraded[s], month.keeps[s]), month.joined[s]
        month.upgraded[s] = kept + part_of(joined, month.stays[s])


@inlined
def arrive(scene: Scene, month: Month, menu: Menu, shape: Shape) -> None:
    """Split what comes to each carrier over the plans it sells, by their weights."""
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            coming = month.into[level * shape.carriers + j]
            whole = scene.on_sale[level * shape.carriers + j]
            # Cumulative rounding as in `sim.core.money.split`.
            running, edge, each = nothing(coming), nothing(coming), coming / whole
            first = first_of(level, j, shape)
            for s in range(first, first + plans_at(level, shape)):
                month.arrived[s] = 0.0
                if menu.sold[s] > 0.0:
                    running += scene.kept[s]
                    upper = pick(running >= whole, coming, floor(running * each + 0.5))
                    upper = least(upper, coming)
                    part = upper - edge
                    edge = upper
                    scene.held[s] += part
                    month.arrived[s] = most(part - floor(month.back[s] + 0.5), 0.0)


@inlined
def adopt(scene: Scene, month: Month, shape: Shape, reach: Floats, dissimilarity: float) -> None:
    """Let lines take up control; reach : (carriers,) chance that a user weighs the product."""
    for level in range(BELOW_LTE, BELOW_LTE_CONTROL):
        for j in range(shape.carriers):
            for k in range(1, shape.plans):
                s = first_of(level, j, shape) + k
                above, n = first_of(level + CONTROL, j, shape) + k, scene.held[s]
                chance = adoption(scene.worth[above], scene.worth[s], reach[j], dissimilarity)
                some, one = part_of(n, chance), most(n, 1.0)
                new = part_of(some, month.arrived[s] / one)
                month.upgraded[s] -= part_of(some, month.upgraded[s] / one)
                month.arrived[s] -= new
                month.arrived[above] += new
                month.took[above] = some - new
                scene.held[s] -= some
                scene.held[above] += some


@inlined
def carry_over(scene: Scene, month: Month, shape: Shape) -> None:
    """Mix what lines bring along into what their cells hold: rollover and bill shock.

    Who chooses an offer anew or has its first device brings nothing; others bring what they had, at
    the level where they were. A cell's lines share what is left over: its mean.
    """
    left_over, shocked, offers = month.left_over, scene.shocked, shape.carriers * shape.plans
    for s in range(shape.carriers):
        month.mean_left[s], month.mean_shock[s] = 0.0, 0.0
    for level in range(BELOW_LTE, shape.kinds):
        first = first_of(level, 0, shape)
        for s in range(first, first + offers):
            n, new = scene.held[s], month.arrived[s]
            up, control = month.upgraded[s], month.took[s]
            kept = most(n - new - up - control, 0.0)
            whole = most(new + kept + up + control, 1.0)  # each part was rounded
            left, shock = kept * left_over[s], kept * shocked[s]
            if level in (ON_LTE, ON_LTE_CONTROL):
                left += up * left_over[s - offers]
                shock += up * shocked[s - offers]
            if level >= BELOW_LTE_CONTROL:
                left += control * left_over[s - CONTROL * offers]
                shock += control * shocked[s - CONTROL * offers]
            month.mean_left[s] = floor(left / whole + 0.5)
            month.mean_shock[s] = floor(shock / whole + 0.5)


@kernel
def carry_over_cells(
    lines: Ints, arrived: Ints, upgraded: Ints, took: Ints, rollover: Ints, shocked: Ints
) -> None:
    """Do the same for all cells; all are (segments, levels, offers)."""
    count, kinds, offers = lines.shape
    shape = shape_of(kinds, 1, offers)  # whose offers they are does not matter
    size = room_for(shape)
    room = vectors(LANES * size)
    for first in range(0, count, VECTOR):
        load(room, HELD * size, lines, first, shape)
        load(room, ARRIVED * size, arrived, first, shape)
        load(room, UPGRADED * size, upgraded, first, shape)
        load(room, TOOK * size, took, first, shape)
        load(room, LEFT_OVER * size, rollover, first, shape)
        load(room, SHOCKED * size, shocked, first, shape)
        mix(room, shape)
        store(room, MEAN_LEFT * size, rollover, first, shape)
        store(room, MEAN_SHOCK * size, shocked, first, shape)


@kernel
def mix(room: Floats, shape: Shape) -> None:
    """Carry over in a room."""
    size = room_for(shape)
    carry_over(scene_in(room, 0, size), month_in(room, SCENE * size, size), shape)


@kernel
def move_eight(
    room: Floats, shape: Shape, nest: Ints, habits: Habits, upgrades: Upgrades, reach: Floats
) -> None:
    """Move the lines of eight segments, all in a room."""
    size, carriers = room_for(shape), shape.carriers
    scene, menu = scene_in(room, 0, size), menu_in(room, size)
    month = month_in(room, SCENE * size, size)
    begin(month, shape)
    upgrade(scene, month, shape, upgrades)
    weigh_offers(scene, menu, shape)
    due = nothing(scene.held[0]) + 0.5
    edge = nothing(due)
    for level in range(shape.kinds):
        enter(scene, level, nest, habits)
        for i in range(carriers):
            at = leave_from(scene, level, i, nest, habits)
            s, n = first_of(level, i, shape), plans_at(level, shape)
            gone = leave(scene, month, menu, s, n, at, habits, due, edge)
            due, edge = gone.due, gone.edge
            depart(scene, month, level, i, carriers, gone, at.own, habits.new_carrier)
    keep(month, shape)
    arrive(scene, month, menu, shape)
    if shape.kinds > PLAIN_LEVELS:
        adopt(scene, month, shape, reach, habits.dissimilarity)
    carry_over(scene, month, shape)


@parallel_kernel
def expected_flows(
    before: Ints, rollover: Ints, shocked: Ints, weights: Weights, factor: Floats, offers: Offers,
    tastes: Tastes, upgrades: Upgrades, came: Ints,
) -> Moved:  # fmt: skip
    """Move every cell by its expected flow: the limit of infinitely many users.

    before : (segments, levels, offers) parts of lines; rollover, shocked : (…) kB, and parts per
    million of them that paid overage, read and written; came : (CAME, …) lines, written unless
    there is no room. What leaves a cell is rounded with the remainder carried on to the segment's
    next cell, so small cells move too, and is split exactly: no part of a line is lost.

    Raises
    ------
    ValueError : more lines than can be counted
    """
    count, kinds, total = before.shape
    carriers = offers.voice.shape[0]
    if before.sum() > MOST_LINES:
        raise ValueError("more parts of lines than can be counted one by one")
    costs, (device, lte) = cost_factors(tastes), upgrades
    lines = np.empty_like(before)
    blocks = (count + BLOCK - 1) // BLOCK
    moves = np.zeros((blocks, carriers, carriers, 2), dtype=np.int64)
    flows = np.empty((count, carriers, carriers), dtype=np.int64)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, nest = weights.e, offers.open, tastes.nest
    renewal, dissimilarity = tastes.renewal, tastes.dissimilarity
    attention, bill_shock = tastes.attention, tastes.bill_shock
    reach = np.where(tastes.control, tastes.control_reach, 0.0)
    for block in prange(blocks):
        shape = shape_of(kinds, carriers, total)
        size = room_for(shape)
        habits = Habits(*costs, renewal, dissimilarity, attention, bill_shock)
        room, better = vectors(LANES * size), Upgrades(device, lte)
        write_menu(room, shape, factor, is_open, habits.new_plan)
        room[LOOKED * size * VECTOR : (REPLACED + 1) * size * VECTOR] = 0.0
        for first in range(block * BLOCK, min((block + 1) * BLOCK, count), VECTOR):
            load(room, HELD * size, before, first, shape)
            load(room, LEFT_OVER * size, rollover, first, shape)
            load(room, SHOCKED * size, shocked, first, shape)
            load(room, WORTH * size, e, first, shape)
            nobody(room, HELD * size, first, count, shape)
            move_eight(room, shape, nest, habits, better, reach)
            store(room, HELD * size, lines, first, shape)
            for k in range(came.shape[0] if came.shape[1] == count else 0):
                store(room, (ARRIVED + k) * size, came[k], first, shape)
            store(room, MEAN_LEFT * size, rollover, first, shape)
            store(room, MEAN_SHOCK * size, shocked, first, shape)
            for v in range(min(VECTOR, count - first)):
                for i in range(carriers):
                    for j in range(carriers):
                        at = FLOW * size + i * carriers + j
                        flows[first + v, i, j] = int(room[at * VECTOR + v])
        for i in range(carriers):
            for j in range(carriers):
                for v in range(VECTOR):
                    at = i * carriers + j
                    moves[block, i, j, 0] += int(room[(LOOKED * size + at) * VECTOR + v])
                    moves[block, i, j, 1] += int(room[(REPLACED * size + at) * VECTOR + v])
    return Moved(lines, moves.sum(axis=0), flows)


@kernel
def move_homes(home: Floats, flows: Ints) -> None:
    """Update the part of each carrier's lines that each was home to: (segments, carriers × 2)."""
    count, carriers = home.shape[0], home.shape[1]
    before = np.empty((carriers, carriers))
    for g in range(count):
        for i in range(carriers):
            for h in range(carriers):
                before[i, h] = home[g, i, h]
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
