"""From utilities to chances, and from a draw to a move, for one user.

The unit interval is cut into parts, carrier by carrier and plan by plan; where the user's draw
falls is what they do. It is the rule of `sim.mechanisms.drawing`, written out.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.market.offers import Offers
from sim.mechanisms.choice import Tastes, carrier_odds

type Floats = NDArray[np.float64]


class Part(NamedTuple):
    """A part of the unit interval: a draw from low to high leads to the offer."""

    offer: int
    low: float
    high: float


def parts_of(utility: Floats, held: int | None, offers: Offers, tastes: Tastes) -> list[Part]:
    """Return the parts of one who chooses, in order; they fill the unit interval.

    utility : (offers,) before costs of switching, nan where an offer cannot be used
    held : the offer held, by one who bears costs; None for one who chooses freely
    """
    carriers = len(offers.voice)
    plans = len(utility) // carriers
    weight = _weights(utility, tastes)
    sold = np.where(offers.open, weight, 0.0)
    total = sold.reshape(carriers, plans).sum(axis=1)
    if held is None:
        odds = _odds(total, tastes)
        return _laid([(o, odds[o // plans] * sold[o] / total[o // plans]) for o in _where(sold)])
    own = held // plans
    new_carrier = math.exp(-tastes.switching / tastes.dissimilarity)
    new_plan = math.exp(-tastes.plan_switching / tastes.dissimilarity)
    kept = weight[held] * (1.0 - (new_plan if offers.open[held] else 0.0))
    weighed = new_carrier * total
    weighed[own] = new_plan * total[own] + kept
    odds = _odds(weighed, tastes)
    cut = []
    for j in range(carriers):
        cost = new_plan if j == own else new_carrier
        chosen = _where(sold, j * plans, (j + 1) * plans)
        cut += [(o, odds[j] * cost * sold[o] / weighed[j]) for o in chosen]
        if j == own:
            cut.append((held, odds[j] * kept / weighed[j]))
    return _laid(cut)


def _weights(utility: Floats, tastes: Tastes) -> Floats:
    top = float(np.nanmax(utility))
    return np.array(
        [0.0 if math.isnan(u) else math.exp((u - top) / tastes.dissimilarity) for u in utility]
    )


def _odds(weight: Floats, tastes: Tastes) -> Floats:
    """Return the chance of each carrier by nested logit."""
    out = np.zeros(len(weight))
    carrier_odds(weight, tastes, out)
    return out


def _where(sold: Floats, first: int = 0, end: int | None = None) -> list[int]:
    return [o for o in range(first, len(sold) if end is None else end) if sold[o] > 0.0]


def _laid(cut: Sequence[tuple[int, float]]) -> list[Part]:
    """Return the parts laid end to end."""
    edges = [0.0]
    for _, width in cut:
        edges.append(edges[-1] + width)
    return [Part(o, edges[k], edges[k + 1]) for k, (o, _) in enumerate(cut)]


def chance_of(parts: Sequence[Part], offer: int) -> float:
    """Return the chance of an offer: the length of its parts."""
    return math.fsum(part.high - part.low for part in parts if part.offer == offer)


def offer_at(parts: Sequence[Part], draw: float) -> int:
    """Return the offer that a draw falls on."""
    return next((part.offer for part in parts if draw < part.high), parts[-1].offer)
