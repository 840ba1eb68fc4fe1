"""Agents held in columns: Mesa's agent and agent set over arrays, one row an agent.

A million Mesa agents as objects would cost a gigabyte and a second for every question put
to them. Here the state lives in numpy arrays; an agent is a light view of one row, made
when somebody asks for it, and a set answers by arrays where Mesa would loop.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from functools import partial
from itertools import islice
from math import ceil, inf
from operator import attrgetter, index, methodcaller
from random import Random  # noqa: TID251  a type alone: the generator is Mesa's
from typing import Any, Literal, NoReturn, Self, overload

import numpy as np
from mesa import Agent, Model
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from sim.agents.attributes import Column, ColumnAgent
from sim.core.errors import SimError, did_you_mean

type RowIndex = NDArray[np.int64]
type Mask = NDArray[np.bool_]


class ColumnGroups(GroupBy):
    """Mesa's groups, whose members are column sets and so aggregate by arrays."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Any, Any]:
        """Return `func` of the attribute's values for each group."""
        if all(isinstance(group, ColumnSet) for group in self.groups.values()):
            return {name: group.agg(attr_name, func) for name, group in self.groups.items()}
        return dict(super().agg(attr_name, func))


class ColumnSet[A: ColumnAgent, S: Sized](AbstractAgentSet[A], Sequence[A]):
    """An ordered set of agents over columns, with all of Mesa's interface.

    `rows` are the members' rows in order; without it the set is the model's own, of all rows.
    The model's own set keeps its members; sets made from it may be narrowed in place. Single
    agents neither join nor leave. The length of `columns` is their number of rows.
    """

    agent_class: type[A]

    def __init__(self, model: Model, columns: S, rows: RowIndex | None = None) -> None:
        self.model = model
        self.columns = columns
        self._rows = rows
        self._fixed = rows is None
        self._mask: Mask | None = None

    # What the set is made of

    @property
    def random(self) -> Random:
        """Return the model's generator, for shuffles; the market itself never draws from it."""
        generator: Random = self.model.random
        return generator

    @property
    def rows(self) -> RowIndex:
        """Return the members' rows, in order: (members,)."""
        return np.arange(len(self.columns), dtype=np.int64) if self._rows is None else self._rows

    @classmethod
    def attributes(cls) -> list[str]:
        """Return the names of the columns that members have."""
        kinds = reversed(cls.agent_class.__mro__)
        names = dict.fromkeys(name for kind in kinds for name in vars(kind))
        return [name for name in names if isinstance(getattr(cls.agent_class, name), Column)]

    @property
    def _index(self) -> RowIndex | slice:
        return slice(None) if self._rows is None else self._rows

    def _column(self, name: object) -> Column[Any, Any] | None:
        found = getattr(self.agent_class, name, None) if isinstance(name, str) else None
        return found if isinstance(found, Column) else None

    def _view(self, row: int) -> A:
        return self.agent_class(self, row)

    def _with(self, rows: RowIndex) -> Self:
        return type(self)(self.model, self.columns, rows)

    def _result(self, rows: RowIndex, inplace: bool) -> Self:
        return self._become(rows) if inplace else self._with(rows)

    def _become(self, rows: RowIndex) -> Self:
        if self._fixed and len(rows) != len(self):
            kind = self.agent_class.__name__
            raise SimError(f"a model's own {kind} agents are fixed: narrow a copy of the set")
        self._rows, self._mask = rows, None
        return self

    def _rows_of(self, agents: Iterable[A]) -> RowIndex:
        members = list(dict.fromkeys(agents))
        for agent in members:
            if type(agent) is not self.agent_class or agent.model is not self.model:
                raise SimError(f"{agent!r} is no {self.agent_class.__name__} of this model")
        return np.array([agent.row for agent in members], dtype=np.int64)

    # Mesa's collection

    def __len__(self) -> int:
        return len(self.columns) if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[A]:
        rows = range(len(self.columns)) if self._rows is None else self._rows.tolist()
        return map(partial(self.agent_class, self), rows)

    def __contains__(self, agent: object) -> bool:
        if type(agent) is not self.agent_class or agent.model is not self.model:
            return False
        if self._mask is None:
            self._mask = np.zeros(len(self.columns), dtype=np.bool_)
            self._mask[self._index] = True
        return bool(self._mask[agent.row])

    @overload
    def __getitem__(self, item: int) -> A: ...

    @overload
    def __getitem__(self, item: slice) -> list[A]: ...

    def __getitem__(self, item: int | slice) -> A | list[A]:
        """Return the agent at a place, or a list of those in a slice."""
        rows = range(len(self.columns)) if self._rows is None else self._rows
        if isinstance(item, slice):
            return [self._view(int(row)) for row in rows[item]]
        return self._view(int(rows[index(item)]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} of {len(self.columns)})"

    def copy(self) -> Self:
        """Return a set of the same members that may be narrowed in place."""
        return self._with(self.rows)

    __copy__ = copy

    def _from_iterable(self, agents: Iterable[A]) -> Self:
        """Return a set of these agents, for `&`, `|`, `-` and `^` of Python's `Set`."""
        return self._with(self._rows_of(agents))

    def _update(self, agents: Iterable[A]) -> Self:
        return self._become(self._rows_of(agents))

    def add(self, agent: A) -> NoReturn:
        """Refuse with a `SimError`."""
        raise SimError(f"{agent!r} cannot be added: make another set with select()")

    def discard(self, agent: A) -> NoReturn:
        """Refuse with a `SimError`."""
        raise SimError(f"{agent!r} cannot be taken out: make another set with select()")

    def remove(self, agent: A) -> NoReturn:
        """Refuse with a `SimError`."""
        self.discard(agent)

    def to_list(self) -> list[A]:
        """Return all members as a list of views."""
        # The collector would walk the growing list again and again, three quarters of the
        # time for a million views, and not one of them is garbage.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return list(self)
        finally:
            if collecting:
                gc.enable()

    # Mesa's questions

    def select(
        self,
        filter_func: Callable[[A], bool] | Mask | None = None,
        at_most: int | float = inf,
        inplace: bool = False,
        agent_type: type[Agent] | None = None,
        **equal: Any,
    ) -> Self:
        """Return the members that pass every test, or narrow this set to them in place.

        Beside a function of an agent, `filter_func` may be a mask (members,); keywords ask
        for columns that equal a value: `users.select(carrier="mobile", shocked=True)`.
        `at_most` is a number of agents, or as a float up to 1 a fraction of this set.
        """
        keep = np.full(len(self), agent_type is None or issubclass(self.agent_class, agent_type))
        for name, value in equal.items():
            keep &= self._declared(name).equals(self.columns, self._index, value)
        if isinstance(filter_func, np.ndarray):
            keep &= self._checked(filter_func)
            filter_func = None
        rows, limit = self.rows[keep], self._limit(at_most)
        if filter_func is None:
            return self._result(rows[:limit], inplace)
        passing = (row for row in rows.tolist() if filter_func(self._view(row)))
        return self._result(np.fromiter(islice(passing, limit), dtype=np.int64), inplace)

    def _limit(self, at_most: int | float) -> int | None:
        if isinstance(at_most, float) and at_most <= 1.0:
            return max(0, int(len(self) * at_most))
        return None if at_most == inf else max(0, ceil(at_most))

    def _checked(self, mask: Mask) -> Mask:
        if mask.dtype.kind != "b" or mask.shape != (len(self),):
            raise SimError(f"a mask for {len(self)} agents must be {len(self)} booleans")
        return mask

    def _declared(self, name: str) -> Column[Any, Any]:
        column = self._column(name)
        if column is None:
            hint = did_you_mean(name, self.attributes())
            raise AttributeError(f"{self.agent_class.__name__} has no column '{name}'{hint}")
        return column

    def array(self, name: str) -> NDArray[Any]:
        """Return a column's values, read-only: (members,) or (members, parts)."""
        return self._declared(name).array(self.columns, self._index)

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return the attribute of each member, or a list of several for each member."""
        if handle_missing not in ("error", "default"):
            raise ValueError(
                f"Unknown handle_missing option: {handle_missing}, "
                "should be one of 'error' or 'default'"
            )
        default = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._values(attr_names, default)
        if not attr_names:
            return [[] for _ in range(len(self))]
        lists = [self._values(name, default) for name in attr_names]
        return [list(values) for values in zip(*lists, strict=True)]

    def _values(self, name: str, default: tuple[Any, ...]) -> list[Any]:
        column = self._column(name)
        if column is not None:
            return column.values(self.columns, self._index)
        return [getattr(agent, name, *default) for agent in self]

    def set(self, attr_name: str, value: Any) -> Self:
        """Set a writable column to one value for all members, or to one for each."""
        self._declared(attr_name).store(self.columns, self._index, value)
        return self

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return a function of the attribute's values, or a list for several functions.

        Numpy's functions get the array. Any other gets Mesa's list: Python's `sum` or
        `statistics.mean` give other numbers for an array than for a list.
        """
        if not callable(func):
            return [self.agg(attribute, each) for each in func]
        if self._column(attribute) is not None and _is_numpy(func):
            return func(self.array(attribute))
        return func(self.get(attribute))

    def groupby(
        self,
        by: Callable[[A], Any] | str,
        result_type: Literal["agentset", "list"] = "agentset",
    ) -> ColumnGroups:
        """Group members by an attribute or a function, in the order of first appearance."""
        groups = {key: self._with(rows) for key, rows in self._groups(by)}
        if result_type == "list":
            return ColumnGroups({key: group.to_list() for key, group in groups.items()})
        return ColumnGroups(groups)

    def _groups(self, by: Callable[[A], Any] | str) -> list[tuple[Any, RowIndex]]:
        column = self._column(by)
        if column is None or not len(self):
            places: dict[Any, list[int]] = {}
            for place, key in enumerate(self.map(attrgetter(by) if isinstance(by, str) else by)):
                places.setdefault(key, []).append(place)
            return [(key, self.rows[place]) for key, place in places.items()]
        ranks = column.ranks(self.columns, self._index)
        order = np.argsort(ranks, kind="stable")
        starts = np.flatnonzero(np.diff(ranks[order])) + 1
        parts = sorted(np.split(order, starts), key=lambda part: int(part[0]))
        keys = column.values(self.columns, self.rows[[part[0] for part in parts]])
        return [(key, self.rows[part]) for key, part in zip(keys, parts, strict=True)]

    # Mesa's orders

    def shuffle(self, inplace: bool = False) -> Self:
        """Return the members in random order, the one that Mesa would give."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._result(np.array(rows, dtype=np.int64), inplace)

    def sort(
        self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> Self:
        """Return the members by an attribute or a function; equal ones keep their order."""
        return self._result(self.rows[self._order(key, ascending)], inplace)

    def _order(self, key: Callable[[A], Any] | str, ascending: bool) -> RowIndex:
        column = self._column(key)
        if column is None:
            keys = self.map(attrgetter(key) if isinstance(key, str) else key)
            places = range(len(keys))
            return np.array(sorted(places, key=keys.__getitem__, reverse=not ascending), np.int64)
        ranks = column.ranks(self.columns, self._index)
        if ascending:
            return np.argsort(ranks, kind="stable")
        # From the back, so that equal members keep their order in a falling sort too.
        return len(ranks) - 1 - np.argsort(ranks[::-1], kind="stable")[::-1]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or a function on each member."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or a function on each member, in random order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method or a function called on each member."""
        if isinstance(method, str):
            return list(map(methodcaller(method, *args, **kwargs), self))
        return [method(agent, *args, **kwargs) for agent in self]


def _is_numpy(func: Callable[..., Any]) -> bool:
    inner = func.func if isinstance(func, partial) else func
    home = getattr(inner, "__module__", None) or type(inner).__module__
    return str(home).partition(".")[0] == "numpy"
