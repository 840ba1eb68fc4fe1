"""The books: what they take, what they refuse, and what they say of it."""

import re

import numpy as np
import pytest

from sim.core.errors import InvariantError
from sim.market.ledger import ALL_OF_IT, Ledger, Posting


@pytest.fixture
def ledger() -> Ledger:
    books = Ledger()
    books.open("users", 4)
    books.open("carrier", 2)
    books.open("suppliers", 1)
    return books


def test_a_payment_moves_fen_from_each_payer_to_each_payee(ledger: Ledger) -> None:
    ledger.pay("users", np.array([5, 0, 7, 1]), "carrier", np.array([9, 4]), "plan fee")

    assert ledger.of("users").tolist() == [-5, 0, -7, -1]
    assert ledger.of("carrier").tolist() == [9, 4]
    assert ledger.of("suppliers").tolist() == [0]


def test_amounts_of_any_shape_belong_to_accounts_in_order(ledger: Ledger) -> None:
    ledger.pay("users", np.array([[1, 2], [3, 4]]), "suppliers", 10, "voice")

    assert ledger.of("users").tolist() == [-1, -2, -3, -4]


def test_what_is_not_whole_fen_is_refused_not_cut_off(ledger: Ledger) -> None:
    with pytest.raises(TypeError, match="same_kind"):
        ledger.pay("users", np.array([0.5, 0.5, 0.0, 0.0]), "suppliers", 1, "voice")

    assert not ledger.balance.any()


def test_postings_of_a_month_add_up_by_groups_and_purpose(ledger: Ledger) -> None:
    ledger.pay("users", np.array([5, 0, 0, 0]), "carrier", np.array([5, 0]), "plan fee")
    ledger.pay("users", np.array([0, 3, 0, 0]), "carrier", np.array([0, 3]), "plan fee")
    ledger.pay("carrier", np.array([1, 1]), "suppliers", 2, "lines")

    assert ledger.take_postings() == {
        ("users", "carrier", "plan fee"): 8,
        ("carrier", "suppliers", "lines"): 2,
    }
    assert ledger.take_postings() == {}
    assert ledger.of("carrier").tolist() == [4, 2]


def test_unequal_legs_are_refused_with_purpose_and_amounts(ledger: Ledger) -> None:
    with pytest.raises(InvariantError, match=r"plan fee: users pay 13 fen .* carrier receive 12"):
        ledger.pay("users", np.array([5, 0, 7, 1]), "carrier", np.array([9, 3]), "plan fee")


@pytest.mark.parametrize(
    ("paid", "received"), [([5, -1, 0, 0], [4, 0]), ([4, 0, 0, 0], [5, -1])], ids=["payer", "payee"]
)
def test_negative_amounts_are_refused_even_if_the_legs_are_equal(
    ledger: Ledger, paid: list[int], received: list[int]
) -> None:
    with pytest.raises(InvariantError, match=r"refund: .*least -1"):
        ledger.pay("users", np.array(paid), "carrier", np.array(received), "refund")


def test_a_refused_payment_leaves_the_books_as_they_were(ledger: Ledger) -> None:
    with pytest.raises(InvariantError):
        ledger.pay("users", np.array([5, 0, 7, 1]), "carrier", np.array([9, 3]), "plan fee")

    assert not ledger.balance.any()
    assert ledger.take_postings() == {}


def test_of_several_postings_all_are_made_or_none(ledger: Ledger) -> None:
    fees = Posting("users", np.array([5, 0, 0, 0]), "carrier", np.array([5, 0]), ("plan fee",))
    lines = Posting("carrier", np.array([1, 1]), "suppliers", np.array([2]), ("lines",))
    with pytest.raises(InvariantError, match=r"lines: carrier pay 2 fen .* suppliers receive 3"):
        ledger.post([fees, lines._replace(received=np.array([3]))])

    assert not ledger.balance.any()
    ledger.post([fees, lines])
    assert ledger.of("carrier").tolist() == [4, -1]
    assert ledger.take_postings() == {
        ("users", "carrier", "plan fee"): 5,
        ("carrier", "suppliers", "lines"): 2,
    }


def test_a_single_account_takes_or_gives_all_that_the_other_side_does(ledger: Ledger) -> None:
    lines = Posting("carrier", np.array([3, 4]), "suppliers", ALL_OF_IT, ("lines",))
    refund = Posting("suppliers", ALL_OF_IT, "users", np.array([0, 1, 0, 1]), ("refund",))
    ledger.post([lines, refund])

    assert ledger.of("suppliers").tolist() == [7 - 2]
    assert ledger.take_postings()["suppliers", "users", "refund"] == 2
    below = refund._replace(received=np.array([0, -1, 0, 1]))
    with pytest.raises(InvariantError, match="suppliers pay all of it, users receive 0 fen"):
        ledger.post([below])
    with pytest.raises(InvariantError, match="1 amounts for 2 carrier"):
        ledger.post([Posting("suppliers", np.array([5]), "carrier", ALL_OF_IT, ("prize",))])


def test_a_posting_of_several_purposes_is_that_of_each_in_turn(ledger: Ledger) -> None:
    some, purposes = np.array([1, 3]), ("plan fee", "overage")
    bills = Posting("users", np.array([[5, 7], [1, 0]]), "suppliers", ALL_OF_IT, purposes, some)
    refund = Posting("suppliers", np.array([3, 4]), "carrier", np.array([[1, 2], [3, 2]]), purposes)
    with pytest.raises(InvariantError, match=r"overage: suppliers pay 4 fen .* receive 5 fen"):
        ledger.post([bills, refund])

    ledger.post([bills, refund._replace(received=np.array([[1, 2], [4, 0]]))])
    assert ledger.of("users").tolist() == [0, -6, 0, -7]
    assert ledger.of("carrier").tolist() == [5, 2]
    assert ledger.of("suppliers").tolist() == [13 - 7]
    assert ledger.take_postings() == {
        ("users", "suppliers", "plan fee"): 12,
        ("users", "suppliers", "overage"): 1,
        ("suppliers", "carrier", "plan fee"): 3,
        ("suppliers", "carrier", "overage"): 4,
    }
    with pytest.raises(InvariantError, match="3 amounts for 4 users"):
        ledger.post([bills._replace(paid=np.array([1, 2, 3]))])


def test_some_of_a_group_can_pay_and_the_rest_not(ledger: Ledger) -> None:
    few = Posting("users", np.array([5, 7]), "suppliers", ALL_OF_IT, ("top-up",), np.array([1, 3]))
    none = few._replace(paid=np.array([], dtype=np.int64), who=np.array([], dtype=np.int64))
    one = few._replace(paid=np.array([2]), who=np.array([3]))
    ledger.post([few, none, one])

    assert ledger.of("users").tolist() == [0, -5, 0, -9]
    with pytest.raises(InvariantError, match="2 amounts for 1 users"):
        ledger.post([few._replace(who=np.array([1]))])


def test_an_amount_for_each_account_is_asked_for(ledger: Ledger) -> None:
    with pytest.raises(InvariantError, match="3 amounts for 4 users"):
        ledger.pay("users", np.array([5, 0, 7]), "carrier", np.array([9, 3]), "plan fee")


def test_a_tampered_balance_is_named_with_month_account_and_amount(ledger: Ledger) -> None:
    ledger.pay("users", np.array([5, 0, 7, 1]), "carrier", np.array([9, 4]), "plan fee")
    ledger.assert_balanced(23)
    ledger.balance[5] += 1_000

    message = "2016-12: balances sum to 1000 fen, not to 0; the largest is account carrier:1"
    with pytest.raises(InvariantError, match=re.escape(message) + ".* 1004 fen"):
        ledger.assert_balanced(23)


def test_accounts_are_named_by_group_and_place(ledger: Ledger) -> None:
    assert [ledger.name_of(account) for account in (0, 3, 4, 6)] == [
        "users:0", "users:3", "carrier:0", "suppliers:0",
    ]  # fmt: skip
    with pytest.raises(InvariantError, match="no account 7"):
        ledger.name_of(7)


def test_balances_that_are_handed_out_are_copies(ledger: Ledger) -> None:
    ledger.of("carrier")[0] = 99

    assert ledger.of("carrier").tolist() == [0, 0]
