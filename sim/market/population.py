"""The users, held in columns: one row a user, each row standing for whole lines."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams, exponential, normal

_TRAITS = 8


class Mixture(NamedTuple):
    """What the population is drawn from: shares of groups and what each group is like."""

    province_lines: NDArray[np.float64]  # (provinces,) relative
    province_usage: NDArray[np.float64]  # (provinces,) relative
    income_share: NDArray[np.float64]  # (income tiers,)
    income_usage: NDArray[np.float64]  # (income tiers,) relative
    lifestyle_share: NDArray[np.float64]  # (lifestyles,)
    usage_tiers: int
    usage_log_sd: float
    access: float  # share who know a reseller


@dataclass(frozen=True)
class Labels:
    """The names behind the indices."""

    provinces: tuple[str, ...]
    incomes: tuple[str, ...]
    lifestyles: tuple[str, ...]
    plans: tuple[str, ...]


@dataclass
class Population:
    """Columns over users; traits never change, states do."""

    segment: NDArray[np.uint16]  # (users,) province x income x usage tier x lifestyle
    province: NDArray[np.uint8]  # (users,)
    income: NDArray[np.uint8]  # (users,)
    lifestyle: NDArray[np.uint8]  # (users,)
    theta: NDArray[np.float64]  # (users,) usage scale relative to the country's level
    lte_rank: NDArray[np.float64]  # (users,) on 4G once its carrier's diffusion passes this
    device_rank: NDArray[np.float64]  # (users,) can use data once diffusion passes this
    knows_reseller: NDArray[np.bool_]  # (users,)
    first_carrier: NDArray[np.float64]  # (users,) draw for the carrier at the start
    first_plan: NDArray[np.float64]  # (users,) draw for the plan at the start
    labels: Labels
    offer: NDArray[np.uint8] = field(init=False)  # (users,) carrier * plans + plan
    home: NDArray[np.uint8] = field(init=False)  # (users,) the carrier when scenarios part
    rollover: NDArray[np.int64] = field(init=False)  # (users,) kB left over from last month
    lines: NDArray[np.int64] = field(init=False)  # (users,) lines the row stands for
    usage: NDArray[np.int64] = field(init=False)  # (users,) kB used last month
    bill: NDArray[np.int64] = field(init=False)  # (users,) fen of one line, last month
    shocked: NDArray[np.bool_] = field(init=False)  # (users,) paid overage last month

    def __post_init__(self) -> None:
        rows = len(self)
        self.offer = np.zeros(rows, dtype=np.uint8)
        self.home = np.zeros(rows, dtype=np.uint8)
        self.rollover = np.zeros(rows, dtype=np.int64)
        self.lines = np.zeros(rows, dtype=np.int64)
        self.usage = np.zeros(rows, dtype=np.int64)
        self.bill = np.zeros(rows, dtype=np.int64)
        self.shocked = np.zeros(rows, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.province)

    @property
    def plans(self) -> int:
        """Return the number of plans of a carrier, the voice-only line included."""
        return len(self.labels.plans)

    @property
    def carrier(self) -> NDArray[np.uint8]:
        """Return each row's carrier: (users,)."""
        return self.offer // np.uint8(self.plans)


def draw_population(rows: int, mixture: Mixture, labels: Labels, streams: Streams) -> Population:
    """Draw the traits of `rows` users; row r is the same whatever `rows` is.

    Traits are spread evenly (`Streams.spread`), so that even a small population has nearly
    the country's shares of provinces, incomes and lifestyles.
    """
    points = streams.spread("users.traits", rows, _TRAITS)
    province = _pick(points[:, 0], mixture.province_lines)
    income = _pick(points[:, 1], mixture.income_share)
    lifestyle = _pick(points[:, 2], mixture.lifestyle_share)
    scale = exponential(mixture.usage_log_sd * normal(np.ascontiguousarray(points[:, 3])))
    tier = (points[:, 3] * mixture.usage_tiers).astype(np.int64)
    incomes, styles = len(mixture.income_share), len(mixture.lifestyle_share)
    segment = ((province * incomes + income) * mixture.usage_tiers + tier) * styles + lifestyle
    return Population(
        segment=segment.astype(np.uint16),
        province=province.astype(np.uint8),
        income=income.astype(np.uint8),
        lifestyle=lifestyle.astype(np.uint8),
        theta=scale * mixture.province_usage[province] * mixture.income_usage[income],
        lte_rank=np.ascontiguousarray(points[:, 4]),
        device_rank=np.ascontiguousarray(points[:, 5]),
        knows_reseller=streams.uniform("users.access", 0, rows) < mixture.access,
        first_carrier=np.ascontiguousarray(points[:, 6]),
        first_plan=np.ascontiguousarray(points[:, 7]),
        labels=labels,
    )


def _pick(u: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the group that each draw falls in: (rows,)."""
    edges = np.cumsum(shares) / np.sum(shares)
    return np.searchsorted(edges[:-1], u, side="right")


def whole_lines(total: int, rows: int) -> NDArray[np.int64]:
    """Return how many lines each row stands for: whole, nearly equal, summing to `total`."""
    return np.diff(np.arange(rows + 1, dtype=np.int64) * total // rows)
