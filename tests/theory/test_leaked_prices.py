"""What branches asked for a GB, as reseller price lists of 2016 and 2017 have it."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN
from sim.scenario.load import load_scenario
from sim.simulate import RunResult, run
from tests.theory.small_market import one_thread


@pytest.fixture(scope="module", params=[0, 1, 2])
def history(request: pytest.FixtureRequest) -> Iterator[RunResult]:
    with one_thread():
        yield run(load_scenario("history", {"months": 9}), request.param)


def posted(history: RunResult, month: str) -> NDArray[np.float64]:
    """Return what Mobile's branches that sell ask for a GB, relative to list: (branches,)."""
    table = history.tables["province_carrier_month"]
    fen = table.query("month == @month and carrier == 'mobile'")["wholesale_price_fen"].dropna()
    return np.asarray(fen / FEN_PER_YUAN / history.scenario.sponsorship.list_price)


def test_mobiles_branches_ask_two_thirds_of_list_in_july_2016_and_differ(
    history: RunResult,
) -> None:
    july = posted(history, "2016-07")

    assert len(july) >= 25  # a few in full control of headquarters sell nothing
    assert july.mean() == pytest.approx(0.67, abs=0.05)
    assert july.max() - july.min() >= 0.2


def test_they_ask_less_by_september_2017(history: RunResult) -> None:
    assert posted(history, "2017-09").mean() < posted(history, "2016-07").mean() - 0.03
