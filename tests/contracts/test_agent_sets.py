"""Agents in columns answer every question as a plain Mesa AgentSet of the same agents does."""

import copy
import pickle
import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agentset import AbstractAgentSet, AgentSet, GroupBy

from sim.agents.partners import Partner, PartnerSet
from sim.agents.users import User, UserSet
from sim.market.names import CARRIERS, CATEGORIES
from sim.market.partners import PartnerBook
from sim.market.population import PARTS_OF_A_LINE, Population
from sim.market.rows import Rows
from sim.market.segments import Labels, Segments

LABELS = Labels(
    provinces=("GD", "BJ", "XZ"),
    incomes=("low", "high"),
    tiers=2,
    lifestyles=("viewer", "reader"),
    plans=("voice_only", "small", "large"),
    carriers=CARRIERS,
)
MEMBERS, OFFERS = 47, 9

# Mesa 3.5 warns of indexing, also where Python's own Sequence does it.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")


def segments() -> Segments:
    n = np.arange(24)
    return Segments(
        province=(n // 8).astype(np.uint8),
        income=(n // 4 % 2).astype(np.uint8),
        tier=(n // 2 % 2).astype(np.uint8),
        style=(n % 2).astype(np.uint8),
        weight=np.full(24, 1 / 24),
        theta=(n * 37 % 101) / 7.0,
        alpha=np.full(24, 0.06),
        knows=n % 4 == 0,
    )


def filled(people: Population) -> Population:
    """Return the population with something different in nearly every cell."""
    cell = np.arange(people.lines.size).reshape(people.lines.shape)
    people.rollover = cell * 31 % 53
    people.usage = cell * 977 % 1009
    people.bill = cell * 13 % 10 * 100
    people.shocked = (cell % 5 == 1) * 500_000
    return people


def population(rows: int = MEMBERS) -> Population:
    """Return users who draw for themselves: with a device, on every level and offer."""
    row = np.arange(rows)
    state = (1 + row % 4) * OFFERS + row * 11 % OFFERS
    drawn = Rows((row * 7 % 24).astype(np.uint16), state.astype(np.uint8))
    people = Population(segments(), LABELS, np.zeros((24, 5, OFFERS), np.int64), 1, drawn)
    people.lines = people.counted(1_000 * rows + rows // 2)
    return filled(people)


def cells() -> Population:
    """Return as many cells as there are members in the other sets, nearly."""
    lines = np.arange(1, 1 + 3 * 5 * 3).reshape(3, 5, 3) * 12_345
    one_plan = replace(LABELS, plans=("voice_only",))
    few = Segments(*(column[[0, 9, 22]] for column in segments()))
    return filled(Population(few, one_plan, lines, PARTS_OF_A_LINE))


def book(rows: int = MEMBERS) -> PartnerBook:
    row = np.arange(rows)
    partners = PartnerBook(
        category=(row * 3 % 8).astype(np.uint8),
        reach=1.0 / (1.0 + row),
        value=(row * 37 % 101) / 7.0,
        estimate=(row * 31 % 97) / 7.0,
        budget=(row * 13 % 10) * 1e6,
        rank=row / rows,
        direct_only=row % 4 == 3,
    )
    partners.aware = row % 5 != 1
    partners.channel = np.stack([row % 4, row % 3, row % 2], axis=1).astype(np.int8)
    partners.fraction = np.stack([row % 2, row % 3, row % 2], axis=1) / 2.0
    return partners


class PlainAgent(mesa.Agent):
    """An ordinary Mesa agent with whatever attributes it is given."""

    def __init__(self, model: mesa.Model, facts: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(facts)


class Kind(NamedTuple):
    """A kind of agent, and attributes of it to ask for."""

    make: Callable[[mesa.Model], Any]
    attributes: list[str]
    text: str
    value: str
    number: str
    fraction: str
    flag: str


USERS = Kind(
    make=lambda model: UserSet(model, population()),
    attributes=UserSet.attributes(),
    text="carrier",
    value=CARRIERS[1],
    number="bill",
    fraction="usage_scale",
    flag="shocked",
)
CELLS = Kind(
    make=lambda model: UserSet(model, cells()),
    attributes=UserSet.attributes(),
    text="carrier",
    value=CARRIERS[1],
    number="bill",
    fraction="usage_scale",
    flag="shocked",
)
PARTNERS = Kind(
    make=lambda model: PartnerSet(model, book()),
    attributes=PartnerSet.attributes(),
    text="category",
    value=CATEGORIES[1],
    number="budget",
    fraction="value",
    flag="aware",
)


every_kind = pytest.mark.parametrize(
    "kind", [USERS, CELLS, PARTNERS], ids=["users", "cells", "partners"]
)


class Twins(NamedTuple):
    """The same agents twice: in columns, and as Mesa's objects, held here."""

    columns: Any
    plain: Any
    held: list[PlainAgent]


def twins(kind: Kind) -> Twins:
    members = kind.make(mesa.Model(rng=7))
    other = mesa.Model(rng=7)
    facts = [{name: getattr(agent, name) for name in kind.attributes} for agent in members]
    held = [PlainAgent(other, each) for each in facts]
    return Twins(members, AgentSet(held, random=other.random), held)


def plainly(answer: Any) -> Any:
    """Return an answer with numbers for agents and lists for sets, to compare."""
    if isinstance(answer, mesa.Agent):
        return ("agent", answer.unique_id)
    if isinstance(answer, GroupBy):
        return [(key, plainly(group)) for key, group in answer]
    if isinstance(answer, dict):
        return [(key, plainly(value)) for key, value in answer.items()]
    if isinstance(answer, AbstractAgentSet | list):
        return [plainly(each) for each in answer]
    if isinstance(answer, np.ndarray):
        return answer.tolist()
    return answer


def collected(agents: Any, ask: Callable[[Any, Callable[..., None]], Any]) -> list[Any]:
    """Return what a function was called with, agent by agent, and what `ask` returned."""
    seen: list[Any] = []

    def note(agent: Any, *args: Any, **kwargs: Any) -> None:
        seen.append((agent.unique_id, args, kwargs))

    returned = ask(agents, note)
    return [seen, returned is agents]


def narrowed(agents: Any, **how: Any) -> list[Any]:
    """Return a copy narrowed in place, and whether the same object came back."""
    mine = copy.copy(agents)
    return [mine.select(inplace=True, **how) is mine, mine, agents]


def ordered(agents: Any, method: str, *args: Any) -> list[Any]:
    mine = copy.copy(agents)
    return [getattr(mine, method)(*args, inplace=True) is mine, mine, agents]


def rich(kind: Kind) -> Callable[[Any], bool]:
    return lambda agent: getattr(agent, kind.number) > 300


QUESTIONS: dict[str, Callable[[Any, Kind], Any]] = {
    "len": lambda s, k: len(s),
    "iteration": lambda s, k: list(s),
    "iteration backwards": lambda s, k: list(reversed(s)),
    "to_list": lambda s, k: s.to_list(),
    "first": lambda s, k: s[0],
    "last": lambda s, k: s[-1],
    "slice": lambda s, k: s[30:2:-3],
    "contains its own": lambda s, k: [agent in s for agent in s],
    "contains of a part": lambda s, k: [agent in s.select(rich(k)) for agent in s],
    "contains another thing": lambda s, k: "agent" in s,
    "place of a member": lambda s, k: s.index(s.to_list()[11]),
    "copy": lambda s, k: copy.copy(s),
    "select everything": lambda s, k: s.select(),
    "select everything in place": lambda s, k: s.select(inplace=True) is s,
    "select by function": lambda s, k: s.select(rich(k)),
    "select nobody": lambda s, k: s.select(lambda agent: False),
    "select some": lambda s, k: s.select(at_most=5),
    "select more than there are": lambda s, k: s.select(at_most=500),
    "select less than none": lambda s, k: s.select(at_most=-1),
    "select none": lambda s, k: s.select(at_most=0),
    "select one": lambda s, k: s.select(at_most=1),
    "select the whole fraction": lambda s, k: s.select(at_most=1.0),
    "select a fraction": lambda s, k: s.select(at_most=0.3),
    "select a fraction less than none": lambda s, k: s.select(at_most=-0.5),
    "select a number that is not whole": lambda s, k: s.select(at_most=2.5),
    "select some by function": lambda s, k: s.select(rich(k), at_most=4),
    "select a fraction by function": lambda s, k: s.select(rich(k), at_most=0.2),
    "select by type": lambda s, k: s.select(agent_type=mesa.Agent),
    "select by another type": lambda s, k: s.select(agent_type=mesa.Model),
    "select by type and function": lambda s, k: s.select(rich(k), agent_type=mesa.Agent),
    "select in place": lambda s, k: narrowed(s, filter_func=rich(k)),
    "select some in place": lambda s, k: narrowed(s, at_most=3),
    "select twice": lambda s, k: s.select(rich(k)).select(lambda a: a.unique_id > 9, at_most=4),
    "get": lambda s, k: s.get(k.number),
    "get text": lambda s, k: s.get(k.text),
    "get every attribute": lambda s, k: s.get(k.attributes),
    "get number of the agent": lambda s, k: s.get(["unique_id", k.text]),
    "get no attribute": lambda s, k: s.get([]),
    "get of a part": lambda s, k: s.select(rich(k)).get([k.number, k.flag]),
    "get a missing one": lambda s, k: s.get("height", "default", 3),
    "get some missing ones": lambda s, k: s.get(["height", k.number], handle_missing="default"),
    "get none missing": lambda s, k: s.get(k.number, handle_missing="default", default_value=1),
    "agg mean": lambda s, k: s.agg(k.fraction, np.mean),
    "agg Python's sum": lambda s, k: s.agg(k.fraction, sum),
    "agg Python's mean": lambda s, k: s.agg(k.number, statistics.mean),
    "agg several": lambda s, k: s.agg(k.number, [min, max, sum, np.median, len]),
    "agg quantile": lambda s, k: s.agg(k.fraction, partial(np.quantile, q=0.9)),
    "agg differences": lambda s, k: s.agg(k.number, np.diff),
    "agg text": lambda s, k: s.agg(k.text, np.unique),
    "agg by a function of a list": lambda s, k: s.agg(k.text, lambda values: values.count("video")),
    "agg number of the agent": lambda s, k: s.agg("unique_id", max),
    "agg of a part": lambda s, k: s.select(rich(k)).agg(k.fraction, np.sum),
    "groupby text": lambda s, k: s.groupby(k.text),
    "groupby number": lambda s, k: s.groupby(k.number),
    "groupby flag": lambda s, k: s.groupby(k.flag),
    "groupby function": lambda s, k: s.groupby(lambda agent: agent.unique_id % 3),
    "groupby number of the agent": lambda s, k: s.groupby("unique_id"),
    "groupby in lists": lambda s, k: s.groupby(k.text, result_type="list"),
    "groupby of a part": lambda s, k: s.select(rich(k)).groupby(k.text),
    "groupby function of a part": lambda s, k: s.select(rich(k)).groupby(lambda a: a.unique_id % 3),
    "groupby of nobody": lambda s, k: s.select(at_most=0).groupby(k.text),
    "groups": lambda s, k: len(s.groupby(k.text)),
    "group count": lambda s, k: s.groupby(k.text).count(),
    "group agg": lambda s, k: s.groupby(k.text).agg(k.fraction, np.mean),
    "group agg Python's sum": lambda s, k: s.groupby(k.text).agg(k.fraction, sum),
    "group agg in lists": lambda s, k: s.groupby(k.text, "list").agg(k.number, max),
    "group map": lambda s, k: s.groupby(k.text).map(len),
    "group map by name": lambda s, k: s.groupby(k.text).map("get", k.number),
    "group do": lambda s, k: collected(s, lambda a, note: a.groupby(k.text).do("do", note) and a),
    "sort falling": lambda s, k: s.sort(k.number),
    "sort rising": lambda s, k: s.sort(k.number, ascending=True),
    "sort by text": lambda s, k: s.sort(k.text),
    "sort by text, rising": lambda s, k: s.sort(k.text, ascending=True),
    "sort by flag": lambda s, k: s.sort(k.flag),
    "sort by function": lambda s, k: s.sort(lambda agent: agent.unique_id * 7 % 10),
    "sort by path": lambda s, k: s.sort("model.time"),
    "sort in place": lambda s, k: ordered(s, "sort", k.number),
    "sort of a part": lambda s, k: s.select(rich(k)).sort(k.number),
    "map": lambda s, k: s.map(lambda agent, more: agent.unique_id + more, more=5),
    "map by name": lambda s, k: s.map("__getattribute__", k.number),
    "do": lambda s, k: collected(s, lambda a, note: a.do(note, 1, two=2)),
    "do by name": lambda s, k: s.do("step") is s,
    "shuffle": lambda s, k: s.shuffle(),
    "shuffle in place": lambda s, k: ordered(s, "shuffle"),
    "shuffle twice": lambda s, k: s.shuffle().shuffle(),
    "shuffle_do": lambda s, k: collected(s, lambda a, note: a.shuffle_do(note, 1, two=2)),
    "shuffle_do by name": lambda s, k: s.shuffle_do("step") is s,
    "and": lambda s, k: s & s.select(rich(k)),
    "or": lambda s, k: s.select(at_most=3) | s.select(rich(k)),
    "without": lambda s, k: s - s.select(rich(k)),
    "either": lambda s, k: s.select(at_most=9) ^ s.select(rich(k)),
    "equal": lambda s, k: [s == copy.copy(s), s == s.select(at_most=3)],
    "below": lambda s, k: s.select(at_most=3) <= s,
    "disjoint": lambda s, k: s.isdisjoint(s.select(rich(k))),
}


@every_kind
@pytest.mark.parametrize("question", QUESTIONS)
def test_columns_answer_as_mesa_does(kind: Kind, question: str):
    ask = QUESTIONS[question]
    both = twins(kind)

    assert plainly(ask(both.columns, kind)) == plainly(ask(both.plain, kind))


MISTAKES: dict[str, tuple[Callable[[Any, Kind], Any], type[Exception]]] = {
    "get": (lambda s, k: s.get("height"), AttributeError),
    "get several": (lambda s, k: s.get([k.number, "height"]), AttributeError),
    "get with a wrong option": (lambda s, k: s.get(k.number, "sometimes"), ValueError),
    "agg": (lambda s, k: s.agg("height", max), AttributeError),
    "groupby": (lambda s, k: s.groupby("height"), AttributeError),
    "sort": (lambda s, k: s.sort("height"), AttributeError),
    "do": (lambda s, k: s.do("grow"), AttributeError),
    "map": (lambda s, k: s.map("grow"), AttributeError),
    "beyond the end": (lambda s, k: s[len(s)], IndexError),
    "not a place": (lambda s, k: s["first"], TypeError),
}


@every_kind
@pytest.mark.parametrize("mistake", MISTAKES)
def test_columns_fail_where_mesa_fails(kind: Kind, mistake: str):
    ask, error = MISTAKES[mistake]
    both = twins(kind)

    for agents in both.columns, both.plain:
        with pytest.raises(error):
            ask(agents, kind)


def test_set_writes_what_mesa_would_write():
    both = twins(USERS)

    for agents in both.columns, both.plain:
        assert agents.set("offer", 7) is agents
        agents.select(lambda user: user.usage_tier == 1).set("offer", 5)

    assert both.columns.get("offer") == both.plain.get("offer")
    assert set(both.columns.get("offer")) == {5, 7}


@every_kind
def test_keywords_and_masks_select_as_functions_do(kind: Kind):
    agents = kind.make(mesa.Model(rng=7))

    by_function = agents.select(lambda agent: getattr(agent, kind.text) == kind.value, at_most=4)
    by_keyword = agents.select(at_most=4, **{kind.text: kind.value})
    by_mask = agents.select(agents.array(kind.text) == kind.value, at_most=4)

    assert plainly(by_function) == plainly(by_keyword) == plainly(by_mask)
    assert len(by_keyword) == 4


@every_kind
def test_arrays_hold_what_agents_say(kind: Kind):
    agents = kind.make(mesa.Model(rng=7)).shuffle()

    for name in kind.attributes:
        said = [getattr(agent, name) for agent in agents]
        shape = (len(agents), *np.shape(said)[1:])
        assert agents.array(name).shape == shape
        assert agents.get(name) == said
        assert np.array_equal(agents.array(name), np.array(said))


@every_kind
def test_sets_and_agents_are_mesas(kind: Kind):
    agents = kind.make(mesa.Model(rng=7))

    assert isinstance(agents, AbstractAgentSet)
    assert all(isinstance(agent, mesa.Agent) for agent in agents)
    assert isinstance(agents.groupby(kind.text), GroupBy)
    assert all(type(group) is type(agents) for _, group in agents.groupby(kind.text))


def test_a_model_may_keep_them_by_type_without_registering_each():
    model = mesa.Model(rng=7)
    model.users, model.partners = UserSet(model, population()), PartnerSet(model, book())
    model.agents_by_type.update({User: model.users, Partner: model.partners})

    model.users.to_list()

    assert model.agents_by_type[User] is model.users
    assert model.agents_by_type[Partner] is model.partners
    assert len(model.agents) == 0


@every_kind
def test_sets_survive_pickling(kind: Kind):
    agents = kind.make(mesa.Model(rng=7)).sort(kind.number)

    again = pickle.loads(pickle.dumps(agents))  # noqa: S301  made on the line itself

    assert again.get(kind.attributes) == agents.get(kind.attributes)
    assert again.to_list()[0] in again
    assert again.to_list()[0] not in agents


@given(st.lists(st.integers(0, 5 * OFFERS - 1), min_size=1, max_size=12), st.integers(1, 5))
def test_any_columns_group_and_sort_as_mesa_does(states: list[int], bills: int):
    people = population(len(states))
    people.rows.state[:] = states
    people.bill %= bills * 100
    users, model = UserSet(mesa.Model(rng=7), people), mesa.Model(rng=7)
    held = [
        PlainAgent(model, {"carrier": user.carrier, "plan": user.plan, "bill": user.bill})
        for user in users
    ]
    plain = AgentSet(held, random=model.random)

    for name in "carrier", "plan", "bill":
        assert plainly(users.groupby(name)) == plainly(plain.groupby(name))
        assert plainly(users.sort(name)) == plainly(plain.sort(name))
        assert plainly(users.sort(name, True)) == plainly(plain.sort(name, True))
