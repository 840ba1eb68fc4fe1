"""What the lines of eight segments meet when they look: weights by state, nests, where leavers go.

What expected flows and the inversion of shares have in common. All is in lanes of vectors
(`sim.core.vectors`); how states lie in one is in `sim.mechanisms.states`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.core.lanes import VECTOR
from sim.core.vectors import Lane, lanes_of, nothing, rows_of
from sim.mechanisms.choice import (
    Setting,
    leavers,
    nest_odds,
    plain,
    raise_nests,
    setting_of,
)
from sim.mechanisms.states import Shape, first_of, plans_at, states_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


class Menu(NamedTuple):
    """The same for all segments, by state."""

    sold: Floats  # 1 where the offer is sold, 0 where who has it may keep it
    factor: Floats  # what quality multiplies the offer's weight by
    again: Floats  # part of the weight of the offer held that is left when it is weighed anew


class Scene(NamedTuple):
    """Lanes of eight segments."""

    # By state
    held: Lane  # lines; then as the month goes on
    shocked: Lane  # parts of a million of lines
    worth: Lane  # weight of the offer held, before quality
    kept: Lane  # weight of the offer held
    # By level and carrier
    on_sale: Lane  # weight of what the carrier sells
    # By carrier or nest, of one level
    rivals: Lane  # weight of what the carrier sells to newcomers
    inside: Lane  # the same of a nest
    raised: Lane  # and its power
    free: Lane  # odds of one who chooses freely
    # By carrier, of one level and the carrier that is left
    within: Lane  # where leavers go within the nest, per unit of weight
    beyond: Lane  # and beyond it


scene_in, _menu_at = lanes_of(Scene), rows_of(Menu)
HELD, SHOCKED, WORTH = range(3)  # the first lanes of a scene, which are read from tables
_MENU = len(Scene._fields)
SCENE = _MENU + 2  # lanes, the menu's among them


class Habits(NamedTuple):
    """What users weigh, as numbers for inner loops: see `Tastes` and `cost_factors`."""

    new_carrier: float
    new_nest: float
    new_plan: float
    renewal: float
    dissimilarity: float
    attention: float
    bill_shock: float


@inlined
def room_for(shape: Shape) -> int:
    """Return how many vectors a lane has: enough by state, and for all ways between carriers."""
    return max(states_of(shape), shape.kinds * shape.carriers * shape.carriers)


@inlined
def menu_in(room: Floats, size: int) -> Menu:
    """Return the numbers of all segments, which share two lanes after those of a scene."""
    return _menu_at(room, _MENU * size, (size + VECTOR - 1) // VECTOR)


@kernel
def write_menu(
    room: Floats, shape: Shape, factor: Floats, is_open: NDArray[np.bool_], new_plan: float
) -> None:
    """Write what is the same for all segments: of offers."""
    menu = menu_in(room, room_for(shape))
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            for k in range(plans_at(level, shape)):
                s, o = first_of(level, j, shape) + k, j * shape.plans + k
                menu.factor[s] = factor[o]
                menu.sold[s] = 1.0 if is_open[o] else 0.0
                menu.again[s] = new_plan if is_open[o] else 0.0


@inlined
def weigh_offers(scene: Scene, menu: Menu, shape: Shape) -> None:
    """Write what offers weigh, and what of it each carrier sells at each level."""
    for level in range(shape.kinds):
        for j in range(shape.carriers):
            begin, weight = first_of(level, j, shape), nothing(scene.worth[0])
            for s in range(begin, begin + plans_at(level, shape)):
                kept = scene.worth[s] * menu.factor[s]
                scene.kept[s] = kept
                if menu.sold[s] > 0.0:
                    weight += kept
            scene.on_sale[level * shape.carriers + j] = weight


@inlined
def enter(scene: Scene, level: int, nest: Ints, habits: Habits) -> None:
    """Write what all lines have in common at a level: nests, and odds of who chooses freely."""
    for j in range(nest.shape[0]):
        scene.rivals[j] = scene.on_sale[plain(level) * nest.shape[0] + j]
    raise_nests(scene.rivals, nest, habits.dissimilarity, scene.inside, scene.raised)
    nest_odds(scene.rivals, nest, scene.inside, scene.raised, scene.free)


@inlined
def leave_from(scene: Scene, level: int, i: int, nest: Ints, habits: Habits) -> Setting:
    """Return what lookers from carrier i have in common; write where they go who leave."""
    own = scene.on_sale[level * nest.shape[0] + i]
    leavers(i, scene.rivals, nest, scene.inside, scene.raised, scene.within, scene.beyond)
    return setting_of(
        i, scene.rivals, nest, scene.raised, own, habits.new_carrier, habits.new_nest,
        habits.new_plan,
    )  # fmt: skip
