"""The JSON schema of scenario files, for editors that complete and check as one types."""

from collections.abc import Iterator
from typing import Any

from sim.scenario.problems import NOT_IN_FILES
from sim.scenario.schema import Scenario

_EXTENDS = {
    "type": "string",
    "description": "a scenario that ships, or a file: this file is laid over it",
}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a scenario file.

    A file says only what differs from what it extends, so nothing is required, except in the
    items of a list: lists are replaced whole.
    """
    schema = Scenario.model_json_schema()
    own = {key: part for key, part in schema["properties"].items() if key not in NOT_IN_FILES}
    definitions = _reached(own, schema["$defs"])
    in_lists = {name for part in _parts(definitions | own) for name in _names(part.get("items"))}
    for name, part in definitions.items():
        if name not in in_lists:
            part.pop("required", None)
    for part in _parts(definitions):
        _without_discriminator(part)
    order = own["orders"]["additionalProperties"]
    own["orders"]["additionalProperties"] = {"anyOf": [order, {"const": "off"}]}
    return {
        "title": "Scenario file",
        "description": schema["description"],
        "type": "object",
        "additionalProperties": False,
        "properties": {"extends": _EXTENDS, **own},
        "$defs": definitions,
    }


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a schema."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _parts(part)


def _names(value: Any) -> list[str]:
    """Return the names of the definitions that a part of a schema refers to."""
    return [part["$ref"].rpartition("/")[2] for part in _parts(value) if "$ref" in part]


def _reached(value: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the definitions that are needed for a part of a schema."""
    reached: dict[str, Any] = {}
    waiting = _names(value)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = definitions[name]
            waiting.extend(_names(definitions[name]))
    return dict(sorted(reached.items()))


def _without_discriminator(part: dict[str, Any]) -> None:
    """Let a strategy be given in part: without its name it may fit more than one."""
    if "discriminator" in part:
        del part["discriminator"]
        part["anyOf"] = part.pop("oneOf")
