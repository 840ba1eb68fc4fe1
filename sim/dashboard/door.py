"""What may come in: requests of a bearable size, and calls of the shape that pages send.

A page asks by calls (`/_dash-update-component`): JSON with the output wanted, inputs and state.
Anything else is refused here, before a page sees it; what a page refuses itself is a `SimError`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, request
from werkzeug.exceptions import HTTPException

from sim.core.errors import SimError

HEADER_BYTES = 2**16  # an address holds all choices
BODY_BYTES = 2**20
_CALL = "/_dash-update-component"


def install(app: Dash) -> None:
    """Refuse what no page sends, and answer mistakes in a sentence, never with a traceback."""
    app.server.config["MAX_CONTENT_LENGTH"] = BODY_BYTES

    def check() -> Response | None:
        if len(request.environ.get("QUERY_STRING", "")) > HEADER_BYTES:
            return _said("the address is too long", 414)
        if request.path == _CALL and request.method == "POST":
            mistake = _mistake(body(), app.callback_map)
            return None if mistake is None else _said(mistake, 400)
        return None

    app.server.before_request(check)
    app.server.register_error_handler(SimError, lambda error: _said(str(error), 400))
    app.server.register_error_handler(DependencyException, lambda _: _said("no such file", 404))
    app.server.register_error_handler(HTTPException, _http)


def _said(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")


def _http(error: HTTPException) -> Response:
    return _said(error.name, error.code or 500)


def body() -> Any:
    """Return the JSON that was sent; None if it is none, or nested beyond reading."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _mistake(body: Any, calls: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a call, None if nothing is."""
    if not isinstance(body, dict):
        return "not a JSON object"
    output = body.get("output")
    if not isinstance(output, str) or "callback" not in calls.get(output, {}):
        return "no such output"  # or one that the browser makes by itself
    known = calls[output]
    for part, expected in (("inputs", known["inputs"]), ("state", known["state"])):
        if not _parts(body.get(part, []), expected):
            return f"{part} are not those of this output"
    if not known.get("no_output") and not _outputs(body.get("outputs"), output):
        return "outputs are not those asked for"
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(one, str) for one in changed):
        return "changedPropIds are no names"
    return None


def _parts(given: Any, expected: list[dict[str, Any]]) -> bool:
    """Say whether these are the inputs expected, each with a value of its kind."""
    return (
        isinstance(given, list)
        and len(given) == len(expected)
        and all(_part(one, known) for one, known in zip(given, expected, strict=True))
    )


def _part(given: Any, known: Mapping[str, Any]) -> bool:
    if isinstance(given, list):  # one for each component that a pattern finds
        return _is_pattern(known["id"]) and all(_one(each, known) for each in given)
    return _one(given, known)


def _one(given: Any, known: Mapping[str, Any]) -> bool:
    prop = known["property"]
    if not isinstance(given, dict) or given.get("property") != prop:
        return False
    name, value = given.get("id"), given.get("value")
    fits = _KINDS.get(f"{known['id']}.{prop}") or _KINDS.get(prop)
    right = value == name if prop == "id" else fits is None or fits(value)
    return right and _names(name, known["id"])


def _names(given: Any, known: str) -> bool:
    """Say whether an id is the one known, or one that its pattern finds."""
    if not _is_pattern(known):
        return bool(given == known)
    if not isinstance(given, dict):
        return False
    pattern = json.loads(known)
    return given.keys() == pattern.keys() and all(
        isinstance(given[name], str | int) and (isinstance(value, list) or given[name] == value)
        for name, value in pattern.items()
    )


def _is_pattern(known: str) -> bool:
    return known.startswith("{")


def _outputs(given: Any, output: str) -> bool:
    many = output.startswith("..")
    known = output[2:-2].split("...") if many else [output]
    listed = given if isinstance(given, list) and many else [given]
    return len(listed) == len(known) and all(map(_output, listed, known))


def _output(given: Any, known: str) -> bool:
    name, _, prop = known.rpartition(".")
    if isinstance(given, list):  # as many as a pattern finds
        return _is_pattern(name) and all(_output(each, known) for each in given)
    return (
        isinstance(given, dict)
        and given.get("property") == prop.partition("@")[0]
        and _names(given.get("id"), name)
    )


# What a value may be: of the one component that has it, or of any with this property.


def _choices(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_choice, value.values())))


def _choice(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or isinstance(value, str | int | float)


def _route(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("path"), str)


def _maybe(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: value is None or isinstance(value, kinds)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "choices.data": _choices,
    "route.data": _route,
    "narrow.data": _maybe(bool),
    "n_clicks": _maybe(int),
    "n_intervals": _maybe(int),
    "search": _maybe(str),
    "pathname": _maybe(str),
}
