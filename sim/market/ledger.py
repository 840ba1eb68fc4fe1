"""The books: double entry in whole fen, so that all balances always sum to zero."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.core.kernels import inlined, kernel

type Accounts = NDArray[np.int64]
type Fen = NDArray[np.int64]


# In place of an amount: all that the other side pays or receives; for a group of one account.
ALL_OF_IT: Fen = np.array([np.iinfo(np.int64).min])

ALL: Accounts = np.empty(0, dtype=np.int64)  # in place of the accounts that pay: the whole group


class Posting(NamedTuple):
    """What each account of one group pays and each of another receives, purpose by purpose."""

    payers: str
    paid: Fen  # (purposes, accounts that pay) fen, not negative; one axis for one purpose
    payees: str
    received: Fen  # (purposes, accounts of `payees`) likewise; each sums to the fen of `paid`
    purposes: tuple[str, ...]
    who: Accounts = ALL  # the accounts that pay, by number within `payers`


# The two sides of a posting as numbers: the first account of the group that pays, how many
# accounts of it do, the same of who receives, purposes, and whether those who pay are listed.
SIDES = ("payer", "payers", "payee", "payees", "purposes", "listed")
PAYER, PAYERS, PAYEE, PAYEES, PURPOSES, LISTED = range(len(SIDES))


@kernel
def transfer(
    balance: Fen, sides: Accounts, who: Accounts, paid: Fen, received: Fen, totals: Fen
) -> int:
    """Move whole fen from accounts to accounts; return the first purpose that cannot be, or -1.

    Nothing is moved where the two sums of any purpose differ or an amount is negative.

    Parameters
    ----------
    balance : (accounts,) fen
    sides : (postings, SIDES)
    who : those who pay, by number within the group, of each posting that lists them in turn
    paid, received : fen of each account in turn, purpose by purpose
    totals : (purposes of all postings,) fen, written
    """
    pays, gets, row = 0, 0, 0
    for side in sides:
        for _ in range(side[PURPOSES]):
            debit = paid[pays : pays + side[PAYERS]]
            credit = received[gets : gets + side[PAYEES]]
            _fill_in(debit, credit)
            _fill_in(credit, debit)
            totals[row] = _total(debit)
            if totals[row] < 0 or totals[row] != _total(credit):
                return row
            pays, gets, row = pays + side[PAYERS], gets + side[PAYEES], row + 1
    pays, gets, named = 0, 0, 0
    for side in sides:
        listed = side[LISTED] != 0
        for _ in range(side[PURPOSES]):
            for i in range(side[PAYERS]):
                balance[side[PAYER] + (who[named + i] if listed else i)] -= paid[pays + i]
            for i in range(side[PAYEES]):
                balance[side[PAYEE] + i] += received[gets + i]
            pays, gets = pays + side[PAYERS], gets + side[PAYEES]
        named += side[PAYERS] if listed else 0
    return -1


@inlined
def _fill_in(side: Fen, other: Fen) -> None:
    """Write the sum of the other side where one account takes all of it."""
    if side.shape[0] == 1 and side[0] == ALL_OF_IT[0]:
        side[0] = other.sum()


@inlined
def _total(fen: Fen) -> int:
    """Return the sum of amounts, or -1 if any of them is negative."""
    total, signs = 0, 0
    for amount in fen:
        total += amount
        signs |= amount  # below zero if any of them is
    return total if signs >= 0 else -1


@kernel
def sums_by_group(balance: Fen, edges: Accounts) -> Fen:
    """Return the sum of each group's balances: (groups,) fen; edges : (groups + 1,) accounts."""
    sums = np.zeros(edges.shape[0] - 1, dtype=np.int64)
    for group in range(sums.shape[0]):
        for i in range(edges[group], edges[group + 1]):
            sums[group] += balance[i]
    return sums


@dataclass
class Ledger:
    """Balances of all accounts, and the month's postings by group and purpose.

    Accounts are added in groups ("users", "carrier", "reseller", ...); a group is a slice of
    consecutive account numbers.
    """

    groups: dict[str, range] = field(default_factory=dict)
    balance: Fen = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    edges: Accounts = field(default_factory=lambda: np.zeros(1, dtype=np.int64))  # of the groups
    posted: dict[tuple[str, str, str], int] = field(default_factory=dict)
    opening: dict[str, int] = field(default_factory=dict)  # by group, at the month's start

    def open(self, group: str, accounts: int) -> None:
        """Open `accounts` new accounts as a group."""
        start = len(self.balance)
        self.groups[group] = range(start, start + accounts)
        self.balance = np.concatenate([self.balance, np.zeros(accounts, dtype=np.int64)])
        self.edges = np.append(self.edges, start + accounts)

    def pay(
        self, payers: str, paid: Fen | int, payees: str, received: Fen | int, purpose: str
    ) -> None:
        """Post one payment, a number standing for the account of a group of one; see `post`."""
        amounts = np.asarray(paid), np.asarray(received)
        self.post([Posting(payers, amounts[0], payees, amounts[1], (purpose,))])

    def post(self, postings: Sequence[Posting]) -> None:
        """Post what accounts pay and receive: all of it, or nothing.

        Raises
        ------
        InvariantError
            if the two sums of a posting differ or an amount is negative.
        """
        sides = np.array([self._sides(posting) for posting in postings], dtype=np.int64)
        paid = [fen for p in postings for fen in _of_each_purpose(p.paid, p)]
        received = [fen for p in postings for fen in _of_each_purpose(p.received, p)]
        purposes = [(p.payers, p.payees, purpose) for p in postings for purpose in p.purposes]
        totals = np.zeros(len(purposes), dtype=np.int64)
        refused = transfer(
            self.balance,
            sides,
            np.concatenate([p.who for p in postings]),
            np.concatenate(paid, axis=None, dtype=np.int64),  # what is not whole is refused
            np.concatenate(received, axis=None, dtype=np.int64),
            totals,
        )
        if refused >= 0:
            raise _refusal(postings, refused)
        for key, fen in zip(purposes, totals.tolist(), strict=True):
            self.posted[key] = self.posted.get(key, 0) + fen

    def _sides(self, posting: Posting) -> tuple[int, ...]:
        """Return who pays and receives, as in `SIDES`; raise where amounts are not as many."""
        payers, payees = self.groups[posting.payers], self.groups[posting.payees]
        listed, purposes = posting.who is not ALL, len(posting.purposes)
        paying = len(posting.who if listed else payers)
        for fen, accounts, group in (
            (posting.paid, paying, posting.payers),
            (posting.received, len(payees), posting.payees),
        ):
            asked = accounts if fen is ALL_OF_IT else accounts * purposes
            if fen.size != asked:
                raise InvariantError(f"{fen.size} amounts for {asked} {group}")
        return payers.start, paying, payees.start, len(payees), purposes, listed

    def of(self, group: str) -> Fen:
        """Return the balances of a group: (accounts,) fen."""
        return self._slice(group).copy()

    def take_postings(self) -> dict[tuple[str, str, str], int]:
        """Return the month's postings by (payers, payees, purpose) and begin a new month."""
        self.opening = self._sums()
        posted, self.posted = self.posted, {}
        return posted

    def assert_balanced(self, month: int) -> None:
        """Raise an `InvariantError` with month, account and amount unless the books are whole.

        All balances must sum to zero, and each group's must have moved by exactly what was
        posted to it this month.
        """
        held = self._sums()
        total = sum(held.values())
        if total != 0:
            worst = int(np.abs(self.balance).argmax())
            raise InvariantError(
                f"{month_label(month)}: balances sum to {total} fen, not to 0; the largest is "
                f"account {self.name_of(worst)} with {int(self.balance[worst])} fen"
            )
        posted = dict.fromkeys(self.groups, 0)
        for (payers, payees, _), fen in self.posted.items():
            posted[payers] -= fen
            posted[payees] += fen
        for group, fen in posted.items():
            moved = held[group] - self.opening.get(group, 0)
            if moved != fen:
                raise InvariantError(
                    f"{month_label(month)}: the accounts {group} moved by {moved} fen, their "
                    f"postings sum to {fen} fen"
                )

    def name_of(self, account: int) -> str:
        """Return an account's group and its number in it, such as "carrier:1"."""
        for group, accounts in self.groups.items():
            if account in accounts:
                return f"{group}:{account - accounts.start}"
        raise InvariantError(f"no account {account}")

    def _slice(self, group: str) -> Fen:
        accounts = self.groups[group]
        return self.balance[accounts.start : accounts.stop]

    def _sums(self) -> dict[str, int]:
        """Return the sum of each group's balances, fen; groups follow one another."""
        sums = sums_by_group(self.balance, self.edges)
        return dict(zip(self.groups, sums.tolist(), strict=True))


def _of_each_purpose(fen: Fen, posting: Posting) -> list[Fen]:
    """Return the amounts of one side, purpose by purpose, however they are held."""
    return [fen] * len(posting.purposes) if fen is ALL_OF_IT else [fen]


def _refusal(postings: Sequence[Posting], refused: int) -> InvariantError:
    """Return in words what is wrong with a purpose, counted through all postings."""
    rows = [(posting, row) for posting in postings for row in range(len(posting.purposes))]
    posting, row = rows[refused]
    paid, received = (
        _in_words(fen if fen is ALL_OF_IT else fen.reshape(len(posting.purposes), -1)[row])
        for fen in (posting.paid, posting.received)
    )
    return InvariantError(
        f"{posting.purposes[row]}: {posting.payers} pay {paid}, {posting.payees} receive {received}"
    )


def _in_words(fen: Fen) -> str:
    return "all of it" if fen is ALL_OF_IT else f"{int(fen.sum())} fen (least {fen.min(initial=0)})"
