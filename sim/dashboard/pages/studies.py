"""The page of studies: all of them, live; start, stop and resume one."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert
from sim.dashboard.pages import Page, pages
from sim.dashboard.scene import Choices
from sim.dashboard.study_cards import study_cards
from sim.dashboard.texts import Language
from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names
from sim.store.reader import study_folders
from sim.studies.launching import begin, launch
from sim.studies.overview import Overview, overviews
from sim.studies.presence import cancel

_EVERY = 2_000  # milliseconds between looks
_SEEDS, _MOST_SEEDS = 20, 100_000


def layout(choices: Choices, results: Path) -> Component:
    """Return the page as of now; it looks again every two seconds."""
    words, found = Words(choices.language), overviews(results)
    return html.Div(
        [
            html.Section(
                [
                    html.P(words("page.studies"), className="eyebrow"),
                    html.H1(words("studies.title")),
                    html.P(words("studies.what"), className="facts"),
                ],
                className="hero",
            ),
            _form(words),
            html.Div(id="study-said", role="status"),
            html.Section(study_cards(found, words), id="studies"),
            dcc.Store(id="studies-seen", data=_seen(found)),
            dcc.Interval(id="studies-look", interval=_EVERY),
        ]
    )


def _form(words: Words) -> Component:
    return html.Section(
        [
            html.H2(words("studies.new"), className="label"),
            html.Div(
                [
                    dmc.MultiSelect(
                        id="study-scenarios",
                        label=words("studies.scenarios"),
                        placeholder=words("studies.scenarios.pick"),
                        data=[
                            {"value": name, "label": titles[words.language]}
                            for name, titles in _shipped().items()
                        ],
                    ),
                    dmc.NumberInput(
                        id="study-seeds", label=words("studies.seeds"), value=_SEEDS, min=1,
                        max=_MOST_SEEDS, allowDecimal=False, w=110,
                    ),
                    dmc.Button(
                        words("studies.start"), id="study-start", radius="xl", className="go"
                    ),
                ],
                className="study-form",
            ),
        ],
        className="controls",
    )  # fmt: skip


@cache
def _shipped() -> dict[str, dict[Language, str]]:
    """Return the titles of the scenarios that ship, by name."""
    about = {name: load_scenario(name).about for name in scenario_names()}
    return {name: {"en": each.title, "zh": each.title_zh} for name, each in about.items()}


def _seen(found: list[Overview]) -> str:
    """Return what a page of studies shows, in few letters: it is drawn anew when this changes."""
    return json.dumps(
        [
            (one.name, one.state, one.total, one.done, one.failed, round(one.rate, 1),
             one.left and round(one.left), one.goes_on, one.error)
            for one in found
        ]
    )  # fmt: skip


def callbacks(app: Dash, results: Path) -> None:
    """Look again now and then, and do what a button says."""

    @app.callback(
        Output("studies", "children"),
        Output("studies-seen", "data"),
        Output("study-said", "children"),
        Input("studies-look", "n_intervals"),
        Input("study-start", "n_clicks"),
        Input({"type": "study", "deed": ALL, "name": ALL}, "n_clicks"),
        State("study-scenarios", "value"),
        State("study-seeds", "value"),
        State("studies-seen", "data"),
        State("choices", "data"),
        prevent_initial_call=True,
    )
    def look(
        _looks: int | None,
        _starts: int | None,
        _deeds: list[int | None],
        scenarios: list[str] | None,
        seeds: Any,
        seen: str | None,
        said: dict[str, Any],
    ) -> tuple[Any, Any, Any]:
        words = Words(Choices.read(said).language)
        told: Any = no_update
        if ctx.triggered_id != "studies-look" and ctx.triggered[0]["value"]:
            told = _done(ctx.triggered_id, scenarios, seeds, words, results)
        found = overviews(results)
        now = _seen(found)
        if now == seen:
            return no_update, no_update, told
        return study_cards(found, words), now, told


def _done(
    asked: Any, scenarios: list[str] | None, seeds: Any, words: Words, results: Path
) -> Component:
    """Do what was asked and say so, or why not."""
    try:
        return html.P(_deed(asked, scenarios, seeds, words, results), className="study-told")
    except SimError as error:
        return alert(words("studies.refused"), str(error).splitlines(), "red")


def _deed(asked: Any, scenarios: list[str] | None, seeds: Any, words: Words, results: Path) -> str:
    if asked == "study-start":
        shipped = [name for name in scenarios or () if name in _shipped()]  # no path from outside
        folder = begin(results, shipped, seeds if isinstance(seeds, int) else 0)
        return words("studies.started", name=folder.name)
    what, name = asked["deed"], asked["name"]
    folders = {folder.name: folder for folder in study_folders(results)}
    if name not in folders:
        return words("studies.unknown")
    if what == "cancel":
        ended = cancel(folders[name])
        return words("studies.cancelled" if ended else "studies.nobody", name=name)
    if what not in {"batch", "retry"}:
        return words("studies.unknown")
    launch(folders[name], what)
    return words("studies.resumed" if what == "batch" else "studies.retried", name=name)


pages.add("studies")(Page(70, "/studies", "page.studies", layout, callbacks))
