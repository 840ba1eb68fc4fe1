"""The page of single members: one user, partner, reseller or branch, month by month, in words."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.aria import aria
from sim.dashboard.controls import choice
from sim.dashboard.i18n import Words
from sim.dashboard.messages import alert, empty
from sim.dashboard.pages import Page, pages
from sim.dashboard.remaking import lacking
from sim.dashboard.run_controls import few, run_hero, run_selects
from sim.dashboard.runs import COMMAND, Run, picked
from sim.dashboard.scene import Choices
from sim.dashboard.select import searched
from sim.dashboard.stories import story, told_so_far
from sim.dashboard.storyteller import Progress, Question, the_storyteller
from sim.market.names import CARRIERS

KINDS = ("user", "partner", "reseller", "branch")

NEEDED = ("carrier_month",)  # the table that a repeated run is held against
_TICK = 700  # milliseconds between two looks at how far a story is


@dataclass(frozen=True)
class Asked:
    """Whose story is asked for; what was not chosen, or is not there, takes its first value."""

    run: Run
    kind: str
    who: int | str | None  # None where the scenario has none of the kind

    @classmethod
    def of(cls, run: Run, choices: Choices) -> Self:
        """Return what the reader asks for."""
        kind, who = choices.own.get("kind"), choices.own.get("who", "")
        known = kind if kind in KINDS and kind is not None else KINDS[0]
        if known == "branch":
            names = branches(run)
            return cls(run, known, who if who in names else names[0])
        count = how_many(run, known)
        number = int(who) if who.isascii() and who.isdigit() and len(who) < 12 else 1
        return cls(run, known, (number if 1 <= number <= count else 1) if count else None)

    @property
    def command(self) -> str:
        """Return the command that tells the same story."""
        option = "" if self.kind == "user" else f"--{self.kind} "
        study = "" if self.run.study is None else f" --out {shlex.quote(str(self.run.folder))}"
        return f"sim explain {self.run.id} {option}{self.who}{study}"


def branches(run: Run) -> list[str]:
    """Return the branches of a run: carrier:province."""
    return [f"{carrier}:{code}" for carrier in CARRIERS for code in run.branches]


def how_many(run: Run, kind: str) -> int:
    """Return how many users, partners or resellers a run has."""
    section, name = {
        "user": ("population", "users"),
        "partner": ("sponsorship", "partners"),
        "reseller": ("resale", "resellers"),
    }[kind]
    return int(run.definition[section][name])


def layout(choices: Choices, results: Path) -> Component:
    """Return the page; without runs it says which command makes one."""
    words, here = Words(choices.language), picked(results, choices)
    if here is None:
        return empty(words, "agents", COMMAND)
    asked = Asked.of(here.run, choices)
    parts = words("agents.which").split("`")
    which = [html.Code(part) if place % 2 else part for place, part in enumerate(parts)]
    kinds = [(kind, words(f"agents.{kind}")) for kind in KINDS]
    label = html.H2(words("agents.choose"), id="controls-label", className="sr-only")
    return html.Div(
        [
            run_hero(asked.run, words, "page.agents", html.P(which, className="explained")),
            html.Div(
                [
                    label,
                    *run_selects(here, words),
                    few("kind", kinds, asked.kind, words),
                    _who(asked, words),
                ],
                className="controls",
                role="group",
                **aria(labelledby="controls-label"),
            ),
            html.Div(id="story"),
            dcc.Interval(id="story-tick", interval=_TICK, disabled=True),
        ]
    )


def called(asked: Asked, words: Words) -> str:
    """Return what a member is called: User 12, or the branch of a carrier in a province."""
    kind = words(f"agents.{asked.kind}")
    if asked.kind == "branch":
        name = dict(_branch_names(asked.run, words))[str(asked.who)]
        return words("agents.story.branch", kind=kind, name=name)
    return words("agents.story", kind=kind, which=asked.who)


def _who(asked: Asked, words: Words) -> Component:
    """Return the choice of one member of the kind."""
    if asked.who is None:
        return html.P(words("agents.none"), className="explained")
    if asked.kind == "branch":
        named = _branch_names(asked.run, words)
        return searched(choice("who"), words("agents.branch"), named, str(asked.who))
    count = how_many(asked.run, asked.kind)
    number: Component = dmc.NumberInput(
        id=choice("who"),
        label=words("agents.number", count=f"{count:,}"),
        value=asked.who,
        min=1,
        max=count,
        allowDecimal=False,
        allowNegative=False,
        clampBehavior="strict",
        debounce=500,
    )
    return number


def _branch_names(run: Run, words: Words) -> list[tuple[str, str]]:
    names = {place["code"]: place[f"name_{words.language}"] for place in run.provinces}
    carriers = [(carrier, words.entity(carrier)) for carrier in CARRIERS]
    return [
        (
            f"{carrier}:{code}",
            words("agents.branch.of", carrier=name, province=names.get(code, code)),
        )
        for carrier, name in carriers
        for code in run.branches
    ]


def callbacks(app: Dash, results: Path) -> None:
    """Tell the story that is asked for, and how far it is until it is there."""

    @app.callback(
        Output("story", "children"),
        Output("story-tick", "disabled"),
        Input("choices", "data"),
        Input("story-tick", "n_intervals"),
    )
    def tell(said: dict[str, Any], _ticks: int) -> tuple[Component | None, bool]:
        choices = Choices.read(said)
        return answer(choices, results)


def answer(choices: Choices, results: Path) -> tuple[Component | None, bool]:
    """Return what to show, and whether nothing more is to come."""
    words, here = Words(choices.language), picked(results, choices)
    if here is None:
        return None, True
    asked = Asked.of(here.run, choices)
    if asked.who is None:
        return None, True
    if missing := asked.run.lacks(NEEDED):
        return lacking(asked.run, missing, words), True
    try:
        told = the_storyteller().ask(
            Question(asked.run.folder, asked.run.id, asked.kind, asked.who)
        )
    except SimError as error:
        failed = alert(words("agents.failed"), [str(error), asked.command], "red")
        return failed, True
    if isinstance(told, Progress):
        return told_so_far(told, words), False
    return story(told[choices.language], called(asked, words), asked.command, words), True


pages.add("agents")(Page(40, "/agents", "page.agents", layout, callbacks))
