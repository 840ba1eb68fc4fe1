"""Bass diffusion, by hand."""

import math

import pytest

from sim.mechanisms.diffusion import bass


@pytest.mark.parametrize("months", [-12.0, -0.5, 0.0])
def test_nobody_has_adopted_before_the_launch(months: float) -> None:
    assert bass(months, 0.01, 0.1) == 0.0


def test_innovators_alone_adopt_at_a_constant_rate() -> None:
    assert bass(3.0, 0.1, 0.0) == pytest.approx(1.0 - math.exp(-0.3))


def test_imitation_speeds_adoption_up() -> None:
    """p = 0.1 and q = 0.3: after ln 2 / 0.4 months e^-(p+q)t is 1/2, so F = 0.5 / 2.5."""
    assert bass(math.log(2.0) / 0.4, 0.1, 0.3) == pytest.approx(0.2)
