"""What holds of every split, contract, block and oligopoly of resellers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.mechanisms.channels import blocked_part
from sim.mechanisms.contracts import Contract, buyer_gain, seller_gain
from sim.mechanisms.leakage import branch_control
from sim.mechanisms.resale import cournot
from sim.mechanisms.sharing import RULES, among, mask_of, shapley, share_platform, weights

SEEDS = st.integers(0, 10**6)
MEMBERS = st.lists(st.booleans(), min_size=3, max_size=3).filter(any)


def drawn(seed: int, *shape: int) -> np.ndarray:
    return Streams(seed).uniform("numbers", 0, int(np.prod(shape))).reshape(shape)


def games(seed: int, players: int) -> np.ndarray:
    """Return the worth of every coalition of a game in which nobody is worth nothing."""
    worth = (drawn(seed, 2**players) * 1e12).astype(np.int64)
    worth[0] = 0
    return worth


@given(SEEDS, st.integers(1, 5))
def test_shapley_values_sum_to_what_all_are_worth_together(seed: int, players: int) -> None:
    worth = games(seed, players)
    orders = int(np.prod(np.arange(1, players + 1)))

    assert shapley(worth).sum() == orders * worth[-1]


@given(SEEDS)
def test_shapley_adds_up_over_games(seed: int) -> None:
    one, other = games(seed, 3), games(seed + 1, 3)

    assert (shapley(one + other) == shapley(one) + shapley(other)).all()


@given(SEEDS, MEMBERS)
def test_who_is_outside_adds_nothing_and_gets_nothing(seed: int, member: list[bool]) -> None:
    inside = np.array(member)
    value = shapley(among(games(seed, 3), inside))

    assert not value[~inside].any()
    assert value.sum() == 6 * games(seed, 3)[mask_of(inside)]


@given(st.integers(0, 10**15), SEEDS, MEMBERS, st.sampled_from(RULES))
def test_members_share_the_platforms_revenue_to_the_fen(
    revenue: int, seed: int, member: list[bool], rule: str
) -> None:
    inside, volume = np.array(member), (1e15 * drawn(seed, 3)).astype(np.int64)
    parts = share_platform(revenue, weights(rule, inside, volume, games(seed, 3)))

    assert parts.sum() == revenue
    assert (parts >= 0).all()
    assert not parts[~inside].any()


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 1e6), st.floats(0, 1))
def test_a_contract_divides_the_gain_and_makes_none(
    worth: float, volume: float, price: float, fee: float, share: float
) -> None:
    contract, cost = Contract(price, fee, share), 7.0
    both = buyer_gain(contract, worth, volume) + seller_gain(contract, worth, volume, cost)

    assert abs(float(both) - (worth - cost * volume)) <= 1e-6 * max(1.0, price * volume + worth)


@given(SEEDS, st.integers(1, 40))
def test_a_block_takes_at_most_what_the_carrier_announced(seed: int, partners: int) -> None:
    channel = (4 * drawn(seed, partners, 3)).astype(np.int8)
    platform = (drawn(seed + 1, 3) * 5).astype(np.int64) - 1
    block = drawn(seed + 2, 3)
    part = blocked_part(channel, platform, block)

    assert ((part == 0.0) | (part == block)).all()
    assert not blocked_part(channel, np.zeros(3, np.int64), block).any()  # all share one platform


@given(SEEDS, st.integers(1, 60), st.integers(100, 10**6))
def test_no_reseller_gains_by_selling_more_or_less(seed: int, resellers: int, choke: int) -> None:
    """The first-order condition of Cournot, q = p - c, where the price clears: p = A - sum q."""
    u = drawn(seed, 2, resellers)
    cost, active = (choke * 1.1 * u[0]).astype(np.int64), u[1] < 0.8
    price, sales = cournot(choke, cost, active)

    assert not sales[~active].any()
    assert (cost[sales > 0] <= price).all()
    margin = np.where(active, np.maximum(price - cost, 0), 0)
    if margin.any():
        assert (sales == margin).all()
        assert abs(choke - sales.sum() - price) <= resellers + 1  # whole fen


@given(SEEDS, st.floats(0, 1), st.floats(0, 0.5))
def test_control_is_a_share_around_the_carriers_own(
    seed: int, middle: float, spread: float
) -> None:
    control = branch_control(np.full(3, middle), spread, drawn(seed, 3, 31))

    assert ((control >= 0.0) & (control <= 1.0)).all()
    assert np.abs(control - middle).max() <= spread + 1e-12


@given(SEEDS, st.sampled_from([0.0, 1.0]))
def test_all_branches_are_alike_where_they_are_left_alone_or_all_held(
    seed: int, middle: float
) -> None:
    assert (branch_control(np.full(3, middle), 0.3, drawn(seed, 3, 31)) == middle).all()
