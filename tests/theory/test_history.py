"""The market, untuned, repeats what happened; and a price war does what it must.

Only lines of the country, the bill without data, the share of data lines and, by the
historical conduct, yuan per GB are fed in; shares are inverted. Users move by their expected
flows; what is left of chance is who the partners, resellers and branches are.
"""

import numpy as np
import pandas as pd
import pytest

from sim.market.names import CARRIERS
from sim.metrics import yearly
from sim.scenario.load import load_scenario
from sim.scenario.paths import observed_prices
from sim.scenario.schema import Observed
from sim.simulate import run, run_together
from tests.theory.small_market import one_thread

SEEDS = range(2)
YEARS = (2015, 2016)
MARKET = "market"

type Values = dict[tuple[int, str], float]


@pytest.fixture(scope="module")
def observed() -> Observed:
    return load_scenario("history").observed


def means(tables: list[dict[str, pd.DataFrame]], metric: str) -> Values:
    """Return a yearly metric's mean over runs, by year and carrier."""
    frames = [yearly(each, metric).assign(run=n) for n, each in enumerate(tables)]
    frame = pd.concat(frames).fillna({"carrier": MARKET})
    return frame.groupby(["year", "carrier"])["value"].mean().to_dict()


@pytest.fixture(scope="module")
def past() -> dict[str, Values]:
    """Return what the base market did in 2015 and 2016, under the observed conduct."""
    scenario = load_scenario("history", {"months": 1})
    with one_thread():
        tables = [run(scenario, seed).tables for seed in SEEDS]
    names = ("subscriber_share", "dou", "yuan_per_gb", "data_revenue")
    return {name: means(tables, name) for name in names}


def share(observed: Observed, carrier: str, year: int) -> float:
    return observed.lines[carrier][year] / sum(observed.lines[c][year] for c in CARRIERS)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("year", YEARS)
def test_shares_end_each_year_within_a_point_and_a_half(
    carrier: str, year: int, past: dict[str, Values], observed: Observed
) -> None:
    simulated = past["subscriber_share"][year, carrier]

    assert simulated == pytest.approx(share(observed, carrier, year), abs=0.015)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_each_carriers_share_moves_the_way_it_did(
    carrier: str, past: dict[str, Values], observed: Observed
) -> None:
    start = share(observed, carrier, 2014)
    moved = past["subscriber_share"][2016, carrier] - start

    assert np.sign(moved) == np.sign(share(observed, carrier, 2016) - start)


@pytest.mark.parametrize("year", YEARS)
def test_use_price_and_revenue_are_within_a_quarter_of_what_was_observed(
    year: int, past: dict[str, Values], observed: Observed
) -> None:
    assert past["dou"][year, MARKET] == pytest.approx(observed.dou[year], rel=0.25)
    assert past["yuan_per_gb"][year, MARKET] == pytest.approx(
        observed_prices(load_scenario("history"))[year], rel=0.25
    )
    assert past["data_revenue"][year, MARKET] == pytest.approx(
        observed.data_revenue[year] * 1e9, rel=0.25
    )


def test_use_grew_and_prices_fell(past: dict[str, Values]) -> None:
    assert past["dou"][2016, MARKET] > 1.5 * past["dou"][2015, MARKET]
    assert past["yuan_per_gb"][2016, MARKET] < 0.8 * past["yuan_per_gb"][2015, MARKET]


@pytest.fixture(scope="module")
def in_2021() -> dict[str, dict[str, float]]:
    """Return what peace and war lead to by 2021, under the same draws."""
    names = ("business_as_usual", "price_war")
    scenarios = [load_scenario(name, {"population.usage_tiers": 2}) for name in names]
    with one_thread():
        runs = run_together(scenarios, 0)
    metrics = ("data_revenue", "yuan_per_gb", "dou")
    return {
        name: {m: means([runs[n].tables], m)[2021, MARKET] for m in metrics}
        for n, name in enumerate(names)
    }


@pytest.mark.parametrize("metric", ["data_revenue", "yuan_per_gb"])
def test_a_price_war_ends_with_less_revenue_and_cheaper_gb(
    metric: str, in_2021: dict[str, dict[str, float]]
) -> None:
    assert in_2021["price_war"][metric] < in_2021["business_as_usual"][metric]


def test_a_price_war_lowers_nobodys_use(in_2021: dict[str, dict[str, float]]) -> None:
    assert in_2021["price_war"]["dou"] >= in_2021["business_as_usual"]["dou"]
