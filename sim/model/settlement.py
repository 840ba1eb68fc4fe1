"""Every charge of a month becomes a posting; then the books must balance to the fen."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.core.kernels import kernel
from sim.core.money import split_into
from sim.market.ledger import ALL_OF_IT, Ledger, Posting
from sim.market.names import CARRIERS
from sim.market.population import Population
from sim.mechanisms.billing import (
    LeakCharges,
    PartnerDebts,
    SponsorCharges,
    by_column,
    charge_of,
    partner_debts,
)
from sim.mechanisms.cells import bills_of
from sim.mechanisms.sharing import platform_shares
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    COUNTS,
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

# What is paid for, in the order of the amounts.
TO_CARRIERS = ("plan fee", "overage", "voice and messages", "user control")  # as in `CHARGES`
SPONSORED_TRAFFIC = ("sponsored traffic",)
TO_PLATFORMS = ("sponsored traffic", "subscription")
BY_RESELLERS = ("handling", "overheads")

HELD_COUNTS = (0,)  # lines among the sums of an offer
CHARGES = (FEE, OVERAGE, VOICE, CONTROL_FEE, RESALE)  # what a user's bill is made of


# What resellers divide among themselves.
DIVIDED = ("top-ups", "what partners pay", "what branches are paid", "the handling")


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
    users, charged, owed, income, shares, retail = _charges(trade)
    who, integration = trade.sponsors.partner, trade.sponsors.integration
    costs = np.concatenate(trade.costs)
    ledger.post(
        [
            Posting("users", users[:-1], "carrier", charged[:-1], TO_CARRIERS),
            Posting("users", users[-1], "reseller", retail.topups, ("top-up",)),
            Posting("partner", owed.direct, "carrier", owed.to_carriers, SPONSORED_TRAFFIC, who),
            Posting("partner", owed.resold, "reseller", retail.resold, SPONSORED_TRAFFIC, who),
            Posting("partner", owed.service, "platform", ALL_OF_IT, TO_PLATFORMS, who),
            Posting("partner", integration, "suppliers", ALL_OF_IT, ("integration",), who),
            Posting("platform", income, "carrier", shares, ("platform revenue",)),
            Posting("reseller", retail.bought, "branch", trade.leaks.paid, ("wholesale",)),
            Posting("reseller", retail.expenses, "suppliers", ALL_OF_IT, BY_RESELLERS),
            Posting("carrier", costs, "suppliers", ALL_OF_IT, Costs._fields),
        ]
    )
    return Settled(shares, retail.margin, retail.profit)


@kernel
def user_charges(by_place: Ints) -> tuple[Ints, Ints]:
    """Return what users are charged, in the order of `CHARGES`, fen.

    By account, (charges, carriers, provinces), and by carrier, (charges, carriers).
    """
    provinces, carriers = by_place.shape[0], by_place.shape[1]
    charges = np.empty((len(CHARGES), carriers, provinces), dtype=np.int64)
    total = np.zeros((len(CHARGES), carriers), dtype=np.int64)
    for k in range(len(CHARGES)):
        for j in range(carriers):
            for p in range(provinces):
                charges[k, j, p] = by_place[p, j, CHARGES[k]]
                total[k, j] += charges[k, j, p]
    return charges, total


class _Retail(NamedTuple):
    """What resellers take and pay: (resellers,) fen each, unless said otherwise."""

    topups: Ints  # from users
    resold: Ints  # from partners
    bought: Ints  # to branches
    expenses: Ints  # (2, resellers) handling and overheads
    profit: Ints
    margin: int  # sales less purchases of all of them, fen


class _Sellers(NamedTuple):
    """The resellers; see `Trade`."""

    sales: Ints
    handling: Ints
    active: NDArray[np.bool_]
    fixed_cost: Ints


class _Charges(NamedTuple):
    """A month's charges, fen: what each account pays and what it comes to for who receives."""

    users: Ints  # (charges, carriers, provinces) in the order of `CHARGES`
    charged: Ints  # (charges, carriers) the same by carrier
    owed: PartnerDebts
    income: Ints  # (1,) of all platforms
    shares: Ints  # (carriers,) of it
    retail: _Retail


def _charges(trade: Trade) -> _Charges:
    """Work out a month's charges; raise where resellers owe or are owed what none of them sold."""
    sellers = _Sellers(trade.reseller_sales, trade.handling, trade.active, trade.fixed_cost)
    failed, charges = _worked_out(
        trade.sums.by_place, trade.sponsors, trade.leaks, trade.platform, trade.parts, sellers
    )
    if failed >= 0:
        what, carrier = divmod(failed, len(CARRIERS))
        raise InvariantError(
            f"no reseller sells traffic of {CARRIERS[carrier]} to take {DIVIDED[what]}"
        )
    return charges


@kernel
def _worked_out(
    by_place: Ints, sponsors: SponsorCharges, leaks: LeakCharges, platform: Ints,
    parts: NDArray[np.float64], sellers: _Sellers,
) -> tuple[int, _Charges]:  # fmt: skip
    """Return the first amount that no reseller takes, or -1, and the charges; see `Trade`."""
    users, charged = user_charges(by_place)
    owed = partner_debts(sponsors, platform)
    income, shares = platform_shares(owed.to_platforms, platform, parts)
    failed, retail = _divided(charged[-1], owed.to_resellers, leaks, sellers)
    return failed, _Charges(users, charged, owed, income, shares, retail)


@kernel
def _divided(
    topups: Ints, resold: Ints, leaks: LeakCharges, sellers: _Sellers
) -> tuple[int, _Retail]:
    """Return the first amount that nobody takes, or -1, and what resellers take and pay.

    What is sold and bought is divided among resellers, by carrier and exactly.
    topups, resold : (carriers,) fen from users and from partners
    """
    whole = np.empty((4, topups.shape[0]), dtype=np.int64)
    for j in range(topups.shape[0]):
        whole[0, j], whole[1, j] = topups[j], resold[j]
        whole[2, j], whole[3, j] = leaks.taken[j], leaks.sold[j]
    shares = np.zeros((4, sellers.sales.shape[0]), dtype=np.int64)
    failed = divide(whole, sellers.sales, sellers.handling, shares)
    from_users, from_partners, bought, handled = shares
    overheads, margin = sellers.active * sellers.fixed_cost, from_users + from_partners - bought
    return failed, _Retail(
        from_users, from_partners, bought, np.stack((handled, overheads)),
        margin - handled - overheads, int(margin.sum()),
    )  # fmt: skip


@kernel
def divide(whole: Ints, sales: Ints, handling: Ints, shares: Ints) -> int:
    """Write each reseller's part of what all sell and buy; return the first without, or -1.

    Amounts are split by carrier, exactly (`sim.core.money.split`).

    Parameters
    ----------
    whole : (4, carriers) fen from users, from partners and to branches; kB
    sales : (resellers, carriers) relative; handling : likewise, fen per GB
    shares : (4, resellers) fen from users, from partners, to branches and for handling, added to
    """
    part = np.empty(sales.shape[0], dtype=np.int64)
    for j in range(sales.shape[1]):
        weight = sales[:, j].astype(np.float64)
        for row in range(4):
            if not split_into(whole[row, j], weight, part):
                return row * int(sales.shape[1]) + j
            for i in range(part.shape[0]):
                shares[row, i] += part[i] if row < 3 else charge_of(part[i], handling[i, j])
    return -1


def check_volumes(month: int, sums: UsageSums, sponsored: Ints, provinces: Sequence[str]) -> None:
    """Raise unless GB used = GB in allowance + billed + sponsored, in every place, exactly."""
    province, carrier, missing = _unexplained(sums.by_place)
    if missing != 0:
        raise InvariantError(
            f"{month_label(month)}: account users:{CARRIERS[carrier]}:{provinces[province]} used "
            f"{missing} kB that nobody gave or sold it"
        )
    carrier, paid_for, given = _unpaid(sums.by_place, sponsored)
    if paid_for != given:
        raise InvariantError(
            f"{month_label(month)}: partners pay {CARRIERS[carrier]} for {paid_for} kB, "
            f"users were given {given} kB"
        )


@kernel
def _unexplained(by_place: Ints) -> tuple[int, int, int]:
    """Return the first place, province and carrier, whose use is not that of its parts: kB."""
    for p in range(by_place.shape[0]):
        for j in range(by_place.shape[1]):
            place = by_place[p, j]
            parts = place[ALLOWANCE] + place[BILLED] + place[RESOLD] + place[SPONSORED]
            if place[USED] != parts:
                return p, j, place[USED] - parts
    return 0, 0, 0


@kernel
def _unpaid(by_place: Ints, sponsored: Ints) -> tuple[int, int, int]:
    """Return the first carrier whose partners do not pay for what users were given, both in kB."""
    paid_for, given = by_column(sponsored), np.zeros(by_place.shape[1], dtype=np.int64)
    for p in range(by_place.shape[0]):
        given += by_place[p, :, SPONSORED]
    for j in range(given.shape[0]):
        if paid_for[j] != given[j]:
            return j, paid_for[j], given[j]
    return 0, 0, 0


def check_users(month: int, people: Population, sums: UsageSums, total: int) -> None:
    """Raise unless every line is with one carrier and every line's bill is in the sums."""
    counted, charged = _count_users(sums.by_place)
    held, billed = bills_of(people.lines, people.bill, people.unit, people.segments, *charged.shape)
    if not counted == held == total * people.unit:
        raise InvariantError(
            f"{month_label(month)}: {total} lines exist, cells hold {held / people.unit}, carriers "
            f"count {counted / people.unit}"
        )
    if billed.tobytes() != charged.tobytes():
        province, j = np.argwhere(billed != charged)[0]
        account = f"users:{CARRIERS[j]}:{people.labels.provinces[province]}"
        raise InvariantError(
            f"{month_label(month)}: account {account}: bills sum to {billed[province, j]} "
            f"fen, charges to {charged[province, j]} fen"
        )


@kernel
def _count_users(by_place: Ints) -> tuple[int, Ints]:
    """Return all lines, and what those of each carrier are charged: (provinces, carriers) fen."""
    lines, charged = 0, np.zeros(by_place.shape[:2], dtype=np.int64)
    for p in range(by_place.shape[0]):
        for j in range(by_place.shape[1]):
            lines += by_place[p, j, LINES]
            for column in CHARGES:
                charged[p, j] += by_place[p, j, column]
    return lines, charged


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


@kernel
def whole_counts(sums: Ints, columns: tuple[int, ...], unit: int) -> Ints:
    """Return sums, (cells, columns), whose counts of lines are whole lines."""
    out = sums.copy()
    for column in columns:
        out[:, column] = whole_parts(sums[:, column].copy(), unit)
    return out


@kernel
def month_sums(sums: UsageSums, unit: int) -> tuple[UsageSums, Ints]:
    """Return a month's sums in whole lines, and those by place added up: (carriers, SUMS).

    Carriers come first when lines are rounded: a carrier's sum then depends on the carriers
    alone, not on what else the lines are told apart by, and tables of any grain have the same
    lines for each carrier.
    """
    provinces, carriers, columns = sums.by_place.shape
    by_carrier = sums.by_place.transpose(1, 0, 2).copy()
    whole = whole_counts(by_carrier.reshape(-1, columns), COUNTS, unit)
    by_place = whole.reshape(carriers, provinces, columns).transpose(1, 0, 2).copy()
    by_offer = whole_counts(sums.by_offer, HELD_COUNTS, unit)
    return UsageSums(by_place, sums.by_style, by_offer), by_place.sum(axis=0)


def posting_rows(posted: Mapping[tuple[str, str, str], int]) -> dict[str, NDArray[Any]]:
    """Return a month's postings as columns: payer, payee, purpose, fen."""
    labels, order = _posting_labels(tuple(posted))
    return labels | {"fen": np.array(list(posted.values()), dtype=np.int64)[order]}


@cache
def _posting_labels(keys: tuple[tuple[str, str, str], ...]) -> tuple[dict[str, NDArray[Any]], Ints]:
    """Return the labels of postings as columns, sorted, and the postings' places in that order.

    Made once, for every month has the same.
    """
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    columns = np.array(sorted(keys), dtype=np.str_).reshape(-1, 3).T
    return dict(zip(("payer", "payee", "purpose"), columns.copy(), strict=True)), order
