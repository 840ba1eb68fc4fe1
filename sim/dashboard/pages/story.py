"""The first page: the question, the answer so far, and each claim beside its numbers."""

from pathlib import Path
from urllib.parse import urlencode

from dash import Dash, dcc, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.answer import answer
from sim.dashboard.chart_cards import chart_card
from sim.dashboard.claims import CLAIMS, USUAL, Claim
from sim.dashboard.data import Stored, comparisons
from sim.dashboard.evidence import speaking
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert, command, empty
from sim.dashboard.pages import Page, pages
from sim.dashboard.scene import Choices


def layout(choices: Choices, results: Path) -> Component:
    """Return the page; without results it says which command makes some."""
    words, stored = Words(choices.language), comparisons(results)
    if not stored:
        return html.Div([_hero(words), empty(words, heading=html.H2)], className="story")
    listed = [_claim(claim, stored, choices, words) for claim in CLAIMS]
    note = html.P(words("story.claims.note"), className="explained")
    return html.Div(
        [
            _hero(words),
            _answer(stored, choices),
            html.Section([html.H2(words("story.claims")), note, *listed], className="claims"),
        ],
        className="story",
    )


def _hero(words: Words) -> Component:
    return html.Section(
        [
            html.P(words("story.eyebrow"), className="eyebrow"),
            html.H1(words("story.question")),
            html.P(words("story.lead"), className="lead"),
        ],
        className="hero",
    )


def _answer(stored: list[Stored], choices: Choices) -> Component:
    """Return the answer of the comparison chosen, else of the newest that compares anything."""
    words = Words(choices.language)
    able = [one for one in stored if len(one.scenarios) > 1]
    here = next((one for one in able if one.id == choices.comparison), able[0] if able else None)
    if here is None:
        return alert(words("story.answer"), [words("story.answer.none")], "blue")
    try:
        return answer(here.load(), choices)
    except SimError as error:
        return alert(words("note.broken"), [str(error)], "red")


def _claim(claim: Claim, stored: list[Stored], choices: Choices, words: Words) -> Component:
    """Return one claim: the words at the left, the numbers at the right."""
    found = speaking(claim, stored, choices.comparison)
    said = [
        html.Span(claim.id.upper(), className="badge"),
        html.H3(words(f"claim.{claim.id}"), id=claim.id),
        html.P([html.B(words("story.missing")), " ", words(f"claim.{claim.id}.open")]),
    ]
    if found is not None:
        said.append(dcc.Link(words("story.closer"), href=_closer(claim, found), className="closer"))
    shown = _mute(claim, words) if found is None else chart_card(f"claim_{claim.id}", words)
    return html.Article([html.Div(said, className="claim-words"), shown], className="claim")


def _closer(claim: Claim, found: Stored) -> str:
    shown = claim.shown(found.scenarios)
    query = {"comparison": found.id, "metric": claim.metric, "scenarios": ",".join(shown)}
    return f"/compare?{urlencode(query, safe=',')}"


def _mute(claim: Claim, words: Words) -> Component:
    """Return what stands in place of a chart: that nothing speaks yet, and what would."""
    names = [name for name in claim.scenarios if name != USUAL]
    return html.Div(
        [
            html.P(words("story.mute")),
            html.P(words("story.mute.run")),
            command(f"sim compare {' '.join([USUAL, *names])}", words),
        ],
        className="card mute",
    )


def callbacks(_app: Dash, _results: Path) -> None:
    """Add nothing: the charts move by themselves."""


pages.add("story")(Page(10, "/", "page.story", layout, callbacks))
