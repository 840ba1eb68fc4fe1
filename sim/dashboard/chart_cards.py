"""The card around a chart: title, notes, picture or table, files and citation."""

from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.aria import aria
from sim.dashboard.charts import charts
from sim.dashboard.citing import address, citation, whole_citation
from sim.dashboard.clientside import in_browser
from sim.dashboard.drawing import Drawn, draw
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert
from sim.dashboard.scene import Choices
from sim.dashboard.tables import table
from sim.dashboard.theme import GRAPH
from sim.dashboard.view import View

PICTURES = ("png", "svg")
FILES = ("csv", "json")


def chart_card(name: str, words: Words) -> Component:
    """Return the empty frame of a chart; a callback fills it."""

    def part(kind: str) -> dict[str, str]:
        return {"type": f"chart-{kind}", "chart": name}

    kind = words(f"chart.{name}")
    view = dmc.SegmentedControl(
        id=part("view"),
        data=[
            {"value": "chart", "label": words("choice.chart")},
            {"value": "table", "label": words("choice.table")},
        ],
        value="chart",
        size="xs",
        radius="xl",
        **aria(label=words("choice.view", chart=kind)),
    )
    return html.Section(
        [
            dcc.Store(id=part("turn")),
            html.Div([html.P(kind, className="eyebrow"), view], className="chart-top"),
            html.H2(id=part("title"), className="chart-title"),
            html.P(id=part("notes"), className="chart-notes"),
            html.Div(id=part("body"), className="chart-body"),
            html.Div(id=part("foot"), className="chart-foot"),
        ],
        className="card chart",
        **aria(label=kind),
    )


def callbacks(app: Dash, results: Path) -> None:
    """Redraw the charts of whatever page is shown when a choice changes, each in its turn."""
    in_browser(
        app,
        "turn",
        Output({"type": "chart-turn", "chart": MATCH}, "data"),
        Input("choices", "data"),
        Input("narrow", "data"),
        Input({"type": "chart-view", "chart": MATCH}, "value"),
        State({"type": "chart-view", "chart": MATCH}, "id"),
    )

    @app.callback(
        Output({"type": "chart-title", "chart": MATCH}, "children"),
        Output({"type": "chart-notes", "chart": MATCH}, "children"),
        Output({"type": "chart-body", "chart": MATCH}, "children"),
        Output({"type": "chart-foot", "chart": MATCH}, "children"),
        Input({"type": "chart-turn", "chart": MATCH}, "data"),
        State("choices", "data"),
        State("narrow", "data"),
        State({"type": "chart-view", "chart": MATCH}, "value"),
        State({"type": "chart-view", "chart": MATCH}, "id"),
        prevent_initial_call=True,
    )
    def show_chart(
        _turn: int, said: dict[str, Any], narrow: bool, kind: str, own: dict[str, str]
    ) -> tuple[str, str, Component, list[Component]]:
        name, choices = own["chart"], Choices.read(said)
        chart = charts.get(name)  # an unknown one is a call that no page makes
        try:
            return show(name, kind, chart.view.open(choices, results, narrow=narrow))
        except SimError as error:
            words = Words(choices.language)
            return words("chart.broken"), "", alert(words("chart.why"), [str(error)], "red"), []


def show(name: str, kind: str, view: View) -> tuple[str, str, Component, list[Component]]:
    """Return title, notes, body and foot of one chart; `kind` is "chart" or "table"."""
    drawn = draw(name, view)
    if kind == "table" and not drawn.rows.stored.empty:
        body = table(drawn, view)
    else:
        body = dcc.Graph(figure=drawn.figure, config=GRAPH)
    return drawn.title, drawn.notes, body, foot(drawn, view)


def foot(drawn: Drawn, view: View) -> list[Component]:
    """Return source, citation and files of a chart; nothing where nothing is drawn."""
    if drawn.rows.stored.empty:
        return []
    name, words = drawn.chart, view.words
    where = {kind: address(name, kind, view) for kind in FILES}
    actions = [_file(name, kind, where[kind], words) for kind in FILES]
    actions += [_picture(name, kind, where["json"], words) for kind in PICTURES]
    copy = dmc.CopyButton(
        words("action.cite"),
        copiedChildren=words("action.cited"),
        value=whole_citation(name, drawn.title, view),
        variant="subtle",
        size="compact-xs",
        radius="xl",
    )
    kind = words(f"chart.{name}")
    return [
        html.P(drawn.source, className="chart-source"),
        html.P(citation(view), className="chart-source"),
        html.Div(
            [*actions, copy],
            className="actions",
            role="group",
            **aria(label=words("action.all", chart=kind)),
        ),
    ]


def _file(name: str, kind: str, where: str, words: Words) -> Component:
    """Return the link to a chart's data."""
    label = words(f"action.{kind}", chart=words(f"chart.{name}"))
    link: Component = html.A(
        kind.upper(), href=where, className="action", title=label, **aria(label=label)
    )
    return link


def _picture(name: str, kind: str, where: str, words: Words) -> Component:
    """Return the button that saves the picture of a chart; `assets/pictures.js` acts on it."""
    label = words(f"action.{kind}", chart=words(f"chart.{name}"))
    data: dict[str, Any] = {"data-picture": kind, "data-address": where}
    button: Component = html.Button(
        kind.upper(), type="button", className="action", title=label, **data, **aria(label=label)
    )
    return button
