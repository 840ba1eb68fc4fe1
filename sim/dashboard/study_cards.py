"""A card for each study: how far it is, what failed and why, what can be done with it."""

import json
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.i18n import Titles, Words
from sim.studies.design import Design
from sim.studies.overview import Failure, Overview

COMMAND = "sim batch price_or_service"

_MINUTE, _HOUR = 60.0, 3_600.0


def study_cards(found: list[Overview], words: Words) -> Component:
    """Return all studies, or how to make one."""
    if not found:
        return html.Div(
            [html.P(words("studies.none")), html.Code(COMMAND, tabIndex="0")], className="no-study"
        )
    return html.Ul([html.Li(_card(one, words)) for one in found], className="studies")


def _card(study: Overview, words: Words) -> Component:
    speak = words if study.design is None else Words(words.language, _titles(study.design))
    parts = [_head(study, speak)]
    if study.design is None:
        parts.append(html.P(study.error, className="study-facts"))
    else:
        parts += [
            html.P(_facts(study.design, speak), className="study-facts"),
            _bar(study, speak),
            html.P(_counts(study, speak), className="study-counts"),
            *_hint(study, speak),
            *_failures(study, speak),
            _deeds(study, speak),
        ]
    return html.Article(parts, className=f"card study {study.state}")


def _head(study: Overview, words: Words) -> Component:
    state = html.Span(words(f"studies.{study.state}"), className="state")
    return html.Div([html.H3(study.name), state], className="study-head")


def _titles(design: Design) -> Titles:
    about = {name: json.loads(text)["about"] for name, text in design.bases.items()}
    return {name: {"en": each["title"], "zh": each["title_zh"]} for name, each in about.items()}


def _facts(design: Design, words: Words) -> str:
    seeds = len(design.seeds)
    said = words(
        "studies.facts",
        scenarios=words.scenarios(list(design.bases)),
        seeds=words("compare.seed" if seeds == 1 else "compare.seeds", count=f"{seeds:,}"),
        fidelity=words.fidelity(design.fidelity),
    )
    swept = list(dict.fromkeys(path for variant in design.variants for path in variant.values))
    if not swept:
        return said
    points = len(design.variants) // len(design.bases)
    more = words("studies.points", count=f"{points:,}", parameters=", ".join(swept))
    return f"{said} · {more}"


def _bar(study: Overview, words: Words) -> Component:
    """Return how much is done and failed, as lengths."""
    ended = study.done + study.failed
    parts = [
        html.I(className=name, style={"width": f"{100 * count / max(1, study.total):.2f}%"})
        for name, count in (("done", study.done), ("failed", study.failed))
    ]
    about = aria(
        label=words("studies.progress", name=study.name),
        valuemin="0",
        valuemax=str(study.total),
        valuenow=str(ended),
    )
    return html.Div(parts, className="study-bar", role="progressbar", **about)


def _counts(study: Overview, words: Words) -> str:
    ended = study.done + study.failed
    said = [words("studies.counts", ended=f"{ended:,}", total=f"{study.total:,}")]
    if study.failed:
        said.append(words("studies.failed", count=f"{study.failed:,}"))
    if study.rate:
        said.append(words("studies.rate", rate=f"{study.rate:.1f}"))
    if study.left is not None:
        said.append(_left(study.left, words))
    return " · ".join(said)


def _left(seconds: float, words: Words) -> str:
    if seconds < 1.5 * _MINUTE:
        return words("studies.left.seconds", count=f"{seconds:.0f}")
    if seconds < 1.5 * _HOUR:
        return words("studies.left.minutes", count=f"{seconds / _MINUTE:.0f}")
    return words("studies.left.hours", count=f"{seconds / _HOUR:.1f}")


def _hint(study: Overview, words: Words) -> list[Component]:
    """Return why a study that is not complete cannot be gone on with, if so."""
    if study.goes_on or study.state == "complete":
        return []
    return [html.P(words("studies.other_code"), className="about")]


def _failures(study: Overview, words: Words) -> list[Component]:
    if not study.failures:
        return []
    rows = [_failure(failure, words) for failure in study.failures]
    hidden = study.failed - len(study.failures)
    if hidden:
        rows.append(html.Li(words("studies.more", count=f"{hidden:,}")))
    summary = html.Summary(words("studies.why", count=f"{study.failed:,}"))
    return [html.Details([summary, html.Ul(rows)], className="study-why")]


def _failure(failure: Failure, words: Words) -> Component:
    where = words(
        "studies.failure",
        scenario=words.scenario(failure.scenario),
        point=failure.point,
        seed=failure.seed,
    )
    said: list[Any] = [html.B(where), html.Span(failure.why)]
    if failure.traceback.strip() != failure.why:
        said.append(html.Pre(failure.traceback, tabIndex="0"))
    return html.Li(said)


def deed(what: str, name: str) -> dict[str, str]:
    """Return the id of the button that does something with a study."""
    return {"type": "study", "deed": what, "name": name}


def _deeds(study: Overview, words: Words) -> Component:
    offered = {"running": ["cancel"], "open": ["batch"], "failures": ["retry"]}
    known = offered.get(study.state, [])
    buttons = [
        dmc.Button(
            words(f"studies.{what}"),
            id=deed(what, study.name),
            size="compact-sm",
            radius="xl",
            variant="default" if what == "cancel" else "filled",
            className="" if what == "cancel" else "go",
            **aria(label=words(f"studies.{what}.of", name=study.name)),
        )
        for what in known
        if study.goes_on or what == "cancel"
    ]
    return html.Div(buttons, className="study-deeds")
