"""Inversion of shares into quality, by hand, and what it refuses."""

import math

import numpy as np
import pytest

from sim.core.errors import InvariantError
from sim.market.segments import BELOW_LTE, NO_DEVICE
from sim.mechanisms.inversion import expected_shares, invert_shares
from sim.mechanisms.usage import SHOCKED
from tests.theory.small_market import COUNTRY, SmallMarket, line_market, spread_over

LN3 = math.log(3.0)
START = np.zeros(2)


def crowded(
    first: float = 0.5, *, attention: float = 1.0, switching: float = 0.0, renewal: float = 0.0
) -> SmallMarket:
    """Return users of two carriers to whom both are worth the same."""
    market = line_market(
        (0.0, 0.0), (0.0, 0.0), switching=switching, attention=attention, renewal=renewal
    )
    return spread_over(market, np.array([first, 1.0 - first]))


def test_quality_of_free_choice_is_the_log_of_the_ratio_of_shares() -> None:
    found = invert_shares(crowded().crowd(), np.array([0.75, 0.25]), START)

    assert found.tolist() == pytest.approx([LN3, 0.0], abs=1e-8)


def test_the_last_carriers_quality_is_nil_wherever_the_search_starts() -> None:
    found = invert_shares(crowded().crowd(), np.array([0.75, 0.25]), np.array([3.0, 5.0]))

    assert found.tolist() == pytest.approx([LN3, 0.0], abs=1e-8)


def test_the_expected_share_has_a_part_for_each_kind_of_user() -> None:
    """A tenth is replaced and chooses evenly; of the rest a fifth looks, at a cost of ln 3."""
    market = crowded(0.6, attention=0.2, switching=LN3, renewal=0.1)
    share, _ = expected_shares(market.crowd(), START)

    passive, looking = 0.9 * 0.8, 0.9 * 0.2
    first = 0.1 * 0.5 + 0.6 * passive + looking * (0.6 * 0.75 + 0.4 * 0.25)
    assert share.tolist() == pytest.approx([first, 1.0 - first])


def test_the_expected_share_is_that_of_expected_flows() -> None:
    market = crowded(0.6, attention=0.2, switching=LN3, renewal=0.1)
    expected = market.next_shares()
    market.flow()

    assert market.shares() == pytest.approx(expected, abs=1e-11)


def test_the_slope_of_free_choice_is_share_times_what_is_left() -> None:
    _, slope = expected_shares(crowded().crowd(), np.array([LN3, 0.0]))

    assert slope.ravel().tolist() == pytest.approx([0.1875, -0.1875, -0.1875, 0.1875])


def test_who_had_a_bill_shock_counts_among_those_who_look() -> None:
    market = crowded(1.0, attention=0.1)
    market.tastes = market.tastes._replace(bill_shock=0.2)
    market.shocked[0, BELOW_LTE, 0] = SHOCKED

    assert market.next_shares() == pytest.approx([0.85, 0.15])


def test_lines_of_every_level_weigh_as_many_as_they_are() -> None:
    together = crowded(0.6, attention=0.2, switching=0.5)
    apart = crowded(0.6, attention=0.2, switching=0.5)
    apart.lines[0, NO_DEVICE] = apart.lines[0, BELOW_LTE] // 4
    apart.lines[0, BELOW_LTE] -= apart.lines[0, NO_DEVICE]
    target = np.array([0.61, 0.39])

    assert apart.lines.sum() == COUNTRY
    assert invert_shares(apart.crowd(), target, START) == pytest.approx(
        invert_shares(together.crowd(), target, START), abs=1e-9
    )


def test_a_carrier_without_a_line_may_come_to_have_some() -> None:
    market = crowded(1.0, attention=0.2)
    found = invert_shares(market.crowd(), np.array([0.85, 0.15]), START)

    assert found.tolist() == pytest.approx([-LN3, 0.0], abs=1e-8)


def test_a_jump_that_inattention_cannot_make_is_refused() -> None:
    with pytest.raises(InvariantError, match=r"no quality reaches the observed shares \[0.9 0.1\]"):
        invert_shares(crowded(attention=0.05).crowd(), np.array([0.9, 0.1]), START)
