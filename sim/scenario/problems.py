"""Say in plain sentences, with file and line, what the schema found wrong."""

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, Discriminator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sim.core.errors import Problem, did_you_mean
from sim.scenario.schema import Scenario
from sim.scenario.source import Node, child, walk

NOT_IN_FILES = {
    "name": "the name is that of the file; take this line out",
    "observed": "observed facts are read from the files under 'data'; take this out",
}

_ROOTS: dict[type[BaseModel], str] = {Scenario: "scenario"}

_SENTENCES = {
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of at most 18 digits",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text (a number in quotes is text)",
    "model_type": "must be keys with values",
    "model_attributes_type": "must be keys with values",
    "dict_type": "must be keys with values",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} parts",
    "literal_error": "must be {expected}",
}


def problems_in(
    error: ValidationError, tree: Node, schema: type[BaseModel] = Scenario
) -> list[Problem]:
    """Return every mistake that the schema found in a tree, each where its value was set."""
    details = error.errors(include_url=False)
    bad_keys = [detail["loc"][:-1] for detail in details if detail["loc"][-1:] == ("[key]",)]
    places = _places(tree)
    return [
        _problem(detail, tree, places, schema)
        for detail in details
        if not _inside(detail["loc"], bad_keys)
    ]


def _places(tree: Node) -> dict[str, list[str]]:
    """Return the paths at which each key stands."""
    places: dict[str, list[str]] = {}
    for path, _ in walk(tree):
        places.setdefault(path[-1], []).append(".".join(path))
    return places


def _inside(loc: tuple[int | str, ...], bad_keys: Sequence[tuple[int | str, ...]]) -> bool:
    """Return whether a place is under a key that is itself a mistake, reported already."""
    return loc[-1:] != ("[key]",) and any(loc[: len(bad)] == bad for bad in bad_keys)


def _problem(
    detail: ErrorDetails, tree: Node, places: dict[str, list[str]], schema: type[BaseModel]
) -> Problem:
    path, holder = _path_in_file(detail["loc"], schema)
    if detail["type"] == "extra_forbidden":
        what = f"unknown key '{path[-1]}'{_instead_of(path, holder, places)}"
    else:
        what = _sentence(detail, path, schema)
    if detail["type"].startswith("union_tag"):
        path = (*path, "name")
    node = _deepest(tree, path)
    return Problem(node.file, node.line, ".".join(path) or _ROOTS.get(schema, "study"), what)


def _path_in_file(
    loc: tuple[int | str, ...], schema: type[BaseModel]
) -> tuple[tuple[str, ...], Any]:
    """Return the path as written, without pydantic's marks, and the type that holds its end.

    Pydantic puts the name of the strategy chosen, "[key]" and "(form)" into its paths.
    """
    path: list[str] = []
    holder: Any = None
    kind: Any = schema
    tag_follows = False
    for part in loc:
        if tag_follows:
            kind = _rule_named(kind, part)
            tag_follows = False
        elif part != "[key]" and not str(part).startswith("("):
            path.append(str(part))
            holder = kind
            field = _fields(kind).get(str(part))
            tag_follows = field is not None and _is_chosen_by_name(field)
            kind = field.annotation if field else (get_args(kind) or (None,))[_value_type(kind)]
    return tuple(path), holder


def _is_chosen_by_name(field: FieldInfo) -> bool:
    return any(isinstance(mark, Discriminator) for mark in field.metadata)


def _value_type(kind: Any) -> int:
    """Return which argument of a generic type its values have: dict[key, value], tuple[value]."""
    return 1 if getattr(kind, "__origin__", None) is dict else 0


def _rule_named(kind: Any, name: int | str) -> Any:
    """Return the strategy class of a union that carries the name; one class is no union."""
    rules = get_args(kind) or (kind,)
    return next((rule for rule in rules if rule.model_fields["name"].default == name), None)


def _fields(kind: Any) -> dict[str, FieldInfo]:
    is_section = isinstance(kind, type) and issubclass(kind, BaseModel)
    return dict(kind.model_fields) if is_section else {}


def _deepest(tree: Node, path: Sequence[str]) -> Node:
    """Return the value at a path, or what comes nearest above it."""
    node = tree
    for key in path:
        part = child(node, key)
        if part is None:
            return node
        node = part
    return node


def _instead_of(path: tuple[str, ...], holder: Any, places: dict[str, list[str]]) -> str:
    """Return a hint at the near key of the same section, or where else the key stands."""
    siblings = _fields(holder).keys() - (NOT_IN_FILES.keys() if holder is Scenario else set())
    near = did_you_mean(path[-1], siblings)
    elsewhere = [place for place in places.get(path[-1], ()) if place != ".".join(path)]
    if len(elsewhere) == 1 and not near.startswith("; did you mean"):
        return f"; did you mean '{elsewhere[0]}'?"
    return near


def _sentence(detail: ErrorDetails, path: tuple[str, ...], schema: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in {"value_error", "assertion_error"}:
        return str(context["error"])
    if kind == "union_tag_invalid":
        known = re.findall(r"'([^']*)'", context["expected_tags"])
        return f"unknown strategy '{context['tag']:.60}'{did_you_mean(context['tag'], known)}"
    if kind in {"missing", "union_tag_not_found"}:
        top = len(path) == 1 and schema is Scenario
        hint = ", or start from another scenario with 'extends: base'" if top else ""
        return f"is missing; add it{hint}"
    if kind in _SENTENCES:
        return f"{_SENTENCES[kind].format(**context)}, is {_shown(detail['input'])}"
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, is {_shown(detail['input'])}"


def _shown(value: object) -> str:
    """Return a value in a few words."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = f"'{value}'" if isinstance(value, str) else f"{value}"
    return text if len(text) <= 60 else f"{text[:60]}…"
