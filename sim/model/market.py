"""The market: a Mesa model whose month reads as a list of phases."""

from __future__ import annotations

from collections.abc import Iterable

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents.firms import Branch, Carrier, InForce, Regulator, Reseller
from sim.agents.partners import Partner, PartnerSet
from sim.agents.users import User, UserSet
from sim.core.calendar import month_label
from sim.core.elementary import power
from sim.core.errors import SimError
from sim.core.kernels import threads
from sim.core.money import whole
from sim.core.streams import Streams
from sim.core.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.market.names import CARRIERS, DIRECT, PLATFORM, RESELLER
from sim.market.offers import Offers
from sim.market.population import Fidelity
from sim.market.tables import TABLES
from sim.market.views import (
    NOTHING,
    CarrierDecision,
    CarrierView,
    PlatformView,
    Research,
    frozen,
)
from sim.market.world import World
from sim.mechanisms.billing import LeakCharges, bill_leaks
from sim.mechanisms.cells import place_shares, upgrade_chances
from sim.mechanisms.channels import Deals
from sim.mechanisms.choice import Tastes, Weights, quality_factors
from sim.mechanisms.drawing import Draws, drawn_flows, row_chances
from sim.mechanisms.flows import Moved, Upgrades, expected_flows, move_homes, nobody_asks
from sim.mechanisms.metering import use_data
from sim.mechanisms.places import place_values
from sim.mechanisms.resale import after_trade
from sim.mechanisms.sponsorship import PAID, VOLUME, sponsored_by_style
from sim.mechanisms.surplus import consumer_surplus
from sim.mechanisms.usage import (
    LINES,
    RESOLD,
    Levels,
    Margin,
    margins,
)
from sim.mechanisms.weights import offer_weights
from sim.model.deals import (
    Coalitions,
    bill_deals,
    platform_parts,
    strike_deals,
    weigh_alliance,
)
from sim.model.outcomes import outcomes_of, wealth_of
from sim.model.quality import Trend, month_quality
from sim.model.records import record_month
from sim.model.research import market_research
from sim.model.settlement import (
    Settled,
    Trade,
    check_users,
    check_volumes,
    month_sums,
    settle,
    whole_lines,
)
from sim.model.supply import (
    Characters,
    ResaleTerms,
    backward_list_prices,
    carry_costs,
    decide_leaks,
    decide_resale,
    draw_characters,
)
from sim.scenario.paths import read_paths
from sim.scenario.schema import Scenario
from sim.scenario.start import build_world, fixed_parts

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

# A twelfth of the segments is surveyed each month, in turn, so that every user is heard once a
# year: consumer surplus of every cell every month would cost as much as the month itself.
PANEL = 12

# The streams of a row's draws, in the order of `Draws`.
ROW_DRAWS = ("users.event", "users.choice", "users.control")

DECISION_DRAWS = 8  # uniform draws that each carrier's strategy may use a month


class Market(mesa.Model):
    """China's three-carrier market under one scenario and seed, a month a step.

    Parameters
    ----------
    scenario : what is simulated
    seed : every random number is addressed by it
    fidelity : "expected" moves every cell by its expected flow, "individual" lets rows draw
    world : where to start from; the end of December 2014 unless given. A copy of the world
        of another market with the same seed and past continues that market exactly.
    tables : names of the tables that months are recorded in
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 0,
        fidelity: Fidelity = "expected",
        world: World | None = None,
        tables: Iterable[str] = TABLES,
    ) -> None:
        super().__init__(rng=seed)
        self._settings = scenario
        self.tables = tuple(tables)
        self.streams = Streams(seed)
        self.fixed = fixed_parts(scenario)
        self.paths = read_paths(scenario)
        self.world = world or build_world(scenario, self.fixed, self.paths, self.streams, fidelity)
        self.has_control = has_control(scenario)
        self.trend: Trend | None = None  # of quality; known from the branch on
        self.regulator = Regulator(self)
        self.carriers = [Carrier(self, j) for j in range(len(CARRIERS))]
        branches = range(len(self.fixed.branches))
        self.characters: Characters = draw_characters(scenario, self.streams, len(branches))
        self.branches = [Branch(self, c.index, b) for c in self.carriers for b in branches]
        self.resellers = [Reseller(self, i) for i in range(scenario.resale.resellers)]
        self.users = UserSet(self, self.world.population)
        self.partners = PartnerSet(self, self.world.partners)
        self.agents_by_type[User] = self.users
        self.agents_by_type[Partner] = self.partners

    @property
    def scenario(self) -> Scenario:
        """Return the scenario; it is frozen, so Mesa must not write into it."""
        return self._settings

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        """Ignore the placeholder that Mesa's constructor sets."""

    @property
    def month(self) -> str:
        """Return the label of the month that the next step simulates."""
        return month_label(self.world.month)

    def step(self) -> None:
        """Simulate one month."""
        if self.world.month >= self.scenario.end_month:
            raise SimError(f"the scenario ends before {self.month}; raise `months` to go on")
        self.observe()  # freeze last month's facts
        self.decide()  # carriers, branches and resellers move at once
        self.publish()  # moves become offers and rate cards
        self.sponsor()  # partners strike their deals
        self.choose()  # users look, compare and switch
        self.use()  # gigabytes, paid or sponsored
        self.bill()  # use becomes charges
        self.settle()  # charges become postings
        self.close()  # books balance, facts are recorded

    # ------------------------------------------------------------------ observe

    def observe(self) -> None:
        """Put the regulator's orders in force and freeze what carriers see of last month."""
        month, carriers, cost = self.world.month, self.world.carriers, self.paths.unit_cost
        people = self.world.population
        if month <= self.scenario.branch_month:
            people.at_home()
        if month >= self.scenario.branch_month and self.has_control:
            people.with_control()
        self.in_force: InForce = self.regulator.decide(month)
        self.unit_cost = float(cost[month + 1])
        # As use grows at given prices, a GB holds less engagement and is worth less to a partner.
        growth = float(self.paths.usage[month])
        self.dilution = power(growth, -self.scenario.sponsorship.value_dilution)
        self.wealth_before = self.wealth()
        self.active_before = self.world.resellers.active.copy()
        self._forget_past_strategies()
        draws = frozen(
            self.streams.uniform("carriers.decision", month, len(CARRIERS) * DECISION_DRAWS)
        ).reshape(len(CARRIERS), DECISION_DRAWS)
        shared = {
            "month": month,
            "list_price": frozen(carriers.list_price),
            "backward_rate": frozen(carriers.backward_rate),
            "share": frozen(carriers.share),
            "share_before": frozen(carriers.share_before),
            "yuan_per_gb": frozen(carriers.yuan_per_gb),
            "market_yuan_per_gb": carriers.market_yuan_per_gb,
            "unit_cost": self.unit_cost,
            "unit_cost_before": float(cost[month]),
            "observed_yuan_per_gb": float(self.paths.observed_price[month]),
            "profit": frozen(carriers.profit),
            "profit_before": frozen(carriers.profit_before),
            "line_margin": frozen(carriers.line_margin),
            "platform": PlatformView(
                member=frozen(carriers.member),
                revenue=frozen(carriers.platform_revenue),
                profit_inside=frozen(carriers.profit_inside),
                profit_alone=frozen(carriers.profit_alone),
                months_worse=frozen(carriers.months_worse),
            ),
        }
        self.views = [
            CarrierView(
                me=j,
                price_ceiling=int(self.in_force.price_ceiling[j]),
                variable_cost=int(carriers.variable_cost[j]),
                memory=frozen(carriers.memory[j]),
                research=self._research(j),
                draws=draws[j],
                **shared,  # type: ignore[arg-type]
            )
            for j in range(len(CARRIERS))
        ]

    def _research(self, carrier: int) -> Research | None:
        """Return what a carrier's market research knows, where its strategy asks for it."""
        if not self.carriers[carrier].strategy.needs_research:
            return None
        return market_research(self, carrier)

    def _forget_past_strategies(self) -> None:
        """Clear the memory of each carrier whose strategy changes at the branch."""
        if self.world.month == self.scenario.branch_month:
            for j, carrier in enumerate(CARRIERS):
                settings = self.scenario.carriers[carrier]
                if settings.strategy != settings.past:
                    self.world.carriers.memory[j] = NOTHING

    # ------------------------------------------------------------------- decide

    def decide(self) -> None:
        """Let carriers, branches and resellers decide on last month's facts."""
        self.decisions = [c.decide(self.views[c.index]) for c in self.carriers]
        for carrier, decision in zip(self.carriers, self.decisions, strict=True):
            _check_decision(carrier.id, decision)
        list_price = backward_list_prices(self)
        decide_leaks(self, list_price)
        self.resale: ResaleTerms = decide_resale(self, list_price)

    # ------------------------------------------------------------------ publish

    def publish(self) -> None:
        """Turn the moves into this month's offers, rates, levels and qualities."""
        carriers, month = self.world.carriers, self.world.month
        self.platform_before = carriers.platform
        for j, decision in enumerate(self.decisions):
            carriers.list_price[j] = decision.list_price
            carriers.backward_rate[j] = decision.backward_rate
            missing = max(decision.service_target - carriers.service[j], 0.0)
            carriers.service[j] += self.scenario.service.build_rate * missing
            carriers.member[j] = decision.cooperate
            carriers.own_platform[j] = decision.own_platform
            carriers.block[j] = decision.block
            able = carriers.service[j] >= self.scenario.user_control.service_needed
            carriers.control[j] = self.has_control and decision.control and able
            carriers.memory[j] = frozen(decision.memory)
        self.platform = carriers.platform
        self.platform_rate = whole(carriers.backward_rate * self.scenario.service.rate)
        self.offers: Offers = self.fixed.menu.publish(
            month,
            carriers.list_price,
            int(self.paths.overage[month]),
            self.world.resellers.price,
            self.paths.voice[month],
        )
        self.margin: Margin = margins(self.offers, self.fixed.curve)

    # ------------------------------------------------------------------ sponsor

    def sponsor(self) -> None:
        """Let partners whose contracts are up decide whom to sponsor with."""
        self.deals: Deals = strike_deals(self)
        self.coalitions: Coalitions | None = weigh_alliance(self)
        self.levels = self.month_levels()

    def month_levels(self) -> Levels:
        """Return what scales use this month."""
        month, roaming = self.world.month, self.fixed.roaming
        return Levels(
            usage=self.world.usage_level * float(self.paths.usage[month]),
            lte_usage=self.scenario.demand.lte_usage,
            sponsored=sponsored_by_style(self.world.sponsored, self.fixed.mix),
            roaming=np.zeros_like(roaming) if self.in_force.roaming_abolished else roaming,
            usable=self.fixed.usable,
        )

    # ------------------------------------------------------------------- choose

    def choose(self) -> None:
        """Let users look and switch, at this month's qualities; new lines join."""
        people, month = self.world.population, self.world.month
        before, total = int(self.paths.total_lines[month]), int(self.paths.total_lines[month + 1])
        people.resize(total)
        growth = max(total - before, 0) / total
        replaced = self.scenario.population.replacement
        tastes = self.month_tastes(renewal=replaced + growth - replaced * growth)
        self.weights: Weights = offer_weights(
            self.fixed.segments, self.offers, self.margin, self.levels, tastes, self.fixed.curve,
            people.lines.shape[1],
        )  # fmt: skip
        self.tastes = tastes._replace(xi=month_quality(self, tastes))
        data_lines = min(1.0, float(self.paths.data_lines[month]) / self.world.data_choice)
        self.upgrades: Upgrades = upgrade_chances(people.lines, data_lines, self.paths.lte[month])
        self._move(quality_factors(self.tastes.xi, people.plans, self.tastes), self.upgrades)

    def _move(self, factor: Floats, upgrades: Upgrades) -> None:
        """Move cells by their expected flows, or let every row draw for itself."""
        people, month, key = self.world.population, self.world.month, self.streams.key
        self.surplus = PANEL * consumer_surplus(
            month % PANEL, PANEL, people.lines, people.unit, people.shocked, people.home,
            self.fixed.segments, self.weights, self.offers, self.tastes, factor,
        )  # fmt: skip
        if people.rows is None:
            moved: Moved = expected_flows(
                people.lines, people.rollover, people.shocked, self.weights, factor, self.offers,
                self.tastes, upgrades, nobody_asks(),
            )  # fmt: skip
        else:
            chances = row_chances(
                people.shocked, self.weights, factor, self.offers, self.tastes, upgrades
            )
            moved = drawn_flows(
                people.rows.segment, people.rows.state, *people.row_lines(), people.lines,
                people.rollover, people.shocked, chances, self.tastes, upgrades,
                Draws(*(key(name, month) for name in ROW_DRAWS)), nobody_asks(), threads(),
            )  # fmt: skip
        people.lines = moved.lines
        self.moves = whole_lines(moved.moves, people.unit)
        if month >= self.scenario.branch_month:
            move_homes(people.home, moved.flows)

    def month_tastes(self, renewal: float) -> Tastes:
        """Return what users weigh this month, quality being last month's."""
        demand, carriers = self.scenario.demand, self.world.carriers
        product = self.scenario.user_control
        place = place_values(
            carriers.service, carriers.peers, carriers.delay, demand.service_value,
            demand.peer_effect, demand.delay_cost,
        )  # fmt: skip
        reach = product.innovation + product.imitation * carriers.adopters
        return Tastes(
            place=place,
            xi=carriers.xi,
            lte_value=demand.lte_value,
            voice_value=demand.voice_value,
            voice_quality=demand.voice_quality,
            switching=max(demand.switching_cost - self.in_force.switching_relief, 0.0),
            plan_switching=demand.plan_switching_cost,
            attention=demand.attention,
            bill_shock=demand.bill_shock,
            renewal=renewal,
            dissimilarity=demand.dissimilarity,
            nest=self.fixed.nest,
            control_fee=product.fee,
            control=carriers.control,
            control_reach=np.minimum(reach, 1.0),
        )

    # ---------------------------------------------------------------------- use

    def use(self) -> None:
        """Let every line use data under its tariff."""
        people, month = self.world.population, self.world.month
        sums = use_data(
            people.lines, people.unit, self.fixed.segments, self.offers, self.margin, self.levels,
            self.fixed.curve, round(self.scenario.user_control.fee * FEN_PER_YUAN),
            self.in_force.rollover, len(self.fixed.labels.provinces), people.rollover,
            people.shocked, people.usage, people.bill,
        )  # fmt: skip
        check_users(month, people, sums, int(self.paths.total_lines[month + 1]))
        self.sums, self.total = month_sums(sums, people.unit)
        self.world.by_style = self.sums.by_style

    # --------------------------------------------------------------------- bill

    def bill(self) -> None:
        """Turn sponsored and resold use into charges to partners and resellers."""
        world = self.world
        self.worth, self.sponsor_charges, self.sponsoring = bill_deals(self)
        leaked = self.sponsoring.by_channel[VOLUME, RESELLER] + self.total[:, RESOLD]
        self.leak_charges: LeakCharges = bill_leaks(
            leaked, world.branches.sales, world.branches.price
        )
        self.costs = carry_costs(self)

    # ------------------------------------------------------------------- settle

    def settle(self) -> None:
        """Post every charge to the ledger."""
        world = self.world
        self.trade = Trade(
            sums=self.sums,
            sponsors=self.sponsor_charges,
            leaks=self.leak_charges,
            costs=self.costs,
            platform=self.platform,
            parts=platform_parts(self, self.sponsoring.by_channel[VOLUME, PLATFORM]),
            active=world.resellers.active,
            reseller_sales=self.resale.sales,
            handling=self.resale.handling,
            fixed_cost=world.resellers.fixed_cost,
        )
        self.settled: Settled = settle(world.ledger, self.trade)

    # -------------------------------------------------------------------- close

    def close(self) -> None:
        """Check the books, record the month's facts, and turn the page."""
        world, month = self.world, self.world.month
        world.ledger.assert_balanced(month)
        provinces = self.fixed.labels.provinces
        check_volumes(month, self.sums, self.sponsor_charges.volume, provinces)
        self._turn_page()
        self.postings = world.ledger.take_postings()
        record_month(self)
        world.month += 1

    def _turn_page(self) -> None:
        """Make this month's outcome what everyone decides on next."""
        carriers, resellers = self.world.carriers, self.world.resellers
        sponsored = self.sponsoring.by_channel[PAID, DIRECT] + self.settled.platform_share
        month = outcomes_of(self.total, self.costs.lines, self.costs.traffic, sponsored)
        carriers.share_before, carriers.share = carriers.share, month.share
        carriers.peers = place_shares(self.sums.by_place[:, :, LINES])
        carriers.adopters = month.adopters
        carriers.yuan_per_gb = month.yuan_per_gb
        carriers.market_yuan_per_gb = month.market_yuan_per_gb
        carriers.variable_cost = month.variable_cost
        carriers.line_margin, carriers.side_revenue = month.line_margin, month.side_revenue
        carriers.profit_before = carriers.profit
        carriers.profit = self.wealth() - self.wealth_before
        if self.world.month % MONTHS_PER_YEAR == MONTHS_PER_YEAR - 1:
            carriers.december_price = carriers.list_price.copy()
        carriers.platform_revenue = self.settled.platform_share
        resellers.sold = self.leak_charges.sold
        resellers.margin = self.settled.reseller_margin
        resellers.profit = self.settled.reseller_profit
        resellers.capital, resellers.losing_months = after_trade(
            resellers.active, resellers.profit, resellers.capital, resellers.losing_months
        )

    def wealth(self) -> NDArray[np.int64]:
        """Return each carrier's balance, its branches' included: (carriers,) fen."""
        ledger = self.world.ledger
        return wealth_of(ledger.of("carrier"), ledger.of("branch"))


def has_control(scenario: Scenario) -> bool:
    """Return whether any carrier may come to offer users control over their traffic."""
    rules = [scenario.carriers[c].strategy for c in CARRIERS]
    return scenario.user_control.enabled and any(rule.offers_control for rule in rules)


def _check_decision(carrier: str, decision: CarrierDecision) -> None:
    """Raise where a strategy answers with what no carrier can do."""
    if decision.list_price <= 0 or decision.backward_rate <= 0:
        raise SimError(f"the strategy of {carrier} set a price that is not positive: {decision}")
    if decision.cooperate and decision.own_platform:
        raise SimError(f"the strategy of {carrier} is on two platforms at once: {decision}")
    if not 0.0 <= decision.block <= 1.0:
        raise SimError(f"the strategy of {carrier} blocks by a part outside 0 to 1: {decision}")
    if not 0.0 <= decision.service_target <= 1.0:
        raise SimError(f"the strategy of {carrier} set a service level outside 0 to 1: {decision}")
