"""Small crowds on small menus, put through the market's own kernels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import set_threads
from sim.core.streams import Streams, normal
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.offers import Offers
from sim.mechanisms.choice import Draws, Panel, Tastes, choose_offers, survey
from sim.mechanisms.usage import Curve, Levels, UsageSums, Users, make_curve, margins, use_data

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

NOBODY_SELLS = 10**9  # fen per GB


@contextmanager
def one_thread() -> Iterator[None]:
    """Let kernels run on one thread: small work is quicker so, above all on a busy machine."""
    before = numba.get_num_threads()
    set_threads(1)
    try:
        yield
    finally:
        set_threads(before)


def crowd(rows: int = 1) -> Users:
    """Return users alike in everything: relative use 1, device, no 4G, first offer, one line."""
    return Users(
        province=np.zeros(rows, np.uint8),
        income=np.zeros(rows, np.uint8),
        lifestyle=np.zeros(rows, np.uint8),
        theta=np.ones(rows),
        lte_rank=np.ones(rows),
        device_rank=np.zeros(rows),
        knows_reseller=np.zeros(rows, np.bool_),
        offer=np.zeros(rows, np.uint8),
        home=np.zeros(rows, np.uint8),
        rollover=np.zeros(rows, np.int64),
        lines=np.ones(rows, np.int64),
        shocked=np.zeros(rows, np.bool_),
    )


def lognormal(rows: int, median: float, log_sd: float) -> Floats:
    """Return the distribution's quantiles at the middles of `rows` equal parts."""
    return median * np.exp(log_sd * normal((np.arange(rows) + 0.5) / rows))


def plans(
    *fee_and_gb: tuple[float, float], overage: float = 50.0, resale: float | None = None,
    voice: float = 0.0, carriers: int = 1,
) -> Offers:  # fmt: skip
    """Return a menu: voice-only, then plans of (yuan, GB); the same for every carrier."""
    fees = [0.0, *(fee for fee, _ in fee_and_gb)]
    volumes = [0.0, *(gb for _, gb in fee_and_gb)]

    def each(value: float) -> Ints:
        return np.full(carriers, round(value * FEN_PER_YUAN), np.int64)

    return Offers(
        fee=np.tile(np.round(np.array(fees) * FEN_PER_YUAN).astype(np.int64), carriers),
        allowance=np.tile(np.round(np.array(volumes) * KB_PER_GB).astype(np.int64), carriers),
        overage=each(overage),
        resale=each(NOBODY_SELLS / FEN_PER_YUAN if resale is None else resale),
        voice=each(voice),
    )


def lines_at(*price: float) -> Offers:
    """Return carriers that sell nothing but a line, each at its price in yuan a month."""
    count = len(price)
    return Offers(
        fee=np.zeros(count, np.int64),
        allowance=np.zeros(count, np.int64),
        overage=np.full(count, 100, np.int64),
        resale=np.full(count, NOBODY_SELLS, np.int64),
        voice=np.round(np.array(price) * FEN_PER_YUAN).astype(np.int64),
    )


def levels(
    carriers: int = 1, *, usage: float = 1.0, lte: float = 0.0, lte_usage: float = 3.0,
    sponsored: float = 0.0,
) -> Levels:  # fmt: skip
    """Return the month's levels; nobody on 4G and nothing sponsored unless said."""
    return Levels(
        usage=usage,
        lte_usage=lte_usage,
        lte=np.full(carriers, lte),
        devices=1.0,
        sponsored=np.full((carriers, 1), sponsored),
    )


def tastes(
    xi: tuple[float, ...] = (0.0,), *, alpha: float = 0.06, switching: float = 0.0,
    plan_switching: float = 0.0, attention: float = 1.0, bill_shock: float = 0.0,
    renewal: float = 0.0, lte_value: float = 0.0,
) -> Tastes:  # fmt: skip
    """Return tastes under which everybody looks each month and moves at no cost, unless said."""
    return Tastes(
        alpha=np.full((1, 1), alpha),
        place=np.zeros((len(xi), 1)),
        xi=np.array(xi),
        lte_value=lte_value,
        switching=switching,
        plan_switching=plan_switching,
        attention=attention,
        bill_shock=bill_shock,
        renewal=renewal,
    )


@dataclass(frozen=True)
class Month:
    """What a month of use brought: sums over lines, and kB and fen of one line of each row."""

    sums: UsageSums
    usage: Ints
    bill: Ints

    def total(self, column: int) -> int:
        """Return one of the market's SUMS."""
        return int(self.sums.by_place[:, :, column].sum())


@dataclass(frozen=True)
class SmallMarket:
    """Users, a menu and tastes; each verb is one call of the market's own kernel."""

    users: Users
    offers: Offers
    levels: Levels = field(default_factory=levels)
    tastes: Tastes = field(default_factory=tastes)
    curve: Curve = field(default_factory=lambda: make_curve(0.7, 5.0, 300.0))

    @one_thread()
    def use(self, rollover: bool = False) -> Month:
        """Let everybody use data for a month."""
        rows = len(self.users.theta)
        usage, bill = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        sums = use_data(
            self.users, self.offers, margins(self.offers, self.curve), self.levels, self.curve,
            rollover, int(self.users.province.max()) + 1, usage, bill,
        )  # fmt: skip
        return Month(sums, usage, bill)

    @one_thread()
    def choose(self, month: int = 0, seed: int = 0) -> Ints:
        """Let everybody look and switch; return lines from × to × (looked, renewed)."""
        key = Streams(seed).key
        draws = Draws(
            key("users.attention", month), key("users.renewal", month), key("users.choice", month)
        )
        return choose_offers(
            self.users, 1.0, self.offers, margins(self.offers, self.curve), self.levels,
            self.tastes, self.curve, draws,
        )  # fmt: skip

    @one_thread()
    def survey(self, was_devices: float = 1.0) -> Panel:
        """Ask every row what each carrier is worth to it."""
        return survey(
            np.arange(len(self.users.theta)), self.users, was_devices, self.offers,
            margins(self.offers, self.curve), self.levels, self.tastes, self.curve,
        )  # fmt: skip

    def shares(self) -> Floats:
        """Return each carrier's share of lines."""
        count = len(self.offers.voice)
        carrier = self.users.offer // (len(self.offers.fee) // count)
        lines = np.bincount(carrier, weights=self.users.lines, minlength=count)
        return np.asarray(lines / lines.sum())


def line_market(
    rows: int, xi: tuple[float, ...], price: tuple[float, ...], alpha: float = 0.02,
    switching: float = 0.0, attention: float = 1.0, renewal: float = 0.0,
) -> SmallMarket:  # fmt: skip
    """Return users alike who choose between carriers that sell lines alone."""
    return SmallMarket(
        crowd(rows),
        lines_at(*price),
        levels(len(xi)),
        tastes(xi, alpha=alpha, switching=switching, attention=attention, renewal=renewal),
    )


def sampling_error(share: Floats, rows: int, errors: float = 4.0) -> Floats:
    """Return how far a share among `rows` draws may stray: that many standard errors."""
    return np.asarray(errors * np.sqrt(share * (1.0 - share) / rows))


def on_offer(users: Users, offer: int) -> Users:
    """Return the users, all on one offer."""
    return users._replace(offer=np.full(len(users.theta), offer, np.uint8))
