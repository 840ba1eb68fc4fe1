"""A choice of one: among a few as the browser itself has it, among many in a list to be searched.

The list that the component library draws takes some fifteen milliseconds to appear, and a page has
up to a dozen choices among a few.
"""

from collections.abc import Iterable
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

type Options = Iterable[tuple[str, str]]  # each (value, text)
_LISTED = 200  # options in a searched list at once; any other is found by typing


class _Select(Component):
    """A native select with its label; `assets/select.js` draws it, and says `value` to Dash."""

    _namespace = "simDashboard"
    _type = "Select"
    _prop_names = ["id", "label", "data", "value", "className"]  # noqa: RUF012  dash's own
    _valid_wildcard_attributes = []  # noqa: RUF012


def select(
    where: dict[str, Any], label: str, options: Options, value: str, *, kind: str = ""
) -> Component:
    """Return a choice among a few; `kind` adds classes, such as small."""
    return _Select(  # type: ignore[no-untyped-call]  # dash's own
        id=where, label=label, data=_data(options), value=value, className=f"select {kind}".strip()
    )


def searched(
    where: dict[str, Any], label: str, options: Options, value: str, *, kind: str = ""
) -> Component:
    """Return a choice among many: what is typed finds it."""
    chosen: Component = dmc.Select(
        id=where,
        label=label,
        data=_data(options),
        value=value,
        allowDeselect=False,
        searchable=True,
        limit=_LISTED,
        maxDropdownHeight=360,
        className=kind,
    )
    return chosen


def _data(options: Options) -> list[dict[str, str]]:
    return [{"value": value, "label": text} for value, text in options]
