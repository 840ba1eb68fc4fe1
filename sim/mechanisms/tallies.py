"""Sums over lines, kept exactly and rounded once: by offer, then by carrier and lifestyle.

By offer all is in lanes (`sim.core.lanes`), several offers at a time.
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.core.lanes import LANE, place, whole_vectors
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL
from sim.mechanisms.usage import (
    ALLOWANCE,
    BILLED,
    CONTROL_FEE,
    CONTROL_LINES,
    DATA_LINES,
    FEE,
    LINES,
    LTE_LINES,
    OVERAGE,
    POTENTIAL,
    PRICED,
    REACH_SPONSORED,
    REACH_USED,
    RESALE,
    RESOLD,
    SPONSORED,
    USED,
    VOICE,
    Margin,
)

type Ints = NDArray[np.int64]

# What is added up exactly before it is rounded once: lines, those that pay for control, and lines
# × what one of them uses and owes. Whole lines and, `OF_PARTS` further on, parts of lines.
SUMMED = 16
OF_PARTS = SUMMED // 2 * LANE
(SUM_LINES, SUM_RENTED, SUM_WITHIN, SUM_BEYOND, SUM_GIFT, SUM_EXTRA, SUM_POTENTIAL, SUM_PRICED) = (
    range(0, OF_PARTS, LANE)
)
# What is owed on each offer, fen; whether what is beyond the allowance is resold, by who knows.
PRICES = 5
(FEE_FEN, VOICE_FEN, CONTROL_FEN, IS_RESOLD) = range(0, (PRICES - 1) * LANE, LANE)
# A province's desk: sums of one kind of user, prices as that kind meets them, and what all kinds
# use, kB, and are charged, fen, by offer; last the use of one lifestyle.
DESK = SUMMED + 17
(
    _FEE_FEN, _VOICE_FEN, _CONTROL_FEN, _RESOLD,
    _IN_ALLOWANCE, _IN_BILL, _IN_RESALE, _SPONSORED, _OWED_FEE, _OWED_OVERAGE, _OWED_RESALE,
    _OWED_CONTROL, _OWED_VOICE, _STYLE_POTENTIAL, _STYLE_PRICED, _STYLE_SPONSORED, _STYLE_USED,
) = range(SUMMED * LANE, DESK * LANE, LANE)  # fmt: skip


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
    return rounded(int(exact[at]), int(exact[at + OF_PARTS]), unit)


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
    at, resale = place(kind) * (SUMMED * LANE), IS_RESOLD + kind % 2 * LANE
    for lane in range(0, SUMMED * LANE, LANE):
        for o in range(whole_vectors(offers)):
            desk[lane + o] = exact[at + lane + o]
    for o in range(whole_vectors(offers)):
        desk[_FEE_FEN + o], desk[_VOICE_FEN + o] = prices[FEE_FEN + o], prices[VOICE_FEN + o]
        desk[_CONTROL_FEN + o], desk[_RESOLD + o] = prices[CONTROL_FEN + o], prices[resale + o]


@kernel
def round_sums(desk: Ints, unit: int, offers: int) -> None:
    """Round the sums that are laid out, and add them to those of the lifestyle and of all."""
    for o in range(whole_vectors(offers)):
        lines, parts = desk[SUM_LINES + o], desk[OF_PARTS + SUM_LINES + o]
        within, beyond = added(desk, SUM_WITHIN + o, unit), added(desk, SUM_BEYOND + o, unit)
        gift = added(desk, SUM_GIFT + o, unit)
        # Running totals are rounded, so the parts are what the whole bill comes to.
        whole, part = lines * desk[_FEE_FEN + o], parts * desk[_FEE_FEN + o]
        paid_fee = rounded(whole, part, unit)
        whole, part = whole + desk[SUM_EXTRA + o], part + desk[OF_PARTS + SUM_EXTRA + o]
        to_extra = rounded(whole, part, unit)
        whole += desk[SUM_RENTED + o] * desk[_CONTROL_FEN + o]
        part += desk[OF_PARTS + SUM_RENTED + o] * desk[_CONTROL_FEN + o]
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
        desk[_STYLE_POTENTIAL + o] += added(desk, SUM_POTENTIAL + o, unit)
        desk[_STYLE_PRICED + o] += added(desk, SUM_PRICED + o, unit)
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
