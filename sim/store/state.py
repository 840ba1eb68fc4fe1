"""A world as a tree of JSON and named arrays, field by field: no pickle, nothing implied.

Whatever is declared as a field of `World`, or of a part of it, goes along; a value of a kind
that has no form here is an error, never left out. What comes back has the same bits, shared
arrays shared, and the same order in memory, on which the sum over an axis may depend.
"""

import copy
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeAliasType, cast, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sim.market.tables import stacked
from sim.market.world import World

type Array = NDArray[Any]
type Tree = Any  # what JSON can hold

PLAIN = (bool, int, float, str, type(None))


class UnwritableError(TypeError):
    """A world holds something that has no written form: give it one, or keep it elsewhere."""


def taken_apart(world: World) -> tuple[Tree, dict[str, Array]]:
    """Return a world as a tree, and its arrays by the names that the tree calls them.

    Arrays are the world's own, not copies, but for what was recorded: its blocks are stacked.
    """
    whole = copy.copy(world)
    whole.records = {table: [stacked(blocks)] for table, blocks in world.records.items() if blocks}
    writing = _Writing()
    return writing.tree(whole, "world"), writing.arrays


def put_together(tree: Tree, arrays: Mapping[str, Array]) -> World:
    """Return the world that was taken apart; a `ValueError` if the tree is not a world's."""
    world = _Reading(arrays).value(tree)
    if not isinstance(world, World):
        raise ValueError(f"it holds a {type(world).__name__}, not a World")
    return world


class _Writing:
    """Collects the arrays while the tree is made."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self._names: dict[int, str] = {}  # by identity: a shared array is written once

    def tree(self, value: Any, path: str) -> Tree:
        if type(value) in PLAIN:
            return value
        if isinstance(value, np.ndarray):
            return {"array": self._named(value, path), "axes": _axes(value)}
        if isinstance(value, np.generic):
            return {"scalar": self._named(np.asarray(value), path)}
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        return self._parts(value, path)

    def _parts(self, value: Any, path: str) -> Tree:
        kind = type(value)
        if written_types().get(kind.__name__) is kind:
            names = field_names(kind)
            parts = {name: self.tree(getattr(value, name), f"{path}.{name}") for name in names}
            return {"type": kind.__name__, "fields": parts}
        if kind is dict:
            pairs = value.items()
            return {"dict": [[self.tree(k, path), self.tree(v, f"{path}.{k}")] for k, v in pairs]}
        if kind in (list, tuple):
            return {kind.__name__: [self.tree(v, f"{path}.{n}") for n, v in enumerate(value)]}
        raise UnwritableError(f"{path}: a {kind.__name__} cannot be written")

    def _named(self, array: Array, path: str) -> str:
        if array.dtype.hasobject:
            raise UnwritableError(f"{path}: an array of objects cannot be written")
        name = self._names.setdefault(id(array), path)
        if name not in self.arrays:
            self.arrays[name] = array.transpose(_axes(array))
        return name


def _axes(array: Array) -> list[int]:
    """Return the axes from the slowest in memory to the fastest: [0, 1, …] in C order."""
    return sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))


class _Reading:
    """Gives back values; an array that is named twice is one array."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays
        self._read: dict[str, Array] = {}

    def value(self, tree: Tree) -> Any:
        if type(tree) in PLAIN:
            return tree
        match tree:
            case {"array": name, "axes": axes}:
                return self._array(name, axes)
            case {"scalar": name}:
                return self._array(name, [])[()]
            case {"range": bounds}:
                return range(*bounds)
            case {"type": name, "fields": parts}:
                return self._whole(name, parts)
        return self._container(tree)

    def _container(self, tree: Tree) -> Any:
        match tree:
            case {"dict": pairs}:
                return {self.value(key): self.value(part) for key, part in pairs}
            case {"list": parts}:
                return [self.value(part) for part in parts]
            case {"tuple": parts}:
                return tuple(self.value(part) for part in parts)
        raise ValueError(f"it has a part of an unknown kind: {tree!r:.80}")

    def _array(self, name: str, axes: list[int]) -> Array:
        if name not in self._read:
            stored = self._arrays[name]
            self._read[name] = stored.transpose(sorted(range(len(axes)), key=axes.__getitem__))
        return self._read[name]

    def _whole(self, name: str, parts: Mapping[str, Tree]) -> Any:
        kind = written_types().get(name)
        if kind is None or set(field_names(kind)) != set(parts):
            raise ValueError(f"its {name} is not that of this program")
        values = {field: self.value(part) for field, part in parts.items()}
        if not is_dataclass(kind):
            return kind(**values)
        made = object.__new__(kind)  # as it was: what makes a new one must not run again
        for field, value in values.items():
            object.__setattr__(made, field, value)
        return made


@cache
def written_types() -> dict[str, type]:
    """Return every class with named fields that a `World` is declared to hold, itself included."""
    found: dict[str, type] = {}
    waiting: list[Any] = [World]
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, TypeAliasType):
            waiting.append(hint.__value__)
        elif isinstance(hint, type) and _has_fields(hint) and hint.__name__ not in found:
            found[hint.__name__] = hint
            waiting.extend(get_type_hints(hint).values())
        waiting.extend(get_args(hint))
    return found


def _has_fields(kind: type) -> bool:
    return is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def field_names(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass or of a named tuple."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return cast(tuple[str, ...], kind._fields)  # type: ignore[attr-defined]  # a named tuple's
