"""Comparisons are found and picked from, and never changed on the way."""

from pathlib import Path

import pytest

from sim.core.errors import SimError
from sim.dashboard.data import ENTITIES, chosen, comparisons, metric_names, pick
from sim.dashboard.scene import Choices, Scene
from tests.browser.synthetic import METRICS, SCENARIOS, synthetic, write_comparison


@pytest.fixture
def results(tmp_path: Path) -> Path:
    write_comparison(tmp_path)
    return tmp_path


def test_a_folder_without_results_has_no_comparisons(tmp_path: Path):
    assert comparisons(tmp_path) == []


def test_a_stored_comparison_is_read_back_whole(results: Path):
    (stored,) = comparisons(results)

    assert stored.load().scenarios == SCENARIOS
    assert stored.load().monthly.equals(synthetic().monthly)


def test_the_newest_comparison_is_shown_unless_another_is_asked_for(results: Path):
    write_comparison(results, "second")
    stored = comparisons(results)

    assert chosen(stored, None) is stored[0]
    assert chosen(stored, "a1b2c3d4e5f6").id == "a1b2c3d4e5f6"
    assert chosen(stored, "../../etc") is stored[0]


def test_a_damaged_comparison_says_what_is_wrong(results: Path):
    (stored,) = comparisons(results)
    (stored.folder / "comparison.json").write_text("{", encoding="utf-8")

    with pytest.raises(SimError, match="a1b2c3d4e5f6: JSONDecodeError"):
        stored.load()


def test_rows_come_in_the_order_asked_for_and_only_those():
    rows = pick(synthetic().metrics, "profit", ["price_war", SCENARIOS[0]], ["mobile", "market"])

    assert rows["name"].unique().tolist() == ["profit"]
    assert list(zip(rows["scenario"], rows["entity"], strict=True)) == [
        ("price_war", "mobile"),
        ("price_war", "market"),
        ("business_as_usual", "mobile"),
        ("business_as_usual", "market"),
    ]


def test_months_keep_their_order_inside_a_scenario():
    rows = pick(synthetic().monthly, "arpu", SCENARIOS, ENTITIES)

    for _, mine in rows.groupby(["scenario", "entity"]):
        assert mine["month"].is_monotonic_increasing


def test_a_metric_that_is_only_a_change_has_no_level_for_the_baseline():
    rows = pick(synthetic().metrics, "consumer_surplus", SCENARIOS, ENTITIES)

    assert set(rows["scenario"]) == set(SCENARIOS[1:])


def test_every_metric_is_offered_once():
    assert metric_names(synthetic()) == list(METRICS)


def test_a_scene_ignores_what_the_comparison_does_not_have():
    choices = Choices.read(
        {"lang": "xx", "theme": "pink", "metric": "nonsense", "scenarios": ["price_war", "gone"]}
    )
    scene = Scene.of(synthetic(), choices)

    assert (choices.language, choices.theme) == ("en", "light")
    assert scene.metric == "profit"
    assert scene.scenarios == ("price_war",)
    assert scene.entities == ENTITIES


def test_a_scenario_keeps_its_colour_whatever_else_is_shown():
    everything = Scene.of(synthetic(), Choices())
    alone = Scene.of(synthetic(), Choices(scenarios=("service_cooperation",)))

    name = "service_cooperation"
    assert everything.colour(name) == alone.colour(name)
    assert everything.dash(name) == alone.dash(name)


def test_the_last_month_lies_months_after_the_branch():
    scene = Scene.of(synthetic(), Choices())

    assert (scene.branch, scene.last_month, scene.period) == ("2017-01", "2021-12", "2021")
