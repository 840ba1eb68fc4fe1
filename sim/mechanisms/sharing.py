"""How an alliance splits what its platform earns, and what its members would earn alone.

A coalition is a set of carriers, written as a bit mask: carrier j is in it iff bit j is set.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.core.money import split, split_into
from sim.market.names import NO_PLATFORM, SHARED_PLATFORM

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]

RULES = ("proportional", "equal", "shapley")


def mask_of(member: Flags) -> int:
    """Return the coalition of the carriers that are flagged: (carriers,)."""
    return sum(1 << int(j) for j in np.flatnonzero(member))


def members_of(coalition: int, carriers: int) -> Flags:
    """Return who is in a coalition: (carriers,)."""
    return np.array([bool(coalition >> j & 1) for j in range(carriers)])


def shapley(worth: Ints) -> Ints:
    """Return n! times the Shapley value of each of n players: (n,), in the unit of `worth`.

    phi_j = sum over coalitions S without j of |S|! (n - |S| - 1)! / n! · [v(S + j) - v(S)]
    (Shapley 1953). Times n! it is a whole number, so nothing is rounded.

    worth : (2^n,) of every coalition, that of nobody first and 0
    """
    players = len(worth).bit_length() - 1
    value = np.zeros(players, dtype=np.int64)
    for coalition in range(len(worth)):
        size = coalition.bit_count()
        for j in range(players):
            if not coalition >> j & 1:
                orders = factorial(size) * factorial(players - size - 1)
                value[j] += orders * (worth[coalition | 1 << j] - worth[coalition])
    return value


def among(worth: Ints, member: Flags) -> Ints:
    """Return the worth of coalitions when only `member` count: others add nothing to any."""
    kept: Ints = worth[np.arange(len(worth)) & mask_of(member)]
    return kept


def weights(rule: str, member: Flags, volume: Ints | Floats, worth: Ints) -> Floats:
    """Return in which proportion members share their platform's revenue: (carriers,).

    Parameters
    ----------
    rule : "proportional" to sponsored volume, "equal", or "shapley"
    member : (carriers,)
    volume : (carriers,) sponsored through the platform, any unit
    worth : (2^carriers,) revenue of a platform of each coalition

    Notes
    -----
    Who adds less than nothing to every coalition gets nothing: a member never pays. Where the
    rule gives nobody anything, members share alike.
    """
    by_rule = {
        "proportional": volume * member,
        "equal": member.astype(np.int64),
        "shapley": np.maximum(shapley(among(worth, member)), 0),
    }[rule]
    shares = by_rule if by_rule.any() else member.astype(np.int64)
    return shares.astype(np.float64)


def share_platform(revenue: int, parts: Floats) -> Ints:
    """Return each carrier's part of what a platform earned: (carriers,) fen, summing to it."""
    return split(revenue, parts)


@kernel
def platform_shares(income: Ints, platform: Ints, parts: Floats) -> tuple[Ints, Ints]:
    """Return what all platforms take in, (1,) fen, and each carrier's part: (carriers,) fen.

    A platform of one's own is shared with nobody. What nobody has a part in goes to nobody: the
    books refuse that the two differ.

    income : (1 + carriers,) fen, by id; platform : (carriers,) ids
    parts : (carriers,) in which the shared platform's revenue is split
    """
    shares = np.empty(platform.shape[0], dtype=np.int64)
    split_into(income[SHARED_PLATFORM], parts, shares)
    for j in range(platform.shape[0]):
        if platform[j] != SHARED_PLATFORM:
            shares[j] = 0 if platform[j] == NO_PLATFORM else income[platform[j]]
    return np.array([income.sum()]), shares
