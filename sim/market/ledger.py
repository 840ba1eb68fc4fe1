"""The books: double entry in whole fen, so that all balances always sum to zero."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.core.kernels import kernel

type Accounts = NDArray[np.int64]
type Fen = NDArray[np.int64]


class Posting(NamedTuple):
    """What each account of one group pays and each of another receives."""

    payers: str
    paid: Fen  # (accounts of `payers`,) fen, not negative
    payees: str
    received: Fen  # (accounts of `payees`,) likewise; the two must sum to the same fen
    purpose: str


@kernel
def transfer(balance: Fen, first: Accounts, size: Accounts, legs: Fen, totals: Fen) -> int:
    """Move whole fen from accounts to accounts; return the first posting that cannot be, or -1.

    Nothing is moved where the two sums of any posting differ or an amount is negative.

    Parameters
    ----------
    balance : (accounts,) fen
    first, size : (postings, 2) first account and number of consecutive ones that pay, that receive
    legs : fen of each account in turn: what is paid, then what is received, posting by posting
    totals : (postings,) fen, written
    """
    at = 0
    for p in range(first.shape[0]):
        paid = 0
        for side in range(2):
            total, signs = 0, 0
            for i in range(at, at + size[p, side]):
                total += legs[i]
                signs |= legs[i]  # below zero if any of them is
            if signs < 0 or (side == 1 and total != paid):
                return p
            paid = total
            at += size[p, side]
        totals[p] = paid
    at = 0
    for p in range(first.shape[0]):
        for i in range(size[p, 0]):
            balance[first[p, 0] + i] -= legs[at + i]
        at += size[p, 0]
        for i in range(size[p, 1]):
            balance[first[p, 1] + i] += legs[at + i]
        at += size[p, 1]
    return -1


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
    posted: dict[tuple[str, str, str], int] = field(default_factory=dict)
    opening: dict[str, int] = field(default_factory=dict)  # by group, at the month's start

    def open(self, group: str, accounts: int) -> None:
        """Open `accounts` new accounts as a group."""
        start = len(self.balance)
        self.groups[group] = range(start, start + accounts)
        self.balance = np.concatenate([self.balance, np.zeros(accounts, dtype=np.int64)])

    def pay(
        self, payers: str, paid: Fen | int, payees: str, received: Fen | int, purpose: str
    ) -> None:
        """Post one payment, a number standing for the account of a group of one; see `post`."""
        debit, credit = np.ravel(paid), np.ravel(received)
        self.post([Posting(payers, debit, payees, credit, purpose)])

    def post(self, postings: Sequence[Posting]) -> None:
        """Post what accounts pay and receive: all of it, or nothing.

        Raises
        ------
        InvariantError
            if the two sums of a posting differ or an amount is negative.
        """
        groups = [group for posting in postings for group in posting[:3:2]]
        legs = [fen.ravel() for posting in postings for fen in posting[1:4:2]]
        accounts = [self.groups[group] for group in groups]
        for group, leg, places in zip(groups, legs, accounts, strict=True):
            if len(leg) != len(places):
                raise InvariantError(f"{len(leg)} amounts for {len(places)} {group}")
        first = np.array([places.start for places in accounts]).reshape(-1, 2)
        size = np.array([len(places) for places in accounts]).reshape(-1, 2)
        totals = np.zeros(len(postings), dtype=np.int64)
        together = np.concatenate(legs, dtype=np.int64)  # what is not whole is refused
        refused = transfer(self.balance, first, size, together, totals)
        if refused >= 0:
            raise _refusal(postings[refused])
        for (payers, _, payees, _, purpose), total in zip(postings, totals.tolist(), strict=True):
            key = (payers, payees, purpose)
            self.posted[key] = self.posted.get(key, 0) + total

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
        edges = np.array([0, *(accounts.stop for accounts in self.groups.values())])
        return dict(zip(self.groups, sums_by_group(self.balance, edges).tolist(), strict=True))


def _refusal(posting: Posting) -> InvariantError:
    """Return what is wrong with a posting, in words."""
    paid, received = posting.paid, posting.received
    return InvariantError(
        f"{posting.purpose}: {posting.payers} pay {int(paid.sum())} fen "
        f"(least {paid.min(initial=0)}), {posting.payees} receive {int(received.sum())} fen "
        f"(least {received.min(initial=0)})"
    )
