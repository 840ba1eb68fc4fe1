"""What all lines use and owe in a month: every cell under its tariff, added up exactly.

One line of a segment and level is metered on all offers at once, in lanes (`sim.core.lanes`).
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel, parallel_kernel, prange
from sim.core.lanes import LANE, MOST, MOST_LINES, new_room, place, whole_vectors
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL, Segments
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    CONTROL_LINES,
    DATA_LINES,
    FEE,
    HELD,
    LINES,
    LTE_LINES,
    OVERAGE,
    POTENTIAL,
    PRICED,
    REACH,
    REACH_SPONSORED,
    REACH_USED,
    RESALE,
    RESOLD,
    SHOCKED,
    SPONSORED,
    SUMS,
    USED,
    VOICE,
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
TERMS = 12
(
    PART_SPONSORED,  # share of traffic that partners pay for
    PART_FREE,  # share of the rest that is zero-rated
    CAP,  # GB of zero-rated traffic
    OWN,  # kB of allowance
    NATIONAL,  # part of it usable outside the province
    OVER,  # relative use beyond the allowance
    PRICE,  # fen per GB beyond it
    IS_DATA,  # 1, or 0 for a line without data
    GB,  # allowance
    NATIONAL_GB,
    YUAN,  # per GB beyond the allowance
    FEE_YUAN,
) = range(0, TERMS * LANE, LANE)
# A month of one line on each offer.
LANES = 8
(
    HELD_LINES, LEFT, USE_WITHIN, USE_BEYOND, USE_GIFT, OWED_EXTRA, USE_POTENTIAL, USE_PRICED,
) = range(0, LANES * LANE, LANE)  # fmt: skip

# What is added up exactly before it is rounded once: lines, those that pay for control, and lines
# × what one of them uses and owes. Whole lines and, `_PARTS` further on, parts of lines.
_ADDED = 16
_PARTS = _ADDED // 2 * LANE
(_LINES, _RENTED, _WITHIN, _BEYOND, _GIFT, _EXTRA, _POTENTIAL, _PRICED) = range(0, _PARTS, LANE)

# What is owed on each offer, fen; whether what is beyond the allowance is resold, by who knows.
PRICES = 5
(FEE_FEN, VOICE_FEN, CONTROL_FEN, IS_RESOLD) = range(0, (PRICES - 1) * LANE, LANE)
# A province's desk: sums of one kind of user, prices as that kind meets them, and what all kinds
# use, kB, and are charged, fen, by offer; last the use of one lifestyle.
_DESK = _ADDED + 17
(
    _FEE_FEN, _VOICE_FEN, _CONTROL_FEN, _RESOLD,
    _IN_ALLOWANCE, _IN_BILL, _IN_RESALE, _SPONSORED, _OWED_FEE, _OWED_OVERAGE, _OWED_RESALE,
    _OWED_CONTROL, _OWED_VOICE, _STYLE_POTENTIAL, _STYLE_PRICED, _STYLE_SPONSORED, _STYLE_USED,
) = range(_ADDED * LANE, _DESK * LANE, LANE)  # fmt: skip


@kernel
def terms_in_lanes(offers: Offers, margin: Margin, levels: Levels, kinds: int) -> Floats:
    """Return the terms of all offers at `kinds` levels, one after the other, for kinds of users.

    (kinds of users × TERMS × LANE,); a level has room for whole vectors.
    """
    total, styles = offers.fee.shape[0], levels.usable.shape[0]
    plans, stride = total // offers.voice.shape[0], whole_vectors(total)
    terms = new_room(2 * styles * TERMS, kinds * stride)
    for kind in range(2 * styles):
        style, knows = kind // 2, kind % 2
        for level in range(kinds):
            at = kind * TERMS * LANE + level * stride
            for o in range(total):
                terms[at + PART_SPONSORED + o] = levels.sponsored[o // plans, style]
                terms[at + PART_FREE + o] = offers.free_share[o, style]
                terms[at + CAP + o], terms[at + OWN + o] = margin.cap[o], offers.allowance[o]
                terms[at + NATIONAL + o] = offers.national[o]
                terms[at + OVER + o] = margin.use[o, knows]
                terms[at + PRICE + o] = margin.price[o, knows]
                terms[at + IS_DATA + o] = 1.0 if o % plans > 0 else 0.0
                terms[at + GB + o] = margin.allowance[o]
                terms[at + NATIONAL_GB + o] = margin.national[o]
                terms[at + YUAN + o] = margin.price[o, knows] / FEN_PER_YUAN
                terms[at + FEE_YUAN + o] = margin.fee[o]
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
    at = place(kind) * (_ADDED * LANE)
    for o in range(whole_vectors(offers)):
        n = int(room[HELD_LINES + o])
        whole = whole_units(n, unit)
        exact[at + _LINES + o] += whole
        exact[at + _PARTS + _LINES + o] += n - whole * unit


@kernel
def add_up_lines(room: Floats, offers: int, unit: int, rented: int, exact: Ints, kind: int) -> None:
    """Add lines × what one of them uses and owes to the sums of their kind of user.

    exact : (kinds × sums × LANE,); rented : 1 where data lines pay for control, else 0
    """
    at = place(kind) * (_ADDED * LANE)
    for o in range(whole_vectors(offers)):
        n = int(room[HELD_LINES + o])
        whole = whole_units(n, unit)
        part = n - whole * unit
        within, beyond = int(room[USE_WITHIN + o]), int(room[USE_BEYOND + o])
        gift, extra = int(room[USE_GIFT + o]), int(room[OWED_EXTRA + o])
        potential, priced = int(room[USE_POTENTIAL + o]), int(room[USE_PRICED + o])
        exact[at + _LINES + o] += whole
        exact[at + _RENTED + o] += whole * rented
        exact[at + _WITHIN + o] += whole * within
        exact[at + _BEYOND + o] += whole * beyond
        exact[at + _GIFT + o] += whole * gift
        exact[at + _EXTRA + o] += whole * extra
        exact[at + _POTENTIAL + o] += whole * potential
        exact[at + _PRICED + o] += whole * priced
        exact[at + _PARTS + _LINES + o] += part
        exact[at + _PARTS + _RENTED + o] += part * rented
        exact[at + _PARTS + _WITHIN + o] += part * within
        exact[at + _PARTS + _BEYOND + o] += part * beyond
        exact[at + _PARTS + _GIFT + o] += part * gift
        exact[at + _PARTS + _EXTRA + o] += part * extra
        exact[at + _PARTS + _POTENTIAL + o] += part * potential
        exact[at + _PARTS + _PRICED + o] += part * priced


@inlined
def use_nothing(room: Floats, offers: int) -> None:
    """Write that lines use nothing, for they have no device."""
    for o in range(whole_vectors(offers)):
        room[USE_WITHIN + o], room[USE_BEYOND + o], room[USE_GIFT + o] = 0.0, 0.0, 0.0
        room[USE_POTENTIAL + o], room[USE_PRICED + o] = 0.0, 0.0
        room[OWED_EXTRA + o], room[LEFT + o] = 0.0, 0.0


@inlined
def whole_units(parts: int, unit: int) -> int:
    """Return parts // unit for parts not below 0, by a product of floats and a correction."""
    whole = int(parts * (1.0 / unit))
    rest = parts - whole * unit
    return whole + (1 if rest >= unit else 0) - (1 if rest < 0 else 0)


@inlined
def rounded(whole: int, part: int, unit: int) -> int:
    """Return a sum over lines to the nearest whole: that of whole lines, and of 1/unit parts."""
    return whole + whole_units(part + unit // 2, unit)


@inlined
def added(exact: Ints, at: int, unit: int) -> int:
    """Return one of the sums over lines to the nearest whole."""
    return rounded(int(exact[at]), int(exact[at + _PARTS]), unit)


@kernel
def prices_in_lanes(offers: Offers, margin: Margin, control_fee: int) -> Ints:
    """Return what is owed on each offer beside its extra, fen, and whether that is a reseller's."""
    total = offers.fee.shape[0]
    plans = total // offers.voice.shape[0]
    prices = np.zeros(PRICES * LANE, dtype=np.int64)
    for o in range(total):
        prices[FEE_FEN + o] = offers.fee[o] if o % plans > 0 else 0
        prices[VOICE_FEN + o] = offers.voice[o // plans]
        prices[CONTROL_FEN + o] = control_fee if o % plans > 0 else 0
        for knows in range(2):
            resold = margin.price[o, knows] < offers.overage[o]
            prices[IS_RESOLD + knows * LANE + o] = 1 if resold else 0
    return prices


@inlined
def zeros_in_lanes(lanes: int, count: int) -> Ints:
    """Return lanes of whole numbers, of which `count` are zero; the rest is not touched."""
    out = np.empty(lanes * LANE, dtype=np.int64)
    for row in range(lanes):
        for n in range(whole_vectors(count)):
            out[row * LANE + n] = 0
    return out


@kernel
def lay_out(desk: Ints, exact: Ints, kind: int, prices: Ints, offers: int) -> None:
    """Put the sums of one kind of user on the desk, and the prices that it meets."""
    at, resale = place(kind) * (_ADDED * LANE), IS_RESOLD + kind % 2 * LANE
    for lane in range(0, _ADDED * LANE, LANE):
        for o in range(whole_vectors(offers)):
            desk[lane + o] = exact[at + lane + o]
    for o in range(whole_vectors(offers)):
        desk[_FEE_FEN + o], desk[_VOICE_FEN + o] = prices[FEE_FEN + o], prices[VOICE_FEN + o]
        desk[_CONTROL_FEN + o], desk[_RESOLD + o] = prices[CONTROL_FEN + o], prices[resale + o]


@kernel
def round_sums(desk: Ints, unit: int, offers: int) -> None:
    """Round the sums that are laid out, and add them to those of the lifestyle and of all."""
    for o in range(whole_vectors(offers)):
        lines, parts = desk[_LINES + o], desk[_PARTS + _LINES + o]
        within, beyond = added(desk, _WITHIN + o, unit), added(desk, _BEYOND + o, unit)
        gift = added(desk, _GIFT + o, unit)
        # Running totals are rounded, so the parts are what the whole bill comes to.
        whole, part = lines * desk[_FEE_FEN + o], parts * desk[_FEE_FEN + o]
        paid_fee = rounded(whole, part, unit)
        whole, part = whole + desk[_EXTRA + o], part + desk[_PARTS + _EXTRA + o]
        to_extra = rounded(whole, part, unit)
        whole += desk[_RENTED + o] * desk[_CONTROL_FEN + o]
        part += desk[_PARTS + _RENTED + o] * desk[_CONTROL_FEN + o]
        to_rent = rounded(whole, part, unit)
        voice = desk[_VOICE_FEN + o]
        bill = rounded(whole + lines * voice, part + parts * voice, unit)
        resold, extra = desk[_RESOLD + o], to_extra - paid_fee
        desk[_IN_ALLOWANCE + o] += within
        desk[_IN_BILL + o] += beyond * (1 - resold)
        desk[_IN_RESALE + o] += beyond * resold
        desk[_SPONSORED + o] += gift
        desk[_OWED_FEE + o] += paid_fee
        desk[_OWED_OVERAGE + o] += extra * (1 - resold)
        desk[_OWED_RESALE + o] += extra * resold
        desk[_OWED_CONTROL + o] += to_rent - to_extra
        desk[_OWED_VOICE + o] += bill - to_rent
        desk[_STYLE_POTENTIAL + o] += added(desk, _POTENTIAL + o, unit)
        desk[_STYLE_PRICED + o] += added(desk, _PRICED + o, unit)
        desk[_STYLE_SPONSORED + o] += gift
        desk[_STYLE_USED + o] += within + beyond + gift


@kernel
def add_up_style(desk: Ints, plans: int, reach: Ints) -> None:
    """Add a lifestyle's sums by offer to those by carrier, (carriers, REACH); then forget them."""
    for o in range(reach.shape[0] * plans):
        by_carrier = reach[o // plans]
        by_carrier[POTENTIAL] += desk[_STYLE_POTENTIAL + o]
        by_carrier[PRICED] += desk[_STYLE_PRICED + o]
        by_carrier[REACH_SPONSORED] += desk[_STYLE_SPONSORED + o]
        by_carrier[REACH_USED] += desk[_STYLE_USED + o]
    for lane in range(_STYLE_POTENTIAL, _STYLE_USED + LANE, LANE):
        for o in range(whole_vectors(reach.shape[0] * plans)):
            desk[lane + o] = 0


@kernel
def add_up_place(desk: Ints, plans: int, place_sums: Ints, by_offer: Ints) -> None:
    """Add a province's sums by offer to those by carrier, (carriers, SUMS), and to (offers, HELD).

    But for the lines.
    """
    for o in range(by_offer.shape[0]):
        sums = place_sums[o // plans]
        within, billed = desk[_IN_ALLOWANCE + o], desk[_IN_BILL + o]
        resold, gift = desk[_IN_RESALE + o], desk[_SPONSORED + o]
        fee, overage = desk[_OWED_FEE + o], desk[_OWED_OVERAGE + o]
        used = within + billed + resold + gift
        sums[USED] += used
        sums[ALLOWANCE] += within
        sums[BILLED] += billed
        sums[RESOLD] += resold
        sums[SPONSORED] += gift
        sums[FEE] += fee
        sums[OVERAGE] += overage
        sums[RESALE] += desk[_OWED_RESALE + o]
        sums[CONTROL_FEE] += desk[_OWED_CONTROL + o]
        sums[VOICE] += desk[_OWED_VOICE + o]
        by_offer[o, 1] += used
        by_offer[o, 2] += fee + overage


@kernel
def add_up_counts(lines: Ints, plans: int, place_sums: Ints, by_offer: Ints) -> None:
    """Add a province's lines, (levels, offers), to its counts; the rest as in `add_up_place`."""
    for level in range(lines.shape[0]):
        for o in range(lines.shape[1]):
            n, j, with_data = lines[level, o], o // plans, level != NO_DEVICE and o % plans > 0
            by_offer[o, 0] += n
            place_sums[j, LINES] += n
            place_sums[j, DATA_LINES] += n if with_data else 0
            place_sums[j, LTE_LINES] += n if level in (ON_LTE, ON_LTE_CONTROL) else 0
            controlled = with_data and level >= BELOW_LTE_CONTROL
            place_sums[j, CONTROL_LINES] += n if controlled else 0


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
    terms = terms_in_lanes(offers, margin, levels, 1)
    prices = prices_in_lanes(offers, margin, control_fee)
    is_data = np.arange(total) % plans > 0
    printed = np.repeat(offers.voice, plans) + np.where(is_data, offers.fee, 0)
    for p in prange(provinces):
        room = new_room(LANES, total)
        exact, desk = zeros_in_lanes(styles * 2 * _ADDED, total), zeros_in_lanes(_DESK, total)
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
