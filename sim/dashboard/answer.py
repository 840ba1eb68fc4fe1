"""Who gains and who loses by each scenario: the newest comparison on one card a scenario."""

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.cards import explained
from sim.dashboard.controls import swatch
from sim.dashboard.data import ENTITIES, MARKET, pick
from sim.dashboard.rows import NUMBERS
from sim.dashboard.scene import Choices, Scene
from sim.dashboard.sentences import clear
from sim.dashboard.units import scale_for
from sim.market.names import CARRIERS
from sim.studies.comparison import Comparison

_HEADLINES = ("price_war", "service_cooperation", "price_war_with_cooperation", "alliance")
_MOST = 3  # scenarios that fit on a screen
# What stands on a card: key of its words, metric, entity, and the key of who it is, if anyone.
_LINES = (
    *(("story.line.profit", "profit", carrier, f"entity.{carrier}") for carrier in CARRIERS),
    ("story.line.users", "consumer_surplus", MARKET, "story.who.users"),
    ("story.line.partners", "partner_surplus", MARKET, "story.who.partners"),
    ("story.line.backward", "backward_revenue", MARKET, None),
)
_SIGNS = {"gain": "▲", "lose": "▼", "unclear": "≈"}


def answer(comparison: Comparison, choices: Choices) -> Component:
    """Return the section: one card for each of the scenarios that matter most."""
    scene = Scene.of(comparison, Choices(choices.language, choices.theme))
    shown = headlines(scene)
    known = {
        metric: pick(comparison.differences, metric, shown, ENTITIES)
        for metric in {metric for _, metric, _, _ in _LINES}
    }
    cards = [_card(scene, name, known) for name in shown]
    return html.Section(
        [
            html.H2(scene.words("story.answer")),
            explained(scene),
            html.Ul(cards, className="cards"),
        ],
        className="findings",
    )


def headlines(scene: Scene) -> list[str]:
    """Return the scenarios to speak of: those of the question first."""
    first = [name for name in _HEADLINES if name in scene.others]
    return [*first, *(name for name in scene.others if name not in first)][:_MOST]


def _card(scene: Scene, scenario: str, known: dict[str, pd.DataFrame]) -> Component:
    rows = [
        (key, who, row)
        for key, metric, entity, who in _LINES
        for row in _difference(scene, known[metric], scenario, entity)
    ]
    title = html.Div(
        [swatch(scene, scenario), html.H3(scene.words.scenario(scenario))], className="answer-head"
    )
    lines = [_line(scene, key, row) for key, _, row in rows]
    return html.Li(
        [title, html.P(_summary(scene, rows), className="answer-sum"), html.Dl(lines)],
        className="card finding answer",
    )


def _difference(
    scene: Scene, known: pd.DataFrame, scenario: str, entity: str
) -> list[dict[Any, Any]]:
    """Return the difference as it is read, with its direction; none if it is not known."""
    rows = known[(known["scenario"] == scenario) & (known["entity"] == entity)]
    if rows.empty:
        return []
    row: dict[Any, Any] = rows.iloc[0].to_dict()
    values = [row[name] for name in NUMBERS]
    scale = scale_for(str(row["unit"]), values, scene.words, difference=True)
    numbers = {name: row[name] * scale.factor for name in NUMBERS}
    told = bool(clear(rows).iloc[0]) or pd.isna(row["low"])
    sign = ("gain" if row["mean"] > 0 else "lose") if told and row["mean"] else "unclear"
    return [row | numbers | {"scale": scale, "sign": sign}]


def _summary(scene: Scene, rows: list[tuple[str, str | None, dict[Any, Any]]]) -> str:
    """Return who is better off, who worse, and of whom it cannot be said."""
    words = scene.words
    told = []
    for sign in _SIGNS:
        names = [words(who) for _, who, row in rows if who and row["sign"] == sign]
        if names:
            listed = "".join(map("".join, zip(names, words.joints(len(names)), strict=True)))
            told.append(words(f"story.{sign}", names=listed))
    return words("joint.sentences").join(told)


def _line(scene: Scene, key: str, row: dict[Any, Any]) -> Component:
    words, scale, sign = scene.words, row["scale"], row["sign"]
    low, high = row["low"], row["high"]
    interval = "" if pd.isna(low) else f"[{scale.signed(low)}, {scale.signed(high)}]"
    return html.Div(
        [
            html.Dt(words(key, entity=words.entity(row["entity"]))),
            html.Dd(
                [
                    html.I(_SIGNS[sign], className=f"sign {sign}", **aria(hidden="true")),
                    html.B(f"{scale.signed(row['mean'])} {scale.unit}"),
                    html.Span(interval),
                ]
            ),
        ]
    )
