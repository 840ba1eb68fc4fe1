"""An agent in columns: a view of one row, each attribute defined once, over arrays."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn, Protocol, Self, overload

import numpy as np
from mesa import Agent, Model
from numpy.typing import NDArray

from sim.core.errors import SimError, did_you_mean

type Where = int | slice | NDArray[np.int64]


class Members(Protocol):
    """What a view needs to know of the set that it was made by."""

    @property
    def model(self) -> Model:
        """Return the model that the agents live in."""

    @property
    def columns(self) -> Any:
        """Return the object that holds the arrays."""

    def attributes(self) -> list[str]:
        """Return the names of the columns."""


class Column[S, T]:
    """An attribute of the agents whose state is held by an `S`; of type `T` for one agent.

    Parameters
    ----------
    read : (columns, where) -> values there, (agents,) or (agents, parts). One definition for
        all, some or one: `where` is anything that indexes the arrays. A `T` that is a tuple
        has parts.
    labels : the names behind the values, where those are codes; `T` is then text.
    write : stores values at a place; without it the attribute is read-only.
    """

    def __init__(
        self,
        read: Callable[[S, Where], Any],
        labels: Sequence[str] | Callable[[S], Sequence[str]] | None = None,
        write: Callable[[S, Where, Any], None] | None = None,
    ) -> None:
        self.read = read
        self._labels = labels
        self._write = write
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, agent: None, owner: type) -> Self: ...

    @overload
    def __get__(self, agent: "ColumnAgent", owner: type) -> T: ...

    def __get__(self, agent: "ColumnAgent | None", owner: type) -> Self | T:
        if agent is None:
            return self
        value: T = self._named(agent.columns, [self.read(agent.columns, agent.row).tolist()])[0]
        return value

    def __set__(self, agent: "ColumnAgent", value: object) -> None:
        self.store(agent.columns, agent.row, value)

    def store(self, columns: S, where: Where, value: object) -> None:
        """Write one value for all places, or one for each; refuse where read-only."""
        if self._write is None:
            raise AttributeError(f"'{self.name}' is read-only")
        self._write(columns, where, value)

    def values(self, columns: S, where: Where) -> list[T]:
        """Return what each agent would return, in plain Python types."""
        return self._named(columns, self.read(columns, where).tolist())

    def array(self, columns: S, where: Where) -> NDArray[Any]:
        """Return the values as an array that cannot be written to.

        Whole numbers come in 64 bits, as they would from a list of Python's: in the 8 bits
        that a column may be stored in, a difference of two would wrap round.
        """
        values = np.asarray(self.read(columns, where))
        if self._labels is not None:
            values = np.asarray(self._names(columns))[values]
        elif values.dtype.kind in "iu":
            values = values.astype(np.int64, copy=False)
        shown = values.view()
        shown.flags.writeable = False
        return shown

    def ranks(self, columns: S, where: Where) -> NDArray[Any]:
        """Return numbers that are equal and ordered as the values are: (agents,)."""
        values = np.asarray(self.read(columns, where))
        if self._labels is not None:
            values = np.unique(self._names(columns), return_inverse=True)[1][values]
        if values.ndim > 1:
            values = np.unique(values, axis=0, return_inverse=True)[1].reshape(-1)
        return values

    def equals(self, columns: S, where: Where, value: Any) -> NDArray[np.bool_]:
        """Return which agents have this value: (agents,); an unknown label is a `SimError`."""
        values = np.asarray(self.read(columns, where))
        wanted = value if self._labels is None else self._codes(self._names(columns), value)
        if np.shape(wanted) != values.shape[1:]:
            raise SimError(f"'{self.name}' of an agent cannot be {value!r}")
        return np.asarray(values == wanted).reshape(len(values), -1).all(axis=1)

    def _names(self, columns: S) -> Sequence[str]:
        if callable(self._labels):
            return self._labels(columns)
        return () if self._labels is None else self._labels

    def _codes(self, labels: Sequence[str], value: Any) -> Any:
        if isinstance(value, tuple | list):
            return [self._codes(labels, part) for part in value]
        if value not in labels:
            raise SimError(f"unknown {self.name} '{value}'{did_you_mean(str(value), labels)}")
        return labels.index(value)

    def _named(self, columns: S, values: list[Any]) -> list[Any]:
        """Return codes as labels and parts as tuples."""
        parts = bool(values) and isinstance(values[0], list)
        if self._labels is None:
            return list(map(tuple, values)) if parts else values
        labels = self._names(columns)
        if parts:
            return [tuple(labels[code] for code in codes) for codes in values]
        return [labels[code] for code in values]


class ColumnAgent(Agent):
    """One row of a `ColumnSet`, seen as a Mesa agent; equal to every other view of that row.

    Subclasses declare their attributes as `Column`s. Nothing is stored in the view: what is
    read comes from the arrays as they are now, what is set goes into them.
    """

    __slots__ = ("_members", "row")

    _members: Members
    row: int
    pos: ClassVar[None] = None  # Mesa's place in a space: these agents have none

    def __init__(self, members: Members, row: int) -> None:
        # Mesa's own constructor would register the agent, and so keep a million of them.
        object.__setattr__(self, "_members", members)
        object.__setattr__(self, "row", row)

    @property
    def model(self) -> Model:
        """Return the model that the agent lives in."""
        return self._members.model

    @property
    def columns(self) -> Any:
        """Return the object that holds the arrays."""
        return self._members.columns

    @property
    def unique_id(self) -> int:
        """Return the agent's number among its kind, from 1, for life."""
        return self.row + 1

    def remove(self) -> NoReturn:
        """Refuse with a `SimError`: rows keep their place for life."""
        kind = type(self).__name__
        raise SimError(f"{kind} {self.unique_id} cannot be removed: rows keep their place for life")

    def __setattr__(self, name: str, value: object) -> None:
        # Anything else would land in this view alone and be gone with it.
        if not isinstance(getattr(type(self), name, None), Column):
            raise AttributeError(f"a {type(self).__name__} has no column '{name}' to set")
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[type, int, int]:
        return type(self), id(self._members.model), self.row

    def __reduce__(self) -> tuple[type[Self], tuple[Members, int]]:
        return type(self), (self._members, self.row)

    def __repr__(self) -> str:
        facts = [f"{name}={getattr(self, name)!r}" for name in self._members.attributes()]
        return f"{type(self).__name__}({', '.join([str(self.unique_id), *facts])})"
