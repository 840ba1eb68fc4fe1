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
from sim.market.rows import Rows, count_rows
from sim.market.segments import ALL_LEVELS, Labels, Segments

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Fidelity = Literal["expected", "individual"]

FIDELITIES: tuple[Fidelity, ...] = ("expected", "individual")
PARTS_OF_A_LINE = 1_000_000  # what cells count in where no row draws


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
            grown = np.empty_like(self.lines)
            split_into(total * self.unit, self.lines.ravel(), grown.ravel())
            self.lines = grown
        else:
            self.lines = self._regrown(total)

    def _regrown(self, total: int) -> Ints:
        """Return the cells' lines when rows come to stand for `total` lines.

        Where each row stands for as many as before, only the first rows that stand for one more,
        or no longer do, are looked at.
        """
        rows, (base, extra) = self._drawn(), self.row_lines()
        after, more = divmod(total, len(self))
        if after != base:
            return self.counted(total)
        first, last = min(extra, more), max(extra, more)
        change = count_rows(rows, first, last, self.lines.shape)
        return self.lines + (change if more > extra else -change)

    def counted(self, total: int) -> Ints:
        """Return the lines in each cell when the rows stand for `total` lines."""
        base, extra = divmod(total, len(self))
        rows, shape = self._drawn(), self.lines.shape
        first = count_rows(rows, 0, extra, shape)
        if base == 0:
            return first
        return first * (base + 1) + count_rows(rows, extra, len(self), shape) * base

    def _drawn(self) -> Rows:
        assert self.rows is not None, "cells without rows have nothing to count"
        return self.rows
