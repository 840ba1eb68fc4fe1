"""Where lines go in a month: every cell moves by its expected flow, the limit of many users."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import BLOCK, LANE, MOST, MOST_LINES, fill, new_room, place
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE, CONTROL, NO_DEVICE, PLAIN_LEVELS
from sim.mechanisms.choice import Tastes, Weights, adoption, attention_of, cost_factors, look, plain
from sim.mechanisms.scenes import (
    AGAIN,
    ANEW,
    AWAY,
    BEYOND,
    FAR,
    FREE,
    HELD,
    KEPT,
    LOOKS,
    LTE,
    NEAR,
    ON_SALE,
    OWN,
    REACH,
    SCENE,
    SHOCKED,
    SOLD,
    WITHIN,
    WORTH,
    columns,
    room_for,
    set_scenes,
    write_menu,
)
from sim.mechanisms.states import (
    CARRIERS,
    Shape,
    first_of,
    load,
    plans_at,
    shape_of,
    states_of,
    store,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# A segment's numbers by state, in lanes that follow those of its scene. Parts of lines are whole
# numbers, which a float holds exactly to 2^53.
LANES = SCENE + 19
(
    # Lines
    JOINED,  # of lines that get their first device
    ARRIVED,  # chose the offer anew
    UPGRADED,  # kept the offer and came from the level below
    TOOK,  # kept the offer and took up control
    LEFT_OVER,  # kB of a line
    MEAN_LEFT,  # both this and the bill shock, after the month's moves
    MEAN_SHOCK,
    # What each state does
    RENEWED,  # lines that are replaced
    BACK,  # of those that look: weigh plans anew and take the one they have
    GOES,  # lines that leave their cell, if only to come back
    KEEPS,  # chance that a line keeps its offer
    STAYS,  # chance that one who looks does
    ADOPTS,  # chance that a line takes up control
    # By level and carrier
    INTO,  # lines that come to its plans
    # By carrier and carrier
    FLOW,  # all lines
    LOOKED,  # lines that looked
    REPLACED,  # lines that were renewed
    # By way from one cell
    ODDS,
    PARTS,  # lines
) = range(SCENE * LANE, LANES * LANE, LANE)


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
def part_of(lines: float, chance: float) -> float:
    """Return the whole parts of `lines` that a chance takes."""
    return min(float(np.floor(lines * chance + 0.5)), lines)


@inlined
def upgrade(room: Floats, shape: Shape, device: float) -> None:
    """Give lines a first device or 4G; whose line gets its first device looks for certain."""
    for j in range(shape.carriers):
        s = first_of(NO_DEVICE, j, shape)
        fresh = part_of(room[HELD + s], device)
        room[HELD + s] -= fresh
        room[JOINED + first_of(BELOW_LTE, j, shape)] = fresh
    for low in range(BELOW_LTE, shape.kinds, CONTROL):
        below, above = first_of(low, 0, shape), first_of(low + 1, 0, shape)
        for k in range(shape.stride):
            s = below + k
            room[GOES + s] = part_of(room[HELD + s], room[LTE + s])
            room[HELD + s] -= room[GOES + s]
            room[UPGRADED + s] = 0.0
        for k in range(shape.stride):
            room[UPGRADED + above + k] = room[GOES + below + k]
            room[HELD + above + k] += room[GOES + below + k]


@kernel
def weigh_states(
    room: Floats, begin: int, count: int, renewal: float, dissimilarity: float, attention: float,
    bill_shock: float,
) -> None:  # fmt: skip
    """Work out what lines in each state of a segment do, several states at a time."""
    for k in range(count):
        s = place(begin) + k
        held, kept, again = room[HELD + s], room[KEPT + s], room[AGAIN + s]
        chances = look(room[ANEW + s], room[FAR + s], kept, 1.0 - again, dissimilarity)
        attends = attention_of(attention, bill_shock, room[SHOCKED + s])
        # Whose line gets its first device looks for certain.
        looks = room[JOINED + s] + (held - held * renewal) * attends
        near, away = looks * chances.near, looks * chances.away
        room[LOOKS + s], room[NEAR + s], room[AWAY + s] = looks, near, away
        room[RENEWED + s] = held * renewal
        room[BACK + s] = near * again * kept  # weighs anew, takes its own
        room[GOES + s] = held * renewal + near * room[ANEW + s] + away
        leaves = chances.near * (room[ANEW + s] - again * kept) + chances.away
        room[STAYS + s] = 1.0 - leaves
        room[KEEPS + s] = (1.0 - renewal) * (1.0 - attends * leaves)


class Leaving(NamedTuple):
    """What leaves the cells of a carrier and level, and where it aims."""

    taken: float  # parts of lines that go or choose plans anew
    stayed: float  # that stay
    looked: float  # expected parts that looked
    renewed: float  # that choose freely
    near: float  # that looked and leave within the nest, per unit of weight
    away: float  # and beyond it
    due: float  # what should have left the segment's cells so far
    edge: float  # and what has


@inlined
def leave(room: Floats, begin: int, count: int, due: float, edge: float) -> Leaving:
    """Take out of cells what goes, in whole parts: a remainder goes on to the next cell."""
    taken, stayed, looked, renewed, near, away = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for s in range(begin, begin + count):
        n = room[HELD + s] + room[JOINED + s]
        renewed += room[RENEWED + s]
        looked += room[LOOKS + s]
        near += room[NEAR + s]
        away += room[AWAY + s]
        due += room[GOES + s]
        whole = np.floor(due)
        goes = min(whole - edge, n)
        edge = whole
        taken += goes
        stayed += n - goes
        room[HELD + s] = n - goes
    return Leaving(taken, stayed, looked, renewed, near, away, due, edge)


@inlined
def depart(
    room: Floats, level: int, i: int, carriers: int, gone: Leaving, new_carrier: float
) -> None:
    """Split what left the cells of carrier i over where it goes, exactly."""
    at, to = level * carriers + i, (level * carriers + i) * carriers
    total = 0.0
    for j in range(carriers):
        room[ODDS + j] = gone.renewed * room[FREE + level * carriers + j]
        leaves = gone.near * new_carrier * room[WITHIN + to + j] + gone.away * room[BEYOND + to + j]
        room[ODDS + carriers + j] = leaves
    room[ODDS + 2 * carriers] = gone.near * room[OWN + at]
    ways = 2 * carriers + 1
    for k in range(ways):
        total += room[ODDS + k]
    split_odds(room, ways, total, gone.taken)
    left, base = 0.0, plain(level) * carriers
    for j in range(carriers):
        free, looked = room[PARTS + j], room[PARTS + carriers + j]
        room[INTO + base + j] += free + looked
        room[REPLACED + i * carriers + j] += free
        room[LOOKED + i * carriers + j] += looked
        room[FLOW + i * carriers + j] += free + looked
        left += looked
    again = room[PARTS + 2 * carriers]
    room[INTO + at] += again
    room[LOOKED + i * carriers + i] += max(np.floor(gone.looked + 0.5) - left, 0.0)
    room[FLOW + i * carriers + i] += gone.stayed + again


@inlined
def split_odds(room: Floats, ways: int, total: float, amount: float) -> None:
    """Write into `PARTS` what each of the `ODDS` takes of an amount; see `sim.core.money.split`."""
    running, edge, each = 0.0, 0.0, amount / total
    for k in range(ways):
        running += room[ODDS + k]
        upper = amount if running >= total else np.floor(running * each + 0.5)
        room[PARTS + k] = upper - edge
        edge = upper


@inlined
def keep(room: Floats, begin: int, count: int) -> None:
    """Leave of the lines with a better device those that keep their offer."""
    for k in range(count):
        s = place(begin) + k
        kept, joined = part_of(room[UPGRADED + s], room[KEEPS + s]), room[JOINED + s]
        room[UPGRADED + s] = kept + part_of(joined, room[STAYS + s])


@inlined
def arrive(room: Floats, shape: Shape) -> None:
    """Split what comes to each carrier over the plans it sells, by their weights."""
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            coming = room[INTO + level * shape.carriers + j]
            if coming == 0.0:
                continue
            whole = room[ON_SALE + level * shape.carriers + j]
            # Cumulative rounding as in `sim.core.money.split`.
            running, edge, each = 0.0, 0.0, coming / whole
            begin = first_of(level, j, shape)
            for s in range(begin, begin + plans_at(level, shape)):
                if room[SOLD + s] == 0.0:
                    continue
                running += room[KEPT + s]
                upper = coming if running >= whole else np.floor(running * each + 0.5)
                upper = min(upper, coming)
                part = upper - edge
                edge = upper
                room[HELD + s] += part
                room[ARRIVED + s] = max(part - np.floor(room[BACK + s] + 0.5), 0.0)


@kernel
def weigh_control(room: Floats, begin: int, with_it: int, count: int, dissimilarity: float) -> None:
    """Write the chance that lines in `count` states take up control, several states at a time."""
    first, above = place(begin), place(with_it)
    for k in range(count):
        weights = room[WORTH + above + k], room[WORTH + first + k]
        room[ADOPTS + first + k] = adoption(*weights, room[REACH + first + k], dissimilarity)


@inlined
def adopt(room: Floats, shape: Shape, dissimilarity: float) -> None:
    """Let lines take up control."""
    begin, ahead = place(shape.stride), CONTROL * shape.stride
    weigh_control(room, begin, place(begin + ahead), ahead, dissimilarity)
    for s in range(begin, begin + ahead):
        n, with_it = room[HELD + s], s + ahead
        if n == 0.0 or room[ADOPTS + s] == 0.0:
            continue
        some = part_of(n, room[ADOPTS + s])
        new = part_of(some, room[ARRIVED + s] / n)
        room[UPGRADED + s] -= part_of(some, room[UPGRADED + s] / n)
        room[ARRIVED + s] -= new
        room[ARRIVED + with_it] += new
        room[TOOK + with_it] = some - new
        room[HELD + s] -= some
        room[HELD + with_it] += some


@kernel
def carry_over(room: Floats, shape: Shape) -> None:
    """Mix what lines bring along into what their cells hold: rollover and bill shock.

    Who chooses an offer anew or has its first device brings nothing; others bring what they had, at
    the level where they were. A cell's lines share what is left over: its mean.
    """
    for level in range(BELOW_LTE, shape.kinds):
        begin, below = place(level * shape.stride), place((level - 1) * shape.stride)
        without = place((level - CONTROL) * shape.stride)
        had_data = 1.0 if level > BELOW_LTE else 0.0
        for k in range(shape.stride):
            s = begin + k
            n, new = room[HELD + s], room[ARRIVED + s]
            up, control = room[UPGRADED + s], room[TOOK + s]
            kept = max(n - new - up - control, 0.0)
            whole = max(new + kept + up + control, 1.0)  # each part was rounded
            left, shock = kept * room[LEFT_OVER + s], kept * room[SHOCKED + s]
            came = up * had_data
            left += came * room[LEFT_OVER + below + k] + control * room[LEFT_OVER + without + k]
            shock += came * room[SHOCKED + below + k] + control * room[SHOCKED + without + k]
            room[MEAN_LEFT + s] = np.floor(left / whole + 0.5)
            room[MEAN_SHOCK + s] = np.floor(shock / whole + 0.5)


@inlined
def carry_over_segment(
    g: int, lines: Ints, arrived: Ints, upgraded: Ints, took: Ints, rollover: Ints, shocked: Ints,
    shape: Shape,
) -> None:  # fmt: skip
    """Do the same for a segment's cells; all are (segments, levels, offers)."""
    room = new_room(LANES, shape.kinds * shape.stride)
    load(room, HELD, lines, g, shape)
    load(room, ARRIVED, arrived, g, shape)
    load(room, UPGRADED, upgraded, g, shape)
    load(room, TOOK, took, g, shape)
    load(room, LEFT_OVER, rollover, g, shape)
    load(room, SHOCKED, shocked, g, shape)
    carry_over(room, shape)
    store(room, MEAN_LEFT, rollover, g, shape)
    store(room, MEAN_SHOCK, shocked, g, shape)


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

    Raises
    ------
    ValueError : more states, carriers or lines than there is room for
    """
    count, kinds, total = before.shape
    carriers = offers.voice.shape[0]
    if room_for(shape_of(kinds, carriers, total)) > MOST or carriers > CARRIERS:
        raise ValueError("more states than a kernel has room for")
    if before.sum() > MOST_LINES:
        raise ValueError("more parts of lines than can be counted one by one")
    costs = cost_factors(tastes)
    new_carrier, _, new_plan = costs
    lines, arrived = np.empty_like(before), np.empty_like(before)
    upgraded, took = np.empty_like(before), np.empty_like(before)
    blocks = (count + BLOCK - 1) // BLOCK
    moves = np.zeros((blocks, carriers, carriers, 2), dtype=np.int64)
    flows = np.empty((count, carriers, carriers), dtype=np.int64)
    # Arrays by name and numbers in the inner loop: see `sim.mechanisms.usage.Terms`.
    e, is_open, nest = weights.e, offers.open, tastes.nest
    renewal, dissimilarity = tastes.renewal, tastes.dissimilarity
    attention, bill_shock = tastes.attention, tastes.bill_shock
    device, lte = upgrades
    reach = np.where(tastes.control, tastes.control_reach, 0.0)
    for block in prange(blocks):
        shape = shape_of(kinds, carriers, total)
        begin = first_of(NO_DEVICE, 0, shape)
        used = states_of(shape) - begin
        room, by_carrier = new_room(LANES, room_for(shape)), columns(carriers)
        write_menu(room, shape, factor, is_open, new_plan, lte, reach)
        for g in range(block * BLOCK, min((block + 1) * BLOCK, count)):
            load(room, HELD, before, g, shape)
            load(room, LEFT_OVER, rollover, g, shape)
            load(room, SHOCKED, shocked, g, shape)
            load(room, WORTH, e, g, shape)
            upgrade(room, shape, device)
            fill(room, INTO, 0, kinds * carriers, 0.0)
            fill(room, FLOW, 0, carriers * carriers, 0.0)
            fill(room, ARRIVED, begin, used, 0.0)
            fill(room, TOOK, begin, used, 0.0)
            set_scenes(room, shape, nest, costs, dissimilarity, by_carrier)
            weigh_states(
                room, begin, used, renewal, dissimilarity, attention, bill_shock,
            )  # fmt: skip
            due, edge = 0.5, 0.0
            for level in range(kinds):
                for i in range(carriers):
                    s, n = first_of(level, i, shape), plans_at(level, shape)
                    gone = leave(room, s, n, due, edge)
                    due, edge = gone.due, gone.edge
                    if gone.taken + gone.stayed > 0.0:
                        depart(room, level, i, carriers, gone, new_carrier)
            keep(room, begin, used)
            arrive(room, shape)
            if kinds > PLAIN_LEVELS:
                adopt(room, shape, dissimilarity)
            carry_over(room, shape)
            store(room, HELD, lines, g, shape)
            store(room, ARRIVED, arrived, g, shape)
            store(room, UPGRADED, upgraded, g, shape)
            store(room, TOOK, took, g, shape)
            store(room, MEAN_LEFT, rollover, g, shape)
            store(room, MEAN_SHOCK, shocked, g, shape)
            for i in range(carriers):
                for j in range(carriers):
                    flows[g, i, j] = int(room[FLOW + i * carriers + j])
        for i in range(carriers):
            for j in range(carriers):
                moves[block, i, j, 0] = int(room[LOOKED + i * carriers + j])
                moves[block, i, j, 1] = int(room[REPLACED + i * carriers + j])
    return Moved(lines, arrived, upgraded, took, moves.sum(axis=0), flows)


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
