"""The story of one is the market's own: the same terms, chances, draws, moves, bills and deals."""

import json
import math
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.core.calendar import month_label
from sim.core.kernels import set_threads, threads
from sim.core.units import KB_PER_GB
from sim.market.segments import BELOW_LTE_CONTROL, CONTROL
from sim.mechanisms.choice import quality_factors
from sim.model import Market
from sim.model.deals import seen_by
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.simulate import run, tables_of
from sim.studies.explain.asking import Source, find_member
from sim.studies.explain.firms import WatchedBranch, WatchedReseller
from sim.studies.explain.partners import WatchedPartner, channel_terms, platforms_joined
from sim.studies.explain.telling import tell
from sim.studies.explain.users import QUIET, Choice, WatchedUser, state_of, terms_of, with_costs


@pytest.fixture(scope="module", autouse=True)
def on_one_thread():
    before = threads()
    set_threads(1)
    yield
    set_threads(before)


def scenario(name: str = "user_control", months: int = 30, **changes: float) -> Scenario:
    """Return a small one in which users look often, so that much happens in few months."""
    settings = {"population.users": 1_000, "months": months, "demand.attention": 0.3}
    return load_scenario(name, settings | {k.replace("__", "."): v for k, v in changes.items()})


def stepped(market: Market, months: int) -> Market:
    while market.world.month < months:
        market.step()
    return market


# Users


class Crowd(Market):
    """A market in which every choice of some rows is worked out beside the market's own."""

    def __init__(self, settings: Scenario) -> None:
        super().__init__(settings, 3, "individual")
        without = np.flatnonzero(~self.users.array("device"))  # may come to a first one
        self.watched = sorted({*range(0, len(self.users), 7), *without[:60].tolist()})
        self.stories: list[tuple[Choice, tuple[int, int]]] = []

    def choose(self) -> None:
        people = self.world.population
        before = [state_of(self, *self._state(row)) for row in self.watched]
        shocked = [
            people.shocked[self.users[row].segment, :, state.offer].copy()
            for row, state in zip(self.watched, before, strict=True)
        ]
        super().choose()
        for row, state, part in zip(self.watched, before, shocked, strict=True):
            self.stories.append((Choice(self, row, state, part), self._state(row)))

    def _state(self, row: int) -> tuple[int, int]:
        people = self.world.population
        return divmod(int(people.rows.state[row]), people.offers)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return stepped(Crowd(scenario(demand__voice_value=-1.0)), 50)  # some have no device at first


def test_chances_and_draws_lead_where_the_market_went(crowd: Crowd):
    assert len(crowd.stories) > 5_000

    assert [choice.predicted for choice, _ in crowd.stories] == [went for _, went in crowd.stories]


def test_much_happens_to_those_watched(crowd: Crowd):
    choices = [choice for choice, _ in crowd.stories]
    ways = {choice.way for choice in choices}
    moved = [c for c, (_, offer) in crowd.stories if offer != c.before.offer]

    assert len(ways) == 4
    assert len(moved) > 500
    assert any(choice.draws.control < choice.draws.control_below for choice in choices)
    assert any(choice.before.level >= BELOW_LTE_CONTROL for choice in moved)


def test_chances_of_what_is_seen_sum_to_one(crowd: Crowd):
    for choice, _ in crowd.stories:
        if choice.way != QUIET:
            assert math.fsum(o.chance for o in choice.options) == pytest.approx(1.0, abs=1e-12)


def test_terms_sum_to_the_utility_said(crowd: Crowd):
    for choice, _ in crowd.stories:
        for option in choice.options:
            assert math.fsum(option.terms.values()) == pytest.approx(option.utility, abs=1e-12)


class Weighed(Market):
    """A market that compares terms with its own weights, in one month for every segment."""

    def choose(self) -> None:
        super().choose()
        if self.world.month != self.scenario.branch_month + 20:
            return
        tastes, weights = self.tastes, self.weights
        factor = quality_factors(tastes.xi, self.world.population.plans, tastes)
        self.gaps, self.compared = 0.0, 0
        for g in range(0, len(weights.top), 5):
            for level in range(weights.e.shape[1]):
                at = np.full(len(factor), level)
                utility = terms_of(self, g, at).sum(axis=1)
                usable = weights.e[g, level] > 0.0
                assert np.array_equal(usable, ~np.isnan(utility))
                kernel = weights.e[g, level, usable] * factor[usable]
                mine = np.exp((utility[usable] - weights.top[g, level]) / tastes.dissimilarity)
                self.gaps = max(self.gaps, float(np.abs(mine / kernel - 1.0).max()))
                self.compared += int(usable.sum())


def test_terms_sum_to_the_utility_that_the_kernels_use():
    settings = scenario(months=24)
    market = stepped(Weighed(settings, 0, "expected"), settings.branch_month + 21)

    assert market.weights.e.shape[1] == 3 + CONTROL
    assert market.compared > 10_000
    assert market.gaps < 1e-11


def test_costs_of_switching_are_borne_by_all_but_the_offer_held(crowd: Crowd):
    terms = np.zeros((crowd.world.population.offers, 14))
    plans = crowd.world.population.plans
    own = np.arange(len(terms)) // plans == 1

    cost = with_costs(terms, plans + 2, own, crowd).sum(axis=1)

    assert cost[plans + 2] == 0.0
    assert set(cost[own].tolist()) == {0.0, -crowd.tastes.plan_switching}
    assert set(cost[~own].tolist()) == {-crowd.tastes.switching}


@pytest.fixture(scope="module")
def user() -> WatchedUser:
    return stepped(WatchedUser(scenario(months=12), 1, 17, None), 36)


def test_watching_changes_nothing(user: WatchedUser):
    alone = run(user.scenario, 1, "individual").tables
    watched = tables_of(user.world)

    assert all(watched[name].equals(alone[name]) for name in alone)


def test_the_bill_told_is_the_bill_owed(user: WatchedUser):
    people, last = user.world.population, user.noted[-1].use
    cell = people.cell_of(17)

    assert round(last.bill * 100) == people.bill.ravel()[cell]
    used = last.within + last.beyond + last.sponsored
    assert round(used * KB_PER_GB) == people.usage.ravel()[cell]
    for month in user.noted:
        use = month.use
        parts = use.fee + use.overage + use.control_fee + use.voice
        assert parts == pytest.approx(use.bill)


def test_a_story_follows_on_from_month_to_month(user: WatchedUser):
    for earlier, later in pairwise(user.noted):
        assert later.before == earlier.after


# Partners, resellers, branches


class Deciders(Market):
    """A market that keeps what each partner saw that decided in a month."""

    def sponsor(self) -> None:
        super().sponsor()
        book = self.world.partners
        rows = np.flatnonzero(book.aware & ~book.under_contract(self.world.month)).tolist()
        self.seen = {row: seen_by(self, row) for row in rows}


@pytest.mark.parametrize("name", ["business_as_usual", "service_cooperation", "alliance"])
def test_what_partners_weigh_leads_to_their_deals(name: str):
    settings = scenario(name, 12, sponsorship__partners=600)
    market = stepped(Deciders(settings, 0, "expected"), 30)
    channels = set()

    assert len(market.seen) > 30
    for row, view in market.seen.items():
        partner = market.partners[row]
        joined = platforms_joined(partner.channels, view.platform)
        for j, home in enumerate(view.platform.tolist()):
            terms = [t for t in channel_terms(view, j, joined) if t.open]
            terms = [t for t in terms if t.channel != "platform" or home in joined]
            best = max(terms, key=lambda t: t.gain)
            wanted = best.channel if best.gain > 0.0 else "none"
            assert partner.channels[j] == wanted
            channels.add(wanted)
    assert {"none", "direct" if name == "business_as_usual" else "platform"} <= channels


def test_a_partners_payments_and_volumes_are_those_charged():
    settings = scenario("service_cooperation", 6, sponsorship__partners=200)
    whole = stepped(Market(settings, 0, "expected"), 30)
    place = int(whole.sponsor_charges.volume.sum(axis=1).argmax())
    row = int(whole.sponsor_charges.partner[place])

    market = stepped(WatchedPartner(settings, 0, "expected", row, None), 30)

    owed, last = whole.sponsor_charges, market.noted[-1]
    paid = (owed.direct + owed.platform + owed.resold)[place] / 100
    assert [deal.paid for deal in last.deals] == pytest.approx(paid.tolist())
    worth = whole.worth[place] / 100
    assert [deal.worth for deal in last.deals] == pytest.approx(worth.tolist())
    assert sum(deal.sponsored for deal in last.deals) > 0.0
    aware = [month for month in market.noted if month.aware]
    assert [month.decides for month in aware[:3]].count(True) == 1


def test_a_resellers_capital_is_what_its_profits_leave():
    market = stepped(WatchedReseller(scenario("history", 12), 0, "expected", 0, None), 36)

    for earlier, later in pairwise(market.noted):
        assert later.capital == pytest.approx(earlier.capital + later.profit)
    for month in market.noted:
        assert month.active or month.profit == 0.0


def test_the_terms_of_a_branchs_condition_sum_to_zero_where_it_sells():
    market = stepped(WatchedBranch(scenario("history", 12), 0, "expected", (0, 3), None), 36)

    selling = [month for month in market.noted if month.price is not None]

    assert len(selling) > 12
    for month in selling:
        assert math.fsum(month.terms.values()) == pytest.approx(0.0, abs=1e-9)
        assert 0.0 < month.price < month.list_price


# The command


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with an individual and an expected run."""
    folder = tmp_path_factory.mktemp("explain")
    for sizes in (["--users", "1000"], ["--fidelity", "expected"]):
        command = ["run", "price_war", "--months", "2", *sizes, "--out", str(folder)]
        ended = CliRunner().invoke(app, command)
        assert ended.exit_code == 0, ended.output
    return folder


def stored(results: Path, fidelity: str) -> str:
    for place in (results / "runs").iterdir():
        about = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        if about["fidelity"] == fidelity:
            return place.name
    raise AssertionError(fidelity)


def explained(results: Path, *arguments: str):
    return CliRunner().invoke(app, ["explain", *arguments, "--out", str(results)])


def test_a_stored_run_is_repeated_and_equals_what_is_stored(results: Path):
    ended = explained(results, stored(results, "individual")[:8], "5", "--json")

    assert ended.exit_code == 0, ended.output
    content = json.loads(ended.stdout)
    assert content["schema"] == 1
    assert content["run"]["users"] == 1_000
    assert content["notes"] == ["The repeated months equal the stored ones."]
    first, last = content["told"][0]["first"], content["told"][-1]["last"]
    assert (first, last) == ("2015-01", "2017-02")


def test_an_expected_run_is_told_by_users_who_draw_and_says_so(results: Path):
    run_id = stored(results, "expected")

    ended = explained(results, run_id, "5", "--months", "2015-02:2015-03")
    partner = explained(results, run_id, "--partner", "5", "--json")

    assert "who draw for themselves" in " ".join(ended.output.split())
    assert "February 2015: " in ended.output
    assert json.loads(partner.stdout)["run"]["repeated_as"] == "expected"


def test_a_repeated_run_that_differs_is_a_failure(results: Path, tmp_path: Path):
    run_id = stored(results, "individual")
    place = tmp_path / "runs" / run_id
    shutil.copytree(results / "runs" / run_id, place)
    frame = pd.read_parquet(place / "carrier_month.parquet")
    frame.loc[3, "lines"] += 1
    frame.to_parquet(place / "carrier_month.parquet")

    ended = explained(tmp_path, run_id, "5", "--months", "2015-02")

    assert ended.exit_code == 1
    assert "gives other numbers" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["price_war"], "Name exactly one"),
        (["price_war", "1", "--partner", "2"], "Name exactly one"),
        (["prise_war", "1"], "did you mean 'price_war'?"),
        (["price_war", "20001"], "there is no user 20001: they are numbered from 1 to 20,000"),
        (["price_war", "0"], "numbered from 1"),
        (["price_war", "--partner", "2001"], "numbered from 1 to 2,000"),
        (["price_war", "--reseller", "99999"], "there is no reseller 99999"),
        (["price_war", "--branch", "BJ"], "write carrier:province"),
        (["price_war", "--branch", "unicorn:BJ"], "did you mean 'unicom'?"),
        (["price_war", "--branch", "unicom:XX"], "no province 'XX'"),
        (["price_war", "1", "--months", "2031-01"], "from 2015-01 to 2021-12"),
        (["price_war", "1", "--months", "2017-02:2017-01"], "earlier month first"),
        (["price_war", "1", "--months", "soon"], "'soon' is not a month"),
        (["price_war", "1", "--set", "demand.kapa=3"], "did you mean 'kappa'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_questions_end_with_2_and_say_what_to_do(tmp_path: Path, arguments, said):
    ended = explained(tmp_path, *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
    assert ended.stdout == ""


def test_a_stored_run_keeps_its_own_seed(results: Path):
    run_id = stored(results, "individual")

    assert "leave --seed" in explained(results, run_id, "1", "--seed", "2").stderr
    assert "begins the ids of 2 runs" in explained(results, "", "1").stderr


def test_months_in_which_nothing_happened_are_told_together():
    source = Source(scenario(months=2, demand__attention=0.02), 0, "individual")

    story = tell(source, find_member(source.scenario, "user", 9))

    labels = [told.first for told in story.told]
    assert labels == sorted(labels)
    quiet = [told for told in story.told if told.facts is None]
    assert quiet
    assert all("Did not look" in told.text for told in quiet)
    covered = sum(
        1
        for month in range(26)
        for told in story.told
        if told.first <= month_label(month) <= told.last
    )
    assert covered == 26


def test_the_example_in_the_documents_runs(root: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document = (root / "docs" / "explain.md").read_text(encoding="utf-8")
    code = document.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}

    exec(compile(code, "<document>", "exec"), names)  # noqa: S102  the document is our own

    assert len(names["texts"]) == 3
    assert set(names["story"].content()) - {"told"} >= {"kind", "name", "run", "notes", "who"}


def test_every_term_and_key_is_explained(crowd: Crowd, root: Path):
    document = (root / "docs" / "explain.md").read_text(encoding="utf-8")
    seen = next(choice.options for choice, _ in crowd.stories if choice.options)
    source = Source(scenario(months=2), 0, "individual")
    story = tell(source, find_member(source.scenario, "user", 1), range(1))

    for name in [*seen[0].terms, *story.content()]:
        assert f"`{name}`" in document, name
