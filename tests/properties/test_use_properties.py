"""What holds of use under every tariff, for every population."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    FEE,
    LINES,
    OVERAGE,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
    Curve,
    make_curve,
    paid_use,
    value_at,
)
from tests.theory.small_market import SmallMarket, crowd, levels, lognormal, plans

EPS = st.floats(0.4, 0.95)
KAPPA = st.floats(1.0, 20.0)
THETA = st.floats(0.01, 100.0)
ALLOWANCES = st.floats(0.0, 20.0)
YUAN = st.floats(0.0, 200.0)
SHARE = st.floats(0.0, 1.0)


def mixed(seed: int, rows: int, share: float, resale: float) -> SmallMarket:
    """Return users unlike in everything, on two carriers with three plans each."""
    streams = Streams(seed)

    def draw(name: str) -> np.ndarray:
        return streams.uniform(name, 0, rows)

    users = crowd(rows)._replace(
        province=(draw("province") * 3).astype(np.uint8),
        theta=lognormal(rows, 2.0, 1.5),
        lte_rank=draw("lte"),
        knows_reseller=draw("knows") < 0.5,
        offer=(draw("offer") * 8).astype(np.uint8),
        rollover=(draw("rollover") * KB_PER_GB).astype(np.int64),
        lines=(1 + draw("lines") * 60_000).astype(np.int64),
    )
    offers = plans(
        (5.0, 0.03), (30.0, 0.5), (70.0, 2.0), overage=60.0, resale=resale, voice=20.0, carriers=2
    )
    return SmallMarket(users, offers, levels(2, lte=0.5, sponsored=share))


@given(st.integers(0, 10**6), st.integers(1, 200), SHARE, YUAN, st.booleans())
def test_every_kilobyte_used_was_in_an_allowance_or_sold_or_given(
    seed: int, rows: int, share: float, resale: float, rollover: bool
) -> None:
    market = mixed(seed, rows, share, resale)
    month = market.use(rollover)
    place = month.sums.by_place

    parts = place[:, :, [ALLOWANCE, BILLED, RESOLD, SPONSORED]].sum(axis=2)
    assert np.array_equal(place[:, :, USED], parts)
    assert (place >= 0).all()


@given(st.integers(0, 10**6), st.integers(1, 200), SHARE, YUAN)
def test_the_sums_are_the_lines_times_what_each_row_used_and_owes(
    seed: int, rows: int, share: float, resale: float
) -> None:
    market = mixed(seed, rows, share, resale)
    month, lines = market.use(), market.users.lines

    assert month.total(LINES) == lines.sum()
    assert month.total(USED) == (month.usage * lines).sum()
    owed = sum(month.total(column) for column in (FEE, OVERAGE, RESALE, VOICE))
    assert owed == (month.bill * lines).sum()
    assert month.sums.by_offer[:, 0].sum() == lines.sum()
    assert month.sums.by_offer[:, 1].sum() == month.total(USED)
    assert month.sums.by_offer[:, 2].sum() == month.total(FEE) + month.total(OVERAGE)
    assert month.sums.by_style[:, :, 3].sum() == month.total(USED)


@given(st.integers(0, 10**6), st.integers(1, 200), SHARE)
def test_no_more_rolls_over_than_the_plans_own_allowance(
    seed: int, rows: int, share: float
) -> None:
    market = mixed(seed, rows, share, resale=40.0)
    market.use(rollover=True)
    own = market.offers.allowance[market.users.offer]

    assert (market.users.rollover >= 0).all()
    assert (market.users.rollover <= own).all()


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
    users = crowd()
    users.offer[:] = 1
    offers = plans((10.0, 0.5), overage=some_fen / FEN_PER_YUAN)
    curve: Curve = make_curve(eps, kappa, 300.0)
    shares = sorted((some_fen / 30_000, more / 30_000))
    less, most = (
        SmallMarket(users, offers, levels(sponsored=s, usage=9.0), curve=curve).use().usage[0]
        for s in shares
    )

    assert less <= most + 1  # each part is rounded to the kilobyte
