"""Small crowds on small menus, put through the market's own kernels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import set_threads
from sim.core.streams import Streams, normal
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.offers import NOT_SOLD, Offers
from sim.market.rows import Rows
from sim.market.segments import ALL_LEVELS, BELOW_LTE, PLAIN_LEVELS, Segments
from sim.mechanisms.choice import Tastes, Weights, quality_factors
from sim.mechanisms.drawing import Draws, drawn_flows, row_chances
from sim.mechanisms.flows import CAME, Moved, Upgrades, expected_flows
from sim.mechanisms.inversion import Crowd, expected_shares
from sim.mechanisms.metering import use_data
from sim.mechanisms.surplus import consumer_surplus
from sim.mechanisms.usage import Curve, Levels, UsageSums, make_curve, margins
from sim.mechanisms.weights import offer_weights

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

COUNTRY = 10**12  # so many lines that a share is exact to twelve digits


@contextmanager
def one_thread() -> Iterator[None]:
    """Let kernels run on one thread: small work is quicker so, above all on a busy machine."""
    before = numba.get_num_threads()
    set_threads(1)
    try:
        yield
    finally:
        set_threads(before)


# Who the users are


def segments(
    *theta: float, alpha: float = 0.06, knows: bool = False, province: int = 0, style: int = 0
) -> Segments:
    """Return a segment of each relative use, otherwise alike: one of relative use 1 for none."""
    scale = np.array(theta or (1.0,))
    count = len(scale)
    return Segments(
        province=np.full(count, province, np.uint8),
        income=np.zeros(count, np.uint8),
        tier=np.arange(count).astype(np.uint8),
        style=np.full(count, style, np.uint8),
        weight=np.full(count, 1.0 / count),
        theta=scale,
        alpha=np.full(count, alpha),
        knows=np.full(count, knows),
    )


def joined(*parts: Segments) -> Segments:
    """Return the segments of all parts, of equal weight, in the order of their provinces."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    whole = Segments(*columns)
    order = np.argsort(whole.province, kind="stable")
    whole = Segments(*(column[order] for column in whole))
    return whole._replace(weight=np.full(len(order), 1.0 / len(order)))


def lognormal(count: int, median: float, log_sd: float) -> Floats:
    """Return the distribution's quantiles at the middles of `count` equal parts."""
    return median * np.exp(log_sd * normal((np.arange(count) + 0.5) / count))


# What is sold


def plans(
    *fee_and_gb: tuple[float, float], overage: float = 50.0, resale: float | None = None,
    voice: float = 0.0, carriers: int = 1, styles: int = 1,
) -> Offers:  # fmt: skip
    """Return a menu: voice-only, then plans of (yuan, GB); the same for every carrier."""
    fees = np.array([0.0, *(fee for fee, _ in fee_and_gb)])
    volumes = np.array([0.0, *(gb for _, gb in fee_and_gb)])
    count = len(fees) * carriers

    def each(value: float) -> Ints:
        return np.full(carriers, round(value * FEN_PER_YUAN), np.int64)

    return Offers(
        fee=np.tile(np.round(fees * FEN_PER_YUAN).astype(np.int64), carriers),
        allowance=np.tile(np.round(volumes * KB_PER_GB).astype(np.int64), carriers),
        national=np.ones(count),
        overage=np.full(count, round(overage * FEN_PER_YUAN), np.int64),
        free_share=np.zeros((count, styles)),
        free_cap=np.zeros(count, np.int64),
        appeal=np.zeros(count),
        open=np.ones(count, np.bool_),
        resale=each(NOT_SOLD / FEN_PER_YUAN if resale is None else resale),
        voice=each(voice),
    )


def on_terms(offers: Offers, offer: int, **terms: object) -> Offers:
    """Return the menu with one offer on other terms, in the units of its columns."""
    columns = {name: getattr(offers, name).copy() for name in terms}
    for name, value in terms.items():
        columns[name][offer] = value
    return offers._replace(**columns)


def lines_at(*price: float) -> Offers:
    """Return carriers that sell nothing but a line, each at its price in yuan a month."""
    voice = np.round(np.array(price) * FEN_PER_YUAN).astype(np.int64)
    return plans(carriers=len(price))._replace(voice=voice)


# The month


def levels(
    carriers: int = 1, *, usage: float = 1.0, lte_usage: float = 3.0, sponsored: float = 0.0,
    roaming: float = 0.0, usable: float = 1.0, styles: int = 1,
) -> Levels:  # fmt: skip
    """Return the month's levels; nothing sponsored, used elsewhere or bound unless said."""
    return Levels(
        usage=usage,
        lte_usage=lte_usage,
        sponsored=np.full((carriers, styles), sponsored),
        roaming=np.full(styles, roaming),
        usable=np.full(styles, usable),
    )


def tastes(
    xi: tuple[float, ...] = (0.0,), *, switching: float = 0.0, plan_switching: float = 0.0,
    attention: float = 1.0, bill_shock: float = 0.0, renewal: float = 0.0, lte_value: float = 0.0,
    voice_value: float = 0.0, voice_quality: float = 1.0, dissimilarity: float = 1.0,
    nest: tuple[int, ...] | None = None, control_fee: float = 0.0, control: bool = False,
    control_reach: float = 0.0, provinces: int = 1,
) -> Tastes:  # fmt: skip
    """Return tastes under which everybody looks each month and moves at no cost, unless said."""
    count = len(xi)
    return Tastes(
        place=np.zeros((count, provinces)),
        xi=np.array(xi),
        lte_value=lte_value,
        voice_value=voice_value,
        voice_quality=voice_quality,
        switching=switching,
        plan_switching=plan_switching,
        attention=attention,
        bill_shock=bill_shock,
        renewal=renewal,
        dissimilarity=dissimilarity,
        nest=np.array(range(count) if nest is None else nest, dtype=np.int64),
        control_fee=control_fee,
        control=np.full(count, control),
        control_reach=np.full(count, control_reach),
    )


def upgrades(device: float = 0.0, *lte: float, carriers: int = 1) -> Upgrades:
    """Return the chances of a first device and of 4G; nobody's unless said."""
    return Upgrades(device, np.array(lte or (0.0,) * carriers))


@dataclass(frozen=True)
class Month:
    """What a month of use brought: sums over lines, and kB and fen of one line of each cell."""

    sums: UsageSums
    usage: Ints
    bill: Ints

    def total(self, column: int) -> int:
        """Return one of the market's SUMS."""
        return int(self.sums.by_place[:, :, column].sum())


class Traced(NamedTuple):
    """Where the month's lines went, and what became of those that came: see `Moved` and `CAME`."""

    lines: Ints
    moves: Ints
    flows: Ints
    arrived: Ints
    upgraded: Ints
    took: Ints


@dataclass
class SmallMarket:
    """Cells of lines, a menu and tastes; each verb is one call of the market's own kernels."""

    people: Segments
    offers: Offers
    lines: Ints  # (segments, levels, offers)
    levels: Levels = field(default_factory=levels)
    tastes: Tastes = field(default_factory=tastes)
    curve: Curve = field(default_factory=lambda: make_curve(0.7, 5.0, 300.0))
    unit: int = 1
    rollover: Ints = field(init=False)
    shocked: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.rollover = np.zeros_like(self.lines)
        self.shocked = np.zeros_like(self.lines)

    @property
    def carriers(self) -> int:
        return len(self.offers.voice)

    @property
    def plans(self) -> int:
        return len(self.offers.fee) // self.carriers

    @one_thread()
    def use(self, rollover: bool = False, control_fee: int = 0) -> Month:
        """Let every line use data for a month."""
        usage, bill = np.zeros_like(self.lines), np.zeros_like(self.lines)
        sums = use_data(
            self.lines, self.unit, self.people, self.offers, margins(self.offers, self.curve),
            self.levels, self.curve, control_fee, rollover, int(self.people.province.max()) + 1,
            self.rollover, self.shocked, usage, bill,
        )  # fmt: skip
        return Month(sums, usage, bill)

    @one_thread()
    def weights(self) -> Weights:
        """Return what each offer is worth to each segment and level, before quality."""
        return offer_weights(
            self.people, self.offers, margins(self.offers, self.curve), self.levels, self.tastes,
            self.curve, self.lines.shape[1],
        )  # fmt: skip

    def quality(self) -> Floats:
        """Return what quality multiplies each offer's weight by."""
        return quality_factors(self.tastes.xi, self.plans, self.tastes)

    def utility(self) -> Floats:
        """Return the utility of each offer with quality: (segments, levels, offers)."""
        found = self.weights()
        with np.errstate(divide="ignore"):
            scaled = self.tastes.dissimilarity * np.log(found.e * self.quality())
        return np.asarray(found.top[:, :, None] + scaled)

    @one_thread()
    def flow(self, better: Upgrades | None = None) -> Traced:
        """Move every cell by its expected flow."""
        came = np.zeros((len(CAME), *self.lines.shape), dtype=np.int64)
        moved = expected_flows(
            self.lines, self.rollover, self.shocked, self.weights(), self.quality(), self.offers,
            self.tastes, better or upgrades(carriers=self.carriers), came,
        )  # fmt: skip
        return self._moved(moved, came)

    @one_thread()
    def draw(
        self, rows: Rows, month: int = 0, seed: int = 0, *, threads: int = 1,
        better: Upgrades | None = None,
    ) -> Traced:  # fmt: skip
        """Let every row draw for itself; write the rows' states."""
        names = ("users.event", "users.choice", "users.control")
        key = Streams(seed).key
        base, extra = divmod(int(self.lines.sum()), len(rows.segment))
        gets = better or upgrades(carriers=self.carriers)
        chances = row_chances(
            self.shocked, self.weights(), self.quality(), self.offers, self.tastes, gets
        )
        came = np.zeros((len(CAME), *self.lines.shape), dtype=np.int64)
        moved = drawn_flows(
            rows.segment, rows.state, base, extra, self.lines, self.rollover, self.shocked,
            chances, self.tastes, gets, Draws(*(key(name, month) for name in names)), came, threads,
        )  # fmt: skip
        return self._moved(moved, came)

    def _moved(self, moved: Moved, came: Ints) -> Traced:
        self.lines = moved.lines
        return Traced(*moved, *came)

    def crowd(self) -> Crowd:
        """Return who chooses on what, for inversion."""
        return Crowd(self.lines, self.shocked, self.weights(), self.offers, self.tastes)

    @one_thread()
    def next_shares(self) -> Floats:
        """Return each carrier's expected share of lines next month."""
        return expected_shares(self.crowd(), self.tastes.xi)[0]

    @one_thread()
    def surplus(self, home: Floats | None = None, first: int = 0, step: int = 1) -> Ints:
        """Return consumer surplus by home carrier, fen; everybody is home unless said."""
        at_home = np.tile(np.eye(self.carriers), (len(self.lines), 1, 1))
        return consumer_surplus(
            first, step, self.lines, self.unit, self.shocked, at_home if home is None else home,
            self.people, self.weights(), self.offers, self.tastes, self.quality(),
        )  # fmt: skip

    def by_carrier(self) -> Ints:
        """Return each carrier's lines."""
        return np.asarray(self.lines.sum(axis=(0, 1)).reshape(self.carriers, -1).sum(axis=1))

    def shares(self) -> Floats:
        """Return each carrier's share of lines."""
        return np.asarray(self.by_carrier() / self.lines.sum())


def standing(
    people: Segments, offers: Offers, offer: int = 0, *, lines: int = 1, level: int = BELOW_LTE,
    control: bool = False,
) -> Ints:  # fmt: skip
    """Return cells with all lines of each segment on one level and offer."""
    kinds = ALL_LEVELS if control else PLAIN_LEVELS
    cells = np.zeros((len(people.theta), kinds, len(offers.fee)), np.int64)
    cells[:, level, offer] = lines
    return cells


def one_line(
    offers: Offers, offer: int = 1, *, theta: float = 1.0, knows: bool = False,
    alpha: float = 0.06, level: int = BELOW_LTE, month: Levels | None = None,
    weighed: Tastes | None = None, curve: Curve | None = None, lines: int = 1,
    control: bool = False,
) -> SmallMarket:  # fmt: skip
    """Return a single segment on one offer of the menu, with a device and below 4G unless said."""
    people = segments(theta, knows=knows, alpha=alpha)
    carriers = len(offers.voice)
    return SmallMarket(
        people,
        offers,
        standing(people, offers, offer, lines=lines, level=level, control=control),
        month or levels(carriers),
        weighed or tastes((0.0,) * carriers),
        curve or make_curve(0.7, 5.0, 300.0),
    )


def line_market(
    xi: tuple[float, ...], price: tuple[float, ...], alpha: float = 0.02, *, lines: int = COUNTRY,
    switching: float = 0.0, attention: float = 1.0, renewal: float = 0.0,
    dissimilarity: float = 1.0, nest: tuple[int, ...] | None = None,
) -> SmallMarket:  # fmt: skip
    """Return users alike, all with the first of carriers that sell lines alone."""
    weighed = tastes(
        xi, switching=switching, attention=attention, renewal=renewal,
        dissimilarity=dissimilarity, nest=nest,
    )  # fmt: skip
    return one_line(lines_at(*price), 0, alpha=alpha, weighed=weighed, lines=lines)


def spread_over(market: SmallMarket, shares: Floats) -> SmallMarket:
    """Return the market with its lines spread over the offers of each cell by shares."""
    whole = market.lines.sum(axis=2)
    market.lines = np.round(whole[:, :, None] * shares).astype(np.int64)
    return market


def rows_of(lines: Ints) -> Rows:
    """Return a row for each line, in the order of the cells."""
    width = lines.shape[1] * lines.shape[2]
    cell = np.repeat(np.arange(lines.size), lines.ravel())
    return Rows((cell // width).astype(np.uint16), (cell % width).astype(np.uint8))


def counted(rows: Rows, shape: tuple[int, ...]) -> Ints:
    """Return how many rows stand in each cell."""
    cell = rows.segment.astype(np.int64) * (shape[1] * shape[2]) + rows.state
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)


def sampling_error(share: Floats, rows: int, errors: float = 4.0) -> Floats:
    """Return how far a share among `rows` draws may stray: that many standard errors."""
    return np.asarray(errors * np.sqrt(share * (1.0 - share) / rows))
