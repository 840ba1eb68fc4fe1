"""Segments: users who share every parameter, province × income × usage tier × lifestyle.

A line's **level** says what it can do: 0 no data device, 1 data below 4G, 2 data on 4G; 3 and 4
are 1 and 2 with the product that lets users control their traffic. A line's **state** is its
level and its offer. Lines of one segment in one state are alike, so they stand in one **cell**.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_DEVICE, BELOW_LTE, ON_LTE, BELOW_LTE_CONTROL, ON_LTE_CONTROL = range(5)
PLAIN_LEVELS, ALL_LEVELS = 3, 5
CONTROL = 2  # levels from a plain one to the same with control

BARGAIN_HUNTER = "bargain_hunter"  # the lifestyle of those who know a reseller


@dataclass(frozen=True)
class Labels:
    """The names behind the indices."""

    provinces: tuple[str, ...]
    incomes: tuple[str, ...]
    tiers: int
    lifestyles: tuple[str, ...]
    plans: tuple[str, ...]
    carriers: tuple[str, ...]


class Segments(NamedTuple):
    """Columns over segments, for kernels; province is the slowest index, lifestyle the fastest."""

    province: NDArray[np.uint8]  # (segments,)
    income: NDArray[np.uint8]  # (segments,)
    tier: NDArray[np.uint8]  # (segments,)
    style: NDArray[np.uint8]  # (segments,)
    weight: NDArray[np.float64]  # (segments,) share of lines, sums to one
    theta: NDArray[np.float64]  # (segments,) use relative to the country's level
    alpha: NDArray[np.float64]  # (segments,) utils per yuan
    knows: NDArray[np.bool_]  # (segments,) knows a reseller


class Mixture(NamedTuple):
    """What segments are made of: shares of groups and what each group is like."""

    province_share: NDArray[np.float64]  # (provinces,) sums to one
    province_usage: NDArray[np.float64]  # (provinces,) relative
    income_share: NDArray[np.float64]  # (income tiers,)
    income_usage: NDArray[np.float64]  # (income tiers,) relative
    alpha: NDArray[np.float64]  # (provinces, income tiers) utils per yuan
    tier_usage: NDArray[np.float64]  # (usage tiers,) relative; the tiers are of equal size
    style_share: NDArray[np.float64]  # (lifestyles,)
    style_knows: NDArray[np.bool_]  # (lifestyles,)


def make_segments(mixture: Mixture) -> Segments:
    """Return every combination of province, income tier, usage tier and lifestyle."""
    shape = tuple(
        len(part)
        for part in (
            mixture.province_share, mixture.income_share, mixture.tier_usage, mixture.style_share,
        )
    )  # fmt: skip
    province, income, tier, style = (index.ravel() for index in np.indices(shape))
    weight = (
        mixture.province_share[province]
        * mixture.income_share[income]
        * mixture.style_share[style]
        / len(mixture.tier_usage)
    )
    theta = (
        mixture.province_usage[province] * mixture.income_usage[income] * mixture.tier_usage[tier]
    )
    return Segments(
        province=province.astype(np.uint8),
        income=income.astype(np.uint8),
        tier=tier.astype(np.uint8),
        style=style.astype(np.uint8),
        weight=weight / weight.sum(),
        theta=theta,
        alpha=mixture.alpha[province, income],
        knows=mixture.style_knows[style],
    )
