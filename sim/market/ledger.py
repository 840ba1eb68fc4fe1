"""The books: double entry in whole fen, so that all balances always sum to zero."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.core.kernels import kernel

type Accounts = NDArray[np.int64]
type Fen = NDArray[np.int64]


@kernel
def transfer(balance: Fen, payer: int, paid: Fen, payee: int, received: Fen) -> int:
    """Move whole fen from accounts to accounts; return how much, or -1 if nothing was done.

    paid, received : fen of consecutive accounts from `payer` and from `payee` on. Nothing is
    done where the two sums differ or an amount is negative.
    """
    total, again = 0, 0
    for amount in paid:
        total += amount
        if amount < 0:
            return -1
    for amount in received:
        again += amount
        if amount < 0:
            return -1
    if total != again:
        return -1
    for i in range(paid.shape[0]):
        balance[payer + i] -= paid[i]
    for i in range(received.shape[0]):
        balance[payee + i] += received[i]
    return total


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
        """Post what each account of one group pays and each of another receives.

        Parameters
        ----------
        paid : (accounts of `payers`,) or one number for a group of one, fen, not negative
        received : (accounts of `payees`,) likewise; the two must sum to the same fen

        Raises
        ------
        InvariantError
            if the two sums differ or an amount is negative.
        """
        debit, credit = self._legs(payers, paid), self._legs(payees, received)
        first, second = self.groups[payers].start, self.groups[payees].start
        total = transfer(self.balance, first, debit, second, credit)
        if total < 0:
            raise InvariantError(
                f"{purpose}: {payers} pay {int(debit.sum())} fen (least {debit.min(initial=0)}), "
                f"{payees} receive {int(credit.sum())} fen (least {credit.min(initial=0)})"
            )
        key = (payers, payees, purpose)
        self.posted[key] = self.posted.get(key, 0) + total

    def of(self, group: str) -> Fen:
        """Return the balances of a group: (accounts,) fen."""
        return self._slice(group).copy()

    def take_postings(self) -> dict[tuple[str, str, str], int]:
        """Return the month's postings by (payers, payees, purpose) and begin a new month."""
        self.opening = {group: int(self._slice(group).sum()) for group in self.groups}
        posted, self.posted = self.posted, {}
        return posted

    def assert_balanced(self, month: int) -> None:
        """Raise an `InvariantError` with month, account and amount unless the books are whole.

        All balances must sum to zero, and each group's must have moved by exactly what was
        posted to it this month.
        """
        total = int(self.balance.sum())
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
            moved = int(self._slice(group).sum()) - self.opening.get(group, 0)
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

    def _legs(self, group: str, amounts: Fen | int | Sequence[int]) -> Fen:
        legs = np.ascontiguousarray(amounts, dtype=np.int64).reshape(-1)
        if len(legs) != len(self.groups[group]):
            raise InvariantError(f"{len(legs)} amounts for {len(self.groups[group])} {group}")
        return legs
