"""Load, delay and the capacity that carriers buy against it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.units import KB_PER_GB

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

FULLEST = 0.95  # load beyond which delay is not defined well enough to tell apart


@kernel
def delay(load: Floats) -> Floats:
    """Return the delay 1 / (1 - load) of a queue, load being traffic over capacity.

    M/M/1 (Acemoglu and Ozdaglar 2007). A load above 0.95 counts as 0.95.
    """
    return 1.0 / (1.0 - np.minimum(load, FULLEST))


@kernel
def build(traffic: Floats, capacity: Floats, load_target: float, limit: float) -> Floats:
    """Return the capacity to add so that this month's traffic would meet the target load.

    traffic, capacity : GB a month, any shape; limit : largest growth of capacity a month.
    """
    missing = np.maximum(traffic / load_target - capacity, 0.0)
    return np.minimum(missing, limit * capacity)


class Carried(NamedTuple):
    """What carriers carry in a month, and the network that it leaves."""

    traffic: Floats  # (carriers,) GB
    added: Floats  # (carriers,) GB a month of new capacity
    capacity: Floats  # (carriers, provinces) GB a month, with what is added
    delay: Floats  # (carriers, provinces), without it


@kernel
def carry(used: Ints, capacity: Floats, load_target: float, limit: float) -> Carried:
    """Carry a month's traffic and build against it.

    used : (provinces, carriers) kB; capacity : (carriers, provinces) GB a month; the rest as in
    `build`
    """
    carriers, provinces = capacity.shape
    traffic = np.empty((carriers, provinces))
    for j in range(carriers):
        for p in range(provinces):
            traffic[j, p] = used[p, j] / KB_PER_GB
    built = build(traffic, capacity, load_target, limit)
    carried, added = np.zeros(carriers), np.zeros(carriers)
    for j in range(carriers):
        for p in range(provinces):
            carried[j] += traffic[j, p]
            added[j] += built[j, p]
    return Carried(carried, added, capacity + built, delay(traffic / capacity))


@kernel
def mean_delay(waiting: Floats) -> Floats:
    """Return each carrier's mean over the provinces of (carriers, provinces): (carriers,)."""
    mean: Floats = np.zeros(waiting.shape[0])
    for j in range(waiting.shape[0]):
        for p in range(waiting.shape[1]):
            mean[j] += waiting[j, p]
    mean /= waiting.shape[1]
    return mean


@kernel
def mean_load(waiting: Floats) -> Floats:
    """Return the load at which each carrier's mean delay would be what it is: (carriers,)."""
    return 1.0 - 1.0 / mean_delay(waiting)
