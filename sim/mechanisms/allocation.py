"""What it is worth to decide oneself what one's traffic is used for.

A carrier that splits an allowance over uses in fixed parts leaves it worth only a part of
itself; with control the user spends it where it is worth most. Closed forms follow from equal
marginal utility of iso-elastic use, u = theta^(1/eps) x^(1-1/eps) / (1-1/eps).
"""

import math
from collections.abc import Sequence

from sim.core.elementary import power

type Shares = Sequence[float]


def free_allocation(quota: float, theta: Shares) -> list[float]:
    """Return how a user splits a quota (GB) over uses of the given scales: x = Q theta / sum."""
    total = math.fsum(theta)
    return [quota * part / total for part in theta]


def usable_part(theta: Shares, split: Shares, eps: float) -> float:
    """Return the part of a quota that is of use when it is split by another's shares.

    theta : the user's scales; split : the carrier's shares, sums to one; both (uses,).

    Notes
    -----
    With m = theta / sum(theta), the utility of the split quota equals that of a free one of

        [sum of m^(1/eps) w^(1 - 1/eps)]^(1 / (1 - 1/eps))

    of it; at eps = 0 uses are perfect complements and the scarcest decides, min(w / m).
    """
    total = math.fsum(theta)
    pairs = [(part / total, share) for part, share in zip(theta, split, strict=True) if part > 0]
    if any(share <= 0.0 for _, share in pairs):
        return 0.0
    if eps == 0.0:
        return min(share / part for part, share in pairs)
    inner = 1.0 - 1.0 / eps
    utility = math.fsum(power(part, 1.0 / eps) * power(share, inner) for part, share in pairs)
    return float(power(utility, 1.0 / inner))


def trade_price(theta: Shares, quotas: Shares, eps: float) -> float:
    """Return the price of a GB at which users who may trade their quotas clear the market."""
    return float(power(math.fsum(theta) / math.fsum(quotas), 1.0 / eps))


def traded_allocation(theta: Shares, quotas: Shares) -> list[float]:
    """Return what each user holds after trade: the whole, split by scale."""
    return free_allocation(math.fsum(quotas), theta)
