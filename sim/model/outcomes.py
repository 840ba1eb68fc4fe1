"""What carriers read of a month once it is over: shares, prices, margins."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.mechanisms.usage import CONTROL_LINES, DATA_LINES, FEE, LINES, OVERAGE, USED, VOICE

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_NEXT_TO_NOTHING = 1e-9  # GB


class Outcomes(NamedTuple):
    """A month's outcomes by carrier, (carriers,) unless said otherwise."""

    share: Floats  # of lines
    adopters: Floats  # share of data lines that have the product for control
    yuan_per_gb: Floats  # data revenue over traffic
    market_yuan_per_gb: float  # the same of all carriers together
    variable_cost: Ints  # fen: lines and traffic
    line_margin: Floats  # fen a line: bill less variable cost
    side_revenue: Floats  # fen a data line: what partners pay


@kernel
def wealth_of(own: Ints, branches: Ints) -> Ints:
    """Return what carriers and their branches have together: (carriers,) fen.

    own : (carriers,) fen; branches : (carriers × branches,) fen, carrier by carrier
    """
    wealth, each = own.copy(), branches.shape[0] // own.shape[0]
    for b in range(branches.shape[0]):
        wealth[b // each] += branches[b]
    return wealth


@kernel
def outcomes_of(total: Ints, line_cost: Ints, traffic_cost: Ints, sponsored: Ints) -> Outcomes:
    """Return a month's outcomes.

    total : (carriers, SUMS); the costs and what partners pay : (carriers,) fen
    """
    carriers = total.shape[0]
    share, adopters, price = np.empty(carriers), np.empty(carriers), np.empty(carriers)
    margin, side = np.empty(carriers), np.empty(carriers)
    lines, used, revenue = total[:, LINES].sum(), total[:, USED].sum(), 0.0
    for j in range(carriers):
        of = total[j]
        own, data_lines = max(of[LINES], 1), max(of[DATA_LINES], 1)
        data_bill = (of[FEE] + of[OVERAGE]) / FEN_PER_YUAN
        share[j], adopters[j] = of[LINES] / lines, of[CONTROL_LINES] / data_lines
        price[j] = data_bill / max(of[USED] / KB_PER_GB, _NEXT_TO_NOTHING)
        bills = of[FEE] + of[OVERAGE] + of[VOICE]
        margin[j] = (bills - (line_cost[j] + traffic_cost[j])) / own
        side[j] = sponsored[j] / data_lines
        revenue += data_bill
    variable = line_cost + traffic_cost
    return Outcomes(share, adopters, price, revenue / used * KB_PER_GB, variable, margin, side)
