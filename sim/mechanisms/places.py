"""What a carrier is worth in a province, whatever its offers: service, peers and delay."""

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel

type Floats = NDArray[np.float64]


@kernel
def place_values(
    service: Floats, peers: Floats, delay: Floats, service_value: float, peer_effect: float,
    delay_cost: float,
) -> Floats:  # fmt: skip
    """Return the utility of being with each carrier in each province: (carriers, provinces).

    service : (carriers,) level; peers, delay : (carriers, provinces) share of the lines there,
    and delay of a GB; then utils per unit of each.
    """
    value = np.empty(peers.shape)
    for j in range(peers.shape[0]):
        for p in range(peers.shape[1]):
            liked = service_value * service[j] + peer_effect * peers[j, p]
            value[j, p] = liked - delay_cost * delay[j, p]
    return value
