"""The market's users written twice more, plainly, do what the product's users do.

The baselines act on the terms that a run of the product published; their means over seeds lie
around what the product's users did under the same terms. The terms are of a year in which devices
and 4G spread and users begin to control their traffic.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import plain_mesa, plain_numpy
from benchmarks.published import CONTROLLED, OUTCOMES, Published, publish
from sim.market.names import CARRIERS
from sim.scenario.load import load_scenario
from tests.theory.small_market import one_thread

type Baseline = Callable[[Published, int, int], NDArray[np.float64]]

MONTHS = 12
BASELINES = [(plain_mesa.simulate, 2_000, 12), (plain_numpy.simulate, 5_000, 24)]


@pytest.fixture(scope="module")
def published() -> dict[str, Published]:
    with one_thread():
        return {
            "price_war": publish(load_scenario("price_war"), months=MONTHS),
            "user_control": publish(load_scenario("user_control"), "2018-06", MONTHS),
        }


@pytest.mark.parametrize("scenario", ["price_war", "user_control"])
@pytest.mark.parametrize(("simulate", "users", "seeds"), BASELINES, ids=["mesa", "numpy"])
def test_plain_users_have_the_products_shares_traffic_and_revenue(
    scenario: str, simulate: Baseline, users: int, seeds: int, published: dict[str, Published]
) -> None:
    terms = published[scenario]
    runs = np.array([simulate(terms, users, seed).mean(axis=0) for seed in range(seeds)])

    gap = runs.mean(axis=0) - terms.outcome.mean(axis=0)  # (outcomes, carriers)
    error = runs.std(axis=0, ddof=1) / np.sqrt(seeds)
    compared = error > 0.0
    assert compared.sum() >= compared.size - len(CARRIERS)  # all, but control where it is not sold
    assert (gap[~compared] == 0.0).all()
    assert np.abs(gap[compared] / error[compared]).max() <= 4.0


def test_the_comparison_covers_control_over_traffic(published: dict[str, Published]) -> None:
    taken = published["user_control"].outcome[:, CONTROLLED]

    assert taken.shape == (MONTHS, len(CARRIERS))
    assert (taken[-1] > taken[0]).all()


def test_every_user_is_with_one_carrier(published: dict[str, Published]) -> None:
    months = plain_mesa.simulate(published["price_war"], 500, 1)

    assert months.shape == (MONTHS, len(OUTCOMES), len(CARRIERS))
    assert months[:, 0].sum(axis=1) == pytest.approx(1.0)
