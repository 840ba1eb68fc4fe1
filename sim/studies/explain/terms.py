"""An offer's utility in parts: what the kernels of choice add up, each part with a name.

The parts come from the functions that the market itself uses. Where those give a sum, such as
the worth of use less its bill, they are asked again with prices at zero: use is worked out
beforehand, so prices alone change, and the difference is the bill.
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.units import FEN_PER_YUAN
from sim.market.offers import Offers
from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL, Segments
from sim.mechanisms.choice import Tastes
from sim.mechanisms.usage import Curve, Levels, Margin, theta_of, worth_of

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# Parts of utility, utils, in the order of the columns of `offer_terms`.
TERMS = (
    "quality", "service", "peers", "delay", "voice_bill", "line", "use", "fee", "overage", "lte",
    "appeal", "control_fee", "new_carrier", "new_plan",
)  # fmt: skip
(QUALITY, SERVICE, PEERS, DELAY, VOICE_BILL, LINE, USE, FEE, OVERAGE, LTE, APPEAL,
 CONTROL_FEE, NEW_CARRIER, NEW_PLAN) = range(len(TERMS))  # fmt: skip


@kernel
def offer_terms(  # noqa: PLR0913, PLR0917  a kernel takes arrays, not objects
    g: int, level: Ints, place: Floats, segments: Segments, offers: Offers, margin: Margin,
    levels: Levels, tastes: Tastes, curve: Curve,
) -> Floats:  # fmt: skip
    """Return the parts of every offer's utility to a segment: (offers, TERMS) utils.

    Without costs of switching. An offer that cannot be used has nan.

    Parameters
    ----------
    level : (offers,) at which each offer is weighed
    place : (carriers, 3) utils of service, peers and delay where the segment lives
    """
    count, alpha, style = offers.fee.shape[0], segments.alpha[g], int(segments.style[g])
    plans, knows = count // offers.voice.shape[0], 1 if segments.knows[g] else 0
    bare = Margin(
        np.zeros_like(margin.price), margin.use, np.zeros_like(margin.fee),
        margin.allowance, margin.national, margin.cap,
    )  # fmt: skip
    out = np.zeros((count, len(TERMS)))
    for o in range(count):
        j, voice = o // plans, o % plans == 0
        if level[o] == NO_DEVICE and not voice:
            out[o] = np.nan
            continue
        out[o, QUALITY] = (tastes.voice_quality if voice else 1.0) * tastes.xi[j]
        out[o, SERVICE : DELAY + 1] = place[j]
        out[o, VOICE_BILL] = -alpha * offers.voice[j] / FEN_PER_YUAN
        if voice:
            out[o, LINE] = tastes.voice_value
            continue
        controlled = level[o] >= BELOW_LTE_CONTROL
        usable = 1.0 if controlled else levels.usable[style]
        theta = theta_of(g, level[o], segments, levels)
        gross = worth_of(theta, o, j, style, knows, usable, offers, bare, levels, curve)
        net = worth_of(theta, o, j, style, knows, usable, offers, margin, levels, curve)
        out[o, USE] = alpha * gross
        out[o, FEE] = -alpha * margin.fee[o]
        out[o, OVERAGE] = alpha * (net + margin.fee[o] - gross)
        out[o, LTE] = tastes.lte_value if level[o] in (ON_LTE, ON_LTE_CONTROL) else 0.0
        out[o, APPEAL] = offers.appeal[o]
        out[o, CONTROL_FEE] = -alpha * tastes.control_fee if controlled else 0.0
    return out
