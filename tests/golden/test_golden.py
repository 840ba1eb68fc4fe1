"""Small runs give, to the last bit, what was frozen: no number moves unnoticed."""

import json

import pytest

from sim.scenario.shipped import scenario_names
from tests.golden.refresh import FILE, summary

WHAT_TO_DO = (
    "Numbers moved. If that is meant, say **Results:** and why in CHANGELOG.md, "
    "then run `python -m tests.golden.refresh`."
)


def frozen() -> dict[str, dict[str, dict[str, dict[str, float | None]]]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_every_scenario_that_ships_is_frozen_at_this_size() -> None:
    sizes = ("fidelity", "usage_tiers", "months", "seed")
    assert [frozen().get(size) for size in sizes] == [summary()[size] for size in sizes], WHAT_TO_DO
    assert sorted(frozen()["yearly"]) == scenario_names(), WHAT_TO_DO


@pytest.mark.parametrize("scenario", scenario_names())
def test_the_yearly_metrics_of_a_small_run_are_what_they_were(scenario: str) -> None:
    was, now = frozen()["yearly"].get(scenario, {}), summary()["yearly"][scenario]
    moved = [
        f"{metric} {key}: {was.get(metric, {}).get(key)} -> {value}"
        for metric, values in now.items()
        for key, value in values.items()
        if was.get(metric, {}).get(key, "new") != value
    ]

    assert not moved, f"{WHAT_TO_DO} {len(moved)} moved:\n" + "\n".join(moved[:10])
    assert now == was, f"{WHAT_TO_DO} A metric is gone."
