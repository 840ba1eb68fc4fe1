"""Agents in columns: views of rows, and sets whose members are fixed."""

import copy
import gc
import pickle
from dataclasses import dataclass, field
from typing import Any

import mesa
import numpy as np
import pytest
from numpy.typing import NDArray

from sim.agents.attributes import Column, ColumnAgent
from sim.agents.columns import ColumnSet
from sim.core.errors import SimError

COLOURS = ("red", "green", "blue")


@dataclass
class Herd:
    """Columns over sheep."""

    colour: NDArray[np.uint8] = field(default_factory=lambda: np.array([2, 0, 1, 0], np.uint8))
    legs: NDArray[np.uint8] = field(default_factory=lambda: np.array([4, 3, 4, 4], np.uint8))
    marks: NDArray[np.int8] = field(
        default_factory=lambda: np.array([[0, 1], [1, 1], [0, 1], [2, 0]], np.int8)
    )

    def __len__(self) -> int:
        return len(self.colour)


def store_legs(herd: Herd, where: Any, legs: Any) -> None:
    herd.legs[where] = legs


class Sheep(ColumnAgent):
    colour = Column[Herd, str](lambda herd, where: herd.colour[where], COLOURS)
    legs = Column[Herd, int](lambda herd, where: herd.legs[where], write=store_legs)
    marks = Column[Herd, tuple[str, ...]](lambda herd, where: herd.marks[where], COLOURS)
    lame = Column[Herd, bool](lambda herd, where: herd.legs[where] < 4)

    def bleat(self, times: int = 1) -> str:
        return f"{self.colour} " + "ba" * times


class Flock(ColumnSet[Sheep, Herd]):
    agent_class = Sheep


@pytest.fixture
def flock() -> Flock:
    return Flock(mesa.Model(rng=1), Herd())


def ids(agents: Any) -> list[int]:
    return [agent.unique_id for agent in agents]


# A view


def test_a_view_reads_plain_python_values_of_its_row(flock: Flock):
    sheep = flock[1]

    assert (sheep.colour, sheep.legs, sheep.lame) == ("red", 3, True)
    assert (type(sheep.colour), type(sheep.legs), type(sheep.lame)) == (str, int, bool)
    assert sheep.marks == ("green", "green")


def test_a_view_sees_arrays_that_were_replaced(flock: Flock):
    sheep = flock[1]

    flock.columns.legs = np.array([4, 9, 4, 4], np.uint8)

    assert (sheep.legs, sheep.lame) == (9, False)


def test_what_a_view_is_given_lands_in_its_row(flock: Flock):
    flock[2].legs = 5

    assert flock.columns.legs.tolist() == [4, 3, 5, 4]


def test_a_read_only_attribute_cannot_be_set(flock: Flock):
    with pytest.raises(AttributeError, match="'colour' is read-only"):
        flock[0].colour = "green"
    with pytest.raises(AttributeError, match="'colour' is read-only"):
        flock.set("colour", "green")


@pytest.mark.parametrize("name", ["row", "unique_id", "wool", "bleat"])
def test_nothing_is_stored_in_a_view(flock: Flock, name: str):
    with pytest.raises(AttributeError, match=f"a Sheep has no column '{name}' to set"):
        setattr(flock[0], name, 1)


def test_views_of_one_row_are_equal_whatever_set_made_them(flock: Flock):
    lame = flock.select(lame=True)[0]

    assert lame == flock[1]
    assert len({lame, flock[1], flock[1]}) == 1
    assert lame != flock[2]


def test_views_of_different_models_differ(flock: Flock):
    other = Flock(mesa.Model(rng=1), flock.columns)

    assert flock[1] != other[1]
    assert flock[1] not in other


def test_a_view_differs_from_another_kind_of_the_same_row(flock: Flock):
    class Goat(Sheep):
        pass

    assert flock[1] != Goat(flock, 1)
    assert Goat(flock, 1) not in flock


def test_a_view_knows_mesas_surroundings(flock: Flock):
    sheep = flock[3]

    assert sheep.model is flock.model
    assert sheep.random is flock.model.random
    assert sheep.rng is flock.model.rng
    assert (sheep.unique_id, sheep.pos) == (4, None)


def test_a_view_cannot_be_removed(flock: Flock):
    with pytest.raises(SimError, match="Sheep 2 cannot be removed: rows keep their place"):
        flock[1].remove()
    with pytest.raises(SimError):
        flock.do("remove")


def test_a_view_is_not_registered(flock: Flock):
    flock.to_list()

    assert len(flock.model.agents) == 0
    assert flock.model.agent_types == []


def test_a_view_says_who_it_is(flock: Flock):
    shown = "Sheep(2, colour='red', legs=3, marks=('green', 'green'), lame=True)"

    assert repr(flock[1]) == shown


def test_a_view_can_be_copied_and_pickled(flock: Flock):
    twin = copy.copy(flock[1])
    sheep = pickle.loads(pickle.dumps(flock[1]))  # noqa: S301  made on the line itself

    assert twin == flock[1]
    assert (sheep.unique_id, sheep.colour, sheep.legs) == (2, "red", 3)


# A set


def test_single_agents_neither_join_nor_leave(flock: Flock):
    part = flock.select(lame=True)
    for change in part.add, part.discard, part.remove:
        with pytest.raises(SimError, match="make another set with select"):
            change(flock[1])
    with pytest.raises(SimError):
        part |= flock
    with pytest.raises(SimError):
        part.pop()
    with pytest.raises(SimError):
        part.clear()

    assert ids(part) == [2]


def test_the_models_own_set_keeps_its_members(flock: Flock):
    with pytest.raises(SimError, match="a model's own Sheep agents are fixed"):
        flock.select(lame=True, inplace=True)

    assert ids(flock) == [1, 2, 3, 4]


def test_the_models_own_set_may_be_put_in_order(flock: Flock):
    flock.sort("legs", ascending=True, inplace=True)

    assert ids(flock) == [2, 1, 3, 4]
    assert all(sheep in flock for sheep in flock)


def test_a_copy_is_narrowed_alone(flock: Flock):
    mine = copy.copy(flock)
    assert flock[0] in mine

    mine.select(colour="red", inplace=True)

    assert ids(mine) == [2, 4]
    assert flock[0] not in mine
    assert ids(flock) == [1, 2, 3, 4]


def test_a_set_takes_no_agents_of_another_model(flock: Flock):
    other = Flock(mesa.Model(rng=1), Herd())

    with pytest.raises(SimError, match="is no Sheep of this model"):
        flock | other


def test_keywords_must_all_hold(flock: Flock):
    assert ids(flock.select(colour="red", lame=False)) == [4]
    assert ids(flock.select(marks=("red", "green"))) == [1, 3]
    assert ids(flock.select(lambda sheep: sheep.row > 0, marks=("red", "green"))) == [3]


def test_an_unknown_label_is_named_with_the_nearest(flock: Flock):
    with pytest.raises(SimError, match="unknown colour 'gren'; did you mean 'green'"):
        flock.select(colour="gren")
    with pytest.raises(SimError, match="unknown colour '2'"):
        flock.select(colour=2)


def test_an_unknown_column_is_named_with_the_nearest(flock: Flock):
    for ask in (
        lambda: flock.select(color="red"),
        lambda: flock.array("color"),
        lambda: flock.set("color", "red"),
    ):
        with pytest.raises(AttributeError, match="Sheep has no column 'color'; did you mean 'col"):
            ask()


def test_a_value_of_the_wrong_shape_is_refused(flock: Flock):
    with pytest.raises(SimError, match=r"'legs' of an agent cannot be \[4, 3, 4, 4\]"):
        flock.select(legs=[4, 3, 4, 4])
    with pytest.raises(SimError, match="'marks' of an agent cannot be 'red'"):
        flock.select(marks="red")


@pytest.mark.parametrize("mask", [np.array([True]), np.array([0, 1, 0, 1])])
def test_a_mask_fits_the_members(flock: Flock, mask: NDArray[Any]):
    with pytest.raises(SimError, match="a mask for 4 agents must be 4 booleans"):
        flock.select(mask)


def test_arrays_cannot_be_written_to(flock: Flock):
    for agents in flock, flock.select(lame=False):
        for name in flock.attributes():
            assert not agents.array(name).flags.writeable

    assert flock.columns.legs.flags.writeable


def test_small_whole_numbers_do_not_wrap_round(flock: Flock):
    assert flock.agg("legs", np.diff).tolist() == [-1, 1, 0]


def test_numpys_functions_get_the_array_and_others_the_list(flock: Flock):
    seen = flock.agg("legs", [type, np.shape])

    assert seen == [list, (4,)]


def test_a_column_is_set_for_all_or_for_each(flock: Flock):
    assert flock.set("legs", 2).get("legs") == [2, 2, 2, 2]
    assert flock.select(colour="red").set("legs", [6, 7]).get("legs") == [6, 7]
    assert flock.get("legs") == [2, 6, 2, 7]


def test_methods_are_called_by_name(flock: Flock):
    assert flock.map("bleat", times=2) == ["blue baba", "red baba", "green baba", "red baba"]


def test_columns_of_several_parts_group_and_sort(flock: Flock):
    groups = flock.groupby("marks").map(ids)

    assert groups == {("red", "green"): [1, 3], ("green", "green"): [2], ("blue", "red"): [4]}
    assert ids(flock.sort("marks", ascending=True)) == [4, 2, 1, 3]


@pytest.mark.parametrize("collecting", [True, False])
def test_listing_leaves_the_collector_as_it_was(flock: Flock, collecting: bool):
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        flock.to_list()
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_a_set_says_what_it_is(flock: Flock):
    assert repr(flock.select(colour="red")) == "Flock(2 of 4)"
    assert Flock.attributes() == ["colour", "legs", "marks", "lame"]
