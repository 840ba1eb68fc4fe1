"""The market as it stands at the end of 2014, from the data that the scenario carries."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InvariantError
from sim.core.streams import Streams, exponential, normal
from sim.core.units import FEN_PER_YUAN, KB_PER_GB, MB_PER_GB
from sim.market.ledger import Ledger
from sim.market.names import CARRIERS, CATEGORIES
from sim.market.offers import Menu, Offers
from sim.market.partners import PartnerTraits, draw_partners
from sim.market.population import Labels, Mixture, Population, draw_population, whole_lines
from sim.market.world import NO_OFFER, Branches, Carriers, Resellers, World
from sim.mechanisms.choice import Tastes, first_offers
from sim.mechanisms.usage import (
    DATA_LINES,
    FEE,
    LINES,
    OVERAGE,
    USED,
    Curve,
    Levels,
    UsageSums,
    Users,
    make_curve,
    margins,
    use_data,
)
from sim.scenario.paths import Paths, mid_year, observed_prices, read_paths
from sim.scenario.schema import Scenario

_REFERENCE_ROWS = 4_096
_REFERENCE_STEPS = 80
_REFERENCE_ERROR = 0.01  # of a reference population that holds 4,096 users


@dataclass(frozen=True)
class Fixed:
    """What never changes in a run, as arrays."""

    menu: Menu
    curve: Curve
    mix: NDArray[np.float64]  # (lifestyles, categories)
    alpha: NDArray[np.float64]  # (provinces, income tiers) utils per yuan
    labels: Labels


def fixed_parts(scenario: Scenario) -> Fixed:
    """Return the scenario's constants as arrays."""
    demand, population, retail = scenario.demand, scenario.population, scenario.retail
    menu = Menu.printed(
        {name: (plan.fee, plan.allowance) for name, plan in retail.plans.items()},
        retail.reference_price,
    )
    styles = population.lifestyles.values()
    return Fixed(
        menu=menu,
        curve=make_curve(demand.elasticity, demand.kappa, demand.choke_price),
        mix=np.array([[style.mix.get(c, 0.0) for c in CATEGORIES] for style in styles]),
        alpha=_price_sensitivity(scenario),
        labels=Labels(
            provinces=tuple(p.code for p in scenario.observed.provinces),
            incomes=tuple(population.income_tiers),
            lifestyles=tuple(population.lifestyles),
            plans=menu.names,
        ),
    )


def _price_sensitivity(scenario: Scenario) -> NDArray[np.float64]:
    """Return alpha, falling with income: (provinces, income tiers) utils per yuan."""
    demand, income = scenario.demand, _relative_income(scenario)
    # Not numpy's power: its bits vary between processors.
    falls = [math.pow(x, -demand.income_sensitivity) for x in income.ravel()]
    return demand.price_sensitivity * np.array(falls).reshape(income.shape)


def _relative_income(scenario: Scenario) -> NDArray[np.float64]:
    """Return income relative to the country's mean: (provinces, income tiers)."""
    provinces = scenario.observed.provinces
    income = np.array([p.income for p in provinces])
    weight = np.array([p.lines for p in provinces])
    tiers = np.array([t.income for t in scenario.population.income_tiers.values()])
    shares = np.array([t.share for t in scenario.population.income_tiers.values()])
    mean = (income * weight).sum() / weight.sum() * (tiers * shares).sum()
    relative: NDArray[np.float64] = income[:, None] * tiers / mean
    return relative


def columns(population: Population) -> Users:
    """Return the population's columns for kernels; the arrays are shared, not copied."""
    p = population
    return Users(
        p.province, p.income, p.lifestyle, p.theta, p.lte_rank, p.device_rank,
        p.knows_reseller, p.offer, p.home, p.rollover, p.lines, p.shocked,
    )  # fmt: skip


def build_world(scenario: Scenario, fixed: Fixed, paths: Paths, streams: Streams) -> World:
    """Return the market at the end of December 2014, before the first month."""
    level, price, data_choice = _reference_levels(_Key(scenario))
    start = _Start(scenario, fixed, paths, data_choice)
    population = start.settle(scenario.population.users, streams, level, price)
    sums = start.use(population, level, price)
    traffic = sums.by_place[:, :, USED].T / KB_PER_GB  # (carriers, provinces)
    load = scenario.network.load_target
    lines = sums.by_place[:, :, LINES].T
    share = paths.observed_share[0]
    count = len(CARRIERS)
    backward = round(scenario.sponsorship.list_price * scenario.sponsorship.discount * FEN_PER_YUAN)
    return World(
        month=0,
        population=population,
        partners=draw_partners(scenario.sponsorship.partners, _traits(scenario), streams),
        carriers=Carriers(
            list_price=np.full(count, price, dtype=np.int64),
            backward_rate=np.full(count, backward, dtype=np.int64),
            service=np.zeros(count),
            member=np.zeros(count, dtype=np.bool_),
            xi=np.zeros(count),
            walk=np.zeros(count),
            share=share,
            share_before=share,
            yuan_per_gb=_yuan_per_gb(sums),
            december_price=np.full(count, price, dtype=np.int64),
            capacity=np.maximum(traffic, 1.0) / load,
            delay=np.full(traffic.shape, 1.0 / (1.0 - load)),
            peers=lines / np.maximum(lines.sum(axis=0), 1),
        ),
        branches=_draw_branches(scenario, streams),
        resellers=_draw_resellers(scenario, streams),
        ledger=_open_books(scenario),
        usage_level=level,
        data_choice=data_choice,
        devices=start.devices,
        by_style=sums.by_style,
        sponsored=np.zeros((count, len(CATEGORIES))),
    )


class _Start:
    """The opening month: users on the plans they would choose, at given levels."""

    def __init__(self, scenario: Scenario, fixed: Fixed, paths: Paths, data_choice: float) -> None:
        self.scenario, self.fixed, self.paths = scenario, fixed, paths
        self.devices = min(1.0, paths.data_lines[0] / data_choice)

    def offers(self, price: int) -> Offers:
        """Return the offers when all carriers have one list price (fen/GB)."""
        count = len(CARRIERS)
        return self.fixed.menu.publish(
            np.full(count, price, dtype=np.int64),
            int(self.paths.overage[0]),
            np.full(count, NO_OFFER, dtype=np.int64),
            self.paths.voice[0],
        )

    def levels(self, usage: float) -> Levels:
        styles = len(self.fixed.labels.lifestyles)
        return Levels(
            usage=usage,
            lte_usage=self.scenario.demand.lte_usage,
            lte=self.paths.lte[0],
            devices=self.devices,
            sponsored=np.zeros((len(CARRIERS), styles)),
        )

    def settle(self, rows: int, streams: Streams, level: float, price: int) -> Population:
        """Return a population whose users have a carrier, by observed share, and a plan."""
        population = draw_population(rows, _mixture(self.scenario), self.fixed.labels, streams)
        population.lines[:] = whole_lines(int(self.paths.total_lines[0]), rows)
        edges = np.cumsum(self.paths.observed_share[0])[:-1]
        carrier = np.searchsorted(edges, population.first_carrier, side="right")
        population.offer[:] = carrier * population.plans
        offers = self.offers(price)
        first_offers(
            columns(population), population.first_plan, offers, margins(offers, self.fixed.curve),
            self.levels(level), self._tastes(), self.fixed.curve,
        )  # fmt: skip
        return population

    def use(self, population: Population, level: float, price: int) -> UsageSums:
        """Return a month's use and charges of a population."""
        offers = self.offers(price)
        return use_data(
            columns(population), offers, margins(offers, self.fixed.curve), self.levels(level),
            self.fixed.curve, False,
            len(self.fixed.labels.provinces), population.usage, population.bill,
        )  # fmt: skip

    def _tastes(self) -> Tastes:
        demand = self.scenario.demand
        shape = (len(CARRIERS), len(self.fixed.labels.provinces))
        return Tastes(
            alpha=self.fixed.alpha, place=np.zeros(shape), xi=np.zeros(len(CARRIERS)),
            lte_value=demand.lte_value, switching=0.0, plan_switching=0.0,
            attention=1.0, bill_shock=0.0, renewal=1.0,
        )  # fmt: skip


class _Key:
    """A scenario known by its past and its start, so that the reference is solved once."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.digest = scenario.past_digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.digest == other.digest


@lru_cache(maxsize=64)
def _reference_levels(key: _Key) -> tuple[float, int, float]:
    """Return usage level (GB), list price (fen/GB) and share of device owners who choose data.

    They are what lets a reference population reproduce, at the turn of 2014 to 2015, observed
    use per data line, yuan per GB and the share of lines that use data: the opening month is
    inverted, what follows is simulated. The reference is the same for every seed and number of
    users.
    """
    scenario = key.scenario
    fixed, paths = fixed_parts(scenario), read_paths(scenario)
    want_use = mid_year(scenario.observed.dou, -0.5) / MB_PER_GB
    want_price = mid_year(observed_prices(scenario), -0.5)
    level, price, data_choice = 4.0, 100.0 * FEN_PER_YUAN, 0.95
    for _ in range(_REFERENCE_STEPS):
        start = _Start(scenario, fixed, paths, data_choice)
        population = start.settle(_REFERENCE_ROWS, Streams(0), level, round(price))
        total = start.use(population, level, round(price)).by_place.sum(axis=(0, 1))
        use = total[USED] / KB_PER_GB / total[DATA_LINES]
        paid = (total[FEE] + total[OVERAGE]) / FEN_PER_YUAN / (total[USED] / KB_PER_GB)
        data_choice = total[DATA_LINES] / total[LINES] / start.devices
        gaps = (want_use / use, want_price / paid)
        if max(abs(gap - 1.0) for gap in gaps) < _REFERENCE_ERROR / 10:
            break
        level *= gaps[0]
        price *= gaps[1]
    if max(abs(gap - 1.0) for gap in gaps) > _REFERENCE_ERROR:
        raise InvariantError(
            f"the opening month cannot reach {want_use:.3f} GB a line at {want_price:.1f} yuan/GB: "
            f"it has {use:.3f} GB at {paid:.1f}; check demand.* and retail.plans"
        )
    return level, round(price), data_choice


def _yuan_per_gb(sums: UsageSums) -> NDArray[np.float64]:
    """Return data revenue over traffic: (carriers,)."""
    total = sums.by_place.sum(axis=0)
    revenue = (total[:, FEE] + total[:, OVERAGE]) / FEN_PER_YUAN
    return revenue / np.maximum(total[:, USED] / KB_PER_GB, 1e-9)


def _mixture(scenario: Scenario) -> Mixture:
    population, provinces = scenario.population, scenario.observed.provinces
    lines = np.array([p.lines for p in provinces])
    usage = np.array([p.dou for p in provinces])
    tiers = population.income_tiers.values()
    return Mixture(
        province_lines=lines,
        province_usage=usage / ((usage * lines).sum() / lines.sum()),
        income_share=np.array([t.share for t in tiers]),
        income_usage=np.array([t.usage for t in tiers]),
        lifestyle_share=np.array([s.share for s in population.lifestyles.values()]),
        usage_tiers=population.usage_tiers,
        usage_log_sd=population.usage_log_sd,
        access=scenario.resale.access,
    )


def _traits(scenario: Scenario) -> PartnerTraits:
    s = scenario.sponsorship
    return PartnerTraits(
        s.size_log_sd, s.value_median, s.value_log_sd, s.estimate_noise, s.budget_median,
        s.budget_log_sd, s.direct_only,
    )  # fmt: skip


def _draw_branches(scenario: Scenario, streams: Streams) -> Branches:
    """Return branches whose control and selling cost differ around their carrier's."""
    shape = (len(CARRIERS), len(scenario.observed.provinces))
    size = shape[0] * shape[1]
    middle = np.array([scenario.carriers[c].leak_control for c in CARRIERS])[:, None]
    leak = scenario.leakage
    spread = leak.control_spread * np.minimum(1.0, 4.0 * middle * (1.0 - middle))  # none at 0 and 1
    control = middle + spread * (
        2.0 * streams.uniform("branches.control", 0, size).reshape(shape) - 1
    )
    return Branches(
        control=np.clip(control, 0.0, 1.0),
        cost=leak.cost_spread * 2.0 * streams.uniform("branches.cost", 0, size).reshape(shape),
        sales=np.zeros(shape),
        price=np.full(shape, NO_OFFER, dtype=np.int64),
    )


def _draw_resellers(scenario: Scenario, streams: Streams) -> Resellers:
    resale = scenario.resale
    size = resale.resellers
    z = normal(streams.uniform("resellers.cost", 0, size))
    cost = exponential(resale.fixed_cost_log_sd * z) * resale.fixed_cost * FEN_PER_YUAN
    zeros = np.zeros(size, dtype=np.int64)
    return Resellers(
        fixed_cost=np.floor(cost + 0.5).astype(np.int64),
        active=np.arange(size) < resale.active,
        capital=np.full(size, round(resale.capital * FEN_PER_YUAN), dtype=np.int64),
        profit=zeros.copy(),
        losing_months=zeros.copy(),
        margin=0,
        wholesale=np.full(len(CARRIERS), NO_OFFER, dtype=np.int64),
        price=np.full(len(CARRIERS), NO_OFFER, dtype=np.int64),
    )


def _open_books(scenario: Scenario) -> Ledger:
    """Open an account for each carrier × province of users, for each firm, and the suppliers."""
    ledger = Ledger()
    places = len(CARRIERS) * len(scenario.observed.provinces)
    ledger.open("users", places)
    ledger.open("carrier", len(CARRIERS))
    ledger.open("branch", places)
    ledger.open("reseller", scenario.resale.resellers)
    ledger.open("partner", scenario.sponsorship.partners)
    ledger.open("platform", 1)
    ledger.open("suppliers", 1)
    return ledger
