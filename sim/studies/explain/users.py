"""A user's months: what they saw, by what chances and draws they acted, what they then used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.calendar import month_label
from sim.core.streams import halves_at, uniform_at
from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.segments import BELOW_LTE, BELOW_LTE_CONTROL, CONTROL, NO_DEVICE
from sim.mechanisms.choice import attention_of, plain, takes_up
from sim.mechanisms.drawing import better
from sim.mechanisms.usage import SHOCKED, line_month, theta_of
from sim.model import Market
from sim.model.market import ROW_DRAWS
from sim.scenario.schema import Scenario
from sim.studies.explain.chances import chance_of, offer_at, parts_of
from sim.studies.explain.terms import NEW_CARRIER, NEW_PLAN, TERMS, offer_terms

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

LEVELS = (
    "no data device",
    "data below 4G",
    "data on 4G",
    "data below 4G, with control",
    "data on 4G, with control",
)

# How a user comes to act, or not.
QUIET, LOOKED, RENEWED, JOINED = "did not look", "looked", "renewed", "first data device"


@dataclass(frozen=True)
class State:
    """What a line can do, and the offer it is on."""

    level: int
    offer: int
    carrier: str
    plan: str


@dataclass(frozen=True)
class Option:
    """An offer as the user weighs it; terms and utility in utils, costs of switching included."""

    offer: int
    carrier: str
    plan: str
    held: bool
    fee: float  # yuan a month
    allowance: float  # GB a month
    terms: dict[str, float]
    utility: float
    chance: float


@dataclass(frozen=True)
class Draws:
    """The user's draws of a month, uniform on (0, 1), and what they are held against."""

    upgrade: float
    upgrade_below: float  # a draw below this brings a first device, or 4G
    attention: float
    renews_below: float
    looks_below: float
    choice: float
    control: float
    control_below: float  # chance that the user takes up control over their traffic


@dataclass(frozen=True)
class Use:
    """The month's use in GB and its bill in yuan."""

    rolled_in: float  # left over from last month
    allowance: float  # of this month
    within: float  # the allowance; zero-rated traffic included
    beyond: float
    sponsored: float
    left: float  # may be used next month where rollover is in force
    fee: float
    overage: float
    control_fee: float
    voice: float
    bill: float
    from_reseller: bool  # what is beyond the allowance is bought from a reseller
    shock: bool  # paid for use beyond the allowance

    @property
    def total(self) -> float:
        """Return all use."""
        return self.within + self.beyond + self.sponsored


@dataclass(frozen=True)
class UserMonth:
    """One month of one user."""

    month: str
    lines: int  # that the user stands for
    before: State
    shocked: float  # share of lines like this one that paid overage last month
    draws: Draws
    way: str  # QUIET, LOOKED, RENEWED or JOINED
    options: tuple[Option, ...]  # none where the user did not look
    predicted: tuple[int, int]  # level and offer that chances and draws lead to
    after: State
    use: Use
    events: tuple[str, ...]

    @property
    def best(self) -> Option:
        """Return the option of the highest utility; for users who looked."""
        return max(self.options, key=lambda option: option.utility)

    @property
    def chosen(self) -> Option:
        """Return the option that the user took or kept; for users who looked."""
        return next(option for option in self.options if option.offer == self.after.offer)


class WatchedUser(Market):
    """A market that notes the months of one user.

    row : the user's; months : those to note, all if None
    """

    def __init__(self, scenario: Scenario, seed: int, row: int, months: range | None) -> None:
        super().__init__(scenario, seed, "individual")
        self.row = row
        self.wanted = range(scenario.end_month) if months is None else months
        self.noted: list[UserMonth] = []

    @property
    def who(self) -> dict[str, str | int | float | bool]:
        """Return what never changes of the user."""
        user = self.users[self.row]
        return {
            "province": user.province,
            "income_tier": user.income_tier,
            "usage_tier": user.usage_tier + 1,
            "usage_tiers": self.fixed.labels.tiers,
            "lifestyle": user.lifestyle,
            "usage_scale": user.usage_scale,
            "price_sensitivity": float(self.fixed.segments.alpha[user.segment]),
            "knows_reseller": user.knows_reseller,
        }

    def choose(self) -> None:
        """Note what the user weighs and draws; let all choose."""
        people, user = self.world.population, self.users[self.row]
        before = self._state()
        shocked = people.shocked[user.segment, :, before.offer].copy()
        super().choose()
        if self.world.month in self.wanted:
            self._choice = Choice(self, self.row, before, shocked)
        self._brought = int(people.rollover.ravel()[people.cell_of(self.row)])

    def use(self) -> None:
        """Let all use data, and note what the user uses and owes."""
        super().use()
        if self.world.month in self.wanted:
            self.noted.append(self._month())

    def _month(self) -> UserMonth:
        choice, after, use = self._choice, self._state(), self._use()
        return UserMonth(
            month=month_label(self.world.month),
            lines=int(self.users[self.row].lines),
            before=choice.before,
            shocked=choice.shocked,
            draws=choice.draws,
            way=choice.way,
            options=choice.options,
            predicted=choice.predicted,
            after=after,
            use=use,
            events=_events(choice, after, use),
        )

    def _state(self) -> State:
        people = self.world.population
        level, offer = divmod(
            int(people.cell_of(self.row)) % (people.lines.shape[1] * people.offers), people.offers
        )
        return state_of(self, level, offer)

    def _use(self) -> Use:
        """Return the month of the user's line by the kernel that bills all lines."""
        now, offers, levels = self._state(), self.offers, self.levels
        j, segments = CARRIERS.index(now.carrier), self.fixed.segments
        voice = int(offers.voice[j])
        if now.level == NO_DEVICE or now.offer % self.world.population.plans == 0:
            return _without_data(voice)
        g = self.users[self.row].segment
        style, knows = int(segments.style[g]), int(segments.knows[g])
        controlled = now.level >= BELOW_LTE_CONTROL
        usable = 1.0 if controlled else float(levels.usable[style])
        line = line_month(
            theta_of(g, now.level, segments, levels), now.offer, j, style, knows, usable,
            self._brought, offers, self.margin, levels, self.fixed.curve,
        )  # fmt: skip
        fee, rent = int(offers.fee[now.offer]), self.tastes.control_fee if controlled else 0.0
        rent_fen = round(rent * FEN_PER_YUAN)
        return Use(
            rolled_in=self._brought / KB_PER_GB,
            allowance=float(offers.allowance[now.offer]) * usable / KB_PER_GB,
            within=line.within / KB_PER_GB,
            beyond=line.beyond / KB_PER_GB,
            sponsored=line.gift / KB_PER_GB,
            left=line.left / KB_PER_GB if self.in_force.rollover else 0.0,
            fee=fee / FEN_PER_YUAN,
            overage=line.extra / FEN_PER_YUAN,
            control_fee=rent_fen / FEN_PER_YUAN,
            voice=voice / FEN_PER_YUAN,
            bill=(fee + line.extra + rent_fen + voice) / FEN_PER_YUAN,
            from_reseller=bool(self.margin.price[now.offer, knows] < offers.overage[now.offer]),
            shock=line.extra > 0,
        )


def state_of(market: Market, level: int, offer: int) -> State:
    """Return a line's state with the names of its carrier and plan."""
    plans = market.world.population.plans
    return State(level, offer, CARRIERS[offer // plans], market.fixed.labels.plans[offer % plans])


def _without_data(voice: int) -> Use:
    bill = voice / FEN_PER_YUAN
    return Use(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, bill, bill, False, False)


class Choice:
    """How one user comes from the state before to the state after, step by step.

    Read it right after the market's phase `choose`.

    row : the user's; shocked : (levels,) parts per million that had paid overage, of the lines
        of the user's segment on the offer held, as they were before
    """

    def __init__(self, market: Market, row: int, before: State, shocked: Ints) -> None:
        self.market, self.before = market, before
        self.g = market.users[row].segment
        plans = market.world.population.plans
        tastes, held = market.tastes, before.offer
        event, *rest = (market.streams.key(name, market.world.month) for name in ROW_DRAWS)
        attention, upgrade = halves_at(event, row)
        choice, control = (uniform_at(key, row) for key in rest)
        up = upgrade < better(before.level, held // plans, market.upgrades)
        level = before.level + int(up)
        self.shocked = int(shocked[level]) / SHOCKED
        look = (1.0 - tastes.renewal) * attention_of(
            tastes.attention, tastes.bill_shock, int(shocked[level])
        )
        self.way = _way(up and before.level == NO_DEVICE, attention, tastes.renewal, look)
        offer = held
        self.options: tuple[Option, ...] = ()
        if self.way != QUIET:
            level, offer, self.options = self._weighed(level, choice)
        chance = self._takes_up(level, offer)
        self.draws = Draws(
            upgrade, self._upgrade_chance(), attention, tastes.renewal, tastes.renewal + look,
            choice, control, chance,
        )  # fmt: skip
        self.predicted = (level + (CONTROL if control < chance else 0), offer)

    def _upgrade_chance(self) -> float:
        """Return the chance of a first device, or of 4G."""
        level, upgrades = self.before.level, self.market.upgrades
        if level == NO_DEVICE:
            return upgrades.device
        if level in (BELOW_LTE, BELOW_LTE_CONTROL):
            return float(upgrades.lte[CARRIERS.index(self.before.carrier)])
        return 0.0

    def _weighed(self, level: int, draw: float) -> tuple[int, int, tuple[Option, ...]]:
        """Return where one who looks at this level comes to, and what they saw."""
        market, held, renews = self.market, self.before.offer, self.way == RENEWED
        plans = market.world.population.plans
        own = np.arange(len(market.offers.fee)) // plans == held // plans
        at = np.where(own, plain(level) if renews else level, plain(level))
        terms = terms_of(market, self.g, at)
        parts = parts_of(terms.sum(axis=1), None if renews else held, market.offers, market.tastes)
        if not renews:
            terms = with_costs(terms, held, own, market)
        seen = np.flatnonzero(market.offers.open & ~np.isnan(terms[:, 0])).tolist()
        if not renews and held not in seen:
            seen = sorted([*seen, held])
        options = tuple(
            Option(
                offer=o,
                carrier=CARRIERS[o // plans],
                plan=market.fixed.labels.plans[o % plans],
                held=o == held,
                fee=int(market.offers.fee[o]) / FEN_PER_YUAN,
                allowance=int(market.offers.allowance[o]) / KB_PER_GB,
                terms=dict(zip(TERMS, terms[o].tolist(), strict=True)),
                utility=float(terms[o].sum()),
                chance=chance_of(parts, o),
            )
            for o in seen
        )
        offer = offer_at(parts, draw)
        return int(at[offer]), offer, options

    def _takes_up(self, level: int, offer: int) -> float:
        market, plans = self.market, self.market.world.population.plans
        if market.weights.e.shape[1] <= level + CONTROL:
            return 0.0
        return float(takes_up(self.g, level, offer, plans, market.weights, market.tastes))


def _way(fresh: bool, draw: float, renewal: float, look: float) -> str:
    if fresh:
        return JOINED
    if draw < renewal:
        return RENEWED
    return LOOKED if draw < renewal + look else QUIET


def terms_of(market: Market, g: int, level: Ints) -> Floats:
    """Return the parts of every offer's utility to a segment this month: (offers, TERMS) utils.

    level : (offers,) at which each is weighed. Without costs of switching; read it between
    the phases choose and bill, while delay is still last month's.
    """
    demand, carriers, fixed = market.scenario.demand, market.world.carriers, market.fixed
    province = fixed.segments.province[g]
    place = np.stack(
        [
            demand.service_value * carriers.service,
            demand.peer_effect * carriers.peers[:, province],
            -demand.delay_cost * carriers.delay[:, province],
        ],
        axis=1,
    )
    terms: Floats = offer_terms(
        g, level.astype(np.int64), np.ascontiguousarray(place), fixed.segments, market.offers,
        market.margin, market.levels, market.tastes, fixed.curve,
    )  # fmt: skip
    return terms


def with_costs(terms: Floats, held: int, own: NDArray[np.bool_], market: Market) -> Floats:
    """Return the terms with what it costs to leave an offer; own : (offers,) of its carrier."""
    out = terms.copy()
    out[:, NEW_CARRIER] = np.where(own, 0.0, -market.tastes.switching)
    out[:, NEW_PLAN] = np.where(own, -market.tastes.plan_switching, 0.0)
    out[held, NEW_PLAN] = 0.0
    return out


def _events(choice: Choice, after: State, use: Use) -> tuple[str, ...]:
    """Return what happened in the month, in order."""
    before, found = choice.before, []
    if choice.draws.upgrade < choice.draws.upgrade_below:
        found.append("device" if before.level == NO_DEVICE else "4G")
    if choice.way in (LOOKED, RENEWED):
        found.append("looked" if choice.way == LOOKED else "renewed")
    if after.carrier != before.carrier:
        found.append("new carrier")
    elif after.offer != before.offer:
        found.append("new plan")
    if choice.draws.control < choice.draws.control_below:
        found.append("control")
    if use.shock and choice.shocked == 0.0:
        found.append("bill shock")
    return tuple(found)
