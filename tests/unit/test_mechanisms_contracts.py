"""What a contract costs and leaves, by hand."""

import numpy as np
import pytest

from sim.mechanisms.contracts import Contract, buyer_gain, payment, seller_gain

TWO_PART = Contract(price=2.0, fee=5.0, share=0.25)


def test_a_buyer_pays_price_fee_and_share() -> None:
    assert payment(TWO_PART, worth=40.0, volume=3.0) == pytest.approx(6.0 + 5.0 + 10.0)


def test_what_the_buyer_does_not_keep_the_seller_has_over_its_cost() -> None:
    worth, volume = np.array([40.0, 0.0]), np.array([3.0, 1.0])
    both = buyer_gain(TWO_PART, worth, volume) + seller_gain(TWO_PART, worth, volume, 1.5)

    assert both.tolist() == pytest.approx([40.0 - 4.5, -1.5])


def test_a_price_alone_is_a_contract() -> None:
    assert buyer_gain(Contract(2.0), 10.0, 3.0) == pytest.approx(4.0)
