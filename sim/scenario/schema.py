"""The schema of a scenario: every parameter with its meaning, unit, prior range and source.

Values live in `configs/base.yaml`, meanings here; nothing has a default in code. Models are
frozen and closed: an unknown key is an error, a scenario cannot change during a run.
"""

import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    field_validator,
    model_validator,
)

from sim.core.calendar import month_index, month_label
from sim.core.errors import did_you_mean
from sim.core.registry import Registry
from sim.core.units import MONTHS_PER_YEAR
from sim.market.names import CARRIERS, CATEGORIES
from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies
from sim.strategies.rules import CarrierRule, PartnerRule, ResellerRule


def param(
    meaning: str,
    unit: str = "",
    prior: tuple[float, float] | None = None,
    source: str = "assumed",
    **bounds: Any,
) -> Any:
    """Return a field that knows its unit, the range held plausible beforehand, its source."""
    extra: dict[str, Any] = {"unit": unit, "source": source}
    if prior is not None:
        extra["prior"] = list(prior)
    return Field(description=meaning, json_schema_extra=extra, **bounds)


class Section(BaseModel):
    """A part of a scenario: frozen, closed, no silent numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _check_month(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be a month such as 2017-01")
    month_index(value)
    return value


MonthLabel = Annotated[str, BeforeValidator(_check_month)]
Share = Annotated[float, Field(ge=0, le=1)]


def _one_of(kind: str, known: tuple[str, ...]) -> AfterValidator:
    """Return the check that an id is known; the error suggests the nearest."""

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"unknown {kind} '{name}'{did_you_mean(name, known)}")
        return name

    return AfterValidator(check)


CarrierId = Annotated[str, _one_of("carrier", CARRIERS)]
CategoryId = Annotated[str, _one_of("category", CATEGORIES)]


def _ordered(rank: Callable[[str, Any], Any]) -> AfterValidator:
    """Return the order that a mapping's parts take, however they were written.

    Draws are addressed by position: equal scenarios must have equal positions.
    """
    return AfterValidator(lambda parts: dict(sorted(parts.items(), key=lambda part: rank(*part))))


_by_key = _ordered(lambda key, _: key)

ByYear = Annotated[dict[int, float], _by_key]
ByCarrier = Annotated[dict[CarrierId, ByYear], _by_key]


def _any_of(registry: Registry[Any]) -> Any:
    """Return the type "one of the registered strategies, by its name"."""
    return Annotated[Union[*(rule for _, rule in registry.items())], Discriminator("name")]


if TYPE_CHECKING:  # which classes there are is known at run time only
    AnyCarrierRule = CarrierRule
    AnyResellerRule = ResellerRule
    AnyPartnerRule = PartnerRule
else:
    AnyCarrierRule = _any_of(carrier_strategies)
    AnyResellerRule = _any_of(reseller_strategies)
    AnyPartnerRule = _any_of(partner_strategies)


# Sections of what no carrier can have before the branch month.
FROM_THE_BRANCH = ("service", "sharing", "user_control")


class DataFiles(Section):
    """The files of observed facts, in `configs/data` or beside the scenario."""

    carriers: str = param("carrier × period × metric, long")
    industry: str = param("period × metric, long")
    provinces: str = param("the 31 provinces, or the four regions of the country (regions.csv)")
    events: str = param("dated events; those with a rule are the regulator's orders")


class Province(Section):
    """One of the 31 provinces, or a region of several, in 2016."""

    code: str = param("two letters")
    name_en: str = param("English name")
    name_zh: str = param("Chinese name")
    lines: float = param("mobile lines", "million", gt=0)
    income: float = param("disposable income a head", "yuan/year", gt=0)
    dou: float = param("data use per active line", "MB/month", gt=0)
    branches: tuple[str, ...] = param("codes of the provinces whose branches sell there")
    tile_row: int = param("row on the tile map", ge=0)
    tile_col: int = param("column on the tile map", ge=0)


class Observed(Section):
    """Observed facts by year: inputs of the past and what it is judged by."""

    lines: ByCarrier = param("lines at the end of the year, billing basis", "million")
    lte_lines: ByCarrier = param("4G lines at the end of the year", "million")
    arpu: ByCarrier = param("average revenue per line", "yuan/month")
    traffic: ByYear = param("mobile data traffic", "bn GB/year")
    dou: ByYear = param("data use per data-active line", "MB/month")
    data_revenue: ByYear = param("mobile data revenue", "bn yuan/year")
    provinces: tuple[Province, ...] = param("the provinces")


class IncomeTier(Section):
    """A third or so of the people of a province, by income."""

    share: Share = param("share of lines")
    income: float = param("income relative to the province's mean", gt=0)
    usage: float = param("data use relative to the province's mean", gt=0)


class Lifestyle(Section):
    """What a kind of people does online: a mix over the content categories."""

    share: Share = param("share of lines")
    roaming: Share = param("share of use outside the home province")
    mix: Annotated[dict[CategoryId, Share], _by_key] = param(
        "share of each content category in traffic"
    )

    @field_validator("mix")
    @classmethod
    def _mix_is_whole(cls, mix: dict[str, float]) -> dict[str, float]:
        _sums_to_one(mix.values())
        return mix


def _sums_to_one(shares: Iterable[float]) -> None:
    total = math.fsum(shares)
    if abs(total - 1) > 1e-9:
        raise ValueError(f"the shares sum to {total:g}, not to 1; change them together")


class Population(Section):
    """Who the users are."""

    users: int = param("rows, each standing for many lines", "rows", ge=1_000, le=2_000_000_000)
    income_tiers: Annotated[
        dict[str, IncomeTier], _ordered(lambda name, tier: (tier.income, name))
    ] = param("income tiers", min_length=1)
    merge_incomes: bool = param(
        "whether all users have their province's mean income and the use that goes with it: fewer "
        "segments"
    )
    lifestyles: Annotated[dict[str, Lifestyle], _by_key] = param("lifestyles", min_length=1)
    usage_tiers: int = param("usage tiers of equal size, each with its mean", ge=1, le=64)
    usage_log_sd: float = param(
        "spread of usage between lines", "log", (0.8, 1.3), "rough trial on the plan menu", gt=0
    )
    data_lines: ByYear = param("share of lines that use data, yearly mean", source="MIIT, derived")
    replacement: float = param(
        "lines replaced by new cards each month", "share/month", (0.01, 0.02), ge=0, lt=1
    )
    growth_after: float = param("growth of lines after the observed years", "1/year", ge=0, lt=1)

    @property
    def incomes(self) -> dict[str, IncomeTier]:
        """Return the income tiers that users are told apart by: one, the mean, where merged."""
        tiers = self.income_tiers.values()
        if not self.merge_incomes:
            return self.income_tiers
        income, usage = (
            math.fsum(tier.share * getattr(tier, name) for tier in tiers)
            for name in ("income", "usage")
        )
        return {"mean": IncomeTier(share=1.0, income=income, usage=usage)}

    @field_validator("income_tiers", "lifestyles")
    @classmethod
    def _shares_are_whole[T: (IncomeTier, Lifestyle)](cls, kinds: dict[str, T]) -> dict[str, T]:
        _sums_to_one(kind.share for kind in kinds.values())
        return kinds


class Demand(Section):
    """How users choose and use (docs/model.md, demand)."""

    price_sensitivity: float = param(
        "alpha, marginal utility of a yuan at the mean income",
        "utils/yuan",
        (0.04, 0.10),
        "Nash bills at a line cost of 25 yuan",
        gt=0,
    )
    income_sensitivity: float = param(
        "fall of alpha with income", "elasticity", (0.3, 1.0), "Nevo 2001", ge=0
    )
    elasticity: float = param(
        "eps, elasticity of use to kappa + price; 0: use does not answer the price",
        "",
        (0.5, 0.9),
        "prior: below the reduced form of 0.94-1.53, which contains 4G and video",
        ge=0,
        lt=1,
    )
    kappa: float = param(
        "effort cost of use", "yuan/GB", (2, 20), "Nevo, Turner and Williams 2016", gt=0
    )
    choke_price: float = param(
        "price at which nothing is used", "yuan/GB", None, "dearest list pack", gt=0
    )
    usage_trend: float = param("growth of use at given prices, net of 4G", "1/year", (0, 0.35))
    lte_usage: float = param(
        "use on 4G relative to before", "factor", (2, 5), "China Mobile 2016", ge=1
    )
    lte_value: float = param("worth of 4G beside the use it brings", "utils", ge=0)
    attention: float = param(
        "chance that a user looks at the market", "1/month", (0.02, 0.08), ge=0, le=1
    )
    bill_shock: float = param("added chance after an overage charge", "1/month", ge=0, le=1)
    switching_cost: float = param(
        "gamma, of a new carrier",
        "utils",
        (2, 4.5),
        "Weiergräber 2022; pilots of portability",
        ge=0,
    )
    plan_switching_cost: float = param("of a new plan with the same carrier", "utils", ge=0)
    peer_effect: float = param(
        "J, worth of the carrier's share in the province",
        "utils",
        (0, 3.5),
        "Weiergräber 2022",
        ge=0,
    )
    dissimilarity: float = param(
        "of the nests {Mobile}, {Unicom, Telecom}; 1 is plain logit",
        "",
        (0.4, 1.0),
        "McFadden 1978; not identified by shares",
        gt=0,
        le=1,
    )
    voice_value: float = param("worth of a line without data, beside its quality", "utils")
    voice_quality: Share = param("part of the carrier's quality that a line without data enjoys")
    service_value: float = param("sigma, worth of the full service level", "utils", ge=0)
    delay_cost: float = param("psi, cost of a unit of 1/(1 - load)", "utils", (0, 0.3), ge=0)


class Opening(Section):
    """The levels of the opening month; what is not given is inverted from what was observed."""

    usage: float | None = param(
        "use of a line of relative scale 1, before 4G", "GB/month", default=None, gt=0
    )
    list_price: float | None = param("list price", "yuan/GB", default=None, gt=0)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.usage is None) != (self.list_price is None):
            raise ValueError("usage and list_price must be given together, or neither")
        return self


class Quality(Section):
    """The carriers' unobserved quality xi, found by inverting observed shares (Berry 1994)."""

    invert: bool = param("whether the past inverts observed shares; else xi stays 0")
    gap_closing: Share = param("share of the gap to the observed share closed each month")
    walk_sd: float = param("step of the random walk after the branch", "utils/month", ge=0)
    drift_half_life: float = param(
        "months in which the drift of the past fades to a half",
        "months",
        None,
        "shares of 2017; damped trends forecast better than linear ones (Gardner, McKenzie 1985)",
        gt=0,
    )


class Sold(Section):
    """When a carrier sells a plan to newcomers; who has it keeps it."""

    start: MonthLabel = param("first month")
    end: MonthLabel | None = param("first month no longer; none: it stays", default=None)


class ZeroRated(Section):
    """Traffic of a partner's categories that the fee of an internet card pays for."""

    categories: Annotated[dict[CategoryId, Share], _by_key] = param("share of each that is free")
    cap: float = param("free traffic at most", "GB/month", gt=0)


class Plan(Section):
    """A three-part tariff: fee, allowance, overage price; or throttled instead; or zero-rated."""

    fee: float = param("monthly fee of the data part", "yuan/month", ge=0)
    allowance: float = param("allowance at the reference list price", "GB/month", ge=0)
    national: Share = param("part of it for use outside the province too", default=1.0)
    throttled: float | None = param(
        "what the reduced speed lets through beyond the allowance; none: overage is paid",
        "GB/month",
        default=None,
        gt=0,
    )
    overage: float | None = param(
        "price beyond the allowance; none: the market's", "yuan/GB", default=None, gt=0
    )
    appeal: float = param("worth beside use and price: how it is sold", "utils", default=0.0)
    zero_rated: ZeroRated | None = param("free traffic of a partner's categories", default=None)
    sold: Annotated[dict[CarrierId, Sold], _by_key] | None = param(
        "carriers that sell it and when; none: all, always", default=None
    )


class Retail(Section):
    """The plan menu that all carriers share; each scales it by its list price."""

    lever: Literal["allowances", "fees"] = param("what a list price scales; the other stays")

    reference_price: float = param(
        "list price of 1 GB at which the menu is printed",
        "yuan/GB",
        None,
        "list pack of 2016",
        gt=0,
    )
    plans: Annotated[dict[str, Plan], _ordered(lambda name, plan: (plan.fee, name))] = param(
        "the menu", min_length=1, max_length=16
    )
    overage: ByYear = param(
        "price beyond the allowance, by year", "yuan/GB", None, "assumed, ±50 %"
    )


class UserControl(Section):
    """The product that lets users decide what their traffic is used for (H7)."""

    enabled: bool = param("whether a carrier whose service allows it may offer the product")
    partitioned: Share = param("part of an allowance that the carrier binds to fixed uses")
    service_needed: Share = param("service level from which a carrier can offer it")
    fee: float = param("price of the product", "yuan/month", ge=0)
    innovation: float = param("Bass p: users who weigh it by themselves", "1/month", ge=0, lt=1)
    imitation: float = param("Bass q: by word of mouth", "1/month", ge=0, lt=1)


class Network(Section):
    """What it costs to carry."""

    line_cost: float = param("cost of serving a line", "yuan/month", (15, 35), ge=0)
    gb_cost: float = param("cost of carrying a GB in the first month", "yuan/GB", gt=0)
    gb_cost_fall: float = param("fall of the cost of a GB", "1/year", (0.3, 0.4), ge=0, lt=1)
    capacity_cost: float = param("price of a GB of monthly capacity, first month", "yuan", ge=0)
    load_target: float = param(
        "share of capacity in use that carriers build for", "", gt=0, lt=0.95
    )
    build_limit: float = param("largest growth of capacity", "1/month", gt=0)


class Leakage(Section):
    """Branches that sell below list into the grey market (docs/model.md, leaks)."""

    enabled: bool = param("whether branches sell to resellers at all")
    delta: float = param("retail GB displaced by a leaked GB", "", (0.6, 1.0), ge=0)
    control_spread: float = param("spread of control between branches", "", ge=0, le=0.5)
    cost_spread: float = param("spread of selling cost between branches", "x list", ge=0, le=0.2)
    cross: float = param("d/b, substitution between branches' goods", "", (0.03, 0.2), gt=0, le=1)
    cross_national: float = param(
        "the same once data roaming is abolished: every GB is then a national one",
        "",
        (0.03, 1),
        gt=0,
        le=1,
    )


class Resale(Section):
    """Resellers (traffic traders) and who buys from them."""

    resellers: int = param("resellers that exist or may enter", "", ge=1, le=1_000)
    active: int = param("in business at the start", "", (18, 55), ge=1)
    access: Share = param("share of users who know a reseller")
    failure: Share = param("deliveries that fail")
    fixed_cost: float = param("median cost of staying in business", "yuan/month", ge=0)
    fixed_cost_log_sd: float = param("spread of that cost", "log", ge=0)
    handling_spread: float = param(
        "largest cost of selling a GB, beside the GB; least is 0",
        "x list",
        (0, 0.03),
        "assumed; spreads of 0.5 to 1.5 points of list were seen",
        ge=0,
        le=0.2,
    )
    capital: float = param("capital at the start", "yuan", ge=0)
    strategy: AnyResellerRule = param("how resellers decide")

    @model_validator(mode="after")
    def _enough_resellers(self) -> Self:
        if self.active > self.resellers:
            raise ValueError(f"{self.active} active of {self.resellers} resellers")
        return self


class Sponsorship(Section):
    """Partners who pay for their users' traffic (backward traffic)."""

    enabled: bool = param("whether partners can sponsor at all")
    partners: int = param("apps and companies that may sponsor", "", ge=0, le=200_000)
    size_log_sd: float = param("spread of reach inside a category", "log", ge=0)
    value_median: float = param(
        "v, worth of an added GB to a partner", "yuan/GB", (1.4, 12), "1 % of 2016 traffic", gt=0
    )
    value_log_sd: float = param("spread of v", "log", (0.6, 1.5), ge=0)
    value_dilution: float = param("g, fall of v as a GB holds less engagement", "", (0, 0.5), ge=0)
    estimate_noise: float = param("error in a partner's estimate of v", "log", ge=0)
    budget_median: float = param("monthly budget", "yuan/month", gt=0)
    budget_log_sd: float = param("spread of budgets", "log", ge=0)
    direct_only: Share = param(
        "partners who need a carrier's invoice", source="assumed; resellers price invoices apart"
    )
    integration_cost: float = param(
        "cost of one platform, spread over its life", "yuan/month", ge=0
    )
    list_price: float = param("list price of a backward GB", "yuan/GB", None, "list pack", gt=0)
    discount: float = param(
        "direct channel's price relative to list",
        "x list",
        (0.5, 0.9),
        "reseller price lists",
        gt=0,
    )
    innovation: float = param("Bass p: partners who learn by themselves", "1/month", ge=0, lt=1)
    imitation: float = param("Bass q: partners who learn from others", "1/month", ge=0, lt=1)
    launch: MonthLabel = param("first product", source="China Telecom, January 2014")
    strategy: AnyPartnerRule = param("how partners decide")


class Service(Section):
    """Backward traffic sold as a service on a platform, by a contract of two parts."""

    uplift: float = param("added worth of a GB at the full service level", "share of v", ge=0)
    build_rate: Share = param("share of the missing service level built each month")
    cost: float = param("cost of the full service level", "yuan/month", ge=0)
    rate: float = param("price of a GB on the platform relative to the direct rate", "", gt=0)
    subscription: float = param("a partner's fee for a platform", "yuan/month", ge=0)
    revenue_share: float = param(
        "part of the worth of added use that a platform takes, which its reports make known",
        "",
        (0, 0.6),
        "Cachon and Lariviere 2005; no datum",
        ge=0,
        lt=1,
    )


class Sharing(Section):
    """How an alliance splits what its platform earns."""

    rule: Literal["proportional", "equal", "shapley"] = param(
        "by sponsored traffic, in equal parts, or by what each adds (Shapley 1953)"
    )


class Order(Section):
    """A rule that the regulator sets in force."""

    month: MonthLabel = param("first month in force", source="events file")
    rule: Literal["rollover", "price_cut", "roaming", "portability"] = param(
        "what is ordered", source="events file"
    )
    size: float = param(
        "price_cut: share of the list price of last December; portability: utils, assumed",
        source="events file",
        ge=0,
    )
    source: str = param("where the order is documented", source="events file")


class Lte(Section):
    """4G among a carrier's lines: Bass diffusion from its licence."""

    launch: MonthLabel = param("month of the licence", source="events file")
    innovation: float = param("Bass p", "1/month", source="4G lines of 2014-17", gt=0, lt=1)
    imitation: float = param("Bass q", "1/month", source="4G lines of 2014-17", ge=0, lt=1)
    ceiling: Share = param("share of lines in the end", source="4G lines of 2014-17")


class Carrier(Section):
    """One carrier: how it behaves in the shared past and after the branch month."""

    past: AnyCarrierRule = param("strategy before the branch month")
    strategy: AnyCarrierRule = param("strategy from the branch month on")
    leak_control: Share = param("k, weight of a branch on the whole", "", (0.3, 0.7))
    leak_control_branched: Share | None = param("k from the branch month on; null: as before")
    lte: Lte = param("4G diffusion")


class Identity(Section):
    """What a scenario is called and which claims it serves."""

    title: str = param("one line for people")
    title_zh: str = param("the same in Chinese")
    description: str = param("what it shows")
    claims: tuple[str, ...] = param("claims H1 to H10 that it serves")


class Scenario(Section):
    """Everything that a run depends on, but for the seed and the fidelity."""

    name: str = param("its id")
    about: Identity = param("for people")
    start: MonthLabel = param("first month of the shared past")
    branch: MonthLabel = param("first month of the scenario's own conduct")
    months: int = param("months from the branch on", "months", ge=1, le=240)
    data: DataFiles = param("files of observed facts")
    population: Population
    demand: Demand
    quality: Quality
    retail: Retail
    opening: Opening
    user_control: UserControl
    network: Network
    leakage: Leakage
    resale: Resale
    sponsorship: Sponsorship
    service: Service
    sharing: Sharing
    orders: Annotated[dict[str, Order], _ordered(lambda name, order: (order.month, name))] = param(
        "the regulator's orders by name: those of the events file and the scenario's own"
    )
    carriers: dict[CarrierId, Carrier]
    observed: Observed = param("read from the data files")

    @field_validator("start")
    @classmethod
    def _start_where_the_data_begin(cls, start: str) -> str:
        if start != month_label(0):
            raise ValueError(f"must be {month_label(0)}: the data begin there")
        return start

    @field_validator("branch")
    @classmethod
    def _branch_after_a_year(cls, branch: str) -> str:
        if month_index(branch) < MONTHS_PER_YEAR:
            earliest = month_label(MONTHS_PER_YEAR)
            raise ValueError(f"must be {earliest} or later, for a year of shared past, is {branch}")
        return branch

    @field_validator("carriers")
    @classmethod
    def _every_carrier(cls, carriers: dict[str, Carrier]) -> dict[str, Carrier]:
        if set(carriers) != set(CARRIERS):
            raise ValueError(f"must be exactly {', '.join(CARRIERS)}")
        return {carrier: carriers[carrier] for carrier in CARRIERS}

    @property
    def branch_month(self) -> int:
        """Return the month number of the branch."""
        return month_index(self.branch)

    @property
    def end_month(self) -> int:
        """Return the month number after the last."""
        return self.branch_month + self.months

    def canonical_json(self) -> str:
        """Return the scenario as JSON with sorted keys: equal scenarios, equal text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)

    def digest(self) -> str:
        """Return what identifies the scenario's content, whatever its name and title."""
        return content_digest(self.model_dump(mode="json"))

    def past_digest(self) -> str:
        """Return what identifies the shared past: scenarios with equal ones may share it."""
        return _digest(self.past_content(self.branch))

    def past_content(self, month: str, used: Collection[str] = ()) -> dict[str, Any]:
        """Return the parameters that are at work before a month, conduct after the branch aside.

        used : those of `FROM_THE_BRANCH` that have been at work by then; before the branch none is
        """
        content = self.model_dump(mode="json", exclude={"name", "about", "data", "months"})
        for carrier in content["carriers"].values():
            del carrier["strategy"], carrier["leak_control_branched"]
        content["orders"] = {
            name: order for name, order in content["orders"].items() if order["month"] < month
        }
        for section in FROM_THE_BRANCH:
            if section not in used:
                del content[section]
        if "user_control" not in used:
            # How allowances are bound is not new with the product that sets them free.
            content["user_control"] = {"partitioned": self.user_control.partitioned}
        return content

    def warnings(self) -> list[str]:
        """Return a sentence for each parameter outside the range held plausible beforehand."""
        return [
            f"{path} = {value:g} is outside its prior range {low:g} to {high:g}"
            for path, value, (low, high) in self.priors()
            if not low <= value <= high
        ]

    def priors(self) -> list[tuple[str, float, tuple[float, float]]]:
        """Return each parameter that has a prior range: its path, its value, the range."""
        return [(path, value, (low, high)) for path, value, (low, high) in _with_priors(self, "")]


def content_digest(definition: Mapping[str, Any]) -> str:
    """Return `Scenario.digest` of a scenario in its JSON form, also of another version's."""
    named = ("name", "about", "data")
    return _digest({key: value for key, value in definition.items() if key not in named})


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _with_priors(section: BaseModel, prefix: str) -> Iterator[tuple[str, float, list[float]]]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        path = f"{prefix}{name}"
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "prior" in extra:
            yield path, value, extra["prior"]  # type: ignore[misc]  # written by param()
        for key, part in value.items() if isinstance(value, dict) else [("", value)]:
            if isinstance(part, BaseModel):
                yield from _with_priors(part, f"{path}.{key}." if key else f"{path}.")
