"""What the page of the live market says to a move: at once, and again as more seeds come."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from dash import Dash, dcc, html
from dash.development.base_component import Component
from flask import Response
from plotly.io.json import to_json_plotly

from sim.core.errors import SimError
from sim.dashboard.aria import aria
from sim.dashboard.cards import KEY, picks
from sim.dashboard.chart_cards import foot
from sim.dashboard.data import ENTITIES
from sim.dashboard.door import body
from sim.dashboard.drawing import draw
from sim.dashboard.i18n import Words
from sim.dashboard.lever_text import extent
from sim.dashboard.live_view import SEEDS, STAGES, Asked, LiveView, the_desk
from sim.dashboard.messages import alert
from sim.dashboard.scene import Choices
from sim.dashboard.tables import table
from sim.dashboard.theme import GRAPH
from sim.dashboard.why_view import WHY_SEEDS, WhyView
from sim.studies.attribution import Made
from sim.studies.desk import Ask
from sim.studies.facts import CHANGES_ONLY
from sim.studies.levers import BY_NAME
from sim.studies.live import Answer
from sim.studies.positions import Mistake, Position

type Question = Mapping[str, Any]

_READER = 32  # characters of a reader's name that are looked at


@dataclass(frozen=True)
class _Why:
    """How far the runs are that tell why, seed by seed; what forbids to ask for them."""

    asks: Sequence[Mapping[Made, Ask]]
    found: Sequence[Mapping[Made, Answer]]
    trouble: str = ""

    @classmethod
    def of(cls, asked: Asked) -> Self:
        try:
            asks = asked.steps(WHY_SEEDS)
            answers = [{made: the_desk().found(ask) for made, ask in one.items()} for one in asks]
        except SimError as error:
            return cls([], [], str(error).splitlines()[0])
        there = [{made: a for made, a in one.items() if a is not None} for one in answers]
        return cls(asks, there)

    @property
    def missing(self) -> list[Ask]:
        return [
            ask
            for asks, found in zip(self.asks, self.found, strict=True)
            for made, ask in asks.items()
            if made not in found
        ]

    @property
    def told(self) -> Sequence[Mapping[Made, Answer]]:
        """Return the seeds that it is told from: all, or the first; none until that is complete."""
        if not self.missing:
            return self.found
        return self.found[:1] if len(self.found[0]) == len(self.asks[0]) else []

    @property
    def stage(self) -> int:
        """Return how many runs the page shows something of."""
        shown = self.told or self.found[:1]
        return sum(map(len, shown))


def routes(app: Dash) -> None:
    """Answer the questions of `assets/explore.js`; a `SimError` for what is none."""

    def reply() -> Response:
        question = body()
        if not isinstance(question, dict):
            raise SimError("not a JSON object")
        return Response(to_json_plotly(answer(question)), mimetype="application/json")

    app.server.add_url_rule("/explore/answer", view_func=reply, methods=["POST"])


def answer(question: Question) -> dict[str, Any]:
    """Return what the page becomes; what is not touched is not in it.

    Parameters
    ----------
    question : from the browser, so of any content: `turn`, its number; `said`, the reader's
        choices; `was`, those before; `reader`, who asks; `narrow`, on a small screen; `table`, for
        a table; `seen`, the stage that is on the screen, when only what came since is asked for

    Returns
    -------
    dict
        `turn`, as asked; `more`, whether to look again; `stage`, `figure`, `texts` and `parts` of
        the page by id, and `idle`, the levers that move nothing
    """
    said = question.get("said")
    choices = Choices.read(said if isinstance(said, Mapping) else None)
    try:
        changed = _changed(Asked.read(choices), choices, question)
    except SimError as error:
        words = Words(choices.language)
        told = alert(words("explore.failed"), str(error).splitlines()[:5], "red")
        changed = {"parts": {"live-alert": told}, "more": False}
    return {"turn": question.get("turn"), **changed}


def _changed(asked: Asked, choices: Choices, question: Question) -> dict[str, Any]:
    begun, seen = time.monotonic(), question.get("seen")
    is_new = seen is None
    if not _is_there(asked, str(question.get("reader"))[:_READER], is_new=is_new):
        return {"more": not is_new}  # something else has been asked since
    seconds = time.monotonic() - begun
    # A first answer must be quick: why it changed is looked at when the page looks again.
    why, found = None if is_new else _Why.of(asked), _found(asked)
    wishes = [*_next(asked, question), *_wishes(asked, why)]
    the_desk().wish(str(question.get("reader"))[:_READER], wishes)
    stage = [len(found), why.stage if why else -1]
    if seen == stage:
        return {"more": True}  # nothing has come since
    view = LiveView.of(asked, choices, found, narrow=bool(question.get("narrow")))
    done = len(found) == SEEDS and why is not None and not why.missing
    drawn = draw("explored", view)
    told = _told(view) if is_new else {}
    parts = {
        "live-tiles": tiles(view),
        "live-why": _why(view, why, choices),
        "live-table": table(drawn, view) if question.get("table") else None,
        "live-foot": foot(drawn, view) if done else None,  # once nothing more is to come
    }
    if is_new:
        parts["live-alert"] = mistakes(asked.mistakes, view.words)
    return {
        "stage": stage,
        "more": not done,
        "figure": drawn.figure,
        "texts": {
            "live-title": drawn.title,
            "live-notes": drawn.notes,
            "live-status": _status(view, seconds if is_new else None),
            **told,
        },
        "parts": parts,
        "idle": asked.position.idle(),
    }


def _is_there(asked: Asked, reader: str, *, is_new: bool) -> bool:
    """Say whether there is a first answer: waited for after a move, else only looked for."""
    desk = the_desk()
    mine, theirs = asked.asks(1)[0]
    if not is_new:
        return desk.found(theirs) is not None and desk.found(mine) is not None
    return desk.ask(f"{reader}:reference", theirs) is not None and (
        desk.ask(reader, mine) is not None
    )


def _found(asked: Asked) -> list[tuple[Answer, Answer]]:
    """Return the answers that are there, as many as the last stage that is complete."""
    found: list[tuple[Answer, Answer]] = []
    for asks in asked.asks(SEEDS):
        mine, theirs = map(the_desk().found, asks)
        if mine is None or theirs is None:
            break
        found.append((mine, theirs))
    return found[: max((stage for stage in STAGES if stage <= len(found)), default=0)]


def _next(asked: Asked, question: Question) -> list[Ask]:
    """Return what the reader is likely to ask next, if the last move tells."""
    was = question.get("was")
    before, _ = Position.read(Choices.read(was if isinstance(was, Mapping) else None).own)
    after = asked.position.after(before)
    try:
        return [Ask(after.text, 0)] if after else []
    except SimError:
        return []  # there is no such market; should the reader ask for it, the page says why


def _wishes(asked: Asked, why: _Why | None) -> list[Ask]:
    """Return what is simulated next: a first band, a first why, then more seeds of each."""
    seeds = [ask for pair in asked.asks(SEEDS) for ask in pair]
    early = 2 * STAGES[1]
    missing = why.missing if why else []
    first = [ask for ask in missing if ask.seed == 0]
    return list(dict.fromkeys([*seeds[:early], *first, *seeds[early:], *missing]))


def _told(view: LiveView) -> dict[str, str]:
    """Return the texts that belong to where the levers stand, however many seeds there are."""
    position, words = view.asked.position, view.words
    titles = [Words(code)("explore.yours") for code in ("en", "zh")]
    return {
        "live-digest": words("explore.again.what", digest=position.digest),
        "live-command": position.command(),
        "live-file": position.yaml(*titles),
    }


def mistakes(found: Sequence[Mistake], words: Words) -> Component | None:
    """Return a note that names what the address says and nobody can do."""
    if not found:
        return None
    return alert(words("explore.mistakes"), [_mistake(one, words) for one in found], "yellow")


def _mistake(mistake: Mistake, words: Words) -> str:
    name, text = mistake
    if name is None:
        return words("explore.mistake.preset", text=text)
    if name not in BY_NAME:
        return words("explore.mistake.other", name=name, text=text)
    lever = words(f"lever.{name}")
    return words(
        "explore.mistake.lever", lever=lever, text=text, range=extent(BY_NAME[name], words)
    )


def _status(view: LiveView, seconds: float | None) -> str:
    """Say how many seeds there are, and what the first answer took."""
    words, seeds = view.words, len(view.mine)
    stage = "all" if seeds == SEEDS else "first" if seeds == 1 else "some"
    said = [words(f"explore.status.{stage}", seeds=seeds, all=SEEDS)]
    if view.asked.position.moves_the_past:
        said.append(words("explore.status.past"))
    if seconds is not None:
        said.append(words("explore.status.seconds", seconds=f"{seconds:.2f}"))
    return words("joint.sentences").join(said)


def tiles(view: LiveView) -> Component:
    """Return the key numbers of the last year, each against the reference; a click shows one."""
    words = view.words
    head = words("explore.tiles", against=words.scenario(view.asked.against))
    return html.Div(
        [
            html.P(head, className="chart-notes"),
            html.Ul([_tile(view, metric, whose) for metric, whose in KEY], className="tile-list"),
        ]
    )


def _tile(view: LiveView, metric: str, whose: str) -> Component:
    words, place = view.words, ENTITIES.index(whose)
    found = view.change(metric)
    mean, low, high = (float(part[place]) for part in found)
    scale = view.scale(metric, [mean, high - low], difference=True)
    level = float(view.level(metric).mean[place])
    at = view.scale(metric, [level])
    unsure = low <= 0.0 <= high or mean == 0.0
    spread = "" if view.single else f" ±{scale.number((high - low) / 2 * scale.factor)}"
    size = scale.signed(mean * scale.factor)
    pick = html.Button(
        words.metric(metric),
        className="pick",
        type="button",
        title=words("choice.pick", metric=words.metric(metric)),
        **picks(metric),
        **aria(pressed="true" if metric == view.asked.metric else "false"),
    )
    owner = words.entity(whose)
    about = f"{owner} · {scale.unit}"
    now = "" if metric in CHANGES_ONLY else f"{at.number(level * at.factor)} {at.unit}"
    return html.Li(
        [
            pick,
            html.Span(about, className="about"),
            html.Span([size, html.Small(spread)], className="number dim" if unsure else "number"),
            html.Span(now, className="about"),
        ],
        className="tile",
    )


def _why(view: LiveView, why: _Why | None, choices: Choices) -> Component:
    """Return why the number of the title changed, or how far the runs are that tell it."""
    words = view.words
    if why is None:
        return html.P(words("explore.why.soon"), className="chart-notes")
    if why.trouble:
        return html.P(words("explore.why.failed", why=why.trouble), className="chart-notes")
    if not why.asks:
        against = words.scenario(view.asked.against)
        return html.P(words("explore.why.nothing", against=against), className="chart-notes")
    if not why.told:
        text = words("explore.why.wait", done=len(why.found[0]), all=len(why.asks[0]))
        return html.P(text, className="chart-notes")
    told = WhyView.told(view.asked, choices, why.told, narrow=view.narrow)
    drawn = draw("causes", told)
    return html.Div(
        [
            html.H2(drawn.title, className="chart-title"),
            html.P(drawn.notes, className="chart-notes"),
            dcc.Graph(figure=drawn.figure, config=GRAPH, className="chart-body"),
            html.Div(foot(drawn, told), className="chart-foot"),
        ]
    )
