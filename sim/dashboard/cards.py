"""Cards: what changes against the baseline, in words."""

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.controls import swatch
from sim.dashboard.data import MARKET, pick
from sim.dashboard.messages import alert
from sim.dashboard.rows import NUMBERS
from sim.dashboard.scene import LEVEL, Scene
from sim.dashboard.sentences import clear, sentence
from sim.dashboard.units import Scale, scale_for

# The key metrics, each for the market or for the carrier in which it says most.
KEY = (
    ("profit", MARKET),
    ("consumer_surplus", MARKET),
    ("backward_revenue", MARKET),
    ("yuan_per_gb", MARKET),
    ("subscriber_share", "mobile"),
    ("leak_volume", MARKET),
)


def notes(scene: Scene) -> Component:
    """Return what the reader must know: doubtful parameters, series that are fed in."""
    comparison, words = scene.comparison, scene.words
    shown = []
    if comparison.warnings:
        shown.append(alert(words("note.warnings"), comparison.warnings, "yellow"))
    fed = fed_in(scene)
    if fed is not None:
        shown.append(fed)
    return html.Div(shown, className="notes")


def fed_in(scene: Scene) -> Component | None:
    """Return what is fed in, to be unfolded; None where nothing is."""
    fed = _by_text(scene)
    lines = [html.Li([html.B(names), text]) for text, names in fed.items()]
    summary = html.Summary(scene.words("note.fed_in"))
    return html.Details([summary, html.Ul(lines)], className="fed-in") if fed else None


def _by_text(scene: Scene) -> dict[str, str]:
    """Return what is fed in, each sentence once, with the scenarios it is true of."""
    inputs, words = scene.comparison.inputs, scene.words
    found: dict[str, list[str]] = {}
    for scenario, texts in inputs.items():
        for text in texts:
            found.setdefault(text, []).append(scenario)
    everyone = words("note.all")
    return {
        text: f"{everyone if len(names) == len(inputs) else words.scenarios(names)}: "
        for text, names in found.items()
    }


def finding_cards(scene: Scene) -> Component:
    """Return one card for each key metric, with a sentence for each scenario shown."""
    words = scene.words
    cards = [_card(scene, metric, entity) for metric, entity in KEY]
    found = [card for card in cards if card is not None]
    return html.Div(
        [explained(scene), html.Ul(found, className="cards")]
        if found
        else html.P(words("chart.nothing.what"), className="explained")
    )


def explained(scene: Scene) -> Component:
    """Return the sentence that says what differences are taken from, and what intervals hold."""
    comparison, words = scene.comparison, scene.words
    said = words(
        "compare.findings.single" if scene.single else "compare.findings.note",
        year=words.period(scene.period),
        baseline=words.scenario(comparison.baseline),
        level=LEVEL,
        seeds=len(comparison.seeds),
    )
    return html.P(said, className="explained")


def _card(scene: Scene, metric: str, entity: str) -> Component | None:
    rows = pick(scene.comparison.differences, metric, scene.others, [entity])
    if rows.empty:
        return None
    unit = str(rows["unit"].iloc[0])
    scale = scale_for(unit, rows[NUMBERS].to_numpy().ravel(), scene.words, difference=True)
    shown = rows.assign(**{name: rows[name] * scale.factor for name in NUMBERS})
    widest = float(shown[NUMBERS].abs().max().max()) or 1.0
    name = scene.words.metric_inside(metric)
    if entity != MARKET:
        owner = scene.words.entity(entity)
        name = scene.words("finding.metric_of", metric=name, entity=owner)
    lines = [
        _line(scene, row, is_clear, scale, widest, name)
        for row, is_clear in zip(shown.to_dict("records"), clear(shown), strict=True)
    ]
    return html.Li([_head(scene, metric, entity, scale), *lines], className="card finding")


def picks(metric: str) -> dict[str, Any]:
    """Return what makes a button pick a metric: `assets/choices.js` hears it."""
    return {"data-metric": metric}


def _head(scene: Scene, metric: str, entity: str, scale: Scale) -> Component:
    name = scene.words.metric(metric)
    pick_it = html.Button(
        name,
        className="pick",
        type="button",
        title=scene.words("choice.pick", metric=name),
        **picks(metric),
        **aria(pressed="true" if metric == scene.metric else "false"),
    )
    about = f"{scene.words.entity(entity)} · {scale.unit}"
    return html.Div([html.H3(pick_it), html.Span(about, className="about")], className="head")


def _line(
    scene: Scene, row: dict[Any, Any], is_clear: bool, scale: Scale, widest: float, metric: str
) -> Component:
    """Return one scenario's difference: the number, its interval drawn, the sentence."""
    text = sentence(row, metric, scale, scene.words)
    number = html.Span(scale.signed(row["mean"]), className="number" if is_clear else "number dim")
    top = html.Div([swatch(scene, row["scenario"]), number, _interval(scene, row, widest)])
    return html.Div([top, html.P(text)], className="line")


def _interval(scene: Scene, row: dict[Any, Any], widest: float) -> Component:
    """Draw mean and interval around zero, which stands in the middle."""
    at = {name: f"{50 + 46 * row[name] / widest:.2f}%" for name in NUMBERS if pd.notna(row[name])}
    marks = [html.I(className="zero")]
    if "low" in at:
        width = f"{46 * (row['high'] - row['low']) / widest:.2f}%"
        marks.append(html.I(className="span", style={"left": at["low"], "width": width}))
    marks.append(html.I(className="dot", style={"left": at["mean"]}))
    colour = {"--colour": scene.colour(row["scenario"])}
    return html.Span(marks, className="interval", style=colour, **aria(hidden="true"))
