"""The users: how many lines stand in each cell, and the rows that draw for themselves.

Under **individual** fidelity a row is a user and stands for whole lines; under **expected**
there are no rows, and cells hold millionths of a line. Everything that lines do is worked out by
cell, so both use one code.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.core.money import split_into
from sim.core.streams import Streams
from sim.market.segments import ALL_LEVELS, PLAIN_LEVELS, Labels, Segments

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Fidelity = Literal["expected", "individual"]

FIDELITIES: tuple[Fidelity, ...] = ("expected", "individual")
PARTS_OF_A_LINE = 1_000_000  # what cells count in where no row draws


@dataclass
class Rows:
    """Columns over users: three bytes each."""

    segment: NDArray[np.uint16]  # (users,)
    state: NDArray[np.uint8]  # (users,) level * offers + offer


@dataclass
class Population:
    """Columns over cells (segment × level × offer), and the rows if there are any."""

    segments: Segments
    labels: Labels
    lines: Ints  # (segments, levels, offers) in parts of 1/unit of a line
    unit: int
    rows: Rows | None = None
    rollover: Ints = field(init=False)  # (…) kB left over from last month
    shocked: Ints = field(init=False)  # (…) parts per million that paid overage last month
    usage: Ints = field(init=False)  # (…) kB that a line used last month
    bill: Ints = field(init=False)  # (…) fen of a line, last month
    home: Floats = field(init=False)  # (segments, carriers, carriers) home carriers of each one's

    def __post_init__(self) -> None:
        self.rollover = np.zeros_like(self.lines)
        self.shocked = np.zeros_like(self.lines)
        self.usage = np.zeros_like(self.lines)
        self.bill = np.zeros_like(self.lines)
        self.at_home()

    def __len__(self) -> int:
        """Return the number of members: rows, or cells where there are none."""
        return int(self.lines.size) if self.rows is None else len(self.rows.segment)

    @property
    def offers(self) -> int:
        """Return the number of offers."""
        return int(self.lines.shape[2])

    @property
    def plans(self) -> int:
        """Return the number of plans of a carrier, the voice-only line included."""
        return len(self.labels.plans)

    @property
    def fidelity(self) -> Fidelity:
        """Return how chances are applied."""
        return "expected" if self.rows is None else "individual"

    def at_home(self) -> None:
        """Let every line be home where it is."""
        carriers = len(self.labels.carriers)
        self.home = np.tile(np.eye(carriers), (len(self.lines), 1, 1))

    def with_control(self) -> None:
        """Add the levels of lines that control their traffic; nobody has them yet."""
        missing = ALL_LEVELS - self.lines.shape[1]
        if missing == 0:
            return
        for name in ("lines", "rollover", "shocked", "usage", "bill"):
            padded = np.pad(getattr(self, name), ((0, 0), (0, missing), (0, 0)))
            setattr(self, name, padded)

    # One row's, or one cell's

    def row_lines(self) -> tuple[int, int]:
        """Return how many lines each row stands for, and how many first rows for one more."""
        return divmod(int(self.lines.sum()), len(self))

    def cell_of(self, where: int | slice | Ints) -> Ints:
        """Return the places of members among the cells, flat."""
        if self.rows is None:
            return np.arange(self.lines.size)[where]
        width = self.lines.shape[1] * self.offers
        segment = self.rows.segment[where].astype(np.int64)
        return np.asarray(segment * width + self.rows.state[where])

    def lines_of(self, where: int | slice | Ints) -> NDArray[np.generic]:
        """Return the lines that members stand for: whole ones of rows, parts of cells."""
        if self.rows is None:
            return np.asarray(self.lines.ravel()[where] / self.unit)
        base, extra = self.row_lines()
        return base + (np.arange(len(self))[where] < extra).astype(np.int64)

    def resize(self, total: int) -> None:
        """Let the cells stand for `total` lines of the country, in equal proportion."""
        if self.rows is None:
            grown = np.empty(self.lines.size, dtype=np.int64)
            split_into(total * self.unit, self.lines.ravel().astype(np.float64), grown)
            self.lines = grown.reshape(self.lines.shape)
        else:
            self.lines = self.counted(total)

    def counted(self, total: int) -> Ints:
        """Return the lines in each cell when the rows stand for `total` lines."""
        base, extra = divmod(total, len(self))
        cell = self.cell_of(slice(None))
        counts = np.bincount(cell, minlength=self.lines.size) * base
        counts += np.bincount(cell[:extra], minlength=self.lines.size)
        return counts.reshape(self.lines.shape).astype(np.int64)


def draw_rows(rows: int, chance: Floats, segments: Segments, streams: Streams) -> Rows:
    """Draw the users' segments and opening states; row r is the same whatever `rows` is.

    chance : (segments, levels, offers) sums to one. Points are spread evenly
    (`Streams.spread`), so that even a small population has nearly the country's shares of
    provinces, incomes and lifestyles; each point is split by province, income, tier, lifestyle,
    level and offer in turn.
    """
    if chance.shape[1] != PLAIN_LEVELS or chance.shape[1] * chance.shape[2] > 256:
        raise ValueError("a state must fit into a byte")
    points = streams.spread("users.traits", rows, 6)
    picked = [
        _pick(points[:, 0], segments.weight, segments.province),
        _pick(points[:, 1], segments.weight, segments.income),
        _pick(points[:, 2], segments.weight, segments.tier),
        _pick(points[:, 3], segments.weight, segments.style),
    ]
    sizes = [int(column.max()) + 1 for column in segments[:4]]
    segment = np.ravel_multi_index(tuple(picked), tuple(sizes))
    level = _pick_within(points[:, 4], chance.sum(axis=2), segment)
    width = chance.shape[2]
    flat = chance.reshape(-1, width)
    offer = _pick_within(points[:, 5], flat, segment * chance.shape[1] + level)
    return Rows(segment.astype(np.uint16), (level * width + offer).astype(np.uint8))


def _pick(u: Floats, weight: Floats, group: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the group that each draw falls in, by the weight of its segments: (rows,)."""
    share = np.bincount(group, weights=weight)
    edges = np.cumsum(share) / share.sum()
    return np.searchsorted(edges[:-1], u, side="right")


def _pick_within(u: Floats, chance: Floats, row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each draw falls in its own row of chances: (rows,)."""
    edges = np.cumsum(chance, axis=1)
    edges /= np.maximum(edges[:, -1:], 1e-300)
    out = np.zeros(len(u), dtype=np.int64)
    for k in range(chance.shape[1] - 1):
        out += u >= edges[row, k]
    return out
