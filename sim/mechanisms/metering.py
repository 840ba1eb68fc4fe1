"""What all lines use and owe in a month: every cell under its tariff, added up exactly.

One line of a segment and level is metered on all offers at once, in lanes (`sim.core.lanes`).
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import LANE, MOST, MOST_LINES, new_room, place, whole_vectors
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL, Segments
from sim.mechanisms.tallies import (
    DESK,
    OF_PARTS,
    SUM_BEYOND,
    SUM_EXTRA,
    SUM_GIFT,
    SUM_LINES,
    SUM_POTENTIAL,
    SUM_PRICED,
    SUM_RENTED,
    SUM_WITHIN,
    SUMMED,
    add_up_counts,
    add_up_place,
    add_up_style,
    lay_out,
    prices_in_lanes,
    round_sums,
    whole_units,
    zeros_in_lanes,
)
from sim.mechanisms.usage import (
    HELD,
    REACH,
    SHOCKED,
    SUMS,
    Curve,
    Levels,
    LineMonth,
    Margin,
    Terms,
    UsageSums,
    month_at_home,
    month_under,
)

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# The terms of all offers for a kind of user, which is a lifestyle and whether resellers are known.
TERMS = 8
(
    PART_SPONSORED,  # share of traffic that partners pay for
    PART_FREE,  # share of the rest that is zero-rated
    CAP,  # GB of zero-rated traffic
    OWN,  # kB of allowance
    NATIONAL,  # part of it usable outside the province
    OVER,  # relative use beyond the allowance
    PRICE,  # fen per GB beyond it
    IS_DATA,  # 1, or 0 for a line without data
) = range(0, TERMS * LANE, LANE)
# A month of one line on each offer.
LANES = 8
(
    HELD_LINES, LEFT, USE_WITHIN, USE_BEYOND, USE_GIFT, OWED_EXTRA, USE_POTENTIAL, USE_PRICED,
) = range(0, LANES * LANE, LANE)  # fmt: skip


@kernel
def terms_in_lanes(offers: Offers, margin: Margin, levels: Levels) -> Floats:
    """Return the terms of all offers for kinds of users: (kinds of users × TERMS × LANE,)."""
    total, styles = offers.fee.shape[0], levels.usable.shape[0]
    plans = total // offers.voice.shape[0]
    terms = new_room(2 * styles * TERMS, total)
    for kind in range(2 * styles):
        style, knows = kind // 2, kind % 2
        at = kind * TERMS * LANE
        for o in range(total):
            terms[at + PART_SPONSORED + o] = levels.sponsored[o // plans, style]
            terms[at + PART_FREE + o] = offers.free_share[o, style]
            terms[at + CAP + o], terms[at + OWN + o] = margin.cap[o], offers.allowance[o]
            terms[at + NATIONAL + o] = offers.national[o]
            terms[at + OVER + o] = margin.use[o, knows]
            terms[at + PRICE + o] = margin.price[o, knows]
            terms[at + IS_DATA + o] = 1.0 if o % plans > 0 else 0.0
    return terms


@kernel
def meter_offers(
    room: Floats, terms: Floats, kind: int, offers: int, theta: float, roaming: float,
    usable: float, curve: Curve,
) -> None:  # fmt: skip
    """Write what a line of a segment and level uses and owes on each offer."""
    at = place(kind) * (TERMS * LANE)
    if roaming > 0.0:
        for o in range(whole_vectors(offers)):
            offer, own = terms_at(terms, at + o, roaming), own_at(terms, at + o, usable)
            national, price = terms[at + NATIONAL + o], terms[at + PRICE + o]
            use = month_under(theta, offer, own, room[LEFT + o], national, price, curve)
            write_use(room, o, use, terms[at + IS_DATA + o] > 0.0)
    else:
        for o in range(whole_vectors(offers)):
            offer, own = terms_at(terms, at + o, 0.0), own_at(terms, at + o, usable)
            use = month_at_home(theta, offer, own, room[LEFT + o], terms[at + PRICE + o], curve)
            write_use(room, o, use, terms[at + IS_DATA + o] > 0.0)


@inlined
def terms_at(terms: Floats, at: int, roaming: float) -> Terms:
    """Return an offer's terms from their lanes, but for what metering does not read."""
    return Terms(
        terms[at + PART_SPONSORED], terms[at + PART_FREE], roaming, terms[at + CAP], 0.0, 0.0,
        terms[at + OVER], 0.0, 0.0,
    )  # fmt: skip


@inlined
def own_at(terms: Floats, at: int, usable: float) -> float:
    """Return the kB of an offer's allowance that are of use."""
    return float(np.floor(terms[at + OWN] * usable + 0.5))


@inlined
def write_use(room: Floats, o: int, use: LineMonth, data: bool) -> None:
    """Write what a line of a segment and level uses and owes on an offer."""
    room[USE_WITHIN + o] = use.within if data else 0.0
    room[USE_BEYOND + o] = use.beyond if data else 0.0
    room[USE_GIFT + o] = use.gift if data else 0.0
    room[OWED_EXTRA + o] = use.extra if data else 0.0
    room[USE_POTENTIAL + o] = use.potential if data else 0.0
    room[USE_PRICED + o] = use.priced if data else 0.0
    room[LEFT + o] = use.left if data else 0.0


@kernel
def add_up_voice(room: Floats, offers: int, unit: int, exact: Ints, kind: int) -> None:
    """Add lines without a device, which use nothing, to the sums of their kind of user."""
    at = place(kind) * (SUMMED * LANE)
    for o in range(whole_vectors(offers)):
        n = int(room[HELD_LINES + o])
        whole = whole_units(n, unit)
        exact[at + SUM_LINES + o] += whole
        exact[at + OF_PARTS + SUM_LINES + o] += n - whole * unit


@kernel
def add_up_lines(room: Floats, offers: int, unit: int, rented: int, exact: Ints, kind: int) -> None:
    """Add lines × what one of them uses and owes to the sums of their kind of user.

    exact : (kinds × sums × LANE,); rented : 1 where data lines pay for control, else 0
    """
    at = place(kind) * (SUMMED * LANE)
    for o in range(whole_vectors(offers)):
        n = int(room[HELD_LINES + o])
        whole = whole_units(n, unit)
        part = n - whole * unit
        within, beyond = int(room[USE_WITHIN + o]), int(room[USE_BEYOND + o])
        gift, extra = int(room[USE_GIFT + o]), int(room[OWED_EXTRA + o])
        potential, priced = int(room[USE_POTENTIAL + o]), int(room[USE_PRICED + o])
        exact[at + SUM_LINES + o] += whole
        exact[at + SUM_RENTED + o] += whole * rented
        exact[at + SUM_WITHIN + o] += whole * within
        exact[at + SUM_BEYOND + o] += whole * beyond
        exact[at + SUM_GIFT + o] += whole * gift
        exact[at + SUM_EXTRA + o] += whole * extra
        exact[at + SUM_POTENTIAL + o] += whole * potential
        exact[at + SUM_PRICED + o] += whole * priced
        exact[at + OF_PARTS + SUM_LINES + o] += part
        exact[at + OF_PARTS + SUM_RENTED + o] += part * rented
        exact[at + OF_PARTS + SUM_WITHIN + o] += part * within
        exact[at + OF_PARTS + SUM_BEYOND + o] += part * beyond
        exact[at + OF_PARTS + SUM_GIFT + o] += part * gift
        exact[at + OF_PARTS + SUM_EXTRA + o] += part * extra
        exact[at + OF_PARTS + SUM_POTENTIAL + o] += part * potential
        exact[at + OF_PARTS + SUM_PRICED + o] += part * priced


@inlined
def use_nothing(room: Floats, offers: int) -> None:
    """Write that lines use nothing, for they have no device."""
    for o in range(whole_vectors(offers)):
        room[USE_WITHIN + o], room[USE_BEYOND + o], room[USE_GIFT + o] = 0.0, 0.0, 0.0
        room[USE_POTENTIAL + o], room[USE_PRICED + o] = 0.0, 0.0
        room[OWED_EXTRA + o], room[LEFT + o] = 0.0, 0.0


@parallel_kernel
def use_data(
    lines: Ints, unit: int, segments: Segments, offers: Offers, margin: Margin, levels: Levels,
    curve: Curve, control_fee: int, rollover_in_force: bool, provinces: int, rollover: Ints,
    shocked: Ints, out_use: Ints, out_bill: Ints,
) -> UsageSums:  # fmt: skip
    """Let every line use and be charged for a month; update rollover and bill shock.

    Parameters
    ----------
    lines : (segments, levels, offers) in parts of 1/unit of a line
    control_fee : fen a month for the product that lets users control their traffic
    rollover : (segments, levels, offers) kB left over, read and written; shocked : (…) parts per
        million of the cell's lines that paid overage, written
    out_use, out_bill : (…) kB and fen of one line of the cell, the part without data included

    References
    ----------
    Nevo, Turner and Williams (2016) for the tariff; rollover as ordered from October 2015:
    what is left of this month's own allowance may be used next month, first.
    """
    kinds = lines.shape[1]
    carriers, total = offers.voice.shape[0], offers.fee.shape[0]
    plans, styles = total // carriers, levels.usable.shape[0]
    if total > MOST or lines.sum() > MOST_LINES:
        raise ValueError("more offers or parts of lines than a kernel has room for")
    place_sums = np.zeros((provinces, carriers, len(SUMS)), dtype=np.int64)
    style_sums = np.zeros((provinces, carriers, styles, len(REACH)), dtype=np.int64)
    by_offer = np.zeros((provinces, total, len(HELD)), dtype=np.int64)
    held = np.zeros((provinces, kinds, total), dtype=np.int64)  # lines
    first = np.searchsorted(segments.province, np.arange(provinces + 1))
    # Arrays by name and numbers in the inner loop: see `Terms`.
    thetas, kinds_of, hunters = segments.theta, segments.style, segments.knows
    roaming, usables = levels.roaming, levels.usable
    terms = terms_in_lanes(offers, margin, levels)
    prices = prices_in_lanes(offers, margin, control_fee)
    is_data = np.arange(total) % plans > 0
    printed = np.repeat(offers.voice, plans) + np.where(is_data, offers.fee, 0)
    for p in prange(provinces):
        room = new_room(LANES, total)
        exact, desk = zeros_in_lanes(styles * 2 * SUMMED, total), zeros_in_lanes(DESK, total)
        for g in range(first[p], first[p + 1]):
            style = int(kinds_of[g])
            kind = 2 * style + (1 if hunters[g] else 0)
            for level in range(kinds):
                lte, controlled = level in (ON_LTE, ON_LTE_CONTROL), level >= BELOW_LTE_CONTROL
                theta = thetas[g] * levels.usage * (levels.lte_usage if lte else 1.0)
                usable = 1.0 if controlled else usables[style]
                rent = control_fee if controlled else 0
                for o in range(total):
                    room[HELD_LINES + o], room[LEFT + o] = lines[g, level, o], rollover[g, level, o]
                if level != NO_DEVICE:
                    meter_offers(room, terms, kind, total, theta, roaming[style], usable, curve)
                    add_up_lines(room, total, unit, 1 if controlled else 0, exact, kind)
                else:
                    use_nothing(room, total)
                    add_up_voice(room, total, unit, exact, kind)
                for o in range(total):
                    exists = room[HELD_LINES + o] > 0.0
                    left = room[LEFT + o] if exists and rollover_in_force else 0.0
                    rollover[g, level, o] = int(left)
                    shocked[g, level, o] = SHOCKED if exists and room[OWED_EXTRA + o] > 0.0 else 0
                for o in range(total):
                    exists = room[HELD_LINES + o] > 0.0
                    used = room[USE_WITHIN + o] + room[USE_BEYOND + o] + room[USE_GIFT + o]
                    bill = int(room[OWED_EXTRA + o]) + printed[o] + (rent if is_data[o] else 0)
                    out_use[g, level, o] = int(used) if exists else 0
                    out_bill[g, level, o] = bill if exists else 0
                for o in range(total):
                    held[p, level, o] += lines[g, level, o]
        for style in range(styles):
            for knows in range(2):
                lay_out(desk, exact, 2 * style + knows, prices, total)
                round_sums(desk, unit, total)
            add_up_style(desk, plans, style_sums[p, :, style])
        add_up_place(desk, plans, place_sums[p], by_offer[p])
        add_up_counts(held[p], plans, place_sums[p], by_offer[p])
    return UsageSums(place_sums, style_sums.sum(axis=0), by_offer.sum(axis=0))
