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
type Flags = NDArray[np.bool_]


# In place of an amount: all that the other side pays or receives; for a group of one account.
ALL_OF_IT: Fen = np.array([np.iinfo(np.int64).min])

NOBODY: Accounts = np.empty(0, dtype=np.int64)


class Posting(NamedTuple):
    """What each account of one group pays and each of another receives."""

    payers: str
    paid: Fen  # (accounts that pay,) fen, not negative
    payees: str
    received: Fen  # (accounts of `payees`,) likewise; the two must sum to the same fen
    purpose: str
    who: Accounts | None = None  # the accounts that pay, by number within `payers`; None: all


@kernel
def transfer(
    balance: Fen, first: Accounts, size: Accounts, some: Flags, who: Accounts, paid: Fen,
    received: Fen, totals: Fen,
) -> int:  # fmt: skip
    """Move whole fen from accounts to accounts; return the first posting that cannot be, or -1.

    Nothing is moved where the two sums of any posting differ or an amount is negative.

    Parameters
    ----------
    balance : (accounts,) fen
    first, size : (2, postings) of the group that pays and the group that receives: its first
        account, and how many accounts of it do
    some : (postings,) whether those who pay are the ones in `who`, by number within the group;
        otherwise the whole group pays
    paid, received : fen of each account in turn, posting by posting
    totals : (postings,) fen, written
    """
    pays, gets = 0, 0
    for p in range(totals.shape[0]):
        debit, credit = paid[pays : pays + size[0, p]], received[gets : gets + size[1, p]]
        _fill_in(debit, credit)
        _fill_in(credit, debit)
        total = _total(debit)
        if total < 0 or total != _total(credit):
            return p
        totals[p] = total
        pays, gets = pays + size[0, p], gets + size[1, p]
    pays, gets, listed = 0, 0, 0
    for p in range(totals.shape[0]):
        for i in range(size[0, p]):
            balance[first[0, p] + (who[listed + i] if some[p] else i)] -= paid[pays + i]
        for i in range(size[1, p]):
            balance[first[1, p] + i] += received[gets + i]
        pays, gets = pays + size[0, p], gets + size[1, p]
        listed += size[0, p] if some[p] else 0
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
        self.post([Posting(payers, np.asarray(paid), payees, np.asarray(received), purpose)])

    def post(self, postings: Sequence[Posting]) -> None:
        """Post what accounts pay and receive: all of it, or nothing.

        Raises
        ------
        InvariantError
            if the two sums of a posting differ or an amount is negative.
        """
        payers, paid, payees, received, purposes, who = zip(*postings, strict=True)
        paying = [self.groups[g] if w is None else w for g, w in zip(payers, who, strict=True)]
        size = [len(accounts) for accounts in paying + [self.groups[g] for g in payees]]
        if size != [fen.size for fen in paid + received]:
            raise _miscounted(postings, size)
        totals = np.zeros(len(postings), dtype=np.int64)
        refused = transfer(
            self.balance,
            np.array([self.groups[group].start for group in payers + payees]).reshape(2, -1),
            np.array(size).reshape(2, -1),
            np.array([rows is not None for rows in who]),
            np.concatenate([NOBODY, *(rows for rows in who if rows is not None)]),
            np.concatenate(paid, axis=None, dtype=np.int64),  # what is not whole is refused
            np.concatenate(received, axis=None, dtype=np.int64),
            totals,
        )
        if refused >= 0:
            raise _refusal(postings[refused])
        fen = totals.tolist()
        for key, total in zip(zip(payers, payees, purposes, strict=True), fen, strict=True):
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
        sums = sums_by_group(self.balance, self.edges)
        return dict(zip(self.groups, sums.tolist(), strict=True))


def _miscounted(postings: Sequence[Posting], size: Sequence[int]) -> InvariantError:
    """Return, in words, which group has another number of accounts than of amounts: `size`."""
    sides = [posting[:2] for posting in postings] + [posting[2:4] for posting in postings]
    wrong = ((len(fen.ravel()), n, group) for (group, fen), n in zip(sides, size, strict=True))
    amounts, accounts, group = next(side for side in wrong if side[0] != side[1])
    return InvariantError(f"{amounts} amounts for {accounts} {group}")


def _refusal(posting: Posting) -> InvariantError:
    """Return what is wrong with a posting, in words."""
    paid, received = (_in_words(fen) for fen in (posting.paid, posting.received))
    return InvariantError(
        f"{posting.purpose}: {posting.payers} pay {paid}, {posting.payees} receive {received}"
    )


def _in_words(fen: Fen) -> str:
    return "all of it" if fen is ALL_OF_IT else f"{int(fen.sum())} fen (least {fen.min(initial=0)})"
