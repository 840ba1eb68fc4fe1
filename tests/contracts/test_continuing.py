"""Runs that are gone on with, in Python and from the shell."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.market.population import FIDELITIES, Fidelity
from sim.market.tables import TABLES
from sim.market.views import NOTHING
from sim.market.world import World
from sim.model import Market
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run, tables_of
from sim.store import checkpoints
from sim.store.checkpoints import CheckpointError, RunKey, checkpoints_of, read_checkpoint
from sim.store.reader import query, read_manifest
from sim.studies.continuing import BranchError, branched, kept_run, resumed
from tests.golden.runs import SEED, small
from tests.theory.small_market import one_thread

SIZE = ("--months", "12", "--set", "population.usage_tiers=2", "--set", "population.users=2000")


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="module")
def peace() -> RunKey:
    return RunKey(small("business_as_usual"), SEED, "expected")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, peace: RunKey) -> Path:
    """Return a results folder with a run and its checkpoints before 2016, 2017 and 2018."""
    results = tmp_path_factory.mktemp("results")
    kept_run(peace, results, every=12)
    return results


def equal(one: RunResult, other: RunResult) -> bool:
    return all(one.tables[name].equals(other.tables[name]) for name in TABLES)


def lists(result: RunResult, carrier: str = "mobile") -> dict[str, int]:
    """Return a carrier's list price by month."""
    table = result.tables["carrier_month"]
    mine = table[table["carrier"] == carrier]
    return dict(zip(mine["month"], mine["list_price_fen"].tolist(), strict=True))


# Whose past, whose conduct


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize(
    "name", ["price_war", "service_cooperation", "leak_control", "user_control"]
)
def test_a_branch_at_the_branch_month_is_the_scenario_run_from_the_start(
    tmp_path: Path, name: str, fidelity: Fidelity
) -> None:
    """Scenarios share their past: whether it was simulated or read makes no difference."""
    kept_run(RunKey(small("history"), SEED, fidelity), tmp_path, every=12)

    result = sim.branch(*found(tmp_path), "2017-01", small(name), tmp_path)

    assert equal(result, run(small(name), SEED, fidelity))


def found(folder: Path) -> list[str]:
    return [place.name for place in (folder / "checkpoints").iterdir()]


def test_a_branch_has_the_runs_past_and_the_scenarios_conduct(folder: Path, peace: RunKey) -> None:
    war = sim.branch(peace.id, "2017-07", small("price_war"), folder)

    before, after = lists(run(peace.scenario, SEED)), lists(war)
    first = next(month for month in before if before[month] != after[month])
    assert first == "2017-07"
    assert list(before) == list(after)
    assert after["2017-07"] < before["2017-07"]


def test_a_branch_is_what_a_market_does_whose_scenario_changes_under_it(
    folder: Path, peace: RunKey
) -> None:
    """By hand: step to the month, take the world, go on under the other scenario."""
    first, war = Market(peace.scenario, SEED), small("price_war")
    while first.month != "2017-05":
        first.step()
    second = Market(war, SEED, world=first.world)
    while second.world.month < war.end_month:
        second.step()

    result = sim.branch(peace.id, "2017-05", war, folder)

    assert all(result.tables[t].equals(table) for t, table in tables_of(second.world).items())


def test_without_a_checkpoint_before_the_month_the_past_is_simulated_again(
    tmp_path: Path, folder: Path, peace: RunKey
) -> None:
    kept_run(peace, tmp_path)

    alone = sim.branch(peace.id, "2017-07", small("price_war"), tmp_path)

    assert equal(alone, sim.branch(peace.id, "2017-07", small("price_war"), folder))


def test_a_branch_may_begin_in_the_shared_past(folder: Path, peace: RunKey) -> None:
    """An order that comes after the month is no part of what was."""
    ordered = small("business_as_usual", {"orders.cut": CUT | {"month": "2016-03"}})

    result = sim.branch(peace.id, "2015-07", ordered, folder)

    assert equal(result, run(ordered, SEED))


CUT = {"rule": "price_cut", "size": 0.5, "source": "test"}


def test_a_carrier_forgets_when_its_strategy_changes(tmp_path: Path) -> None:
    """Notes of one strategy are no notes of another; who keeps the strategy keeps them."""
    at_war = {"carriers.mobile.strategy": trigger(12), "carriers.unicom.strategy": trigger(12)}
    key = RunKey(small("business_as_usual", at_war), SEED, "expected")
    kept_run(key, tmp_path, every=1)
    notes = read_checkpoint(checkpoints_of(tmp_path, key.id)[30]).world.carriers.memory
    assert [note.size for note in notes] == [1, 1, 0]

    other = small("business_as_usual", at_war | {"carriers.mobile.strategy": trigger(3)})
    market = Market(other, SEED, world=again(tmp_path, key, 30))
    expected = market.world
    expected.carriers.memory[0] = NOTHING
    while market.world.month < other.end_month:
        market.step()
    result = sim.branch(key.id, "2017-07", other, tmp_path)

    assert all(result.tables[t].equals(table) for t, table in tables_of(expected).items())


def trigger(months: int) -> dict[str, object]:
    """Return a strategy that goes to war at the least loss."""
    return {
        "name": "trigger", "upsilon": 0.04, "signal": "share", "threshold": 0.0,
        "war_months": months, "cut": 0.02,
    }  # fmt: skip


def again(folder: Path, key: RunKey, month: int) -> World:
    return read_checkpoint(checkpoints_of(folder, key.id)[month]).world


# What cannot be


def with_(**settings: object) -> Scenario:
    return small("price_war", {path.replace("__", "."): value for path, value in settings.items()})


@pytest.mark.parametrize(
    ("scenario", "named"),
    [
        (with_(population__users=3_000), ["population.users: 2000 in the run, 3000 in price_war"]),
        (with_(population__usage_tiers=1), ["population.usage_tiers"]),
        (with_(demand__attention=0.06), ["demand.attention"]),
        (with_(branch="2017-02"), ["branch: 2017-01 in the run, 2017-02 in price_war"]),
        (with_(resale__resellers=40, demand__kappa=6), ["demand.kappa", "resale.resellers"]),
        (with_(orders__cut=CUT | {"month": "2017-06"}), ["orders.cut.month", "orders.cut.size"]),
        (with_(user_control__partitioned=0.9), ["user_control.partitioned"]),
    ],
    ids=lambda value: "" if isinstance(value, Scenario) else value[0].partition(":")[0],
)
def test_another_past_is_refused_and_named(
    folder: Path, peace: RunKey, scenario: Scenario, named: list[str]
) -> None:
    with pytest.raises(
        BranchError, match="price_war differs from the run in what was at work"
    ) as no:
        sim.branch(peace.id, "2017-07", scenario, folder)

    lines = str(no.value).splitlines()
    assert all(any(line.strip().startswith(name) for line in lines) for name in named)
    assert "before 2017-07" in lines[0]


@pytest.mark.parametrize(
    ("name", "setting"),
    [("service_cooperation", "service.uplift"), ("user_control", "user_control.fee")],
)
def test_what_the_past_has_had_stays_and_what_it_has_not_had_is_free(
    tmp_path: Path, folder: Path, peace: RunKey, name: str, setting: str
) -> None:
    key = RunKey(small(name), SEED, "expected")
    kept_run(key, tmp_path, every=12)
    other = small(name, {setting: 0.9})

    with pytest.raises(BranchError, match=setting):
        sim.branch(key.id, "2017-07", other, tmp_path)
    assert sim.branch(peace.id, "2017-07", other, folder).scenario == other


@pytest.mark.parametrize("month", ["2015-01", "2014-12", "2018-01", "2030-01"])
def test_a_month_outside_the_run_is_refused(folder: Path, peace: RunKey, month: str) -> None:
    with pytest.raises(BranchError, match="not between 2015-02 and 2017-12"):
        sim.branch(peace.id, month, small("price_war"), folder)


@pytest.mark.parametrize("every", [None, 3])
def test_a_branch_can_be_branched_with_and_without_checkpoints_of_its_own(
    folder: Path, peace: RunKey, every: int | None
) -> None:
    once = branched(peace.id, "2017-04", small("price_war"), folder, every)
    assert bool(checkpoints_of(folder, once.place.name)) == bool(every)

    twice = sim.branch(once.place.name, "2017-09", peace.scenario, folder)

    war, again = lists(once.result), lists(twice)
    assert next(month for month in war if war[month] != again[month]) == "2017-09"
    back = sim.branch(once.place.name, "2017-09", small("price_war"), folder)
    assert equal(back, once.result)


def test_another_version_of_the_program_is_refused(
    folder: Path, peace: RunKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "code_digest", lambda: "another")

    with pytest.raises(CheckpointError, match="use that version, or run the scenario anew"):
        sim.branch(peace.id, "2017-07", small("price_war"), folder)


# What is stored


def test_a_branch_is_stored_with_where_it_came_from_and_not_run_again(
    folder: Path, peace: RunKey
) -> None:
    first = branched(peace.id, "2017-10", small("price_war"), folder)
    again = branched(peace.id[:6], "2017-10", small("price_war"), folder)

    about = read_manifest(first.place)
    assert about["origin"] == {"run": peace.id, "month": "2017-10"}
    assert about["scenario"]["name"] == "price_war"
    assert (first.cached, again.cached) == (False, True)
    assert equal(first.result, again.result)
    told = query(folder, "select run, branched_from from runs where branched_from is not null")
    assert dict(zip(told["run"], told["branched_from"], strict=True))[first.place.name] == peace.id


def test_branches_in_other_months_are_other_runs(folder: Path, peace: RunKey) -> None:
    places = {
        branched(peace.id, month, small("price_war"), folder).place
        for month in ("2017-10", "2017-11")
    }

    assert len(places) == 2
    assert RunKey(small("price_war"), SEED, "expected").id not in {place.name for place in places}


def test_a_stored_run_without_checkpoints_is_run_again_where_they_are_asked_for(
    tmp_path: Path, peace: RunKey
) -> None:
    kept = [kept_run(peace, tmp_path, every) for every in (None, None, 12, 12)]

    assert [each.cached for each in kept] == [False, True, False, True]
    assert equal(kept[0].result, kept[2].result)


def test_a_finished_run_is_found_not_resumed(folder: Path, peace: RunKey) -> None:
    kept = resumed(peace.id, folder)

    assert kept.cached
    assert equal(kept.result, run(peace.scenario, SEED))


# From the shell


def told(*arguments: object) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, [str(each) for each in arguments])
    return ended.exit_code, ended.stdout, ended.stderr


def test_run_resume_and_branch_speak_json(tmp_path: Path) -> None:
    shown = ("--out", tmp_path, "--json")
    code, text, said = told("run", "history", *SIZE, "--checkpoint-every", 6, *shown)
    whole = json.loads(text)
    identity = Path(whole["timing"]["folder"]).name
    assert code == 0
    assert f"sim resume {identity}" in said
    assert [p.name for p in checkpoints_of(tmp_path, identity).values()] == [
        "2015-07", "2016-01", "2016-07", "2017-01", "2017-07",
    ]  # fmt: skip

    (tmp_path / "runs" / identity).rename(tmp_path / "finished")  # as if it had been cut short
    code, text, _ = told("resume", identity[:8], *shown)
    again = json.loads(text)
    assert code == 0
    assert not again["timing"]["cached"]
    assert {**again, "timing": 0} == {**whole, "timing": 0}

    asked = ("--at", "2017-03", "--scenario", "price_war", *SIZE)
    code, text, _ = told("branch", identity, *asked, *shown)
    branch = json.loads(text)
    assert code == 0
    assert branch["scenario"] == "price_war"
    assert branch["origin"] == {"run": identity, "month": "2017-03"}
    code, page, _ = told("branch", identity, *asked, "--out", tmp_path)
    assert code == 0
    assert f"Until 2017-03 this is run {identity}" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["resume", "zzz"], "no run in"),
        (["branch", "zzz", "--at", "2017-07", "--scenario", "price_war"], "no run in"),
        (["branch", "RUN", "--at", "July", "--scenario", "price_war"], "not a month such as"),
        (["branch", "RUN", "--at", "2017-07", "--scenario", "prise_war"], "did you mean"),
        (["branch", "RUN", "--at", "2017-07", "--scenario", "price_war"], "population.usage_tiers"),
        (["branch", "RUN", "--scenario", "price_war"], "--at"),
        (["run", "history", "--checkpoint-every", "0"], "--checkpoint-every"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_ends_with_2(
    folder: Path, peace: RunKey, arguments: list[str], said: str
) -> None:
    words = [word.replace("RUN", peace.id) for word in arguments]

    code, text, error = told(*words, "--out", folder)

    assert (code, text) == (2, "")
    assert said in error


def test_a_truncated_checkpoint_ends_with_2(tmp_path: Path, peace: RunKey) -> None:
    kept = kept_run(peace, tmp_path, every=12)
    kept.place.rename(tmp_path / "finished")
    last = checkpoints_of(tmp_path, peace.id)[24] / "arrays.npz"
    last.write_bytes(last.read_bytes()[:1000])

    code, text, error = told("resume", peace.id, "--out", tmp_path)

    assert (code, text) == (2, "")
    assert "damaged: arrays.npz; remove that folder" in error
    assert "Traceback" not in error


def test_the_story_of_a_branch_is_told_of_the_run_it_came_from(folder: Path, peace: RunKey) -> None:
    kept = branched(peace.id, "2017-10", small("price_war"), folder)

    code, _, error = told("explain", kept.place.name, "--reseller", 1, "--out", folder)

    assert code == 2
    assert f"is a branch of run {peace.id}" in error
