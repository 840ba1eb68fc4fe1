"""The page of one run: money, switching and provinces, month by month."""

from pathlib import Path

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.chart_cards import chart_card
from sim.dashboard.charts import in_order
from sim.dashboard.clientside import in_browser
from sim.dashboard.controls import choice
from sim.dashboard.data import ENTITIES
from sim.dashboard.i18n import Words
from sim.dashboard.market_view import MONEY, MarketView, months_of
from sim.dashboard.messages import empty
from sim.dashboard.pages import Page, pages
from sim.dashboard.remaking import lacking
from sim.dashboard.run_controls import few, run_hero, run_selects
from sim.dashboard.runs import COMMAND, Picked, picked
from sim.dashboard.scene import Choices
from sim.dashboard.select import select
from sim.dashboard.theme import GLYPHS
from sim.studies.flows import MEASURES

NEEDED = ("postings", "switches", "province_carrier_month")  # tables of its charts
_TICK = 600  # milliseconds between the months of a play; the server draws three charts in one


def layout(choices: Choices, results: Path) -> Component:
    """Return the page; without runs it says which command makes one."""
    words, here = Words(choices.language), picked(results, choices)
    if here is None:
        return empty(words, "market", COMMAND)
    view = MarketView.of(here.run, choices)
    hero = run_hero(view.run, words, "page.market", html.P(_which(words), className="explained"))
    if missing := view.run.lacks(NEEDED):
        return html.Div([hero, _controls(here, [], words), lacking(view.run, missing, words)])
    return html.Div(
        [
            hero,
            _controls(here, _what(view), words),
            html.Div(
                [chart_card(name, words) for name, _ in in_order("market")],
                className="charts market",
            ),
            _time_bar(view),
        ]
    )


def _which(words: Words) -> list[Component | str]:
    """Return which runs there are to choose from, commands in their own type."""
    parts = words("market.which").split("`")
    return [html.Code(part) if place % 2 else part for place, part in enumerate(parts)]


def _what(view: MarketView) -> list[Component]:
    """Return the choices of what to see of a run."""
    words = view.words
    return [
        few("money", [(name, words(f"money.{name}")) for name in MONEY], view.money, words),
        few("map", [(name, words(f"map.{name}")) for name in MEASURES], view.measure, words),
        _carrier(view),
    ]


def _controls(here: Picked, what: list[Component], words: Words) -> Component:
    label = html.H2(words("market.choose"), id="controls-label", className="sr-only")
    return html.Div(
        [label, *run_selects(here, words), *what],
        className="controls",
        role="group",
        **aria(labelledby="controls-label"),
    )


def _carrier(view: MarketView) -> Component:
    """Return the choice of whose measure the map shows."""
    names = [(one, f"{GLYPHS[one]} {view.words.entity(one)}") for one in ENTITIES]
    return select(choice("carrier"), view.words("choice.carrier"), names, view.entity)


def _time_bar(view: MarketView) -> Component:
    """Return the slider of months with its button; it stays in sight."""
    words, months = view.words, months_of(view.run)
    januaries = [
        {"value": place, "label": month[:4]}
        for place, month in enumerate(months)
        if month.endswith("-01")
    ]
    slider = dmc.Slider(
        id="month-slider",
        min=0,
        max=len(months) - 1,
        value=months.index(view.month),
        step=1,
        marks=januaries,
        label=None,
        updatemode="mouseup",
        thumbLabel=words("time.month"),
        size="md",
    )
    glyph = html.Span(className="glyph", **aria(hidden="true"))
    play = html.Button(
        [glyph, html.Span(words("time.play"))],
        id="month-play",
        type="button",
        className="play",
        **aria(pressed="false"),
    )
    return html.Div(
        [
            play,
            html.Output(view.month, id="month-shown", className="month", **aria(live="off")),
            html.Div(slider, className="slider"),
            dcc.Store(id="months", data=months),
            dcc.Input(id=choice("month"), type="hidden", value=view.month),
            dcc.Interval(id="month-tick", interval=_TICK, disabled=True),
        ],
        className="time",
        role="group",
        **aria(label=words("time.bar")),
    )


def callbacks(app: Dash, results: Path) -> None:  # noqa: ARG001  the charts are drawn by their cards
    """Let the slider choose the month, and the button move the slider."""
    in_browser(
        app,
        "month",
        Output(choice("month"), "value"),
        Output("month-shown", "children"),
        Input("month-slider", "value"),
        State("months", "data"),
    )
    in_browser(
        app,
        "play",
        Output("month-tick", "disabled"),
        Output("month-slider", "value", allow_duplicate=True),
        Output("month-play", "aria-pressed"),
        Input("month-play", "n_clicks"),
        Input("month-tick", "n_intervals"),
        State("month-slider", "value"),
        State("month-slider", "max"),
        State("month-tick", "disabled"),
        prevent_initial_call=True,
    )


pages.add("market")(Page(30, "/market", "page.market", layout, callbacks))
