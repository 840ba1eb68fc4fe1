"""Inversion of shares into quality, by hand, and what it refuses."""

import math

import numpy as np
import pytest

from sim.core.errors import InvariantError
from sim.mechanisms.choice import Panel
from sim.mechanisms.inversion import expected_shares, invert_shares

LN3 = math.log(3.0)


def panel(
    carrier: list[int], attention: float = 1.0, stay: float = 1.0, weight: list[int] | None = None
) -> Panel:
    """Return users of two carriers to whom both are worth the same; moving costs -log(stay)."""
    rows = len(carrier)
    look = np.full((rows, 2), stay)
    look[np.arange(rows), carrier] = 1.0
    return Panel(
        row=np.arange(rows),
        free=np.ones((rows, 2)),
        look=look,
        top=np.zeros(rows),
        stay=np.zeros(rows),
        attention=np.full(rows, attention),
        alpha=np.ones(rows),
        carrier=np.array(carrier),
        home=np.array(carrier),
        weight=np.array(weight or [1] * rows),
    )


HALF = np.array([0.5, 0.5])
START = np.zeros(2)


def test_quality_of_free_choice_is_the_log_of_the_ratio_of_shares() -> None:
    found = invert_shares(panel([0, 1]), HALF, np.array([0.75, 0.25]), 0.0, START)

    assert found.tolist() == pytest.approx([LN3, 0.0], abs=1e-8)


def test_the_expected_share_has_a_part_for_each_kind_of_user() -> None:
    """A tenth is replaced and chooses evenly; of the rest a fifth looks, at a cost of ln 3."""
    weight = np.array([0.6, 0.4])
    share, _ = expected_shares(panel([0, 1], 0.2, 1.0 / 3.0), weight, 0.1, START)

    passive, looking = 0.9 * 0.8, 0.9 * 0.2
    first = 0.1 * 0.5 + 0.6 * passive + looking * (0.6 * 0.75 + 0.4 * 0.25)
    assert share.tolist() == pytest.approx([first, 1.0 - first])


def test_the_slope_of_free_choice_is_share_times_what_is_left() -> None:
    _, slope = expected_shares(panel([0, 1]), HALF, 0.0, np.array([LN3, 0.0]))

    assert slope.ravel().tolist() == pytest.approx([0.1875, -0.1875, -0.1875, 0.1875])


def test_a_panel_with_too_many_users_of_one_carrier_is_weighted_to_the_shares_now() -> None:
    crooked = panel([0, 0, 0, 1], attention=0.2, stay=0.5)
    even = panel([0, 1], attention=0.2, stay=0.5)
    now, target = np.array([0.6, 0.4]), np.array([0.61, 0.39])

    found = [invert_shares(p, now, target, 0.01, START) for p in (crooked, even)]
    assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_lines_weigh_as_many_as_they_are() -> None:
    now, target = np.array([0.6, 0.4]), np.array([0.61, 0.39])
    rows = panel([0, 0, 1], 0.2, 0.5, weight=[2, 1, 3])

    assert invert_shares(rows, now, target, 0.0, START) == pytest.approx(
        invert_shares(panel([0, 1], 0.2, 0.5), now, target, 0.0, START), abs=1e-9
    )


def test_a_carrier_without_a_user_in_the_panel_cannot_be_inverted() -> None:
    with pytest.raises(InvariantError, match="no user in the panel; run with more users"):
        invert_shares(panel([0, 0]), HALF, HALF, 0.0, START)


def test_a_jump_that_inattention_cannot_make_is_refused() -> None:
    with pytest.raises(InvariantError, match=r"no quality reaches the observed shares \[0.9 0.1\]"):
        invert_shares(panel([0, 1], attention=0.05), HALF, np.array([0.9, 0.1]), 0.0, START)
