"""The market that answers at once gives what a whole run gives, to the bit."""

import numpy as np
import pytest

from sim.market.names import CARRIERS
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.simulate import run
from sim.studies.bands import by_month, change, last_year
from sim.studies.facts import last_year as last_year_of
from sim.studies.live import SHOWN, Answer, InterruptedRunError, Live
from sim.studies.statistics import interval, paired_difference

SMALL = {"population.usage_tiers": 1, "months": 14}


def small(name: str, **changes: object) -> Scenario:
    return load_scenario(name, SMALL | {k.replace("__", "."): v for k, v in changes.items()})


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(pasts=2)


def test_an_answer_is_what_a_whole_run_measures_to_the_bit(live: Live):
    scenario = small("price_war")
    result, answer = run(scenario, seed=3), live.ask(scenario, 3)
    years = last_year_of(result).set_index(["name", "carrier"])["value"]

    for name in SHOWN:
        by_carrier = result.metric(name)
        assert answer.months == tuple(dict.fromkeys(by_carrier["month"]))
        for place, carrier in enumerate([None, *CARRIERS]):
            mine = (
                by_carrier["carrier"].isna() if carrier is None else by_carrier.carrier == carrier
            )
            whole = by_carrier.loc[mine, "value"].to_numpy()
            assert np.array_equal(answer.monthly[name][:, place], whole, equal_nan=True)
            assert np.array_equal(
                answer.yearly[name][place], years[name, carrier or ""], equal_nan=True
            )


def test_a_past_is_kept_and_asking_again_changes_nothing(live: Live):
    cut = "carriers.mobile.strategy.cut"
    scenario, other = small("price_war"), small("price_war", **{cut.replace(".", "__"): 0.05})
    first, second, third = (live.ask(each, 3) for each in (scenario, other, scenario))

    assert second.past_was_kept
    assert third.past_was_kept
    for name in SHOWN:
        assert np.array_equal(first.monthly[name], third.monthly[name], equal_nan=True)
    assert not np.array_equal(first.monthly["profit"], second.monthly["profit"])


def test_another_past_or_seed_is_simulated_anew_and_no_more_are_kept_than_allowed():
    live = Live(pasts=2)
    asks = [
        (small("price_war"), 0),
        (small("price_war"), 1),
        (small("price_war", demand__elasticity=0.6), 0),
        (small("price_war"), 0),
    ]

    assert [live.ask(*ask).past_was_kept for ask in asks] == [False] * 4
    assert len(live) == 2


def test_a_run_is_broken_off_between_two_months_and_keeps_its_past():
    live, months = Live(), []

    def stopped() -> bool:
        months.append(1)
        return len(months) > 26

    with pytest.raises(InterruptedRunError, match="2017-03"):
        live.ask(small("price_war"), 0, stopped)
    assert live.ask(small("price_war"), 0).past_was_kept


def made_up(*levels: float) -> list[Answer]:
    """Return answers of one month and one year, one for each level."""
    return [
        Answer(
            ("2017-01",),
            {name: np.full((1, 4), level) for name in ("profit", "consumer_surplus")},
            {name: np.full(4, level) for name in ("profit", "consumer_surplus")},
            past_was_kept=True,
        )
        for level in levels
    ]


def test_bands_are_the_intervals_of_the_comparison():
    mine, theirs = made_up(5.0, 7.0, 6.5), made_up(1.0, 2.0, 4.0)
    levels = np.array([[5.0], [7.0], [6.5]])
    pairs = levels, np.array([[1.0], [2.0], [4.0]])

    for found, expected in (
        (by_month(mine, theirs, "profit"), interval(levels)),
        (by_month(mine, theirs, "consumer_surplus"), paired_difference(*pairs)),
        (last_year(mine, "profit"), interval(levels)),
        (change(mine, theirs, "profit"), paired_difference(*pairs)),
    ):
        for part, whole in zip(found, expected, strict=True):
            assert np.all(part == whole[0])
    assert by_month(mine, theirs, "profit").mean.shape == (1, 4)
