"""The levers on the page: theme by theme, each with its place, its range and its source.

Every component on a page costs at every move, for Dash asks each of them whether it has changed.
So explanations travel as texts, and `assets/levers.js` writes one where a reader opens it; and the
levers of a theme that is shut come when it is opened.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.controls import choice
from sim.dashboard.i18n import Words
from sim.dashboard.lever_text import extent, option, reading, source, told
from sim.dashboard.select import select
from sim.scenario.shipped import scenario_names
from sim.studies.lever_kinds import Lever, Number, Option, Switch, Theme, Value
from sim.studies.levers import BY_NAME, LEVERS, THEMES
from sim.studies.positions import Position, moves_the_past, usual

_OPEN = ("prices", "cooperation")  # themes that are open at first


def lever_panel(position: Position, words: Words, *, every: bool) -> Component:
    """Return every lever, or the basic ones and those that were moved, theme by theme."""
    themes = [_theme(theme, position, words, every=every) for theme in THEMES]
    return html.Div(themes, className="themes")


def theme_rows(theme: Theme, position: Position, words: Words, *, every: bool) -> list[Component]:
    """Return the levers of a theme."""
    mine = [lever for lever in LEVERS if lever.theme == theme]
    shown = [one for one in mine if every or one.basic or one.name in position.moved]
    return [_row(lever, position, words) for lever in shown]


def facts_for_browser(words: Words) -> dict[str, Any]:
    """Return what the browser must know of each lever: where presets have it, how it is read."""
    presets = scenario_names()
    return {
        lever.name: {
            "usual": {preset: _value(lever, usual(preset)[lever.name]) for preset in presets},
            "about": _about(lever, words),
            **_reading(lever, words),
        }
        for lever in LEVERS
    }


def _reading(lever: Lever, words: Words) -> dict[str, Any]:
    """Return how the browser writes a value, and the digits that a slider's value has."""
    if isinstance(lever, Number):
        read = reading(lever, words)
        return {
            "factor": read.factor, "decimals": read.decimals, "unit": read.unit,
            "digits": lever.digits,
        }  # fmt: skip
    return {}


def _theme(theme: Theme, position: Position, words: Words, *, every: bool) -> Component:
    """Return a theme: one that is shut, and has nothing moved in it, without its levers."""
    moved = any(BY_NAME[name].theme == theme for name in position.moved)
    head = [html.Span(words(f"theme.{theme}")), html.I(className="moved-mark")]
    if theme in _OPEN or moved:
        rows = theme_rows(theme, position, words, every=every)
        parts = [html.Summary(head), html.Div(rows)]
    else:
        to_come = {"type": "theme-rows", "name": theme}
        parts = [html.Summary(head, id={"type": "theme", "name": theme}), html.Div(id=to_come)]
    return html.Details(parts, open=theme in _OPEN, className="theme")


def _row(lever: Lever, position: Position, words: Words) -> Component:
    value = position.value(lever)
    kind = "lever" if lever.basic else "lever expert"
    name = words(f"lever.{lever.name}")
    shown: list[Component] = [html.Span(name, className="lever-name")]
    if isinstance(lever, Number):
        text = html.Output(
            told(lever, value, words), id={"type": "lever-value", "name": lever.name}
        )
        shown.append(text)
    return html.Div(
        [
            html.Div(shown, className="lever-top"),
            _control(lever, value, name, words),
            _explained(name, words),
            html.P(words("explore.idle.note"), className="idle-note"),
        ],
        id={"type": "lever", "name": lever.name},
        className=f"{kind} moved" if lever.name in position.moved else kind,
    )


def _control(lever: Lever, value: Value | None, name: str, words: Words) -> Component:
    if isinstance(lever, Number):
        return _slider(lever, value, name)
    if isinstance(lever, Switch):
        options = [(said, words(f"explore.{said}")) for said in ("on", "off")]
        return _segments(lever, options, _value(lever, value), name)
    assert isinstance(lever, Option)
    options = [(one, option(lever, one, words)) for one in lever.options]
    return select(choice(lever.name), name, options, str(_value(lever, value)), kind="small bare")


def _slider(lever: Number, value: Value | None, name: str) -> Component:
    low, high = lever.range()
    slider: Component = dmc.Slider(
        id={"type": "slider", "name": lever.name},  # heard by `assets/explore.js`, not by Dash
        min=low,
        max=high,
        step=lever.step,
        precision=10,
        value=float(value) if value is not None else low,
        updatemode="drag",
        label=None,
        thumbLabel=name,
        size="sm",
        thumbSize=18,
    )
    return slider


def _segments(lever: Lever, options: list[tuple[str, str]], value: Any, name: str) -> Component:
    segments: Component = dmc.SegmentedControl(
        id=choice(lever.name),
        data=[{"value": one, "label": label} for one, label in options],
        value=value,
        size="xs",
        radius="xl",
        **aria(label=name),
    )
    return segments


def _value(lever: Lever, value: Value | None) -> Any:
    """Return a value as the control has it."""
    if isinstance(lever, Switch):
        return "on" if value else "off"
    if isinstance(lever, Number) and value is None:
        return lever.range()[0]
    return value


def _explained(name: str, words: Words) -> Component:
    """Return the place of the short explanation, which is written when it is opened."""
    label = words("explore.about", what=name)
    summary = html.Summary("?", **aria(label=label))
    return html.Details(summary, className="lever-about")


def _about(lever: Lever, words: Words) -> dict[str, Any]:
    """Return the short explanation: what it does, range, source, equation, where to read on.

    Entries have a name, a text, and whether it is code.
    """
    section = words("explore.about.section", section=lever.section)
    entries = [
        ("range", extent(lever, words), False),
        ("source", source(lever, words), False),
        ("equation", lever.equation, True),
        ("parameter", ", ".join(lever.paths), True),
        ("model", section, False),
    ]
    return {
        "text": words(f"lever.{lever.name}.about"),
        "entries": [(words(f"explore.about.{name}"), *rest) for name, *rest in entries],
        "past": words("explore.about.past") if moves_the_past(lever.name) else None,
    }
