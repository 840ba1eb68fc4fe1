"""Tastes with everything switched off, for cases that ask a mechanism directly."""

import numpy as np

from sim.mechanisms.choice import Tastes


def plain_tastes(carriers: int, provinces: int = 1) -> Tastes:
    """Return tastes of users who all look, move at no cost and see nothing but offers."""
    zeros = np.zeros(carriers)
    return Tastes(
        place=np.zeros((carriers, provinces)),
        xi=zeros,
        lte_value=0.0,
        voice_value=0.0,
        voice_quality=1.0,
        switching=0.0,
        plan_switching=0.0,
        attention=1.0,
        bill_shock=0.0,
        renewal=0.0,
        dissimilarity=1.0,
        nest=np.arange(carriers, dtype=np.int64),
        control_fee=0.0,
        control=np.zeros(carriers, dtype=np.bool_),
        control_reach=zeros,
    )
