"""The page of the live market without a browser: what it says, what it refuses, what it exports."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.dashboard import answering, live_view
from sim.dashboard.answering import answer, mistakes
from sim.dashboard.app import create_app, screen
from sim.dashboard.charts import charts
from sim.dashboard.citing import address
from sim.dashboard.drawing import data, draw
from sim.dashboard.i18n import Words
from sim.dashboard.lever_rows import theme_rows
from sim.dashboard.lever_text import cause, extent, option, source, told
from sim.dashboard.live_view import YOURS, Asked
from sim.dashboard.scene import Choices
from sim.dashboard.texts import LANGUAGES, MESSAGES
from sim.dashboard.why_view import WHY_SEEDS, WhyView
from sim.market.names import CARRIERS
from sim.scenario.load import from_json
from sim.studies.desk import Ask, DeskError
from sim.studies.lever_kinds import Conduct, Number, Option
from sim.studies.levers import BY_NAME, LEVERS, THEMES
from sim.studies.live import SHOWN, Answer, Live
from sim.studies.positions import Mistake, Position
from tests.unit.test_dashboard_app import said

WAR = {"preset": "price_war", "cut": "0.05", "lang": "en"}


class Here:
    """A desk without processes: it answers at once, and grants wishes when it is told to."""

    def __init__(self) -> None:
        self.live = Live()
        self.answers: dict[Ask, Answer] = {}
        self.wishes: list[Ask] = []

    def start(self) -> None:
        """There is nothing to start."""

    def ask(self, reader: str, ask: Ask) -> Answer | None:
        if ask not in self.answers:
            self.answers[ask] = self.live.ask(from_json(ask.scenario), ask.seed)
        return self.answers[ask]

    def found(self, ask: Ask) -> Answer | None:
        return self.answers.get(ask)

    def wish(self, reader: str, asks: list[Ask]) -> None:
        self.wishes = list(asks)

    def grant(self, count: int) -> None:
        for ask in self.wishes[:count]:
            self.ask("", ask)


@pytest.fixture(scope="module")
def desk() -> Here:
    return Here()


@pytest.fixture(autouse=True)
def no_processes(desk: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (live_view, answering):
        monkeypatch.setattr(module, "the_desk", lambda: desk)
    monkeypatch.setattr("sim.dashboard.pages.explore.the_desk", lambda: desk)


def ask(choices: dict[str, Any], turn: int = 1, **look: Any) -> dict[str, Any]:
    """Return what the page becomes, texts and parts beside what else there is."""
    told = answer({"turn": turn, "said": choices, "reader": "reader", **look})
    return told | told.pop("texts", {}) | told.pop("parts", {})


def test_a_move_is_answered_with_chart_numbers_command_and_file():
    page = ask(WAR, turn=7)
    lines = page["figure"]["data"]

    assert page["turn"] == 7
    assert len(lines) == 8  # two scenarios, the market and three carriers, no band yet
    assert page["live-title"].startswith("Whole market, 2021: profit is ")
    assert "less than in Business as usual" in page["live-title"]
    assert "One seed" in page["live-status"]
    assert page["live-command"].startswith(
        "sim run price_war --seed 0 --set data.provinces=regions.csv --set population.merge_incomes"
    )
    assert "cut: 0.05" in page["live-file"]
    assert Position.read(WAR)[0].digest in page["live-digest"]
    assert page["more"] is True
    assert page["live-alert"] is None
    assert json.dumps(said(page["live-tiles"]))


def test_the_digest_on_the_screen_is_that_of_the_file_on_the_screen(tmp_path: Path):
    from sim.scenario.load import load_scenario

    page = ask(WAR)
    file = tmp_path / "mine.yaml"
    file.write_text(page["live-file"], encoding="utf-8")

    assert load_scenario(file).digest() in page["live-digest"]


def test_bands_and_why_come_with_later_looks_and_nothing_is_sent_twice(desk: Here, monkeypatch):
    monkeypatch.setattr(answering, "SEEDS", 3)
    monkeypatch.setattr(answering, "STAGES", (1, 3))
    monkeypatch.setattr(answering, "WHY_SEEDS", 2)
    war = WAR | {"cut": "0.045", "whose": "mobile"}
    first = ask(war)
    second = ask(war, seen=first["stage"])
    assert "live-command" not in second  # it has not changed
    assert "of 8 runs" in said(second["live-why"])

    unseen = ask(war, seen=second["stage"])
    assert unseen == {"turn": 1, "more": True}

    desk.grant(2 * answering.STAGES[1] + 8)
    third = ask(war, seen=second["stage"])
    assert "accounts for" in said(third["live-why"])
    assert "One seed: there is no interval" in said(third["live-why"])

    desk.grant(10_000)
    last = ask(war, seen=third["stage"])
    assert last["more"] is False
    assert len(last["figure"]["data"]) == 4  # a line and a band for each of two
    assert "3 seeds." in last["live-status"]
    assert "accounts for" in said(last["live-why"])
    assert "mean over 2 seeds" in said(last["live-why"])
    assert "seeds=2" in said(last["live-why"])  # its data are of as many
    assert "Cite as" in said(last["live-foot"])


def test_a_question_that_was_superseded_touches_nothing(monkeypatch, desk: Here):
    monkeypatch.setattr(desk, "ask", lambda reader, ask: None)

    assert ask(WAR, turn=3) == {"turn": 3, "more": False}


def test_a_look_for_what_came_since_asks_for_nothing(monkeypatch, desk: Here):
    first = ask(WAR)
    monkeypatch.setattr(desk, "ask", None)  # or it would take the place of a newer question

    assert ask(WAR, seen=[0, -1])["stage"][0] == first["stage"][0]
    assert ask(WAR | {"cut": "0.0123"}, seen=first["stage"]) == {"turn": 1, "more": True}


def test_what_cannot_be_simulated_is_said(monkeypatch, desk: Here):
    def fails(reader: str, ask: Ask) -> Answer:
        raise DeskError("too many readers ask at once")

    monkeypatch.setattr(desk, "ask", fails)
    page = ask(WAR, turn=4)

    assert "too many readers ask at once" in said(page["live-alert"])
    assert page["more"] is False
    assert page["turn"] == 4


@pytest.mark.parametrize("question", [{}, {"said": 3}, {"turn": [], "said": {"a": {}}}])
def test_a_question_that_no_page_asks_shows_the_first_market(question: Any):
    assert answer(question)["figure"]["data"]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"[" * 100_000, b"{"])
def test_what_is_no_question_is_refused(content: bytes, tmp_path: Path):
    client = create_app(tmp_path).server.test_client()

    assert client.post("/explore/answer", data=content).status_code == 400


def test_a_question_is_answered_with_json(tmp_path: Path):
    client = create_app(tmp_path).server.test_client()
    told = client.post("/explore/answer", json={"turn": 2, "said": WAR, "reader": "a"}).json

    assert told["turn"] == 2
    assert len(told["figure"]["data"]) == 8


def test_nothing_to_compare_is_said_and_drawn_as_one_line():
    page = ask({"lang": "en"})
    later = ask({"lang": "en"}, seen=page["stage"], table=True)

    assert "as in Business as usual" in page["live-title"]
    assert "Nothing differs" in said(later["live-why"])
    assert later["live-table"] is not None


@pytest.mark.parametrize("metric", SHOWN)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_metric_is_drawn_on_every_screen(metric: str, narrow: bool):
    page = ask({**WAR, "metric": metric}, narrow=narrow)
    numbers = [value for trace in page["figure"]["data"] for value in trace["y"]]

    assert any(value is not None for value in numbers)
    json.dumps(page["figure"], allow_nan=False)


# ------------------------------------------------------------------------- words and address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_is_named_and_explained_in_both_languages(lever, language):
    words = Words(language)

    assert words(f"lever.{lever.name}")
    assert words(f"lever.{lever.name}.about")
    assert words(f"theme.{lever.theme}")
    assert extent(lever, words)
    assert source(lever, words)
    assert told(lever, Position("price_war").value(lever), words)
    if isinstance(lever, Option):
        for one in lever.options:
            assert isinstance(lever, Conduct) or option(lever, one, words) != ""


def test_every_theme_has_levers_in_the_basic_view():
    assert {lever.theme for lever in LEVERS if lever.basic} == set(THEMES)


def test_sources_that_are_sentences_are_said_in_chinese_too():
    told = {lever.facts.source for lever in LEVERS if lever.facts.source}

    assert {one for one in told if f"source.{one}" not in MESSAGES} <= {
        "Nevo, Turner and Williams 2016", "Weiergräber 2022",
    }  # fmt: skip


def test_the_equations_stand_in_sections_that_the_model_document_has(root: Path):
    text = (root / "docs/model.md").read_text(encoding="utf-8")

    assert [lever.name for lever in LEVERS if f"### {lever.section} " not in text] == []


def test_causes_are_named_for_people():
    words, war = Words("en"), Position("price_war").scenario

    assert cause("carriers.mobile.strategy", war, words) == "China Mobile's conduct: Undercuts"
    assert cause("carriers.unicom.leak_control_branched", war, words) == (
        "Control over branches (China Unicom)"
    )
    assert cause("carriers.leak_control_branched", war, words) == "Control over branches"
    assert cause("demand.kappa", war, words) == "Effort of use"
    assert cause("orders.halving_2017", war, words) == "Prices halved in 2017"
    assert cause("retail.plans.p5", war, words) == "retail.plans.p5"


def test_what_an_address_cannot_say_is_told_without_being_believed():
    script = "<script>alert(1)</script>"
    asked = Asked.read(Choices.read({"preset": script, "cut": "nan", "metric": "gold"}))
    text = said(mistakes(asked.mistakes, Words("en")))

    assert {one.lever for one in asked.mistakes} == {None, "cut", "metric"}
    assert script in text  # as text: the page never makes markup of it
    assert mistakes([], Words("en")) is None
    assert "0.5 % a month" in said(mistakes([Mistake("cut", "9")], Words("en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_lever_where_the_address_puts_it(language, tmp_path: Path):
    choices = Choices.read(
        {"lang": language, "preset": "price_war", "cut": "0.07", "view": "expert"}
    )
    parts, _ = screen("/explore", choices, tmp_path)
    position, words = Position.read(choices.own)[0], Words(language)
    rest = [row for theme in THEMES for row in theme_rows(theme, position, words, every=True)]
    text = said([parts, rest])

    assert '"name": "cut"' in said(parts)
    for lever in LEVERS:
        kind = "slider" if isinstance(lever, Number) else "choice"
        assert f'{{"type": "{kind}", "name": "{lever.name}"}}' in text
    assert '"value": 0.07' in text


@pytest.mark.parametrize("name", ["explored", "causes"])
def test_both_charts_are_exported_under_their_own_address(name: str, tmp_path: Path):
    client = create_app(tmp_path).server.test_client()
    view = charts.get(name).view.open(Choices.read(WAR | {"seeds": "2"}), tmp_path)
    answer = client.get(address(name, "csv", view))

    assert answer.status_code == 200, answer.text
    assert answer.text == data(draw(name, view))
    assert view.cited.scenarios[YOURS] == view.asked.position.digest
    assert view.cited.seeds == (0, 1)


def test_causes_have_intervals_and_no_more_seeds_than_were_simulated_for_them(tmp_path: Path):
    client = create_app(tmp_path).server.test_client()
    levers = "preset=price_war&against=price_war&cut=0.05"
    told = client.get(f"/export/causes.json?{levers}&seeds={WHY_SEEDS}").get_json()

    assert told["seeds"] == list(range(WHY_SEEDS))
    assert {row["cause"] for row in told["rows"][:-1]} == {
        f"carriers.{carrier}.strategy" for carrier in CARRIERS
    }
    assert told["rows"][-1]["cause"] == "whole"
    for row in told["rows"]:
        assert row["low"] < row["mean"] < row["high"]
    assert f"90 % interval for the mean over {WHY_SEEDS} seeds" in told["notes"]
    assert client.get(f"/export/causes.csv?{levers}&seeds={WHY_SEEDS + 1}").status_code == 404


def test_a_part_whose_interval_covers_zero_is_hollow_and_gets_no_credit(tmp_path: Path):
    view = WhyView.open(Choices.read(WAR | {"seeds": "2"}), tmp_path)
    found = charts.get("causes").rows(view)
    unsure = replace(found, stored=found.stored.assign(low=-1.0, high=1.0))
    bars, _ = charts.get("causes").figure(unsure, view)["data"]

    assert set(bars["marker"]["color"]) == {view.palette.panel}
    assert charts.get("causes").title(unsure, view).startswith("No change by itself clearly moves")


@pytest.mark.parametrize("query", ["preset=nowhere", "cut=nan&preset=price_war", "seeds=99"])
def test_an_export_of_what_cannot_be_is_refused(query: str, tmp_path: Path):
    answer = create_app(tmp_path).server.test_client().get(f"/export/explored.csv?{query}")

    assert answer.status_code == 404
    assert "there is no such choice" in answer.text


def test_parts_of_a_change_sum_to_its_whole_under_every_seed(tmp_path: Path):
    view = WhyView.open(Choices.read(WAR | {"seeds": "2"}), tmp_path)

    for place, found in enumerate(view.attributions):
        assert sum(found.parts.values()) == found.whole
        assert float(found.after) == view.mine[place].yearly["profit"][0]
        assert float(found.before) == view.theirs[place].yearly["profit"][0]
    mean = view.parts.mean
    assert mean[:-1].sum() == pytest.approx(mean[-1])
    assert mean[-1] == view.change("profit").mean[0]
    assert BY_NAME["cut"].facts.meaning
