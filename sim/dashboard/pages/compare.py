"""The page of compared scenarios: findings, then charts, each with its table."""

from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.cards import finding_cards, notes
from sim.dashboard.chart_cards import chart_card
from sim.dashboard.charts import in_order
from sim.dashboard.citing import users
from sim.dashboard.controls import controls
from sim.dashboard.data import chosen, comparisons
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert, empty
from sim.dashboard.pages import Page, pages
from sim.dashboard.scene import Choices, Scene


def layout(choices: Choices, results: Path) -> Component:
    """Return the page; without results it says which command makes some."""
    words = Words(choices.language)
    stored = comparisons(results)
    if not stored:
        return empty(words)
    here = chosen(stored, choices.comparison)
    picker = controls(words, stored, here)
    try:
        scene = Scene.of(here.load(), choices)
    except SimError as error:
        return html.Div([picker(None), alert(words("note.broken"), [str(error)], "red")])
    return html.Div(
        [
            _hero(scene),
            notes(scene),
            html.Section(
                [
                    html.H2(scene.words("compare.findings")),
                    html.Div(finding_cards(scene), id="findings"),
                ],
                className="findings",
            ),
            picker(scene),
            html.Div(
                [chart_card(name, scene.words) for name, _ in in_order("compare")],
                id="charts",
                className="charts",
            ),
        ]
    )


def _hero(scene: Scene) -> Component:
    comparison, words = scene.comparison, scene.words
    seeds = len(comparison.seeds)
    facts = words(
        "compare.facts",
        start=scene.branch,
        end=scene.last_month,
        seeds=words("compare.seed" if scene.single else "compare.seeds", count=seeds),
        users=users(comparison.users, words),
        fidelity=words.fidelity(comparison.fidelity),
    )
    return html.Section(
        [
            html.P(words("page.compare"), className="eyebrow"),
            html.H1(_title(scene)),
            html.P(facts, className="facts"),
        ],
        className="hero",
    )


def _title(scene: Scene) -> list[Component]:
    """Return the scenarios by title, each underlined in its colour, then the baseline."""
    words, baseline = scene.words, scene.comparison.baseline
    others = [name for name in scene.comparison.scenarios if name != baseline]
    if not others:
        return [_named(scene, baseline, "")]
    joints = words.joints(len(others))
    names = [_named(scene, name, mark) for name, mark in zip(others, joints, strict=True)]
    against = words("compare.against", baseline=words.scenario(baseline))
    return [*names, html.Small(against)]


def _named(scene: Scene, scenario: str, mark: str) -> Component:
    name = html.Span(
        scene.words.scenario(scenario),
        className="named",
        style={"--colour": scene.colour(scenario)},
    )
    return html.Span([name, mark])


def callbacks(app: Dash, results: Path) -> None:
    """Redraw the findings when a choice changes.

    They come with the page, and once more as its controls put their choices into the address.
    """

    @app.callback(
        Output("findings", "children"), Input("choices", "data"), prevent_initial_call=True
    )
    def show_findings(said: dict[str, Any]) -> Component:
        return finding_cards(Scene.open(Choices.read(said), results))


pages.add("compare")(Page(30, "/compare", "page.compare", layout, callbacks))
