"""What carriers read of a month, and how quality walks: by hand."""

import numpy as np
import pytest

from sim.core.units import KB_PER_GB
from sim.mechanisms.usage import CONTROL_LINES, DATA_LINES, FEE, LINES, OVERAGE, SUMS, USED, VOICE
from sim.model.outcomes import outcomes_of, wealth_of
from sim.model.quality import Trend, walked


def test_a_carrier_has_what_its_branches_have() -> None:
    assert wealth_of(np.array([100, -7]), np.array([1, 2, 3, 40, 50, 60])).tolist() == [106, 143]


def test_outcomes_are_ratios_of_what_was_counted() -> None:
    """60 lines pay 3 000 fen for 10 GB, 20 pay 600 for 2 GB, and a carrier has none."""
    total = np.zeros((3, len(SUMS)), np.int64)
    total[:, LINES], total[:, DATA_LINES] = [60, 20, 0], [50, 10, 0]
    total[0, CONTROL_LINES], total[:, USED] = 5, [10 * KB_PER_GB, 2 * KB_PER_GB, 0]
    total[:, FEE], total[:, OVERAGE], total[:, VOICE] = (
        [2_000, 600, 0],
        [1_000, 0, 0],
        [600, 200, 0],
    )

    month = outcomes_of(total, np.array([60, 20, 0]), np.array([500, 0, 0]), np.array([100, 0, 7]))

    assert month.share.tolist() == [0.75, 0.25, 0.0]
    assert month.adopters.tolist() == [0.1, 0.0, 0.0]
    assert month.yuan_per_gb == pytest.approx([3.0, 3.0, 0.0])
    assert month.market_yuan_per_gb == pytest.approx(3.0)
    assert month.variable_cost.tolist() == [560, 20, 0]
    assert month.line_margin == pytest.approx([(3_600 - 560) / 60, (800 - 20) / 20, 0.0])
    assert month.side_revenue == pytest.approx([2.0, 0.0, 7.0])


def test_quality_drifts_half_way_in_its_half_life_and_walks_by_its_draws() -> None:
    """Twelve months after the last mean stands, a drift of 1 a year that halves in 12 months."""
    trend, still = Trend(np.array([2.0, 0.0]), np.array([1.0, 0.0])), np.full(2, 0.5)
    walk, quality = walked(np.array([0.0, 0.3]), still, trend, 0.1, 12.0, months=5)

    assert walk == pytest.approx([0.0, 0.3])  # the middle draw is no step
    assert quality == pytest.approx([2.0 + 0.5 / np.log(2.0), 0.3])
    assert walked(walk, np.array([0.9, 0.1]), trend, 0.1, 12.0, 6)[0] == pytest.approx(
        [0.1 * 1.2815515655, 0.3 - 0.1 * 1.2815515655]
    )
