"""The report: the answer, the claims, the key metrics and what they rest on, in one file.

Equal comparisons give equal files, to the byte: nothing of the day or the machine stands in it.
"""

import json
from dataclasses import dataclass, field, replace
from html import escape
from importlib.resources import files
from typing import Any

from dash import html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.answer import answer, headlines
from sim.dashboard.cards import KEY, fed_in
from sim.dashboard.charts import charts
from sim.dashboard.citing import citation
from sim.dashboard.claims import CLAIMS, Claim
from sim.dashboard.drawing import Drawn, draw
from sim.dashboard.evidence import Evidence
from sim.dashboard.plot import Figure
from sim.dashboard.policy import script_hash
from sim.dashboard.provenance import provenance
from sim.dashboard.report.static import text
from sim.dashboard.scene import Choices, Scene
from sim.dashboard.texts import Language
from sim.dashboard.theme import GRAPH, Theme
from sim.dashboard.trusting import Past
from sim.dashboard.view import View
from sim.studies.comparison import Comparison

_SHEETS = ("dashboard.css", "story.css", "trust.css")
_MOST_ROWS = 120  # of a table


@dataclass
class _Report:
    """A report in the making: the figures drawn so far, by the id of their place."""

    comparison: Comparison
    choices: Choices
    figures: dict[str, Any] = field(default_factory=dict)

    def chart(self, name: str, view: View, narrow: View) -> Component:
        """Return a chart's card: finding, notes, place of the figure, source, table."""
        drawn = draw(name, view)
        place = f"figure-{len(self.figures) + 1}"
        self.figures[place] = _for_both(drawn.figure, draw(name, narrow).figure)
        return html.Section(
            [
                html.P(view.words(f"chart.{name}"), className="eyebrow"),
                html.H3(drawn.title, className="chart-title"),
                html.P(drawn.notes, className="chart-notes"),
                html.Div(id=place, className="chart-body"),
                html.P(drawn.source, className="chart-source"),
                html.P(citation(view), className="chart-source"),
                *_table(drawn, view),
            ],
            className="card chart",
        )


def _for_both(wide: Figure, narrow: Figure) -> dict[str, Any]:
    """Return layouts for wide and narrow screens; data, often the same, are there once."""
    layouts = {"wide": wide["layout"], "narrow": narrow["layout"]}
    if wide["data"] == narrow["data"]:
        return {"data": {"both": wide["data"]}, "layout": layouts}
    return {"data": {"wide": wide["data"], "narrow": narrow["data"]}, "layout": layouts}


def report(
    comparison: Comparison, about: dict[str, Any], language: Language = "en", theme: Theme = "light"
) -> str:
    """Return the whole file.

    about : the manifest that lies beside the comparison, or beside the study it is of
    """
    making = _Report(comparison, Choices(language, theme))
    scene = Scene.of(comparison, making.choices)
    body = [
        _hero(scene),
        answer(comparison, making.choices),
        *_claims(making, scene),
        *_metrics(making, scene),
        *_trust(making, scene, about),
    ]
    return _file(text(html.Main(body, className="report story")), making, scene)


def _hero(scene: Scene) -> Component:
    words, comparison = scene.words, scene.comparison
    return html.Section(
        [
            html.P(words("app.title"), className="eyebrow"),
            html.H1(words("story.question")),
            html.P(words("story.lead"), className="lead"),
            html.P(words("report.scenarios", names=words.scenarios(comparison.scenarios))),
        ],
        className="hero",
    )


def _claims(making: _Report, scene: Scene) -> list[Component]:
    """Return the claims that this comparison speaks to; the others by name alone."""
    words, told, mute = scene.words, [], []
    for claim in CLAIMS:
        kind: type[Evidence] = charts.get(f"claim_{claim.id}").view
        try:
            views = [
                kind.seen(making.comparison, making.choices, narrow=narrow)
                for narrow in (False, True)
            ]
        except SimError:
            mute.append(claim.id.upper())
            continue
        told.append(_claim(claim, making.chart(f"claim_{claim.id}", *views), scene))
    if mute:
        told.append(html.P(words("report.mute", names=words("joint.names").join(mute))))
    return [html.Section([html.H2(words("story.claims")), *told], className="claims")]


def _claim(claim: Claim, chart: Component, scene: Scene) -> Component:
    words = scene.words
    still = html.P([html.B(words("story.missing")), " ", words(f"claim.{claim.id}.open")])
    said = [
        html.Span(claim.id.upper(), className="badge"),
        html.H3(words(f"claim.{claim.id}")),
        still,
    ]
    return html.Article([html.Div(said, className="claim-words"), chart], className="claim")


def _metrics(making: _Report, scene: Scene) -> list[Component]:
    """Return the key metrics: differences of all scenarios, months of those that matter most."""
    known = set(making.comparison.monthly["name"])
    few = (making.comparison.baseline, *headlines(scene))
    parts: list[Component] = []
    for metric in [metric for metric, _ in KEY if metric in known]:
        every = replace(making.choices, metric=metric)
        drawn = []
        for name, seen in (("differences", every), ("over_time", replace(every, scenarios=few))):
            views = [Scene.of(making.comparison, seen, narrow=narrow) for narrow in (False, True)]
            if not charts.get(name).rows(views[0]).frame.empty:
                drawn.append(making.chart(name, *views))
        parts.append(html.Section([html.H2(scene.words.metric(metric)), *drawn]))
    return parts


def _trust(making: _Report, scene: Scene, about: dict[str, Any]) -> list[Component]:
    """Return history, warnings, what was fed in, and what the numbers were made of."""
    words, comparison = scene.words, making.comparison
    views = [Past.of(comparison, making.choices, narrow=narrow) for narrow in (False, True)]
    found: list[Any] = [html.H2(words("page.trust"))]
    if not comparison.history.empty:
        found.append(making.chart("history", *views))
    if comparison.warnings:
        warnings = html.Ul([html.Li(warning) for warning in comparison.warnings])
        found += [html.H3(words("note.warnings")), warnings]
    shown = fed_in(scene)
    found += [] if shown is None else [shown]
    sheet = provenance(comparison, about, words)
    return [
        html.Section(found, className="trust"),
        html.Section([html.H2(words("trust.provenance")), sheet], className="provenance"),
    ]


def _table(drawn: Drawn, view: View) -> list[Component]:
    """Return the rows of a chart as a table to unfold; none where they are too many to read."""
    rows, words = drawn.rows, view.words
    if len(rows.frame) > _MOST_ROWS:
        return []
    names = [str(name) for name in rows.frame]
    heads = [
        html.Th(
            words(f"column.{name}", unit=rows.scale.unit),
            className="n" if name in rows.numbers else None,
        )
        for name in names
    ]
    lines = [
        html.Tr([_cell(name, row[name], drawn, view) for name in names])
        for row in rows.frame.to_dict("records")
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(lines)])
    summary = html.Summary(words("choice.table"))
    return [html.Details([summary, html.Div(table, className="rows")])]


def _cell(name: str, value: Any, drawn: Drawn, view: View) -> Component:
    rows = drawn.rows
    if isinstance(value, float) and value != value:  # noqa: PLR0124  nan is not known
        return html.Td("")
    if name in rows.numbers:
        return html.Td(rows.scale.number(value), className="n")
    shown = f"{value:.6g}" if isinstance(value, float) else rows.name(name, value, view.words)
    return html.Td(str(shown))


def _file(body: str, making: _Report, scene: Scene) -> str:
    """Return the file around the body; scripts run by their hash alone, nothing is fetched."""
    from plotly.offline import get_plotlyjs

    own = files("sim.dashboard.report")
    sheets = [(files("sim.dashboard") / "assets" / name).read_text("utf-8") for name in _SHEETS]
    styles = "\n".join([*sheets, (own / "report.css").read_text("utf-8")])
    scripts = [get_plotlyjs(), (own / "report.js").read_text("utf-8")]
    data = {"figures": making.figures, "config": GRAPH}
    hashes = " ".join(map(script_hash, scripts))
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:"
    )
    language = "zh-CN" if scene.words.language == "zh" else "en"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{language}" data-mantine-color-scheme="{scene.palette.name}">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(scene.words('story.question'))}</title>",
        f"<style>{styles}</style></head><body>",
        body,
        *(_json(name, content) for name, content in data.items()),
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _json(name: str, content: Any) -> str:
    """Return JSON inside the file; no text in it can end the script."""
    plain = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f'<script type="application/json" id="{name}">{plain.replace("<", "\\u003c")}</script>'
