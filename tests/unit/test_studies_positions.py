"""Levers and what they make: the scenario on the screen is the one that the command runs."""

import itertools
import json
import shlex
from pathlib import Path

import pytest

from sim.core.errors import InputError
from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names
from sim.studies.lever_kinds import NONE, Conduct, Lever, Number, Option, Switch, Value
from sim.studies.levers import BY_NAME, LEVERS
from sim.studies.positions import FIRST, LONGEST, MISTAKES, Mistake, Position, usual

type Moved = dict[str, Value]

HOME = {"cut": "price_war", "block": "alliance_blocked", "service": "service_cooperation"}
HOME |= {"joins_mobile": "mobile_joins", "exit_patience": "alliance"}


def elsewhere(lever: Lever, preset: str) -> Value:
    """Return a value of the lever that the preset does not have."""
    now = usual(preset)[lever.name]
    if isinstance(lever, Number):
        low, high = lever.range()
        return high if now != high else low
    if isinstance(lever, Switch):
        return not now
    assert isinstance(lever, Option)
    return next(one for one in reversed(lever.options) if one != now)


def said(value: Value) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def moved(name: str, preset: str | None = None) -> Position:
    home = preset or HOME.get(name, FIRST)
    told = {"preset": home, name: said(elsewhere(BY_NAME[name], home))}
    position, mistakes = Position.read(told)
    assert mistakes == []
    return position


def arguments(command: str) -> tuple[str, list[str]]:
    """Return scenario and overrides of a shell command."""
    words = shlex.split(command)
    assert words[:2] == ["sim", "run"]
    return words[2], [after for word, after in itertools.pairwise(words) if word == "--set"]


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_moves_something_and_the_command_reproduces_the_screen(lever: Lever):
    position = moved(lever.name)
    preset, overrides = arguments(position.command(seed=3))

    assert position.scenario.digest() != Position(position.preset).scenario.digest()
    assert load_scenario(preset, overrides).digest() == position.scenario.digest()


def test_many_levers_together_are_reproduced_by_command_and_by_file(tmp_path: Path):
    told = {"preset": "price_war", "conduct_unicom": "service_cooperation", "cut": "0.055"}
    told |= {"leak_control": "0.85", "roaming": "off", "elasticity": "0.61", "split": "shapley"}
    position, mistakes = Position.read(told)
    file = tmp_path / "mine.yaml"
    file.write_text(position.yaml("Mine: “quoted”", "我的"), encoding="utf-8")
    preset, overrides = arguments(position.command())

    assert mistakes == []
    assert len(position.moved) == 6
    assert load_scenario(preset, overrides).digest() == position.scenario.digest()
    assert load_scenario(file).digest() == position.scenario.digest()
    assert load_scenario(file).about.title_zh == "我的"


@pytest.mark.parametrize("preset", scenario_names())
def test_a_preset_is_the_scenario_that_ships_but_for_coarse_places(preset: str):
    shipped = json.loads(load_scenario(preset).canonical_json())
    mine = json.loads(Position(preset).text)

    assert len(mine["observed"].pop("provinces")) == 4
    assert len(shipped["observed"].pop("provinces")) == 31
    for content in (shipped, mine):
        del content["data"]["provinces"], content["population"]["merge_incomes"]
    assert mine == shipped


@pytest.mark.parametrize("preset", scenario_names())
def test_every_conduct_can_be_chosen_for_every_carrier(preset: str):
    for lever in LEVERS:
        if isinstance(lever, Conduct):
            for name in lever.options:
                position, _ = Position.read({"preset": preset, lever.name: name})
                assert position.value(lever) == name
                assert position.scenario.carriers[lever.name[8:]].strategy.name == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cut", "nan"),
        ("cut", "inf"),
        ("cut", "-1"),
        ("cut", "0.2"),
        ("cut", "1e999"),
        ("cut", "<script>alert(1)</script>"),
        ("cut", ""),
        ("leaks", "true"),
        ("split", "shapley; rm -rf"),
        ("conduct_mobile", "../../etc/passwd"),
        ("attention", "0.04 or so " * 50),
    ],
)
def test_what_no_lever_can_be_is_told_and_left_out(name: str, text: str):
    position, mistakes = Position.read({"preset": "price_war", name: text})

    assert position == Position("price_war")
    assert mistakes == [Mistake(name, text[:LONGEST])]


@pytest.mark.parametrize("text", ["nowhere", "", "../base", "base", "x" * 100_000])
def test_an_unknown_preset_is_told_and_the_first_is_shown(text: str):
    position, mistakes = Position.read({"preset": text})

    assert position == Position(FIRST)
    assert mistakes == [Mistake(None, text[:LONGEST])]


def test_what_is_no_text_is_no_value():
    position, mistakes = Position.read({"cut": ["0.05"], "preset": None, "attention": {"a": 1}})

    assert position == Position(FIRST)
    assert {mistake.lever for mistake in mistakes} == {None, "cut", "attention"}


def test_not_more_mistakes_are_told_than_one_reads():
    _, mistakes = Position.read({lever.name: "?" for lever in LEVERS})

    assert len(mistakes) == MISTAKES


def test_unknown_names_are_somebody_elses():
    assert Position.read({"lang": "zh", "metric": "profit", "foo": "1"}) == (Position(), [])


def test_a_lever_at_its_place_is_not_moved():
    assert Position.read({"preset": "price_war", "cut": "0.02", "leaks": "on"})[0].moved == {}


def test_a_cut_is_idle_until_somebody_undercuts():
    told = {"cut": "0.05"}
    nobody, somebody = (
        Position.read(told | conduct)[0] for conduct in ({}, {"conduct_mobile": "price_war"})
    )

    assert "cut" in nobody.idle()
    assert nobody.scenario.digest() == Position().scenario.digest()
    assert "cut" not in somebody.idle()
    assert somebody.scenario.carriers["mobile"].strategy.model_dump()["cut"] == 0.05


def test_conduct_keeps_what_the_old_one_was_told():
    position, _ = Position.read({"preset": "price_war", "conduct_mobile": "obstruct"})

    assert position.scenario.carriers["mobile"].strategy.model_dump() == {
        "name": "obstruct", "upsilon": 0.04, "cut": 0.02, "trigger": None, "block": 1.0,
    }  # fmt: skip


def test_only_what_was_at_work_before_the_branch_moves_the_past():
    assert not moved("cut").moves_the_past
    assert not moved("leak_control").moves_the_past
    assert not moved("uplift").moves_the_past
    assert not moved("roaming").moves_the_past
    assert moved("elasticity").moves_the_past
    assert moved("rollover").moves_the_past


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_knows_its_range_and_what_the_schema_says(lever: Lever):
    assert lever.facts.meaning or isinstance(lever, Switch)
    if isinstance(lever, Number):
        low, high = lever.range()
        steps = (high - low) / lever.step
        assert low < high
        assert steps == pytest.approx(round(steps))
        assert 5 <= steps <= 100


def test_names_are_told_apart():
    assert len(BY_NAME) == len(LEVERS)
    assert not {"lang", "theme", "preset", "metric", "against", "view"} & BY_NAME.keys()


def test_a_scenario_that_cannot_be_says_why():
    with pytest.raises(InputError, match="elasticity"):
        Position("price_war", {"elasticity": 2.0}).scenario  # noqa: B018  asked for to raise


def test_null_is_an_option():
    assert usual("mobile_joins")["joins_mobile"] == "2018-01"
    position, _ = Position.read({"preset": "mobile_joins", "joins_mobile": NONE})
    assert position.scenario.carriers["mobile"].strategy.model_dump()["joins"] is None


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        ({"cut": 0.02}, {"cut": 0.025}, {"cut": 0.03}),
        ({"cut": 0.03, "uplift": 0.5}, {"cut": 0.02, "uplift": 0.5}, {"cut": 0.01, "uplift": 0.5}),
        ({"cut": 0.09}, {"cut": 0.1}, None),  # the end of the range
        ({"cut": 0.02}, {"cut": 0.02}, None),
        ({"cut": 0.02}, {"cut": 0.03, "uplift": 0.7}, None),
        ({}, {"leaks": False}, None),
    ],
)
def test_who_moved_one_slider_is_expected_as_far_again(
    before: Moved, now: Moved, after: Moved | None
):
    there = Position("price_war", now).after(Position("price_war", before))
    assert (there and there.moved) == after
    assert Position("price_war", now).after(Position("alliance", before)) is None
