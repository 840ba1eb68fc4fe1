"""Load, delay and the capacity that carriers buy against it."""

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

FULLEST = 0.95  # load beyond which delay is not defined well enough to tell apart


def delay(load: Floats) -> Floats:
    """Return the delay 1 / (1 - load) of a queue, load being traffic over capacity.

    M/M/1 (Acemoglu and Ozdaglar 2007). A load above 0.95 counts as 0.95.
    """
    return 1.0 / (1.0 - np.minimum(load, FULLEST))


def build(traffic: Floats, capacity: Floats, load_target: float, limit: float) -> Floats:
    """Return the capacity to add so that this month's traffic would meet the target load.

    traffic, capacity : GB a month, any shape; limit : largest growth of capacity a month.
    """
    missing = np.maximum(traffic / load_target - capacity, 0.0)
    return np.minimum(missing, limit * capacity)
