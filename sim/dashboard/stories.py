"""A story on the page: who it is, and month by month what happened, with what was weighed."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.i18n import Words
from sim.dashboard.storyteller import Progress
from sim.studies.explain import chinese, sentences
from sim.studies.explain.partners import PartnerMonth
from sim.studies.explain.sentences import number, percent
from sim.studies.explain.telling import Story, Told
from sim.studies.explain.users import UserMonth

_NAMES = ("offer", "carrier", "channel")  # columns of words, not of numbers


def told_so_far(progress: Progress, words: Words) -> Component:
    """Return how far a story is."""
    if progress.before:
        said = words("agents.waits", before=progress.before)
    elif progress.months:
        said = words("agents.done", done=progress.done, months=progress.months)
    else:
        said = words("agents.starts")
    whole: dict[str, Any] = {}  # without a value the bar only moves
    if progress.months:
        whole = {"max": str(progress.months), "value": str(progress.done)}
    bar = html.Progress(**whole, **aria(label=words("agents.starts")))
    return html.Div([bar, html.P(said, role="status")], className="card telling")


def story(one: Story, name: str, command: str, words: Words) -> Component:
    """Return a whole story; `name` is what its member is called, `command` tells the same."""
    copy = dmc.CopyButton(
        words("empty.copy"), copiedChildren=words("empty.copied"), value=command, variant="default"
    )
    return html.Article(
        [
            html.H2(name, className="chart-title"),
            html.P(one.about, className="about-member"),
            html.Ul([html.Li(note) for note in one.notes], className="chart-notes"),
            html.Ol([_month(told, words) for told in one.told], className="timeline"),
            html.P(words("agents.command"), className="chart-source"),
            html.Div([html.Code(command, tabIndex="0"), copy], className="command"),
        ],
        className="card story",
    )


def _month(told: Told, words: Words) -> Component:
    when = told.when if words.language == "en" else chinese.when(told.first, told.last)
    happened = told.facts is not None
    parts: list[Component] = [html.H3(when), html.P(told.text)]
    weighed = _weighed(told.facts, words)
    return html.Li(
        [*parts, weighed] if weighed is not None else parts,
        className="happened" if happened else "quiet",
    )


def _weighed(facts: Any, words: Words) -> Component | None:
    """Return what was weighed in a month, folded; None where nothing was."""
    if isinstance(facts, UserMonth) and facts.options:
        return _folded(words("agents.offers"), _offers(facts, words))
    if isinstance(facts, PartnerMonth) and facts.decides:
        return _folded(words("agents.channels"), _channels(facts, words))
    return None


def _folded(title: str, table: Component) -> Component:
    scrolls = html.Div(table, className="weighed", tabIndex="0", role="region", **aria(label=title))
    return html.Details([html.Summary(title), scrolls])


def _offers(facts: UserMonth, words: Words) -> Component:
    heads = ("offer", "fee", "allowance", "utility", "chance")
    speak = sentences.offer_name if words.language == "en" else chinese.offer_name
    rows = [
        (
            option.offer == facts.after.offer,
            [
                speak(option.carrier, option.plan),
                number(option.fee),
                number(option.allowance),
                number(option.utility),
                percent(option.chance),
            ],
        )
        for option in facts.options
    ]
    return _table(heads, rows, words)


def _channels(facts: PartnerMonth, words: Words) -> Component:
    heads = ("carrier", "channel", "worth", "cost", "gain")
    rows = [
        (
            terms.channel == deal.channel,
            [
                words.entity(deal.carrier),
                terms.channel if words.language == "en" else chinese.CHANNEL[terms.channel],
                *(number(yuan, 0) for yuan in (terms.worth, terms.cost, terms.gain)),
            ],
        )
        for deal in facts.deals
        for terms in deal.terms
        if terms.open
    ]
    return _table(heads, rows, words)


def _table(
    heads: Sequence[str], rows: Sequence[tuple[bool, Sequence[str]]], words: Words
) -> Component:
    """Return a table; what was chosen stands out."""
    kinds = ["word" if name in _NAMES else "" for name in heads]
    head = html.Tr(
        [
            html.Th(words(f"agents.column.{name}"), scope="col", className=kind)
            for name, kind in zip(heads, kinds, strict=True)
        ]
    )
    body = [
        html.Tr(
            [html.Td(cell, className=kind) for cell, kind in zip(cells, kinds, strict=True)],
            className="taken" if taken else "",
        )
        for taken, cells in rows
    ]
    return html.Table([html.Thead(head), html.Tbody(body)])
