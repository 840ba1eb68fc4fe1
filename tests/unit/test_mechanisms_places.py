"""What a carrier is worth in a province, by hand."""

import numpy as np

from sim.mechanisms.places import place_values


def test_service_and_peers_are_liked_and_delay_is_not() -> None:
    """Two carriers in two provinces: 2 a level of service, 3 a share of peers, 0.5 a delay."""
    values = place_values(
        service=np.array([1.0, 0.0]), peers=np.array([[0.6, 0.2], [0.4, 0.8]]),
        delay=np.array([[1.0, 2.0], [4.0, 1.0]]), service_value=2.0, peer_effect=3.0,
        delay_cost=0.5,
    )  # fmt: skip

    assert np.allclose(values, [[2 + 1.8 - 0.5, 2 + 0.6 - 1], [1.2 - 2, 2.4 - 0.5]])
