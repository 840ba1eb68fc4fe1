"""Every charge of a month becomes a posting; then the books must balance to the fen."""

from collections.abc import Sequence
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

SPONSORED_TRAFFIC = "sponsored traffic"
HELD_COUNTS = (0,)  # lines among the sums of an offer
CHARGES = (FEE, OVERAGE, RESALE, VOICE, CONTROL_FEE)  # what a user's bill is made of


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
    users, charged = user_charges(trade.sums.by_place)
    fee, overage, topup, voice, control = users
    to_fee, to_overage, to_topup, to_voice, to_control = charged
    owed, who = partner_debts(trade.sponsors, trade.platform), trade.sponsors.partner
    costs = trade.costs
    income, shares = platform_shares(owed.to_platforms, trade.platform, trade.parts)
    retail = _retail(trade, to_topup, owed.to_resellers)
    ledger.post(
        [
            Posting("users", fee, "carrier", to_fee, "plan fee"),
            Posting("users", overage, "carrier", to_overage, "overage"),
            Posting("users", voice, "carrier", to_voice, "voice and messages"),
            Posting("users", control, "carrier", to_control, "user control"),
            Posting("users", topup, "reseller", retail.topups, "top-up"),
            Posting("partner", owed.direct, "carrier", owed.to_carriers, SPONSORED_TRAFFIC, who),
            Posting("partner", owed.resold, "reseller", retail.resold, SPONSORED_TRAFFIC, who),
            Posting("partner", owed.traffic, "platform", ALL_OF_IT, SPONSORED_TRAFFIC, who),
            Posting("partner", owed.fees, "platform", ALL_OF_IT, "subscription", who),
            Posting("partner", owed.integration, "suppliers", ALL_OF_IT, "integration", who),
            Posting("platform", income, "carrier", shares, "platform revenue"),
            Posting("reseller", retail.bought, "branch", trade.leaks.paid, "wholesale"),
            Posting("reseller", retail.handling, "suppliers", ALL_OF_IT, "handling"),
            Posting("reseller", retail.overheads, "suppliers", ALL_OF_IT, "overheads"),
            Posting("carrier", costs.lines, "suppliers", ALL_OF_IT, "lines"),
            Posting("carrier", costs.traffic, "suppliers", ALL_OF_IT, "traffic"),
            Posting("carrier", costs.capacity, "suppliers", ALL_OF_IT, "capacity"),
            Posting("carrier", costs.service, "suppliers", ALL_OF_IT, "service"),
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
    """What resellers take and pay: (resellers,) fen each."""

    topups: Ints  # from users
    resold: Ints  # from partners
    bought: Ints  # to branches
    handling: Ints
    overheads: Ints
    profit: Ints
    margin: int  # sales less purchases of all of them, fen


def _retail(trade: Trade, topups: Ints, resold: Ints) -> _Retail:
    """Divide what is sold and bought among resellers, by carrier and exactly.

    topups, resold : (carriers,) fen from users and from partners
    """
    failed, retail = _divided(
        topups, resold, trade.leaks, trade.reseller_sales, trade.handling, trade.active,
        trade.fixed_cost,
    )  # fmt: skip
    if failed >= 0:
        what, carrier = divmod(failed, len(CARRIERS))
        raise InvariantError(
            f"no reseller sells traffic of {CARRIERS[carrier]} to take {DIVIDED[what]}"
        )
    return retail


@kernel
def _divided(
    topups: Ints, resold: Ints, leaks: LeakCharges, sales: Ints, handling: Ints,
    active: NDArray[np.bool_], fixed_cost: Ints,
) -> tuple[int, _Retail]:  # fmt: skip
    """Return the first amount that nobody takes, or -1, and what resellers take and pay."""
    whole = np.empty((4, topups.shape[0]), dtype=np.int64)
    for j in range(topups.shape[0]):
        whole[0, j], whole[1, j] = topups[j], resold[j]
        whole[2, j], whole[3, j] = leaks.taken[j], leaks.sold[j]
    shares = np.zeros((4, sales.shape[0]), dtype=np.int64)
    failed = divide(whole, sales, handling, shares)
    from_users, from_partners, bought, handled = shares
    overheads, margin = active * fixed_cost, from_users + from_partners - bought
    return failed, _Retail(
        from_users, from_partners, bought, handled, overheads, margin - handled - overheads,
        int(margin.sum()),
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
    billed = np.zeros_like(charged)
    held = bills_of(people.lines, people.bill, people.unit, people.segments, billed)
    if not counted == held == total * people.unit:
        raise InvariantError(
            f"{month_label(month)}: {total} lines exist, cells hold {held / people.unit}, carriers "
            f"count {counted / people.unit}"
        )
    if (billed != charged).any():
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


def posting_rows(ledger: Ledger) -> dict[str, NDArray[Any]]:
    """Return the month's postings as columns: payer, payee, purpose, fen."""
    posted = ledger.take_postings()
    keys = tuple(sorted(posted))
    return _posting_labels(keys) | {"fen": np.array([posted[key] for key in keys], dtype=np.int64)}


@cache
def _posting_labels(keys: tuple[tuple[str, str, str], ...]) -> dict[str, NDArray[Any]]:
    """Return the labels of postings as columns; made once, for every month has the same."""
    columns = np.array(keys, dtype=np.str_).reshape(-1, 3).T
    return dict(zip(("payer", "payee", "purpose"), columns.copy(), strict=True))
