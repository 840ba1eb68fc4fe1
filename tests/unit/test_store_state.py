"""A world in parts: small enough to read, and nothing of it left out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest

from sim.market.population import FIDELITIES, Fidelity
from sim.market.tables import stacked
from sim.market.world import World
from sim.model import Market
from sim.store.state import (
    PLAIN,
    UnwritableError,
    field_names,
    put_together,
    taken_apart,
    written_types,
)
from tests.golden.runs import SEED, small
from tests.theory.small_market import one_thread

CONTAINERS = (list, dict, tuple)


def world_after(months: int, name: str, fidelity: Fidelity) -> World:
    market = Market(small(name), SEED, fidelity)
    with one_thread():
        for _ in range(months):
            market.step()
    return market.world


def again(world: World) -> World:
    """Return a world that went through text and arrays."""
    tree, arrays = taken_apart(world)
    return put_together(json.loads(json.dumps(tree)), arrays)


def same(a: Any, b: Any) -> bool:
    """Return whether two values are equal to the bit, type, order in memory and all."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        order = np.argsort(a.strides, kind="stable"), np.argsort(b.strides, kind="stable")
        alike = a.dtype == b.dtype and a.shape == b.shape and np.array_equal(*order)
        return alike and a.tobytes() == b.tobytes()
    if type(a) in written_types().values():
        return all(same(getattr(a, name), getattr(b, name)) for name in field_names(type(a)))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def without_records(world: World) -> World:
    return replace(world, records={})


def test_a_world_in_parts_can_be_read() -> None:
    world = world_after(0, "price_war", "expected")
    world.month = 3
    world.ledger.posted = {("users", "carrier", "plan fee"): 2**62}
    world.carriers.xi = np.array([0.1, np.nan, -np.inf])

    tree, arrays = taken_apart(world)

    assert tree["type"] == "World"
    assert tree["fields"]["month"] == 3
    posted = tree["fields"]["ledger"]["fields"]["posted"]
    assert posted == {"dict": [[{"tuple": ["users", "carrier", "plan fee"]}, 2**62]]}
    xi = tree["fields"]["carriers"]["fields"]["xi"]
    assert xi == {"array": "world.carriers.xi", "axes": [0]}
    assert arrays["world.carriers.xi"].tolist()[0] == 0.1
    groups = tree["fields"]["ledger"]["fields"]["groups"]
    assert ["carrier", {"range": [93, 96, 1]}] in groups["dict"]


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize(
    ("name", "months"), [("user_control", 28), ("alliance", 25), ("history", 0)]
)
def test_a_world_comes_back_as_it_was(name: str, months: int, fidelity: Fidelity) -> None:
    world = world_after(months, name, fidelity)

    back = again(world)

    assert same(without_records(world), without_records(back))
    assert {t: [stacked(b)] for t, b in world.records.items()}.keys() == back.records.keys()
    for table, blocks in world.records.items():
        assert same(stacked(blocks), stacked(back.records[table])), table


def test_what_was_recorded_goes_on_under_what_comes() -> None:
    """A block of stacked rows, then one in which a scalar stands for all of its rows."""
    first = {"month": "2015-01", "lines": np.array([1, 2])}
    later = {"month": "2015-02", "lines": [3]}

    whole = stacked([stacked([first]), later])

    assert whole["month"].tolist() == ["2015-01", "2015-01", "2015-02"]
    assert same(whole, stacked([first, later]))


def test_the_order_in_memory_comes_back() -> None:
    """numpy adds up an array in the order of its memory: other order, other bits."""
    world = world_after(0, "price_war", "expected")
    cube = np.arange(24.0).reshape(2, 3, 4)
    world.carriers.delay = np.asfortranarray(cube[0])
    world.carriers.capacity = cube.transpose(2, 0, 1)

    back = again(world).carriers

    assert same(back.delay, world.carriers.delay)
    assert back.delay.flags.f_contiguous
    assert same(back.capacity, world.carriers.capacity)
    assert back.capacity.strides == world.carriers.capacity.strides


def test_shared_arrays_are_written_once_and_stay_shared() -> None:
    world = world_after(0, "price_war", "expected")
    assert world.carriers.share is world.carriers.share_before

    _, arrays = taken_apart(world)
    back = again(world).carriers

    assert "world.carriers.share_before" not in arrays
    assert back.share is back.share_before
    assert back.xi is not back.walk


def test_the_population_is_not_copied() -> None:
    world = world_after(0, "price_war", "individual")
    _, arrays = taken_apart(world)

    rows = world.population.rows
    assert rows is not None
    assert np.shares_memory(arrays["world.population.rows.segment"], rows.segment)
    assert np.shares_memory(arrays["world.population.rows.state"], rows.state)


@pytest.mark.parametrize("value", [{1, 2}, object(), np.array([{}]), 1j, b"bytes"])
def test_what_has_no_written_form_is_an_error_that_names_it(value: object) -> None:
    world = world_after(0, "price_war", "expected")
    world.carriers.memory[1] = value  # type: ignore[call-overload]

    with pytest.raises(UnwritableError, match=r"^world\.carriers\.memory\.1: "):
        taken_apart(world)


@dataclass
class Unknown:
    field: int


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"type": "Popen", "fields": {}}, "Popen is not that of this program"),
        ({"type": "World", "fields": {"month": 3}}, "World is not that of this program"),
        ({"type": "Rows", "fields": {"segment": 1, "state": 2}}, "a Rows, not a World"),
        ({"pickle": "gASV"}, "unknown kind"),
        (3, "an? int, not a World"),
    ],
    ids=str,
)
def test_a_tree_that_is_no_world_is_refused(tree: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        put_together(tree, {})


def declared(hint: Any) -> bool:
    """Return whether values of a declared type have a written form."""
    if isinstance(hint, TypeAliasType):
        return declared(hint.__value__)
    origin, parts = get_origin(hint), get_args(hint)
    if isinstance(origin, TypeAliasType):  # NDArray, in newer versions of numpy
        return declared(origin.__value__)
    if origin in (Union, UnionType, *CONTAINERS):
        return all(part is Ellipsis or declared(part) for part in parts)
    if origin in (np.ndarray, Literal) or hint in (*PLAIN, range):
        return True
    return hint in written_types().values()


def fields_of_worlds() -> list[tuple[str, str, Any]]:
    return [
        (name, field, hint)
        for name, kind in written_types().items()
        for field, hint in get_type_hints(kind).items()
        if field in field_names(kind)
    ]


@pytest.mark.parametrize(
    ("kind", "field", "hint"),
    fields_of_worlds(),
    ids=lambda part: part if type(part) is str else "",
)
def test_every_field_that_a_world_is_declared_to_hold_can_be_written(
    kind: str, field: str, hint: Any
) -> None:
    if (kind, field) == ("World", "records"):
        assert get_args(hint)[1] == list[Mapping[str, Any]]  # written as stacked tables
    else:
        assert declared(hint), f"give {hint} a form in sim/store/state.py"


def test_the_parts_of_a_world_are_found_by_their_declarations() -> None:
    found = set(written_types())

    assert {"World", "Population", "Rows", "Segments", "Labels", "PartnerBook", "Ledger"} <= found
    assert not declared(set[int])
    assert not declared(Unknown)
    assert is_dataclass(Unknown)
