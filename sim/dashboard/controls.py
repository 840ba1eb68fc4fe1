"""The controls of a page; each is a choice that the address remembers."""

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.dependencies import Wildcard
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.aria import aria
from sim.dashboard.data import ENTITIES, Stored, metric_names
from sim.dashboard.i18n import Words
from sim.dashboard.scene import Scene
from sim.dashboard.select import searched, select
from sim.dashboard.theme import GLYPHS


def choice(name: str | Wildcard) -> dict[str, Any]:
    """Return the id of a control whose `value` goes into the address under `name`."""
    return {"type": "choice", "name": name}


def controls(
    words: Words, stored: list[Stored], here: Stored
) -> Callable[[Scene | None], Component]:
    """Return what makes the bar of controls for a scene, or for none that can be read."""

    def bar(scene: Scene | None) -> Component:
        shown = [_comparison(words, stored, here)]
        shown += [_metric(scene), _scenarios(scene), _carriers(scene)] if scene else []
        label = html.H2(words("compare.choose"), id="controls-label", className="sr-only")
        about = aria(labelledby="controls-label")
        return html.Div([label, *shown], className="controls", role="group", **about)

    return bar


def _comparison(words: Words, stored: list[Stored], here: Stored) -> Component:
    named = [(one.id, _label(one, words)) for one in stored]
    return select(choice("comparison"), words("choice.comparison"), named, here.id, kind="wide")


def _label(one: Stored, words: Words) -> str:
    if one.is_study:
        return words("compare.study", name=one.id)
    try:
        comparison = one.load()
    except SimError:
        return one.id  # the page says what is wrong with it once it is chosen
    speak = Words(words.language, comparison.titles)
    return " / ".join(speak.scenario(name) for name in comparison.scenarios) + f" · {one.id[:7]}"


def _metric(scene: Scene) -> Component:
    named = [(name, scene.words.metric(name)) for name in metric_names(scene.comparison)]
    return searched(choice("metric"), scene.words("choice.metric"), named, scene.metric)


def _scenarios(scene: Scene) -> Component:
    chips = []
    for name in scene.comparison.scenarios:
        text = scene.words.scenario(name)
        if name == scene.comparison.baseline:
            text += f" ({scene.words('baseline')})"
        chips.append(_chip(name, [swatch(scene, name), text]))
    return _chips("scenarios", chips, list(scene.scenarios), scene.words)


def _carriers(scene: Scene) -> Component:
    chips = []
    for name in ENTITIES:
        mark = html.Span(
            GLYPHS[name], style={"color": scene.palette.entity(name)}, **aria(hidden="true")
        )
        chips.append(_chip(name, [mark, scene.words.entity(name)]))
    return _chips("carriers", chips, list(scene.entities), scene.words)


def _chip(value: str, children: list[Component | str]) -> Component:
    chip: Component = dmc.Chip(
        html.Span(children, className="chip-text"), value=value, variant="outline", radius="xl"
    )
    return chip


def _chips(name: str, chips: list[Component], value: list[str], words: Words) -> Component:
    label = f"{name}-label"
    return html.Div(
        [
            html.Span(words(f"choice.{name}"), id=label, className="label"),
            dmc.ChipGroup(
                html.Div(chips, className="chips"), id=choice(name), value=value, multiple=True
            ),
        ],
        role="group",
        className="choice",
        **aria(labelledby=label),
    )


def swatch(scene: Scene, scenario: str) -> Component:
    """Return a short line in a scenario's colour and pattern."""
    return html.Span(
        className=f"swatch {scene.dash(scenario)}",
        style={"--colour": scene.colour(scenario)},
        **aria(hidden="true"),
    )
