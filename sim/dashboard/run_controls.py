"""Choose one of the stored runs; what a page over one run shows at its top."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.citing import users
from sim.dashboard.controls import choice
from sim.dashboard.i18n import Words
from sim.dashboard.market_view import months_of
from sim.dashboard.runs import ALONE, Picked, Run
from sim.dashboard.select import searched, select


def run_selects(here: Picked, words: Words) -> list[Component]:
    """Return the choice of a study, where there is one, and of one of its runs."""
    named = [(run.id, _label(run, words)) for run in here.runs]
    which = searched(choice("run"), words("choice.run"), named, here.run.id, kind="wide")
    return [which] if here.sources == [ALONE] else [_source_select(here, words), which]


def _source_select(here: Picked, words: Words) -> Component:
    named = [
        (name, words("choice.study.alone" if name == ALONE else "choice.study.label", name=name))
        for name in here.sources
    ]
    return select(choice("study"), words("choice.study"), named, here.run.study or ALONE)


def _label(run: Run, words: Words) -> str:
    speak = Words(words.language, run.titles)
    scenario = speak.scenario(run.scenario)
    return words(
        "choice.run.label",
        scenario=f"{scenario} · {run.point}" if run.point else scenario,
        seed=run.seed,
        id=run.id[:7],
    )


def run_hero(run: Run, words: Words, page: str, *more: Component) -> Component:
    """Return the head of a page over one run: scenario, months, seed, who was simulated."""
    months = months_of(run)
    facts = words(
        "market.facts",
        start=months[0],
        end=months[-1],
        seed=run.seed,
        users=users(run.users, words),
        fidelity=words.fidelity(run.fidelity),
    )
    title = Words(words.language, run.titles).scenario(run.scenario)
    return html.Section(
        [
            html.P(words(page), className="eyebrow"),
            html.H1(title),
            html.P(facts, className="facts"),
            *more,
        ],
        className="hero",
    )


def few(name: str, values: Sequence[tuple[str, str]], value: str, words: Words) -> Component:
    """Return a choice among a few: buttons in a row, each (value, text)."""
    label = words(f"choice.{name}")
    control = dmc.SegmentedControl(
        id=choice(name),
        data=[{"value": one, "label": text} for one, text in values],
        value=value,
        size="sm",
        radius="xl",
        **aria(label=label),
    )
    return html.Div([html.Span(label, className="label"), control], className="choice")
