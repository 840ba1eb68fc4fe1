"""The market as it stands at the end of 2014, from the data that the scenario carries."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_index
from sim.core.elementary import exp, exponential, power
from sim.core.errors import InvariantError
from sim.core.money import split_into
from sim.core.streams import Streams, normal, normal_quantile
from sim.core.units import FEN_PER_YUAN, KB_PER_GB, MB_PER_GB
from sim.market.ledger import Ledger
from sim.market.names import CARRIERS, CATEGORIES
from sim.market.offers import Menu, Offers, PlanTerms
from sim.market.partners import PartnerTraits, draw_partners
from sim.market.population import PARTS_OF_A_LINE, Fidelity, Population
from sim.market.rows import draw_rows
from sim.market.segments import (
    BARGAIN_HUNTER,
    BELOW_LTE,
    NO_DEVICE,
    ON_LTE,
    PLAIN_LEVELS,
    Labels,
    Mixture,
    Segments,
    make_segments,
)
from sim.market.world import NO_OFFER, Branches, Carriers, Resellers, World
from sim.mechanisms.allocation import usable_part
from sim.mechanisms.choice import Tastes
from sim.mechanisms.metering import use_data
from sim.mechanisms.usage import (
    DATA_LINES,
    FEE,
    LINES,
    OVERAGE,
    USED,
    Curve,
    Levels,
    UsageSums,
    make_curve,
    margins,
)
from sim.mechanisms.weights import offer_weights
from sim.scenario.paths import Paths, mid_year, observed_prices, read_paths
from sim.scenario.schema import Plan, Scenario

_REFERENCE_STEPS = 200
_REFERENCE_ERROR = 0.01
_ALWAYS = (-(10**6), 10**6)  # months


@dataclass(frozen=True)
class Fixed:
    """What never changes in a run, as arrays."""

    menu: Menu
    curve: Curve
    segments: Segments
    mix: NDArray[np.float64]  # (lifestyles, categories)
    roaming: NDArray[np.float64]  # (lifestyles,) share of use outside the province
    usable: NDArray[np.float64]  # (lifestyles,) part of an allowance of use without control
    nest: NDArray[np.int64]  # (carriers,)
    branches: tuple[str, ...]  # provinces in which each carrier has one, place by place
    place_of: NDArray[np.int64]  # (branches,) province of users that each sells in
    labels: Labels


def fixed_parts(scenario: Scenario) -> Fixed:
    """Return the scenario's constants as arrays."""
    demand, population, places = scenario.demand, scenario.population, scenario.observed.provinces
    styles = population.lifestyles.values()
    mix = np.array([[style.mix.get(c, 0.0) for c in CATEGORIES] for style in styles])
    shares = np.array([style.share for style in styles])
    average = (shares[:, None] * mix).sum(axis=0)
    mix = np.vstack([mix, average])  # who knows a reseller is like the others in what they do
    roaming = np.array([style.roaming for style in styles])
    menu = Menu.printed(
        tuple(_terms(name, plan) for name, plan in scenario.retail.plans.items()),
        mix,
        scenario.retail.reference_price,
        scenario.retail.lever,
    )
    return Fixed(
        menu=menu,
        curve=make_curve(demand.elasticity, demand.kappa, demand.choke_price),
        segments=make_segments(_mixture(scenario)),
        mix=mix,
        roaming=np.append(roaming, (shares * roaming).sum()),
        usable=_usable(scenario, mix, average),
        nest=np.array([0 if carrier == "mobile" else 1 for carrier in CARRIERS]),
        branches=_branches(scenario),
        place_of=np.repeat(np.arange(len(places)), [len(place.branches) for place in places]),
        labels=Labels(
            provinces=tuple(place.code for place in places),
            incomes=tuple(population.incomes),
            tiers=population.usage_tiers,
            lifestyles=(*population.lifestyles, BARGAIN_HUNTER),
            plans=menu.names,
            carriers=CARRIERS,
        ),
    )


def _terms(name: str, plan: Plan) -> PlanTerms:
    """Return a plan as the menu prints it."""
    sold = dict.fromkeys(CARRIERS, _ALWAYS)
    if plan.sold is not None:
        sold = {
            carrier: (month_index(when.start), month_index(when.end) if when.end else _ALWAYS[1])
            for carrier, when in plan.sold.items()
        }
    free = plan.zero_rated
    return PlanTerms(
        name=name,
        fee=plan.fee,
        allowance=plan.allowance,
        national=plan.national,
        throttled=plan.throttled,
        overage=plan.overage,
        appeal=plan.appeal,
        zero_rated=free.categories if free else {},
        zero_rated_cap=free.cap if free else 0.0,
        sold=sold,
    )


def _usable(
    scenario: Scenario, mix: NDArray[np.float64], average: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the part of an allowance that is of use to each lifestyle without control over it.

    The carrier splits what it binds as people use it on average.
    """
    bound, eps = scenario.user_control.partitioned, scenario.demand.elasticity
    return np.array(
        [1.0 - bound * (1.0 - usable_part(style.tolist(), average.tolist(), eps)) for style in mix]
    )


def _mixture(scenario: Scenario) -> Mixture:
    """Return what the segments are made of."""
    population, provinces = scenario.population, scenario.observed.provinces
    lines = np.array([p.lines for p in provinces])
    usage = np.array([p.dou for p in provinces])
    tiers = population.incomes.values()
    access = scenario.resale.access
    shares = [(1.0 - access) * style.share for style in population.lifestyles.values()]
    return Mixture(
        province_share=lines / lines.sum(),
        province_usage=usage / ((usage * lines).sum() / lines.sum()),
        income_share=np.array([t.share for t in tiers]),
        income_usage=np.array([t.usage for t in tiers]),
        alpha=_price_sensitivity(scenario),
        tier_usage=np.array(tier_means(population.usage_tiers, population.usage_log_sd)),
        style_share=np.array([*shares, access]),
        style_knows=np.array([False] * len(shares) + [True]),
    )


def tier_means(tiers: int, log_sd: float) -> list[float]:
    """Return the mean of each of equal parts of a lognormal variable of median 1, in order.

    The mean of exp(s z) between quantiles a and b is exp(s²/2) [Phi(b - s) - Phi(a - s)] × tiers.
    """
    cuts = [-math.inf, *(normal_quantile(k / tiers) for k in range(1, tiers)), math.inf]
    below = [0.5 * math.erfc((log_sd - cut) / math.sqrt(2.0)) for cut in cuts]
    whole = exp(log_sd * log_sd / 2.0) * tiers
    return [whole * (below[k + 1] - below[k]) for k in range(tiers)]


def _price_sensitivity(scenario: Scenario) -> NDArray[np.float64]:
    """Return alpha, falling with income: (provinces, income tiers) utils per yuan."""
    demand, income = scenario.demand, _relative_income(scenario)
    # Not numpy's power: its bits vary between processors.
    falls = [power(x, -demand.income_sensitivity) for x in income.ravel()]
    return demand.price_sensitivity * np.array(falls).reshape(income.shape)


def _relative_income(scenario: Scenario) -> NDArray[np.float64]:
    """Return income relative to the country's mean: (provinces, income tiers)."""
    provinces = scenario.observed.provinces
    income = np.array([p.income for p in provinces])
    weight = np.array([p.lines for p in provinces])
    tiers = np.array([t.income for t in scenario.population.incomes.values()])
    shares = np.array([t.share for t in scenario.population.incomes.values()])
    mean = (income * weight).sum() / weight.sum() * (tiers * shares).sum()
    relative: NDArray[np.float64] = income[:, None] * tiers / mean
    return relative


def build_world(
    scenario: Scenario, fixed: Fixed, paths: Paths, streams: Streams, fidelity: Fidelity
) -> World:
    """Return the market at the end of December 2014, before the first month."""
    level, price, data_choice = _reference_levels(_Key(scenario))
    start = _Start(scenario, fixed, paths, data_choice)
    population = start.populate(level, price, streams, fidelity)
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
            yuan_per_gb=_yuan_per_gb(sums.by_place.sum(axis=0)),
            market_yuan_per_gb=float(_yuan_per_gb(sums.by_place.sum(axis=(0, 1)))),
            december_price=np.full(count, price, dtype=np.int64),
            capacity=np.maximum(traffic, 1.0) / load,
            delay=np.full(traffic.shape, 1.0 / (1.0 - load)),
            peers=lines / np.maximum(lines.sum(axis=0), 1),
            control=np.zeros(count, dtype=np.bool_),
            adopters=np.zeros(count),
        ),
        branches=_draw_branches(scenario, streams),
        resellers=_draw_resellers(scenario, streams),
        ledger=_open_books(scenario),
        usage_level=level,
        data_choice=data_choice,
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
            0,
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
            sponsored=np.zeros((len(CARRIERS), styles)),
            roaming=self.fixed.roaming,
            usable=self.fixed.usable,
        )

    def chances(self, level: float, price: int) -> NDArray[np.float64]:
        """Return the share of lines in each cell: (segments, levels, offers), sums to one.

        Carriers by observed share, devices and 4G by their spread, plans by logit without
        switching costs.
        """
        offers, fixed = self.offers(price), self.fixed
        weights = offer_weights(
            fixed.segments, offers, margins(offers, fixed.curve), self.levels(level),
            self._tastes(), fixed.curve, PLAIN_LEVELS,
        )  # fmt: skip
        plans = fixed.menu.plans
        shape = (*weights.e.shape[:2], len(CARRIERS), plans)
        sold = np.where(offers.open, weights.e, 0.0).reshape(shape)
        plan = sold / sold.sum(axis=3, keepdims=True)
        lte = np.minimum(self.paths.lte[0], self.devices)
        reach = np.empty((PLAIN_LEVELS, len(CARRIERS)))
        reach[NO_DEVICE], reach[ON_LTE] = 1.0 - self.devices, lte
        reach[BELOW_LTE] = self.devices - lte
        share = fixed.segments.weight[:, None, None] * reach * self.paths.observed_share[0]
        chances: NDArray[np.float64] = (share[:, :, :, None] * plan).reshape(weights.e.shape)
        return chances

    def populate(
        self, level: float, price: int, streams: Streams, fidelity: Fidelity
    ) -> Population:
        """Return the users, each with a carrier, a device or none, and a plan."""
        chance = self.chances(level, price)
        total = int(self.paths.total_lines[0])
        lines = np.empty(chance.size, dtype=np.int64)
        split_into(total * PARTS_OF_A_LINE, chance.ravel(), lines)
        population = Population(
            self.fixed.segments, self.fixed.labels, lines.reshape(chance.shape), PARTS_OF_A_LINE
        )
        if fidelity == "individual":
            rows = draw_rows(self.scenario.population.users, chance, self.fixed.segments, streams)
            population.rows, population.unit = rows, 1
            population.lines = population.counted(total)
        return population

    def use(self, population: Population, level: float, price: int) -> UsageSums:
        """Return a month's use and charges of a population."""
        offers = self.offers(price)
        return use_data(
            population.lines, population.unit, self.fixed.segments, offers,
            margins(offers, self.fixed.curve), self.levels(level), self.fixed.curve, 0, False,
            len(self.fixed.labels.provinces), population.rollover, population.shocked,
            population.usage, population.bill,
        )  # fmt: skip

    def _tastes(self) -> Tastes:
        demand, count = self.scenario.demand, len(CARRIERS)
        return Tastes(
            place=np.zeros((count, len(self.fixed.labels.provinces))), xi=np.zeros(count),
            lte_value=demand.lte_value, voice_value=demand.voice_value,
            voice_quality=demand.voice_quality, switching=0.0, plan_switching=0.0, attention=1.0,
            bill_shock=0.0, renewal=1.0, dissimilarity=demand.dissimilarity,
            nest=self.fixed.nest, control_fee=0.0, control=np.zeros(count, dtype=np.bool_),
            control_reach=np.zeros(count),
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

    They are what lets the expected population reproduce, at the turn of 2014 to 2015, observed
    use per data line, yuan per GB and the share of lines that use data: the opening month is
    inverted, what follows is simulated. They are the same for every seed and number of users.
    """
    scenario = key.scenario
    fixed, paths = fixed_parts(scenario), read_paths(scenario)
    if scenario.opening.usage is not None and scenario.opening.list_price is not None:
        return scenario.opening.usage, round(scenario.opening.list_price * FEN_PER_YUAN), 1.0
    want_use = mid_year(scenario.observed.dou, -0.5) / MB_PER_GB
    want_price = mid_year(observed_prices(scenario), -0.5)
    scale = float((fixed.segments.weight * fixed.segments.theta).sum())
    level = want_use / (scale * fixed.curve.free)  # all under their allowances
    price, data_choice = want_price * FEN_PER_YUAN, 0.95
    for _ in range(_REFERENCE_STEPS):
        start = _Start(scenario, fixed, paths, data_choice)
        population = start.populate(level, round(price), Streams(0), "expected")
        total = start.use(population, level, round(price)).by_place.sum(axis=(0, 1))
        use = total[USED] / KB_PER_GB / (total[DATA_LINES] / population.unit)
        paid = (total[FEE] + total[OVERAGE]) / FEN_PER_YUAN / (total[USED] / KB_PER_GB)
        reached = total[DATA_LINES] / total[LINES]
        data_choice = reached / start.devices
        # Where everybody has a device, no more lines than choose data can use it.
        lines = 1.0 if start.devices == 1.0 else paths.data_lines[0] / reached
        gaps = (want_use / use, want_price / paid, lines)
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


def _yuan_per_gb(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return data revenue over traffic from sums whose last axis is SUMS."""
    revenue = (sums[..., FEE] + sums[..., OVERAGE]) / FEN_PER_YUAN
    price: NDArray[np.float64] = revenue / np.maximum(sums[..., USED] / KB_PER_GB, 1e-9)
    return price


def _traits(scenario: Scenario) -> PartnerTraits:
    s = scenario.sponsorship
    return PartnerTraits(
        s.size_log_sd, s.value_median, s.value_log_sd, s.estimate_noise, s.budget_median,
        s.budget_log_sd, s.direct_only,
    )  # fmt: skip


def _branches(scenario: Scenario) -> tuple[str, ...]:
    """Return the provinces in which each carrier has a branch, place by place."""
    return tuple(code for place in scenario.observed.provinces for code in place.branches)


def _draw_branches(scenario: Scenario, streams: Streams) -> Branches:
    """Return branches whose control and selling cost differ around their carrier's."""
    shape = (len(CARRIERS), len(_branches(scenario)))
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
    ledger.open("users", len(CARRIERS) * len(scenario.observed.provinces))
    ledger.open("carrier", len(CARRIERS))
    ledger.open("branch", len(CARRIERS) * len(_branches(scenario)))
    ledger.open("reseller", scenario.resale.resellers)
    ledger.open("partner", scenario.sponsorship.partners)
    ledger.open("platform", 1)
    ledger.open("suppliers", 1)
    return ledger
