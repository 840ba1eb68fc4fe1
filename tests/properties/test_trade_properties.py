"""What holds of every leak, resale, sponsorship, delay, diffusion and charge."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.core.units import KB_PER_GB as GB
from sim.market.ledger import Ledger
from sim.market.names import DIRECT
from sim.market.views import ResellerView
from sim.mechanisms.billing import bill_leaks, bill_partners, charge_of, platform_income
from sim.mechanisms.channels import Deals
from sim.mechanisms.congestion import build, delay
from sim.mechanisms.contracts import Contract
from sim.mechanisms.diffusion import bass
from sim.mechanisms.leakage import branch_prices, branch_sales
from sim.mechanisms.sponsorship import incremental_share, split_among_partners, sponsored_share
from sim.strategies.reseller.cournot import Cournot

SEEDS = st.integers(0, 10**6)
PART = st.floats(0.0, 1.0)


def drawn(seed: int, *shape: int) -> np.ndarray:
    return Streams(seed).uniform("numbers", 0, int(np.prod(shape))).reshape(shape)


# Leaks


@given(SEEDS, st.integers(1, 31), st.floats(0.0, 1.2), st.floats(0.02, 1.0))
def test_every_branch_sells_where_its_own_gain_is_nil_and_the_rest_would_lose(
    seed: int, branches: int, loss: float, substitution: float
) -> None:
    cost, control = 0.8 * drawn(seed, 2, branches)
    sales = branch_sales(1.0, cost, control, loss, 1.0, substitution)

    weight = (1.0 - control) / branches + control
    others = substitution * (1.0 + control) * (sales.sum() - sales)
    gain = 1.0 - cost - weight * loss - 2.0 * sales - others
    assert (sales >= 0.0).all()
    assert np.abs(gain[sales > 0.0]).max(initial=0.0) < 1e-9
    assert gain[sales == 0.0].max(initial=0.0) < 1e-9


@given(st.integers(1, 31), st.floats(0.0, 0.9), st.floats(0.0, 1.0), st.floats(0.02, 0.99), PART)
def test_more_control_never_leaks_more(
    branches: int, cost: float, loss: float, substitution: float, control: float
) -> None:
    def leaked(k: float) -> float:
        costs, controls = np.full(branches, cost), np.full(branches, k)
        return float(branch_sales(1.0, costs, controls, loss, 1.0, substitution).sum())

    assert leaked(control) <= leaked(control / 2.0) + 1e-9
    assert leaked(1.0) <= leaked(control) + 1e-9


@given(SEEDS, st.integers(1, 31), st.floats(0.0, 0.8), st.floats(0.02, 1.0))
def test_no_branch_that_sells_posts_a_price_below_its_cost_and_part_of_the_loss(
    seed: int, branches: int, loss: float, substitution: float
) -> None:
    cost, control = 0.9 * drawn(seed, 2, branches)
    sales = branch_sales(1.0, cost, control, loss, 1.0, substitution)
    price = branch_prices(1.0, sales, 1.0, substitution)
    weight = (1.0 - control) / branches + control

    assert (price <= 1.0 + 1e-12).all()
    assert (price >= cost + weight * loss - 1e-9)[sales > 0.0].all()


# Resale


@given(SEEDS, st.integers(1, 60), st.integers(1, 10**5), st.integers(1, 10**5))
def test_a_reseller_asks_no_less_than_cost_and_no_more_than_list(
    seed: int, resellers: int, wholesale: int, list_price: int
) -> None:
    view = resale_view(seed, resellers, wholesale, list_price)
    price = Cournot(patience=3).decide(view).price

    assert (price >= view.wholesale_price).all()
    dearest = view.wholesale_price + np.floor(0.02 * view.list_price + 0.5)
    assert (price <= np.maximum(view.list_price, dearest)).all()


@given(SEEDS, st.integers(1, 60))
def test_at_most_one_reseller_enters_and_one_tires_in_a_month(seed: int, resellers: int) -> None:
    view = resale_view(seed, resellers, 20_00, 50_00)
    active = Cournot(patience=3).decide(view).active
    broke = view.capital <= 0

    assert (active & ~view.active).sum() <= 1
    assert (view.active & ~active & ~broke).sum() <= 1
    assert not (active & broke).any()


def resale_view(seed: int, resellers: int, wholesale: int, list_price: int) -> ResellerView:
    u = drawn(seed, 5, resellers)
    return ResellerView(
        month=0,
        wholesale_price=np.full(3, wholesale),
        list_price=np.full(3, list_price),
        handling=0.02 * u[4],
        active=u[0] < 0.5,
        profit=(1e9 * (u[1] - 0.5)).astype(np.int64),
        potential_profit=(1e9 * (u[2] - 0.5)).astype(np.int64),
        losing_months=(6.0 * u[3]).astype(np.int64),
        capital=(1e9 * (u[4] - 0.2)).astype(np.int64),
    )


# Sponsorship


@given(SEEDS, st.integers(0, 40), st.integers(0, 10**17))
def test_partners_pay_for_every_kilobyte_that_was_given_and_for_no_other(
    seed: int, partners: int, most: int
) -> None:
    u = drawn(seed, 4, max(partners, 1))
    category = (u[0, :partners] * 8).astype(np.uint8)
    reach, fraction = u[1, :partners], (u[2, :partners] > 0.5)[:, None] * np.ones((1, 3))
    deals = Deals(np.arange(partners), np.full((partners, 3), DIRECT, np.int8), fraction)
    share = sponsored_share(category, reach, deals, 3)
    mix = np.full((2, 8), 0.125)
    given_to = np.zeros((3, 2, 4), np.int64)
    given_to[:, :, 0] = (drawn(seed + 1, 3, 2) * most).astype(np.int64)
    given_to[share.sum(axis=1) == 0.0] = 0  # nobody sponsors this carrier's users
    volume = split_among_partners(
        given_to[:, :, 0], share, mix, category, reach[:, None] * fraction
    )

    assert volume.shape == (partners, 3)
    assert (volume >= 0).all()
    assert volume.sum(axis=0).tolist() == given_to.sum(axis=(1, 2)).tolist()
    assert not volume[fraction == 0.0].any()


@given(SEEDS)
def test_the_incremental_share_is_a_share(seed: int) -> None:
    by_style = np.zeros((3, 2, 4), np.int64)
    by_style[:, :, 0] = (drawn(seed, 3, 2) * 1e15).astype(np.int64)
    by_style[:, :, 1] = (by_style[:, :, 0] * drawn(seed + 1, 3, 2)).astype(np.int64)
    share = incremental_share(by_style, np.full((2, 8), 0.125))

    assert ((share >= 0.0) & (share <= 1.0)).all()


@given(SEEDS, st.integers(1, 30), st.integers(0, 10**15))
def test_partners_owe_through_one_channel_a_carrier_and_nothing_without_use(
    seed: int, partners: int, most: int
) -> None:
    u = drawn(seed, 2, partners, 3)
    volume = (u[0] * most).astype(np.int64) * (u[0] > 0.3)
    channel = (u[1] * 4).astype(np.int8)
    rates = np.array([20_00, 21_00, 22_00])
    platform, worth = np.array([0, 0, 3]), volume // GB * 9_00
    service = Contract(rates - 3_00, fee=500, share=0.2)
    owed = bill_partners(
        np.arange(partners), volume, worth, channel, platform, rates, service, rates - 1_00, 900
    )

    paid = np.stack([owed.direct, owed.resold, owed.platform])
    assert ((paid > 0).sum(axis=0) <= 1).all()
    idle = ~(volume > 0).any(axis=1)
    assert not owed.subscription[idle].any()
    assert not owed.integration[idle].any()
    assert owed.integration.max(initial=0) <= 3 * 900
    assert (owed.subscription <= 500).all()
    assert platform_income(owed, platform).sum() == owed.platform.sum() + owed.subscription.sum()


# Charges


@given(st.integers(0, 10**17), st.integers(0, 90_000_000))
def test_charges_are_those_of_exact_arithmetic(volume: int, price: int) -> None:
    exact = (volume * price + GB // 2) // GB

    assert charge_of(volume, price) == exact


@given(SEEDS, st.lists(st.integers(0, 10**17), min_size=3, max_size=3))
def test_branches_deliver_what_resellers_sold(seed: int, leaked: list[int]) -> None:
    sales = drawn(seed, 3, 31) * (drawn(seed + 1, 3, 31) > 0.5)
    assume((sales.sum(axis=1) > 0.0).all())
    owed = bill_leaks(np.array(leaked), sales, np.full((3, 31), 33_50))

    assert owed.volume.sum(axis=1).tolist() == leaked
    assert not owed.paid[sales == 0.0].any()


# Delay, capacity, diffusion


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_delay_never_falls_with_load(one: float, other: float) -> None:
    low, high = delay(np.array(sorted((one, other))))

    assert 1.0 <= low <= high


@given(st.floats(0.0, 1e6), st.floats(1.0, 1e6), st.floats(0.1, 0.9), st.floats(0.01, 0.5))
def test_capacity_never_shrinks_nor_outgrows_target_and_limit(
    traffic: float, capacity: float, target: float, limit: float
) -> None:
    added = float(build(np.array([traffic]), np.array([capacity]), target, limit)[0])

    assert 0.0 <= added <= limit * capacity
    assert added == 0.0 or (capacity + added) * target <= traffic * (1.0 + 1e-12)


@given(st.floats(-10.0, 500.0), st.floats(0.0, 50.0), st.floats(1e-4, 0.5), st.floats(0.0, 0.9))
def test_adoption_is_a_share_that_never_falls(
    months: float, later: float, innovation: float, imitation: float
) -> None:
    before, after = (bass(t, innovation, imitation) for t in (months, months + later))

    assert 0.0 <= before <= after <= 1.0


# Books and lines

GROUPS = {"users": 4, "carrier": 3, "suppliers": 1}
TRANSFER = st.tuples(
    st.sampled_from(sorted(GROUPS)), st.sampled_from(sorted(GROUPS)), st.integers(0, 10**15)
)


@given(st.lists(TRANSFER, max_size=20))
def test_whatever_is_paid_the_balances_sum_to_zero(transfers: list[tuple[str, str, int]]) -> None:
    ledger = Ledger()
    for group, accounts in GROUPS.items():
        ledger.open(group, accounts)
    for payer, payee, amount in transfers:
        debit = np.zeros(GROUPS[payer], np.int64)
        credit = np.zeros(GROUPS[payee], np.int64)
        debit[amount % GROUPS[payer]] = amount
        credit[amount % GROUPS[payee]] = amount
        ledger.pay(payer, debit, payee, credit, "anything")

    assert int(ledger.balance.sum()) == 0
    ledger.assert_balanced(0)
    for group in GROUPS:
        got = sum(amount for _, payee, amount in transfers if payee == group)
        gave = sum(amount for payer, _, amount in transfers if payer == group)
        assert ledger.of(group).sum() == got - gave
    assert sum(ledger.take_postings().values()) == sum(amount for *_, amount in transfers)
