"""The page of trust: against theory, against observation, doubtful parameters, provenance."""

from collections.abc import Callable
from pathlib import Path

from dash import Dash, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.chart_cards import chart_card
from sim.dashboard.data import chosen, comparisons
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert, command
from sim.dashboard.pages import Page, pages
from sim.dashboard.provenance import provenance
from sim.dashboard.scene import Choices
from sim.dashboard.trusting import HISTORY, Ladder, Past, Sensed
from sim.store.reader import read_manifest

type Part = Callable[[Choices, Path, Words], list[Component]]

_VERIFY = "sim verify"
_COMPARE = "sim compare history"
_SENSE = "sim sensitivity service_cooperation"


def layout(choices: Choices, results: Path) -> Component:
    """Return the page; what is not stored yet says which command stores it."""
    words = Words(choices.language)
    head = html.Section(
        [
            html.P(words("page.trust"), className="eyebrow"),
            html.H1(words("trust.title")),
            html.P(words("trust.lead"), className="lead"),
        ],
        className="hero",
    )
    parts = [_part(part, choices, results, words) for part in (_ladder, _history, _sensitivity)]
    return html.Div(
        [
            head,
            html.Div([one for part in parts for one in part], className="charts"),
            _provenance(choices, results, words),
        ],
        className="trust",
    )


def _part(part: Part, choices: Choices, results: Path, words: Words) -> list[Component]:
    try:
        return part(choices, results, words)
    except SimError as error:
        return [alert(words("note.broken"), [str(error)], "red")]


def _ladder(choices: Choices, results: Path, words: Words) -> list[Component]:
    view = Ladder.open(choices, results)
    if not view.ran:
        return [_advice(words("trust.ladder.none"), _VERIFY, words)]
    notes = []
    if view.older:
        text = words("trust.older", count=view.older, all=len(view.ran))
        notes.append(_advice(text, _VERIFY, words))
    never = len(view.outcomes) - len(view.ran)
    if never:
        text = words("trust.never", count=never, all=len(view.outcomes))
        notes.append(_advice(text, _VERIFY, words))
    return [*notes, chart_card("ladder", words)]


def _history(choices: Choices, results: Path, words: Words) -> list[Component]:
    if not any(one.scenarios for one in comparisons(results)):
        return [_advice(words("trust.history.missing"), _COMPARE, words)]
    scene = Past.open(choices, results)
    short = HISTORY not in scene.comparison.scenarios
    note = [_advice(words("trust.history.short"), _COMPARE, words)] if short else []
    return [chart_card("history", words), *note]


def _sensitivity(choices: Choices, results: Path, words: Words) -> list[Component]:
    try:
        view = Sensed.open(choices, results)
    except SimError:
        return [_advice(words("trust.sensitivity.missing"), _SENSE, words)]
    older = [] if view.current else [_advice(words("trust.sensitivity.older"), _SENSE, words)]
    return [chart_card("sensitivity", words), *older]


def _advice(text: str, what: str, words: Words) -> Component:
    """Return a note and the command that would change it."""
    return html.Div([html.P(text), command(what, words)], className="advice")


def _provenance(choices: Choices, results: Path, words: Words) -> Component:
    stored = [one for one in comparisons(results) if one.scenarios]
    head = html.H2(words("trust.provenance"))
    if not stored:
        return html.Section([head, html.P(words("trust.none"))], className="provenance")
    try:
        here = chosen(stored, choices.comparison)
        shown = provenance(here.load(), read_manifest(here.folder), words)
    except SimError as error:
        shown = alert(words("note.broken"), [str(error)], "red")
    note = html.P(words("trust.provenance.note"), className="explained")
    return html.Section([head, note, shown], className="provenance")


def callbacks(_app: Dash, _results: Path) -> None:
    """Add nothing: the charts move by themselves."""


pages.add("trust")(Page(60, "/trust", "page.trust", layout, callbacks))
