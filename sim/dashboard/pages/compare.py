"""The page of compared scenarios: findings, then charts, each with its table."""

from pathlib import Path
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.cards import chart_card, finding_cards, notes
from sim.dashboard.charts import charts, in_order
from sim.dashboard.clientside import in_browser
from sim.dashboard.controls import choice, controls
from sim.dashboard.data import chosen, comparisons
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert, empty
from sim.dashboard.pages import Page, pages
from sim.dashboard.plot import Figure, nothing
from sim.dashboard.scene import LEVEL, Choices, Scene
from sim.dashboard.tables import table
from sim.dashboard.theme import graph_config
from sim.studies.comparison import Comparison

_WHEN = {"flow": "chart.sum", "ratio": "chart.mean", "stock": "chart.end"}


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
                [html.H2(scene.words("compare.findings")), html.Div(id="findings")],
                className="findings",
            ),
            picker(scene),
            html.Div(
                [chart_card(name, scene.words) for name, _ in in_order()],
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
        users=users(comparison, words),
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
    """Redraw findings and charts when a choice changes."""

    @app.callback(Output("findings", "children"), Input("choices", "data"))
    def show_findings(said: dict[str, Any]) -> Component:
        return finding_cards(_scene(said, results, narrow=False))

    @app.callback(
        Output({"type": "chart-title", "chart": MATCH}, "children"),
        Output({"type": "chart-notes", "chart": MATCH}, "children"),
        Output({"type": "chart-body", "chart": MATCH}, "children"),
        Output({"type": "chart-source", "chart": MATCH}, "children"),
        Input("choices", "data"),
        Input("narrow", "data"),
        Input({"type": "chart-view", "chart": MATCH}, "value"),
        State({"type": "chart-view", "chart": MATCH}, "id"),
    )
    def show_chart(
        said: dict[str, Any], narrow: bool, view: str, own: dict[str, str]
    ) -> tuple[str, str, Component, str]:
        return show(own["chart"], view, _scene(said, results, narrow=narrow))

    in_browser(
        app,
        "pick",
        Output(choice("metric"), "value"),
        Input({"type": "pick", "metric": ALL}, "n_clicks"),
    )
    in_browser(
        app,
        "csv",
        Output({"type": "chart-grid", "chart": MATCH}, "exportDataAsCsv"),
        Input({"type": "chart-csv", "chart": MATCH}, "n_clicks"),
    )


def _scene(said: dict[str, Any], results: Path, *, narrow: bool) -> Scene:
    choices = Choices.read(said)
    return Scene.of(chosen(comparisons(results), choices.comparison).load(), choices, narrow=narrow)


def show(name: str, view: str, scene: Scene) -> tuple[str, str, Component, str]:
    """Return title, notes, body and source line of one chart, as a picture or as a table."""
    chart, words = charts.get(name), scene.words
    found = chart.rows(scene)
    if found.frame.empty:
        return words("chart.nothing"), "", _graph(nothing(scene), name, scene), ""
    keys = ("chart.single",) if scene.single else chart.notes
    said = [words("chart.unit", unit=found.scale.unit), *_explained(keys, scene)]
    if "month" not in found.frame and scene.kind is not None:
        said.insert(1, words(_WHEN[scene.kind], year=words.period(scene.period)))
    if view == "table":
        body = table(name, found, scene)
    else:
        body = _graph(chart.figure(found, scene), name, scene)
    return chart.title(found, scene), words("joint.sentences").join(said), body, source(scene)


def _graph(figure: Figure, name: str, scene: Scene) -> Component:
    config: Any = graph_config(scene.words, f"{scene.metric}-{name}")
    return dcc.Graph(figure=figure, config=config)


def _explained(keys: tuple[str, ...], scene: Scene) -> list[str]:
    seeds = len(scene.comparison.seeds)
    return [scene.words(key, level=LEVEL, seeds=seeds) for key in keys]


def users(comparison: Comparison, words: Words) -> str:
    """Return who was simulated: so many rows, or every line of the country."""
    if comparison.users is None:
        return words("compare.all_lines")
    return words("compare.users", count=f"{comparison.users:,}")


def source(scene: Scene) -> str:
    """Return where the numbers come from: scenarios, seeds, users, fidelity, months."""
    comparison, words = scene.comparison, scene.words
    return words(
        "chart.source",
        scenarios=words.scenarios(list(scene.scenarios)),
        seeds=_seeds(comparison.seeds),
        users=users(comparison, words),
        fidelity=words.fidelity(comparison.fidelity),
        start=scene.branch,
        end=scene.last_month,
    )


def _seeds(seeds: list[int]) -> str:
    run = seeds == list(range(seeds[0], seeds[0] + len(seeds)))
    return f"{seeds[0]}–{seeds[-1]}" if run and len(seeds) > 2 else ", ".join(map(str, seeds))


pages.add("compare")(Page(30, "/compare", "page.compare", layout, callbacks))
