"""Sums over cells: who has which device, and what all lines' bills come to."""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.market.segments import BELOW_LTE, CONTROL, NO_DEVICE, ON_LTE, Segments
from sim.mechanisms.flows import Upgrades

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# Lines times fen may not fit into 64 bits for a whole country, so both halves are added apart.
_HALF = 20  # binary digits of the lower half


@kernel
def upgrade_chances(lines: Ints, data_share: float, lte: Floats) -> Upgrades:
    """Return the chances that let devices and 4G spread as given, whoever moves where.

    lines : (segments, levels, offers); data_share : of all lines, that have a data device
    lte : (carriers,) share of a carrier's lines on 4G
    """
    carriers, (_, levels, offers) = lte.shape[0], lines.shape
    held = np.zeros((levels, offers), dtype=np.int64)
    for g in range(lines.shape[0]):
        for level in range(levels):
            for o in range(offers):
                held[level, o] += lines[g, level, o]
    kinds = held.reshape(levels, carriers, -1).sum(axis=2)
    total, without = kinds.sum(), kinds[NO_DEVICE].sum()
    missing = data_share * total - (total - without)
    chance = np.empty(carriers)
    for j in range(carriers):
        on_lte = kinds[ON_LTE::CONTROL, j].sum()
        below = int(kinds[BELOW_LTE::CONTROL, j].sum())
        chance[j] = _chance(lte[j] * kinds[:, j].sum() - on_lte, below)
    return Upgrades(_chance(missing, int(without)), chance)


@inlined
def _chance(wanted: float, lines: int) -> float:
    """Return the chance with which `lines` give the lines wanted, 0 to 1."""
    return min(max(wanted / max(lines, 1), 0.0), 1.0)


@kernel
def place_shares(lines: Ints) -> Floats:
    """Return each carrier's share of a province's lines: (carriers, provinces).

    lines : (provinces, carriers)
    """
    shares = np.empty((lines.shape[1], lines.shape[0]))
    for p in range(lines.shape[0]):
        total = max(lines[p].sum(), 1)
        for j in range(lines.shape[1]):
            shares[j, p] = lines[p, j] / total
    return shares


@kernel
def bills_of(
    lines: Ints, bill: Ints, unit: int, segments: Segments, provinces: int, carriers: int
) -> tuple[int, Ints]:
    """Return all lines, and what those of each carrier owe: (provinces, carriers) fen.

    Added up exactly for each province, kind of user and offer, then rounded, as in `use_data`.

    lines, bill : (segments, levels, offers) in parts of 1/unit of a line, fen of a line
    """
    levels, offers = lines.shape[1], lines.shape[2]
    plans, styles = offers // carriers, int(segments.style.max()) + 1
    owed = np.zeros((provinces, 2 * styles, 2, offers), dtype=np.int64)
    out = np.zeros((provinces, carriers), dtype=np.int64)
    held = 0
    for g in range(lines.shape[0]):
        kind = 2 * int(segments.style[g]) + (1 if segments.knows[g] else 0)
        upper, lower = owed[segments.province[g], kind]
        for level in range(levels):
            for o in range(offers):
                n, each = lines[g, level, o], bill[g, level, o]
                held += n
                upper[o] += (n >> _HALF) * each
                lower[o] += (n & ((1 << _HALF) - 1)) * each
    for p in range(out.shape[0]):
        for kind in range(2 * styles):
            for o in range(offers):
                upper_half, lower_half = owed[p, kind, 0, o], owed[p, kind, 1, o]
                if upper_half != 0 or lower_half != 0:
                    whole = upper_half // unit
                    rest = ((upper_half - whole * unit) << _HALF) + lower_half
                    out[p, o // plans] += (whole << _HALF) + (rest + unit // 2) // unit
    return held, out
