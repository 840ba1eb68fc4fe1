"""Rows: users who draw for themselves, three bytes each, made and counted without a copy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import parallel_kernel, prange, threads
from sim.core.streams import Streams, spread_at
from sim.market.segments import PLAIN_LEVELS, Segments

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]


@dataclass
class Rows:
    """Columns over users: three bytes each."""

    segment: NDArray[np.uint16]  # (users,)
    state: NDArray[np.uint8]  # (users,) level * offers + offer


def draw_rows(rows: int, chance: Floats, segments: Segments, streams: Streams) -> Rows:
    """Draw the users' segments and opening states; row r is the same whatever `rows` is.

    chance : (segments, levels, offers) sums to one. Points are spread evenly
    (`Streams.spread`), so that even a small population has nearly the country's shares of
    provinces, incomes and lifestyles; each point is split by province, income, tier, lifestyle,
    level and offer in turn.
    """
    if chance.shape[1] != PLAIN_LEVELS or chance.shape[1] * chance.shape[2] > 256:
        raise ValueError("a state must fit into a byte")
    traits = [_edges(segments.weight, group) for group in segments[:4]]
    sizes = np.array([len(edges) for edges in traits])
    by_trait = np.ones((len(traits), sizes.max()))
    for row, edges in zip(by_trait, traits, strict=True):
        row[: len(edges)] = edges
    flat = chance.reshape(-1, chance.shape[2])
    out = Rows(np.empty(rows, dtype=np.uint16), np.empty(rows, dtype=np.uint8))
    _fill(
        *streams.spread_from("users.traits", 6), sizes, by_trait, _cumulated(chance.sum(axis=2)),
        _cumulated(flat), out.segment, out.state,
    )  # fmt: skip
    return out


def _edges(weight: Floats, group: NDArray[np.uint8]) -> Floats:
    """Return where each group ends on the unit interval: (groups,)."""
    share = np.bincount(group, weights=weight)
    edges: Floats = np.cumsum(share) / share.sum()
    return edges


def _cumulated(chance: Floats) -> Floats:
    """Return where each place of a row of chances ends on the unit interval."""
    edges = np.cumsum(chance, axis=1)
    scaled: Floats = edges / np.maximum(edges[:, -1:], 1e-300)
    return scaled


@parallel_kernel
def _fill(
    shift: Floats, steps: Floats, sizes: Ints, by_trait: Floats, levels: Floats, offers: Floats,
    segment: NDArray[np.uint16], state: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write every row's segment and state.

    shift, steps : of the spread points; sizes : (traits,) groups of each; by_trait : (traits, most
    groups), levels : (segments, levels), offers : (segments × levels, offers) where each ends.
    """
    kinds, width = levels.shape[1], offers.shape[1]
    for r in prange(segment.shape[0]):
        g = 0
        for trait in range(sizes.shape[0]):
            u, k = spread_at(shift[trait], steps[trait], r), 0
            while k < sizes[trait] - 1 and u >= by_trait[trait, k]:
                k += 1
            g = g * sizes[trait] + k
        u, level = spread_at(shift[4], steps[4], r), 0
        while level < kinds - 1 and u >= levels[g, level]:
            level += 1
        u, offer = spread_at(shift[5], steps[5], r), 0
        while offer < width - 1 and u >= offers[g * kinds + level, offer]:
            offer += 1
        segment[r], state[r] = g, level * width + offer


def count_rows(rows: Rows, first: int, last: int, shape: tuple[int, ...]) -> Ints:
    """Return how many of the rows from `first` to before `last` stand in each cell: `shape`."""
    segments, states = shape[0], shape[1] * shape[2]
    return _count(
        rows.segment[first:last], rows.state[first:last], segments, states, threads()
    ).reshape(shape)


@parallel_kernel
def _count(
    segment: NDArray[np.uint16], state: NDArray[np.uint8], segments: int, states: int, threads: int
) -> Ints:
    rows = segment.shape[0]
    out = np.zeros((threads, segments, states), dtype=np.int64)
    for t in prange(threads):
        for r in range(rows * t // threads, rows * (t + 1) // threads):
            out[t, segment[r], state[r]] += 1
    return out.sum(axis=0)
