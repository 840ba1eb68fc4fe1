"""Every charge of a month becomes a posting; then the books must balance to the fen."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.core.kernels import kernel
from sim.core.money import split_into
from sim.market.ledger import Ledger
from sim.market.names import CARRIERS, NO_PLATFORM, SHARED_PLATFORM
from sim.market.population import Population
from sim.mechanisms.billing import (
    LeakCharges,
    SponsorCharges,
    charges,
    partner_debts,
    platform_income,
)
from sim.mechanisms.cells import bills_of
from sim.mechanisms.sharing import share_platform
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    FEE,
    LINES,
    OVERAGE,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
    UsageSums,
)

type Ints = NDArray[np.int64]

CHARGES = [FEE, OVERAGE, RESALE, VOICE, CONTROL_FEE]  # what a user's bill is made of


class Costs(NamedTuple):
    """What carriers owe their suppliers for a month, fen: (carriers,) each."""

    lines: Ints
    traffic: Ints
    capacity: Ints
    service: Ints


class Trade(NamedTuple):
    """Everything that a month's postings are made of."""

    sums: UsageSums
    sponsors: SponsorCharges
    leaks: LeakCharges
    costs: Costs
    platform: Ints  # (carriers,) id of the platform on which a carrier sells; -1: none
    parts: NDArray[np.float64]  # (carriers,) in which the shared platform's revenue is split
    active: NDArray[np.bool_]  # (resellers,) in business
    reseller_sales: Ints  # (resellers, carriers) relative sales
    handling: Ints  # (resellers, carriers) fen per GB sold
    fixed_cost: Ints  # (resellers,) fen


class Settled(NamedTuple):
    """What the postings brought, where the ledger alone does not tell."""

    platform_share: Ints  # (carriers,) fen from the shared platform or the carrier's own
    reseller_margin: int  # fen, sales less purchases of all resellers
    reseller_profit: Ints  # (resellers,) fen


def settle(ledger: Ledger, trade: Trade) -> Settled:
    """Post the month's charges between users, partners, resellers, carriers and suppliers."""
    sales = _settle_users(ledger, trade)
    platform_share, resold = _settle_partners(ledger, trade)
    margin, profit = _settle_resellers(ledger, trade, sales + resold)
    for purpose, owed in trade.costs._asdict().items():
        ledger.pay("carrier", owed, "suppliers", int(owed.sum()), purpose)
    return Settled(platform_share, margin, profit)


def _settle_users(ledger: Ledger, trade: Trade) -> Ints:
    """Post what users owe; return what each reseller sold to them: (resellers,) fen."""
    for column, purpose in (
        (FEE, "plan fee"),
        (OVERAGE, "overage"),
        (VOICE, "voice and messages"),
        (CONTROL_FEE, "user control"),
    ):
        owed = trade.sums.by_place[:, :, column].T  # (carriers, provinces)
        ledger.pay("users", owed, "carrier", owed.sum(axis=1), purpose)
    owed = trade.sums.by_place[:, :, RESALE].T
    sellers = _among_resellers(trade, owed.sum(axis=1)).sum(axis=1)
    ledger.pay("users", owed, "reseller", sellers, "top-up")
    return sellers


def _among_resellers(trade: Trade, amount: Ints) -> Ints:
    """Return amounts by carrier split by the resellers' sales: (resellers, carriers), exactly."""
    parts = np.empty(trade.reseller_sales.shape, dtype=np.int64)
    failed = split_columns(amount, trade.reseller_sales, parts)
    if failed >= 0:
        raise InvariantError(f"cannot split {amount[failed]} over weights that sum to nothing")
    return parts


@kernel
def split_columns(amount: Ints, weights: Ints, parts: Ints) -> int:
    """Write the parts of each amount by its column of weights; return the first without, or -1.

    amount : (columns,); weights, parts : (rows, columns); see `sim.core.money.split`
    """
    part = np.empty(weights.shape[0], dtype=np.int64)
    for j in range(weights.shape[1]):
        if not split_into(amount[j], weights[:, j].astype(np.float64), part):
            return j
        parts[:, j] = part
    return -1


def _settle_partners(ledger: Ledger, trade: Trade) -> tuple[Ints, Ints]:
    """Post what partners owe.

    Returns what each carrier gets from a platform, and what each reseller sold to partners.
    """
    owed = trade.sponsors
    direct, resold, traffic, fees = partner_debts(owed)
    ledger.pay("partner", direct, "carrier", owed.direct.sum(axis=0), "sponsored traffic")
    sellers = _among_resellers(trade, owed.resold.sum(axis=0)).sum(axis=1)
    ledger.pay("partner", resold, "reseller", sellers, "sponsored traffic")
    ledger.pay("partner", traffic, "platform", int(traffic.sum()), "sponsored traffic")
    ledger.pay("partner", fees, "platform", int(fees.sum()), "subscription")
    work = int(owed.integration.sum())
    ledger.pay("partner", owed.integration, "suppliers", work, "integration")
    income = platform_income(owed, trade.platform)
    own = np.where(trade.platform == NO_PLATFORM, 0, income[trade.platform])
    shared = share_platform(int(income[SHARED_PLATFORM]), trade.parts)
    shares = np.where(trade.platform == SHARED_PLATFORM, shared, own)
    ledger.pay("platform", int(income.sum()), "carrier", shares, "platform revenue")
    return shares, sellers


def _settle_resellers(ledger: Ledger, trade: Trade, sold: Ints) -> tuple[int, Ints]:
    """Post purchases and costs; return all resellers' gross margin and each one's profit, fen.

    sold : (resellers,) fen
    """
    bought = _among_resellers(trade, trade.leaks.paid.sum(axis=1)).sum(axis=1)
    ledger.pay("reseller", bought, "branch", trade.leaks.paid, "wholesale")
    volume = _among_resellers(trade, trade.leaks.volume.sum(axis=1))
    handling = charges(volume, trade.handling).sum(axis=1)
    ledger.pay("reseller", handling, "suppliers", int(handling.sum()), "handling")
    overheads = np.where(trade.active, trade.fixed_cost, 0)
    ledger.pay("reseller", overheads, "suppliers", int(overheads.sum()), "overheads")
    return int((sold - bought).sum()), sold - bought - handling - overheads


def check_volumes(month: int, sums: UsageSums, sponsored: Ints, provinces: Sequence[str]) -> None:
    """Raise unless GB used = GB in allowance + billed + sponsored, in every place, exactly."""
    place = sums.by_place
    billed = place[:, :, BILLED] + place[:, :, RESOLD]
    missing = place[:, :, USED] - place[:, :, ALLOWANCE] - billed - place[:, :, SPONSORED]
    if missing.any():
        province, carrier = np.argwhere(missing)[0]
        raise InvariantError(
            f"{month_label(month)}: account users:{CARRIERS[carrier]}:{provinces[province]} used "
            f"{missing[province, carrier]} kB that nobody gave or sold it"
        )
    paid_for = sponsored.sum(axis=0)
    given = place[:, :, SPONSORED].sum(axis=0)
    if (paid_for != given).any():
        carrier = int(np.flatnonzero(paid_for != given)[0])
        raise InvariantError(
            f"{month_label(month)}: partners pay {CARRIERS[carrier]} for {paid_for[carrier]} kB, "
            f"users were given {given[carrier]} kB"
        )


def check_users(month: int, people: Population, sums: UsageSums, total: int) -> None:
    """Raise unless every line is with one carrier and every line's bill is in the sums."""
    billed = np.zeros(sums.by_place.shape[:2], dtype=np.int64)
    held = bills_of(people.lines, people.bill, people.unit, people.segments, billed)
    counted = int(sums.by_place[:, :, LINES].sum())
    if not counted == held == total * people.unit:
        raise InvariantError(
            f"{month_label(month)}: {total} lines exist, cells hold {held / people.unit}, carriers "
            f"count {counted / people.unit}"
        )
    charged = sums.by_place[:, :, CHARGES].sum(axis=2)
    if (billed != charged).any():
        province, j = np.argwhere(billed != charged)[0]
        account = f"users:{CARRIERS[j]}:{people.labels.provinces[province]}"
        raise InvariantError(
            f"{month_label(month)}: account {account}: bills sum to {billed[province, j]} "
            f"fen, charges to {charged[province, j]} fen"
        )


def whole_lines(parts: Ints, unit: int) -> Ints:
    """Return parts of lines as whole lines; cumulative rounding keeps their sum."""
    return whole_parts(parts.ravel(), unit).reshape(parts.shape)


@kernel
def whole_parts(parts: Ints, unit: int) -> Ints:
    """Return parts of a unit, (parts,), as whole units by cumulative rounding."""
    whole = np.empty_like(parts)
    running, edge = 0, 0
    for k in range(parts.shape[0]):
        running += parts[k]
        upper = (running + unit // 2) // unit
        whole[k] = upper - edge
        edge = upper
    return whole


def whole_counts(sums: Ints, columns: Sequence[int], unit: int) -> Ints:
    """Return sums whose counts of lines, in the last axis, are whole lines.

    Where carriers come first, a carrier's sum depends on the carriers alone, not on what else the
    lines are told apart by: tables of any grain then have the same lines for each carrier.
    """
    out = np.array(sums, order="C")
    for column in columns:
        out[..., column] = whole_lines(out[..., column], unit)
    return out


def posting_rows(ledger: Ledger) -> dict[str, list[str] | list[int]]:
    """Return the month's postings as columns: payer, payee, purpose, fen."""
    posted = sorted(ledger.take_postings().items())
    return {
        "payer": [key[0] for key, _ in posted],
        "payee": [key[1] for key, _ in posted],
        "purpose": [key[2] for key, _ in posted],
        "fen": [fen for _, fen in posted],
    }
