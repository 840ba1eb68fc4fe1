"""The 2 × 2 of price rule × cooperation: neither side of it touches the other."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from sim.scenario.load import load_scenario
from sim.simulate import RunResult, run_together
from tests.theory.small_market import one_thread

CELLS = {
    ("peace", "apart"): "business_as_usual",
    ("war", "apart"): "price_war",
    ("peace", "together"): "service_cooperation",
    ("war", "together"): "price_war_with_cooperation",
}
SIZE = {"months": 24, "population.usage_tiers": 2}


@pytest.fixture(scope="module")
def cells() -> Iterator[dict[tuple[str, str], RunResult]]:
    with one_thread():
        runs = run_together([load_scenario(name, SIZE) for name in CELLS.values()], seed=0)
        yield dict(zip(CELLS, runs, strict=True))


def branched(run: RunResult) -> pd.DataFrame:
    return run.tables["carrier_month"].query("month >= '2017-01'")


def column(run: RunResult, name: str) -> np.ndarray:
    return branched(run)[name].to_numpy(dtype=np.float64)


def test_no_rule_of_retail_differs_but_for_undercutting(
    cells: dict[tuple[str, str], RunResult],
) -> None:
    """Cooperation's own parameters aside, strategies are the same rule with or without a cut."""
    for (price, _), run in cells.items():
        for carrier in run.scenario.carriers.values():
            assert carrier.strategy.upsilon == 0.04
            assert hasattr(carrier.strategy, "cut") == (price == "war")


@pytest.mark.parametrize("price", ["peace", "war"])
def test_cooperation_alone_changes_no_retail_price(
    price: str, cells: dict[tuple[str, str], RunResult]
) -> None:
    """Prices follow own shares; those hardly move by service, so prices stay within a hundredth."""
    apart, together = (
        column(cells[price, side], "list_price_fen") for side in ("apart", "together")
    )

    assert together == pytest.approx(apart, rel=0.01)
    assert together[:3] == pytest.approx(
        apart[:3], abs=0
    )  # the first month, before any share moves


@pytest.mark.parametrize("side", ["apart", "together"])
def test_a_price_war_alone_changes_no_cooperation(
    side: str, cells: dict[tuple[str, str], RunResult]
) -> None:
    peace, war = (column(cells[price, side], "service") for price in ("peace", "war"))

    assert np.array_equal(peace, war)
    platform = [column(cells[price, side], "backward_platform_fen") for price in ("peace", "war")]
    assert all((earned > 0).any() == (side == "together") for earned in platform)


def test_a_price_war_lowers_prices_under_either_cooperation(
    cells: dict[tuple[str, str], RunResult],
) -> None:
    for side in ("apart", "together"):
        peace, war = (column(cells[price, side], "list_price_fen") for price in ("peace", "war"))
        assert (war[-3:] < 0.8 * peace[-3:]).all()
