"""Components as HTML text: what the pages show, without the pages' machinery."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from dash.development.base_component import Component

_EMPTY = ("br", "hr", "img")
_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex"}
_LEFT_OUT = ("children", "n_clicks")
_HTML = "dash_html_components"


def text(part: Any) -> str:
    """Return a component of the page, a list of them, or a text, as HTML; everything escaped.

    A `TypeError` for a component that is more than HTML: it would need a script to stand here.
    """
    if part is None:
        return ""
    if isinstance(part, list | tuple):
        return "".join(map(text, part))
    if not isinstance(part, Component):
        return escape(str(part), quote=False)
    content = part.to_plotly_json()  # type: ignore[no-untyped-call]  # dash's own
    if content["namespace"] != _HTML:
        raise TypeError(f"{content['type']} of {content['namespace']} is not plain HTML")
    tag, props = content["type"].lower(), content["props"]
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(props))
    if tag in _EMPTY:
        return f"<{tag}{attributes}>"
    return f"<{tag}{attributes}>{text(props.get('children'))}</{tag}>"


def _attributes(props: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in props.items():
        if name in _LEFT_OUT or value is None or isinstance(value, dict) != (name == "style"):
            continue  # a pattern for an id means nothing outside the pages
        if name == "style":
            yield name, ";".join(f"{_css(key)}:{part}" for key, part in value.items())
        else:
            yield _NAMES.get(name, name), str(value)


def _css(name: str) -> str:
    """Return a name as style sheets write it: `maxWidth` is `max-width`."""
    return name if name.startswith("--") else re.sub(r"[A-Z]", lambda m: f"-{m[0].lower()}", name)
