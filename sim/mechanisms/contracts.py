"""What a buyer pays for traffic: a price alone, or a price with a fee and a share.

A wholesale price above cost makes the buyer order too little, for it weighs a margin that is
the seller's. A contract in two parts coordinates: a price at the seller's cost and a fee, or a
price of (1 - share) x cost and that share of the buyer's revenue. The sum of both gains is
then the largest there is, and fee or share only divide it (Cachon and Lariviere 2005; Andrews,
Özen, Reiman and Wang 2013 for sponsored content).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Amount = NDArray[np.float64] | NDArray[np.int64] | float


class Contract(NamedTuple):
    """Terms of sale; any part may hold an axis of buyers or of goods."""

    price: Amount  # per unit of volume
    fee: Amount = 0.0  # once a period
    share: float = 0.0  # of what the buyer earns with the good, 0 to 1


def payment(contract: Contract, worth: Amount, volume: Amount) -> NDArray[np.float64]:
    """Return what the buyer pays for a volume that earns it `worth`, all in one unit of money."""
    due: NDArray[np.float64] = np.asarray(
        contract.share * worth + contract.price * volume + contract.fee
    )
    return due


def buyer_gain(contract: Contract, worth: Amount, volume: Amount) -> NDArray[np.float64]:
    """Return what the buyer keeps of `worth`."""
    gain: NDArray[np.float64] = worth - payment(contract, worth, volume)
    return gain


def seller_gain(
    contract: Contract, worth: Amount, volume: Amount, cost: Amount
) -> NDArray[np.float64]:
    """Return what the seller earns over a cost per unit of volume."""
    gain: NDArray[np.float64] = payment(contract, worth, volume) - cost * volume
    return gain
