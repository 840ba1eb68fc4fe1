"""What holds of use under every tariff, for every population."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.core.units import FEN_PER_YUAN
from sim.market.segments import BELOW_LTE, BELOW_LTE_CONTROL, CONTROL
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    FEE,
    LINES,
    OVERAGE,
    REACH_SPONSORED,
    REACH_USED,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
    make_curve,
    margins,
    metered,
    paid_use,
    value_at,
    worth_at,
    worth_of,
)
from tests.theory.mixed_market import PLANS, mixed_market
from tests.theory.small_market import levels, on_terms, one_line, plans

SEEDS = st.integers(0, 10**6)
EPS = st.floats(0.4, 0.95)
KAPPA = st.floats(1.0, 20.0)
THETA = st.floats(0.01, 100.0)
ALLOWANCES = st.floats(0.0, 20.0, allow_subnormal=False)
YUAN = st.floats(0.0, 200.0)
SHARE = st.floats(0.0, 1.0)
UNITS = st.sampled_from([1, 1_000_000])


@given(SEEDS, SHARE, YUAN, st.booleans(), UNITS)
def test_every_kilobyte_used_was_in_an_allowance_or_sold_or_given(
    seed: int, share: float, resale: float, rollover: bool, unit: int
) -> None:
    month = mixed_market(seed, sponsored=share, resale=resale, unit=unit).use(rollover)
    place = month.sums.by_place

    parts = place[:, :, [ALLOWANCE, BILLED, RESOLD, SPONSORED]].sum(axis=2)
    assert np.array_equal(place[:, :, USED], parts)
    assert (place >= 0).all()


@given(SEEDS, SHARE, YUAN)
def test_the_sums_are_the_lines_times_what_one_of_each_cell_used_and_owes(
    seed: int, share: float, resale: float
) -> None:
    market = mixed_market(seed, 60_000, sponsored=share, resale=resale)
    month, lines = market.use(control_fee=150), market.lines

    assert month.total(LINES) == lines.sum()
    assert month.total(USED) == (month.usage * lines).sum()
    owed = sum(month.total(c) for c in (FEE, OVERAGE, RESALE, VOICE, CONTROL_FEE))
    assert owed == (month.bill * lines).sum()
    with_data = np.arange(lines.shape[2]) % PLANS != 0
    assert month.total(CONTROL_FEE) == 150 * lines[:, BELOW_LTE_CONTROL:, with_data].sum()
    assert month.sums.by_offer[:, 0].tolist() == lines.sum(axis=(0, 1)).tolist()
    assert month.sums.by_offer[:, 1].sum() == month.total(USED)
    assert month.sums.by_offer[:, 2].sum() == month.total(FEE) + month.total(OVERAGE)
    assert month.sums.by_style[:, :, REACH_USED].sum() == month.total(USED)
    assert month.sums.by_style[:, :, REACH_SPONSORED].sum() == month.total(SPONSORED)


@given(SEEDS)
def test_parts_of_lines_sum_to_what_lines_would_but_for_rounding_in_each_cell(seed: int) -> None:
    """A country in millionths of a line uses and owes what one in whole lines does."""
    whole, parts = mixed_market(seed, 60_000), mixed_market(seed, 60_000)
    parts.lines, parts.unit = parts.lines * 1_000_000 + 1, 1_000_000
    parts.lines[whole.lines == 0] = 0

    coarse, fine = whole.use().sums.by_place, parts.use().sums.by_place
    money = [USED, ALLOWANCE, BILLED, RESOLD, SPONSORED, FEE, OVERAGE, RESALE, VOICE]
    # A millionth of a line more in each of 420 cells: at most a fen or kB each, and rounding.
    assert np.abs(coarse - fine)[:, :, money].max() <= 420 * 100


@given(SEEDS, SHARE)
def test_no_more_rolls_over_than_the_plans_own_allowance(seed: int, share: float) -> None:
    market = mixed_market(seed, sponsored=share)
    market.use(rollover=True)

    assert (market.rollover >= 0).all()
    assert (market.rollover <= market.offers.allowance).all()


@given(SEEDS)
def test_control_never_lowers_what_a_bound_allowance_is_used_for(seed: int) -> None:
    """More of the allowance is of use: use within it can only grow, line by line."""
    market = mixed_market(seed)
    market.lines[:] = 1
    market.rollover[:] = 0
    usage = market.use().usage
    plain = usage[:, BELOW_LTE:BELOW_LTE_CONTROL]

    assert (usage[:, BELOW_LTE + CONTROL :] >= plain).all()


@given(EPS, KAPPA, THETA, ALLOWANCES, YUAN)
def test_no_other_use_is_worth_more_than_the_one_chosen(
    eps: float, kappa: float, theta: float, allowance: float, price: float
) -> None:
    curve = make_curve(eps, kappa, 300.0)
    over = (kappa + price) ** -eps
    chosen = paid_use(theta, curve.free, over, allowance)
    tried = np.geomspace(over / 2.0, curve.free * 2.0, 201)

    def worth(y: float) -> float:
        return theta * value_at(y, eps, kappa) - price * max(0.0, theta * y - allowance)

    best = max(worth(float(y)) for y in tried)
    assert worth(chosen) >= best - 1e-9 * max(1.0, abs(best))


@given(
    st.floats(0.05, 50.0), st.floats(0.0, 4.0), st.floats(0.0, 0.6), st.floats(0.0, 0.6),
    st.floats(0.0, 0.4), st.floats(0.0, 1.0), SEEDS,
)  # fmt: skip
def test_the_worth_of_an_offer_is_no_less_than_that_of_any_other_feasible_use(
    theta: float, allowance: float, sponsored: float, zero_rated: float, roaming: float,
    national: float, seed: int,
) -> None:  # fmt: skip
    """Any use of each part, elsewhere and at home, is paid for as the tariff says: never better."""
    curve = make_curve(0.7, 5.0, 300.0)
    offers = plans((20.0, allowance), overage=50.0)
    offers = on_terms(offers, 1, national=national, free_share=[zero_rated], free_cap=10**6)
    month = levels(sponsored=sponsored, roaming=roaming)
    margin = margins(offers, curve)
    found = worth_of(theta, 1, 0, 0, 0, 1.0, offers, margin, month, curve)

    gift = theta * sponsored
    zero = (theta - gift) * zero_rated
    away = (theta - gift - zero) * roaming
    home = theta - gift - zero - away
    inside, limit = float(margin.allowance[1]), float(margin.national[1])
    for at_zero, at_away, at_home in Streams(seed).spread("tries", 200, 3):
        y_zero, y_away, y_home = (
            curve.least + u * (curve.free - curve.least) for u in (at_zero, at_away, at_home)
        )
        if zero * y_zero > 1.0:
            y_zero = max(1.0 / zero, curve.least)
            if zero * y_zero > 1.0:
                continue
        within = min(away * y_away, limit)
        beyond = away * y_away - within + max(0.0, home * y_home - (inside - within))
        value = (
            gift * worth_at(curve.free, curve) + zero * worth_at(y_zero, curve)
            + away * worth_at(y_away, curve) + home * worth_at(y_home, curve)
        )  # fmt: skip
        assert value - 20.0 - 50.0 * beyond <= found + 1e-6 * max(1.0, abs(found))


@given(THETA, SHARE, SHARE, SHARE, ALLOWANCES, ALLOWANCES, SHARE)
def test_the_parts_of_a_lines_traffic_are_the_whole_and_none_passes_its_limit(
    theta: float, sponsored: float, zero_rated: float, roaming: float, cap: float,
    allowance: float, national: float,
) -> None:  # fmt: skip
    curve = make_curve(0.7, 5.0, 300.0)
    over = (5.0 + 50.0) ** -0.7
    limit = allowance * national
    use = metered(theta, sponsored, zero_rated, roaming, cap, allowance, limit, curve.free, over)

    assert np.isclose(use.gift + use.free + use.away + use.home, theta)
    assert use.free * use.at_free <= cap * (1.0 + 1e-12)
    for y in (use.at_away, use.at_home):
        assert over * (1.0 - 1e-12) <= y <= curve.free
    if use.at_home > over * (1.0 + 1e-9):  # not beyond the allowance
        counted = min(use.away * use.at_away, limit) if roaming > 0.0 else 0.0
        assert use.home * use.at_home + counted <= allowance * (1.0 + 1e-9) + 1e-12


@given(EPS, KAPPA, THETA, ALLOWANCES, ALLOWANCES, YUAN, YUAN)
def test_use_falls_with_the_price_and_rises_with_the_allowance(
    eps: float, kappa: float, theta: float, less: float, more: float, low: float, high: float
) -> None:
    curve = make_curve(eps, kappa, 300.0)

    def use(allowance: float, price: float) -> float:
        return paid_use(theta, curve.free, (kappa + price) ** -eps, allowance)

    less, more = sorted((less, more))
    low, high = sorted((low, high))
    assert use(less, low) <= use(more, low) * (1.0 + 1e-12)
    assert use(less, high) <= use(less, low) * (1.0 + 1e-12)


@given(THETA, ALLOWANCES, ALLOWANCES, st.floats(0.5, 200.0), SHARE)
def test_an_offer_is_worth_more_with_a_larger_allowance_and_less_with_a_higher_fee(
    theta: float, less: float, more: float, overage: float, national: float
) -> None:
    less, more = sorted((less, more))
    offers = plans((20.0, less), (20.0, more), (25.0, less), overage=overage)
    for o in (1, 2, 3):
        offers = on_terms(offers, o, national=national)
    curve = make_curve(0.7, 5.0, 300.0)
    month, margin = levels(roaming=0.15), margins(offers, curve)
    small, large, dear = (
        worth_of(theta, o, 0, 0, 0, 1.0, offers, margin, month, curve) for o in (1, 2, 3)
    )

    assert large >= small - 1e-6
    assert np.isclose(small - dear, 5.0)


@given(EPS, KAPPA, st.floats(0.0, 299.0))
def test_willingness_to_pay_for_the_last_gb_is_its_price(
    eps: float, kappa: float, price: float
) -> None:
    y = (kappa + price) ** -eps
    h = 1e-6 * y
    slope = (value_at(y + h, eps, kappa) - value_at(y - h, eps, kappa)) / (2.0 * h)

    assert abs(slope - price) < 1e-4 * (kappa + price)


@given(EPS, KAPPA, st.integers(0, 30_000), st.integers(0, 30_000))
def test_a_gift_never_lowers_what_is_used_in_all(
    eps: float, kappa: float, some_fen: int, more: int
) -> None:
    offers = plans((10.0, 0.5), overage=some_fen / FEN_PER_YUAN)
    curve = make_curve(eps, kappa, 300.0)
    shares = sorted((some_fen / 30_000, more / 30_000))
    less, most = (
        one_line(offers, month=levels(sponsored=s, usage=9.0), curve=curve).use().usage.sum()
        for s in shares
    )

    assert less <= most + 1  # each part is rounded to the kilobyte
