"""What the market is worth to its users, by hand."""

import math

import numpy as np
import pytest

from sim.market.segments import BELOW_LTE
from tests.theory.small_market import (
    SmallMarket,
    joined,
    levels,
    line_market,
    lines_at,
    segments,
    standing,
    tastes,
)

LN2 = math.log(2.0)


def two_carriers(lines: int = 1, **how: float) -> SmallMarket:
    """Return users of the first of two carriers that sell equal lines at equal prices."""
    return line_market((0.0, 0.0), (40.0, 40.0), lines=lines, **how)


def test_who_never_looks_has_the_worth_of_the_current_offer() -> None:
    market = two_carriers(attention=0.0)
    market.tastes = market.tastes._replace(xi=np.array([0.5, 0.0]))

    # -0.02 x 40 yuan + 0.5 utils, in fen at 0.02 utils a yuan.
    assert market.surplus().tolist() == [-15_00, 0]


def test_who_looks_gains_what_a_choice_of_two_is_worth() -> None:
    assert two_carriers().surplus().tolist() == [round(LN2 / 0.02 * 100) - 40_00, 0]


def test_who_may_look_has_the_mean_of_both() -> None:
    assert two_carriers(attention=0.25).surplus().tolist() == [
        round(0.25 * LN2 / 0.02 * 100) - 40_00, 0,
    ]  # fmt: skip


def test_a_cost_of_moving_lowers_what_a_choice_is_worth() -> None:
    worth = math.log(1.0 + 1.0 / 3.0) / 0.02 * 100

    assert two_carriers(switching=math.log(3.0)).surplus().tolist() == [round(worth) - 40_00, 0]


def test_carriers_that_are_alike_add_less_to_ones_choice() -> None:
    nested = line_market((0.0, 0.0), (0.0, 0.0), lines=1, dissimilarity=0.5, nest=(0, 0))

    assert nested.surplus().tolist() == [round(0.5 * LN2 / 0.02 * 100), 0]


def test_surplus_stays_with_the_carrier_a_user_had_when_scenarios_parted() -> None:
    market = two_carriers(lines=4, attention=0.0)
    home = np.array([[[0.25, 0.75], [0.0, 1.0]]])

    assert market.surplus(home).tolist() == [-40_00, 3 * -40_00]


def test_surplus_is_counted_line_by_line_and_part_by_part() -> None:
    market = two_carriers(lines=7, attention=0.0)
    assert market.surplus().tolist() == [7 * -40_00, 0]

    market.unit = 2
    assert market.surplus().tolist() == [-140_00, 0]


def test_a_yuan_weighs_more_with_who_minds_it_less() -> None:
    """Log 2 of utils are worth more yuan where a yuan is worth fewer utils."""
    people = joined(segments(alpha=0.02), segments(alpha=0.04))
    offers = lines_at(0.0, 0.0)
    market = SmallMarket(people, offers, standing(people, offers), levels(2), tastes((0.0, 0.0)))

    assert market.surplus().tolist() == [round(LN2 / 0.02 * 100) + round(LN2 / 0.04 * 100), 0]


@pytest.mark.parametrize("step", [1, 3, 12])
def test_a_year_of_surveys_hears_every_segment_once(step: int) -> None:
    people = joined(*(segments(*[1.0] * 7, province=p) for p in range(5)))
    offers = lines_at(40.0, 40.0)
    lines = standing(people, offers)
    lines[:, BELOW_LTE, 0] = np.arange(1, 36)
    weighed = tastes((0.0, 0.0), attention=0.0, provinces=5)
    market = SmallMarket(people, offers, lines, levels(2), weighed)
    heard = sum(market.surplus(first=month, step=step) for month in range(step))

    assert heard.tolist() == market.surplus().tolist() == [-40_00 * 630, 0]
