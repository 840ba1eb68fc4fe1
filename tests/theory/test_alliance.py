"""Resellers, contracts and splits reach their closed forms; cases as in test_supply.py."""

import math

import numpy as np
import pytest

from sim.mechanisms.contracts import Contract, buyer_gain
from sim.mechanisms.resale import cournot
from sim.mechanisms.sharing import share_platform, weights

# V20 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cost", [(0.1, 0.3), (0.2, 0.2), (0.0, 0.5)])
def test_two_unequal_resellers_price_as_cournots_duopoly(cost: tuple[float, float]) -> None:
    """Cournot 1838: p = (A + c1 + c2) / 3 and q_i = p - c_i, with A = 1."""
    fen = 10**9
    own = np.array([round(c * fen) for c in cost])
    price, sales = cournot(fen, own, np.ones(2, np.bool_))
    theory = (1.0 + sum(cost)) / 3.0

    assert price / fen == pytest.approx(theory, abs=1e-8)
    assert (sales / fen).tolist() == pytest.approx([theory - c for c in cost], abs=1e-8)


# V31 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contract", "order"),
    [
        (Contract(0.25), math.log(4.0)),  # at cost: what both together would buy
        (Contract(0.25, fee=0.1), math.log(4.0)),
        (Contract(0.4 * 0.25, share=0.6), math.log(4.0)),
        (Contract(0.5702835513595159), 0.5616215833195478),  # the best price alone
    ],
)
def test_v31_a_contract_in_two_parts_buys_what_a_price_alone_does_not(
    contract: Contract, order: float
) -> None:
    """Cachon and Lariviere 2005: demand Exp(1), a used unit earns 1 and costs 0.25."""
    volume = np.linspace(0.0, 2.0, 200_001)
    gain = buyer_gain(contract, 1.0 - np.exp(-volume), volume)

    assert volume[gain.argmax()] == pytest.approx(order, abs=1e-5)


# Splits ------------------------------------------------------------------------------------


def test_where_carriers_add_up_the_equal_split_drives_the_largest_out() -> None:
    """In an additive game the core is a point, what each is worth, and Shapley's value is it."""
    alone = np.array([600, 250, 150])
    worth = np.array([sum(alone[j] for j in range(3) if s >> j & 1) for s in range(8)])
    everyone = np.ones(3, np.bool_)
    parts = {
        rule: share_platform(1_000, weights(rule, everyone, alone, worth)).tolist()
        for rule in ("shapley", "proportional", "equal")
    }

    assert parts["shapley"] == parts["proportional"] == alone.tolist()
    assert parts["equal"][0] < alone[0]
