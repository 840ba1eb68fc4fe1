"""The page of the live market: levers at one side, at the other what comes of them, at once."""

import secrets
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from sim.core.errors import SimError, did_you_mean
from sim.dashboard.answering import routes
from sim.dashboard.aria import aria
from sim.dashboard.clientside import in_browser
from sim.dashboard.controls import choice
from sim.dashboard.i18n import Titles, Words
from sim.dashboard.lever_rows import facts_for_browser, lever_panel, theme_rows
from sim.dashboard.live_view import WHOSE, Asked, the_desk
from sim.dashboard.pages import Page, pages
from sim.dashboard.scene import Choices
from sim.dashboard.select import select
from sim.dashboard.theme import GRAPH
from sim.scenario.shipped import scenario_names
from sim.studies.levers import THEMES
from sim.studies.live import SHOWN
from sim.studies.positions import Position

VIEWS = ("basic", "expert")


def layout(choices: Choices, _: Path) -> Component:
    """Return the page with every lever where the address puts it; the market follows."""
    the_desk().start()
    asked = Asked.read(choices)
    words = Words(choices.language, _titles())
    view = choices.own.get("view")
    shown = view if view in VIEWS else VIEWS[0]
    return html.Div(
        [
            _hero(words),
            html.Div(
                [_levers(asked.position, shown, words), _results(asked, words)],
                className=f"explore {shown}",
                id="explore",
            ),
            dcc.Store(id="live-levers", data=facts_for_browser(words)),
            dcc.Store(id="live-rendering", data=secrets.token_hex(8)),
            dcc.Store(id="live-pace"),
        ]
    )


def _titles() -> Titles:
    about = {name: Position(name).scenario.about for name in scenario_names()}
    return {name: {"en": one.title, "zh": one.title_zh} for name, one in about.items()}


def _hero(words: Words) -> Component:
    return html.Section(
        [
            html.P(words("page.explore"), className="eyebrow"),
            html.H1(words("explore.title")),
            html.P(words("explore.lead"), className="facts"),
        ],
        className="hero compact",
    )


def _levers(position: Position, view: str, words: Words) -> Component:
    label = html.H2(words("explore.levers"), id="levers-label", className="sr-only")
    views = [{"value": name, "label": words(f"explore.view.{name}")} for name in VIEWS]
    return html.Section(
        [
            label,
            _preset(position.preset, words),
            html.Div(
                [
                    _segmented("view", views, view, words("explore.view")),
                    html.Div(
                        [
                            _button("undo", words("explore.undo"), disabled=True),
                            _button("reset", words("explore.reset"), disabled=not position.moved),
                        ],
                        className="steps",
                    ),
                ],
                className="lever-bar",
            ),
            lever_panel(position, words, every=view == "expert"),
        ],
        className="levers card",
        **aria(labelledby="levers-label"),
    )


def _preset(preset: str, words: Words) -> Component:
    return select(choice("preset"), words("explore.preset"), _scenarios(words), preset)


def _scenarios(words: Words) -> list[tuple[str, str]]:
    return [(one, words.scenario(one)) for one in scenario_names()]


def _segmented(name: str, data: list[dict[str, str]], value: str, label: str) -> Component:
    control: Component = dmc.SegmentedControl(
        id=choice(name), data=data, value=value, size="xs", radius="xl", **aria(label=label)
    )
    return control


def _button(name: str, text: str, *, disabled: bool) -> Component:
    button: Component = dmc.Button(
        text, id=f"live-{name}", size="xs", radius="xl", variant="default", disabled=disabled
    )
    return button


def _results(asked: Asked, words: Words) -> Component:
    return html.Div(
        [
            html.Div(id="live-alert", className="alerts"),
            _chart(asked, words),
            html.Div(id="live-foot", className="chart-foot"),
            html.Section(
                html.Div(id="live-tiles"), className="tiles", **aria(label=words("explore.results"))
            ),
            _why(words),
            _again(words),
        ],
        className="results",
    )


def _chart(asked: Asked, words: Words) -> Component:
    name = words("chart.explored")
    lost: dict[str, Any] = {"data-lost": words("explore.lost")}
    kinds = [{"value": one, "label": words(f"choice.{one}")} for one in ("chart", "table")]
    kind = dmc.SegmentedControl(
        id="live-kind", data=kinds, value="chart", size="xs", radius="xl",
        **aria(label=words("choice.view", chart=name)),
    )  # fmt: skip
    return html.Section(
        [
            html.Div([_pickers(asked, words), kind], className="chart-top"),
            html.H2(words("explore.wait"), id="live-title", className="chart-title"),
            html.P(id="live-notes", className="chart-notes"),
            html.Div(
                dcc.Graph(id="live-graph", config=GRAPH, figure=_blank()),
                id="live-picture",
                className="chart-body",
            ),
            html.Div(id="live-table"),
            html.P(
                id="live-status", className="chart-notes status", role="status",
                **aria(live="polite"), **lost,
            ),
        ],
        id="charts",
        className="card chart live",
        **aria(label=name),
    )  # fmt: skip


def _blank() -> dict[str, Any]:
    """Return the figure before the first answer: room, and nothing drawn."""
    hidden = {"visible": False, "fixedrange": True}
    ground = "rgba(0,0,0,0)"
    return {
        "data": [],
        "layout": {
            "height": 400, "xaxis": hidden, "yaxis": hidden,
            "paper_bgcolor": ground, "plot_bgcolor": ground,
        },
    }  # fmt: skip


def _pickers(asked: Asked, words: Words) -> Component:
    carriers = [(one, words.entity(one)) for one in WHOSE[1:]]
    said = [
        ("metric", [(one, words.metric(one)) for one in SHOWN], asked.metric),
        ("whose", [(WHOSE[0], words("explore.whose.all")), *carriers], asked.whose),
        ("against", _scenarios(words), asked.against),
    ]
    shown = [
        select(choice(name), words(f"explore.{name}"), options, value, kind="small")
        for name, options, value in said
    ]
    return html.Div(shown, className="pickers")


def _why(words: Words) -> Component:
    return html.Section(
        [
            html.P(words("explore.why"), className="eyebrow"),
            html.Div(id="live-why"),
        ],
        className="card chart",
        **aria(label=words("explore.why")),
    )


def _again(words: Words) -> Component:
    return html.Section(
        [
            html.P(words("explore.again"), className="eyebrow"),
            html.P(id="live-digest", className="chart-notes"),
            _code("command", words),
            _code("file", words),
            html.P(words("explore.coarse"), className="chart-source"),
        ],
        className="card chart again",
        **aria(label=words("explore.again")),
    )


def _code(name: str, words: Words) -> Component:
    copy = dmc.CopyButton(
        words("explore.copy"),
        id=f"live-{name}-copy",
        copiedChildren=words("explore.copied"),
        value="",
        variant="light",
        size="compact-xs",
        radius="xl",
        **aria(label=words(f"explore.copy.{name}")),
    )
    return html.Div(
        [
            html.Div([html.H3(words(f"explore.{name}")), copy], className="code-top"),
            html.Pre(html.Code(id=f"live-{name}"), tabIndex="0"),
        ],
        className="code",
    )


def callbacks(app: Dash, _: Path) -> None:
    """Let the browser ask when a lever moves: see `assets/explore.js`."""

    @app.callback(
        Output({"type": "theme-rows", "name": MATCH}, "children"),
        Input({"type": "theme", "name": MATCH}, "n_clicks"),
        State({"type": "theme", "name": MATCH}, "id"),
        State("choices", "data"),
        prevent_initial_call=True,
    )
    def show_levers(clicks: int, own: dict[str, Any], said: dict[str, Any]) -> list[Component]:
        theme = next((one for one in THEMES if one == own["name"]), None)
        if theme is None:
            raise SimError(f"no theme '{own['name']}'{did_you_mean(own['name'], THEMES)}")
        if clicks != 1:  # shut again, or opened once more
            raise PreventUpdate
        choices = Choices.read(said)
        every = choices.own.get("view") == "expert"
        words = Words(choices.language, _titles())
        return theme_rows(theme, Asked.read(choices).position, words, every=every)

    in_browser(
        app,
        "pace",
        Output("live-pace", "data"),  # never written: it says that this is asked on this page alone
        Input("choices", "data"),
        Input("live-levers", "data"),
        Input("live-rendering", "data"),
        Input("narrow", "data"),
        Input("live-kind", "value"),
    )
    routes(app)


pages.add("explore")(Page(20, "/explore", "page.explore", layout, callbacks))
