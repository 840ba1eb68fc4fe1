"""What holds of every choice, and of the qualities found from choices."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.mechanisms.choice import consumer_surplus
from sim.mechanisms.inversion import expected_shares, invert_shares
from tests.theory.small_market import SmallMarket, crowd, levels, lognormal, plans, tastes

SEEDS = st.integers(0, 10**6)
UTILS = st.floats(-3.0, 3.0)
SHARE = st.floats(0.0, 1.0)


def market(
    seed: int, rows: int = 90, *, xi: tuple[float, float, float] = (0.0, 0.0, 0.0),
    attention: float = 0.3, renewal: float = 0.02, switching: float = 2.0,
) -> SmallMarket:  # fmt: skip
    """Return unlike users, some without a device, on three carriers with two plans each."""
    streams = Streams(seed)

    def draw(name: str) -> np.ndarray:
        return streams.uniform(name, 0, rows)

    device = draw("device") * 1.2
    users = crowd(rows)._replace(
        income=(draw("income") * 2).astype(np.uint8),
        theta=lognormal(rows, 2.0, 1.0),
        lte_rank=draw("lte"),
        device_rank=device,
        knows_reseller=draw("knows") < 0.5,
        offer=(np.arange(rows) % 3 * 3 + (draw("plan") * 3 * (device < 1))).astype(np.uint8),
        lines=(1 + draw("lines") * 60_000).astype(np.int64),
        shocked=draw("shocked") < 0.2,
    )
    offers = plans((5.0, 0.1), (40.0, 1.0), overage=60.0, resale=40.0, voice=25.0, carriers=3)
    weighed = tastes(
        xi, attention=attention, renewal=renewal, switching=switching, plan_switching=0.5,
        bill_shock=0.1, lte_value=0.3,
    )  # fmt: skip
    weighed = weighed._replace(alpha=np.array([[0.08, 0.05]]))
    return SmallMarket(users, offers, levels(3, lte=0.4, sponsored=0.1), weighed)


@given(SEEDS, SHARE, SHARE, st.floats(0.0, 9.0))
def test_nobody_is_lost_and_every_move_is_counted_once(
    seed: int, attention: float, renewal: float, switching: float
) -> None:
    m = market(seed, attention=attention, renewal=renewal, switching=switching)
    before = np.bincount(m.users.offer // 3, weights=m.users.lines, minlength=3)
    moves = m.choose().sum(axis=2)
    after = np.bincount(m.users.offer // 3, weights=m.users.lines, minlength=3)

    assert m.users.offer.max() < 9
    assert np.array_equal(after, before - moves.sum(axis=1) + moves.sum(axis=0))
    assert (moves.sum(axis=1) <= before).all()


@given(SEEDS)
def test_who_has_no_device_never_has_a_plan_with_data(seed: int) -> None:
    m = market(seed, attention=1.0, renewal=0.5)
    m.choose()

    without = m.users.device_rank >= 1.0
    assert (m.users.offer[without] % 3 == 0).all()
    assert (m.users.offer[~without] % 3 != 0).any()


@given(SEEDS, UTILS, UTILS, SHARE)
def test_expected_shares_are_shares_and_their_slopes_cancel(
    seed: int, first: float, second: float, renewal: float
) -> None:
    panel = market(seed).survey()
    weight = panel.weight / panel.weight.sum()
    share, slope = expected_shares(panel, weight, renewal, np.array([first, second, 0.0]))

    assert (share > 0.0).all()
    assert abs(share.sum() - 1.0) < 1e-12
    # Who moves to one carrier leaves another; quality added to all changes nothing.
    assert np.abs(slope.sum(axis=0)).max() < 1e-12
    assert np.abs(slope.sum(axis=1)).max() < 1e-12
    assert (np.diag(slope) > 0.0).all()


@given(SEEDS, UTILS, UTILS, st.floats(0.02, 1.0), st.floats(0.0, 0.1))
def test_inversion_finds_the_quality_that_made_the_shares(
    seed: int, first: float, second: float, attention: float, renewal: float
) -> None:
    panel = market(seed, attention=attention).survey()
    quality = np.array([first, second, 0.0])
    weight = panel.weight / panel.weight.sum()
    now = np.bincount(panel.carrier, weights=weight, minlength=3)
    target, slope = expected_shares(panel, weight, renewal, quality)
    assume(np.abs(np.linalg.eigvals(slope[:-1, :-1])).min() > 1e-4)  # else anything would do

    found = invert_shares(panel, now, target, renewal, np.zeros(3))
    assert np.abs(found - quality).max() < 1e-4


@given(SEEDS, UTILS, UTILS)
def test_users_gain_from_quality_in_proportion_to_those_who_choose_it(
    seed: int, first: float, second: float
) -> None:
    """The derivative of the log-sum is the share (Williams 1977; Daly and Zachary 1978)."""
    m = market(seed, rows=30, renewal=0.0)
    alike = m.tastes._replace(alpha=np.full((1, 2), 1e-9))  # a util is worth many fen: no rounding
    panel = SmallMarket(m.users, m.offers, m.levels, alike).survey()
    xi, step = np.array([first, second, 0.0]), 1e-4
    share, _ = expected_shares(panel, panel.weight / panel.weight.sum(), 0.0, xi)
    for j in range(3):
        up = consumer_surplus(panel, xi + step * np.eye(3)[j]).sum()
        down = consumer_surplus(panel, xi - step * np.eye(3)[j]).sum()
        slope = (up - down) / (2.0 * step) * 1e-9 / 100.0 / panel.weight.sum()
        assert abs(slope - share[j]) < 1e-6


@settings(max_examples=25)
@given(SEEDS, st.integers(1, 400), st.integers(1, 100))
def test_one_more_user_changes_nobody_elses_choice(seed: int, rows: int, more: int) -> None:
    few, many = market(seed, rows + more), market(seed, rows + more)
    few = SmallMarket(
        few.users._replace(**{k: v[:rows].copy() for k, v in few.users._asdict().items()}),
        few.offers, few.levels, few.tastes,
    )  # fmt: skip
    few.choose(seed=seed)
    many.choose(seed=seed)

    assert np.array_equal(few.users.offer, many.users.offer[:rows])
