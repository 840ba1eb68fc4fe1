"""What a scenario takes as given, and the market that it starts from."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from sim.core.calendar import month_index
from sim.core.streams import Streams
from sim.core.units import KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.segments import NO_DEVICE, ON_LTE
from sim.market.world import NO_OFFER, World
from sim.mechanisms.metering import use_data
from sim.mechanisms.usage import (
    DATA_LINES,
    FEE,
    LINES,
    OVERAGE,
    USED,
    Levels,
    margins,
)
from sim.model import Market
from sim.scenario.load import load_scenario
from sim.scenario.paths import Paths, mid_year, observed_prices, read_paths
from sim.scenario.schema import Scenario
from sim.scenario.shipped import configs_folder
from sim.scenario.start import Fixed, build_world, fixed_parts, tier_means

SERIES = {2015: 10.0, 2016: 40.0, 2018: 10.0}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("base")


@pytest.fixture(scope="module")
def paths(scenario: Scenario) -> Paths:
    return read_paths(scenario)


@pytest.fixture(scope="module")
def fixed(scenario: Scenario) -> Fixed:
    return fixed_parts(scenario)


@pytest.fixture(scope="module")
def start(scenario: Scenario, fixed: Fixed, paths: Paths) -> World:
    return build_world(scenario, fixed, paths, Streams(0), "expected")


@pytest.fixture
def world(start: World) -> World:
    return start.copy()


# Paths


@pytest.mark.parametrize(
    ("month", "value"),
    [
        (5.5, 10.0),  # the turn from June to July 2015
        (17.5, 40.0),
        (11.5, 20.0),  # half way, in logs
        (29.5, 20.0),  # two years lie between the last two
        (-40.0, 10.0),
        (99.0, 10.0),
    ],
)
def test_a_yearly_mean_stands_in_the_middle_of_its_year(month: float, value: float) -> None:
    assert mid_year(SERIES, month) == pytest.approx(value)


def test_the_observed_price_is_revenue_over_traffic(scenario: Scenario) -> None:
    observed = scenario.observed
    prices = observed_prices(scenario)

    assert prices[2016] == pytest.approx(432.9 / 9.36)
    assert set(prices) == set(observed.data_revenue) & set(observed.traffic)


def test_lines_end_every_year_as_observed(scenario: Scenario, paths: Paths) -> None:
    for year in range(2014, 2019):
        end = (year - 2014) * 12
        lines = [scenario.observed.lines[c][year] for c in CARRIERS]
        assert paths.total_lines[end] == round(sum(lines) * 1e6)
        assert paths.observed_share[end] == pytest.approx(np.array(lines) / sum(lines))


def test_lines_grow_evenly_within_a_year(paths: Paths) -> None:
    steps = np.diff(paths.total_lines[12:25])

    assert steps.max() - steps.min() <= 1
    assert paths.total_lines[24] > paths.total_lines[12]


def test_after_the_observed_years_lines_grow_by_assumption_and_no_share_is_known(
    scenario: Scenario, paths: Paths
) -> None:
    end = 4 * 12

    growth = paths.total_lines[end + 12] / paths.total_lines[end]
    assert growth == pytest.approx(1.0 + scenario.population.growth_after)
    assert np.isnan(paths.observed_share[end + 1 :]).all()
    assert not np.isnan(paths.observed_share[: end + 1]).any()


def test_no_price_later_than_2017_is_fed_in(paths: Paths) -> None:
    fed = ~np.isnan(paths.observed_price)

    assert fed.tolist() == [month < month_index("2018-01") for month in range(len(fed))]


def test_the_fed_price_stands_on_the_yearly_means_and_falls_all_along(paths: Paths) -> None:
    known = paths.observed_price[: month_index("2018-01")]
    june_to_july_2016 = math.sqrt(known[17] * known[18])

    assert june_to_july_2016 == pytest.approx(432.9 / 9.36, rel=0.01)  # the fall has a kink there
    assert (np.diff(known[6:]) < 0.0).all()


def test_overage_stays_in_force_until_the_next_year_named(paths: Paths) -> None:
    assert paths.overage[[0, 11, 12, 24, 36, 60]].tolist() == [
        100_00, 100_00, 60_00, 50_00, 30_00, 30_00,
    ]  # fmt: skip


def test_the_bill_without_data_is_arpu_less_the_industrys_part_of_data(
    scenario: Scenario, paths: Paths
) -> None:
    """In 2016: 432.9 bn yuan of what all carriers' mean lines were billed."""
    observed, year = scenario.observed, 2016
    billed = sum(
        12.0 * observed.arpu[c][year] * (observed.lines[c][year - 1] + observed.lines[c][year]) / 2
        for c in CARRIERS
    )
    rest = 1.0 - 432.9e3 / billed
    at_mid_year = np.sqrt(paths.voice[17] * paths.voice[18])

    assert 0.3 < rest < 0.7
    assert at_mid_year == pytest.approx(
        [100.0 * rest * observed.arpu[c][year] for c in CARRIERS], rel=2e-3
    )


def test_use_and_costs_move_at_their_yearly_rates(scenario: Scenario, paths: Paths) -> None:
    network = scenario.network
    kept = 1.0 - network.gb_cost_fall

    assert paths.usage[0] == 1.0
    assert paths.usage[36] == pytest.approx(math.exp(3 * scenario.demand.usage_trend))
    assert paths.unit_cost[1] == pytest.approx(100 * network.gb_cost)
    assert paths.unit_cost[13] / paths.unit_cost[1] == pytest.approx(kept)
    assert paths.capacity_cost[12] == pytest.approx(100 * network.capacity_cost * kept)


def test_a_longer_scenario_has_the_same_months_and_more(scenario: Scenario, paths: Paths) -> None:
    shorter = read_paths(load_scenario("base", {"months": 3}))

    for name, path in vars(shorter).items():
        longer = getattr(paths, name)
        assert len(path) < len(longer)
        assert np.array_equal(path, longer[: len(path)], equal_nan=path.dtype.kind == "f")


# Constants


def alpha(fixed: Fixed) -> np.ndarray:
    """Return the price sensitivity of each province's income tiers."""
    people = fixed.segments
    table = np.zeros((people.province.max() + 1, people.income.max() + 1))
    table[people.province, people.income] = people.alpha
    return table


def test_price_sensitivity_falls_with_income(scenario: Scenario, fixed: Fixed) -> None:
    provinces = scenario.observed.provinces
    richest = int(np.argmax([p.income for p in provinces]))
    poorest = int(np.argmin([p.income for p in provinces]))
    ratio = provinces[richest].income / provinces[poorest].income

    assert (np.diff(alpha(fixed), axis=1) < 0.0).all()
    assert alpha(fixed)[poorest] / alpha(fixed)[richest] == pytest.approx(
        np.full(2, ratio**scenario.demand.income_sensitivity)
    )


def test_at_the_mean_income_a_yuan_is_worth_what_the_scenario_says() -> None:
    alike = {
        "population.income_tiers.low.income": 1,
        "population.income_tiers.high.income": 1,
    }
    scenario = load_scenario("base", alike)
    provinces = scenario.observed.provinces
    mean = sum(p.income * p.lines for p in provinces) / sum(p.lines for p in provinces)
    at_mean = alpha(fixed_parts(scenario))[:, 0] * np.sqrt([p.income / mean for p in provinces])

    assert at_mean == pytest.approx(np.full(31, scenario.demand.price_sensitivity))


def test_merged_incomes_halve_the_segments_and_keep_the_mean_use(fixed: Fixed) -> None:
    merged = fixed_parts(load_scenario("base", {"population.merge_incomes": True}))
    before, after = fixed.segments, merged.segments

    assert len(after.theta) * 2 == len(before.theta)
    assert merged.labels.incomes == ("mean",)
    assert (after.weight * after.theta).sum() == pytest.approx((before.weight * before.theta).sum())
    assert alpha(merged)[:, 0].min() > alpha(fixed).min()
    assert alpha(merged)[:, 0].max() < alpha(fixed).max()


def test_every_lifestyles_mix_is_whole(fixed: Fixed) -> None:
    assert fixed.mix.sum(axis=1) == pytest.approx(np.ones(len(fixed.labels.lifestyles)))


def test_who_knows_a_reseller_is_a_lifestyle_of_its_own_and_average_in_what_it_does(
    scenario: Scenario, fixed: Fixed
) -> None:
    people, styles = fixed.segments, scenario.population.lifestyles.values()
    shares = np.array([style.share for style in styles])

    assert fixed.labels.lifestyles[-1] == "bargain_hunter"
    assert people.weight[people.knows].sum() == pytest.approx(scenario.resale.access)
    assert fixed.mix[-1] == pytest.approx((shares[:, None] * fixed.mix[:-1]).sum(axis=0))
    assert fixed.roaming[-1] == pytest.approx(sum(s.share * s.roaming for s in styles))


def test_a_bound_allowance_is_of_less_use_to_who_differs_from_the_average(
    scenario: Scenario, fixed: Fixed
) -> None:
    bound = scenario.user_control.partitioned
    free = fixed_parts(load_scenario("base", {"user_control.partitioned": 0}))

    assert (fixed.usable[:-1] < 1.0).all()
    assert (fixed.usable > 1.0 - bound).all()
    assert fixed.usable[-1] == pytest.approx(1.0)  # the average itself
    assert (free.usable == 1.0).all()


def test_provinces_use_what_they_were_observed_to_relative_to_the_country(
    scenario: Scenario, fixed: Fixed
) -> None:
    people, provinces = fixed.segments, scenario.observed.provinces
    mean = [
        (people.theta * people.weight)[people.province == p].sum()
        / people.weight[people.province == p].sum()
        for p in range(len(provinces))
    ]
    observed = np.array([p.dou for p in provinces])

    assert np.array(mean) / mean[0] == pytest.approx(observed / observed[0])


def test_the_regions_are_the_provinces_added_up(scenario: Scenario) -> None:
    members = pd.read_csv(configs_folder() / "data" / "regions.csv").set_index("code")["provinces"]
    regions = load_scenario("base", {"data.provinces": "regions.csv"}).observed.provinces
    provinces = {province.code: province for province in scenario.observed.provinces}
    listed = [code for text in members for code in text.split()]

    assert sorted(listed) == sorted(provinces)
    for region in regions:
        each = [provinces[code] for code in members[region.code].split()]
        lines = np.array([province.lines for province in each])
        mean = [
            lines @ [getattr(p, what) for p in each] / lines.sum() for what in ("income", "dou")
        ]
        assert region.lines == pytest.approx(lines.sum(), abs=0.005)
        assert region.income == pytest.approx(mean[0], abs=0.5)
        assert region.dou == pytest.approx(mean[1], abs=0.05)


def test_a_region_has_the_branches_of_its_provinces() -> None:
    market = Market(load_scenario("base", {"data.provinces": "regions.csv", "months": 1}))
    market.step()
    last = market.world.records["province_carrier_month"][-1]
    east = market.fixed.branches[:10]
    selling = market.world.branches.price[0, :10]

    assert market.world.branches.price.shape == (3, 31)
    assert (
        [b.province for b in market.branches[:10]]
        == list(east)
        == [
            "BJ",
            "TJ",
            "HE",
            "SH",
            "JS",
            "ZJ",
            "FJ",
            "SD",
            "GD",
            "HI",
        ]
    )
    assert last["leak_kb"][0] == market.leak_charges.volume[0, :10].sum() > 0
    assert last["wholesale_price_fen"][0] == selling[selling < NO_OFFER].mean()


@pytest.mark.parametrize("tiers", [1, 2, 5])
def test_the_tiers_of_a_lognormal_have_the_means_of_its_equal_parts(tiers: int) -> None:
    """By quadrature of exp(s z) between the normal quantiles."""
    log_sd, edges = 1.1, stats.norm.ppf(np.linspace(0.0, 1.0, tiers + 1))
    expected = [
        tiers * integrate.quad(
            lambda z: np.exp(log_sd * z) * stats.norm.pdf(z), max(low, -12.0), min(high, 14.0)
        )[0]
        for low, high in pairwise(edges)
    ]  # fmt: skip

    assert tier_means(tiers, log_sd) == pytest.approx(expected, rel=1e-9)
    assert np.mean(tier_means(tiers, log_sd)) == pytest.approx(math.exp(log_sd**2 / 2.0))


# The start


def test_the_market_starts_with_the_observed_shares(world: World, paths: Paths) -> None:
    people = world.population
    lines = people.lines.reshape(*people.lines.shape[:2], 3, -1).sum(axis=(0, 1, 3))

    assert lines.sum() == paths.total_lines[0] * people.unit
    assert lines / lines.sum() == pytest.approx(paths.observed_share[0], abs=1e-9)
    assert world.carriers.share == pytest.approx(paths.observed_share[0])


def test_carriers_start_with_the_4g_that_they_had(world: World, paths: Paths) -> None:
    people = world.population
    lines = people.lines.reshape(*people.lines.shape[:2], 3, -1).sum(axis=(0, 3))

    assert lines[ON_LTE] / lines.sum(axis=0) == pytest.approx(paths.lte[0], abs=1e-9)


def test_nobody_without_a_device_starts_with_data(world: World) -> None:
    people = world.population
    with_data = np.arange(people.offers) % people.plans != 0

    assert people.lines[:, NO_DEVICE, with_data].sum() == 0


def test_nobody_starts_on_a_plan_that_is_not_sold_yet(world: World) -> None:
    plan = world.population.labels.plans.index("unlimited")

    assert world.population.lines[:, :, plan :: world.population.plans].sum() == 0


def test_rows_start_as_the_cells_do(
    world: World, scenario: Scenario, fixed: Fixed, paths: Paths
) -> None:
    rows = 20_000
    few = load_scenario("base", {"population.users": rows})
    people = build_world(few, fixed, paths, Streams(0), "individual").population
    share, chance = (p.lines.sum(axis=0) / p.lines.sum() for p in (people, world.population))

    assert people.lines.sum() == paths.total_lines[0]
    assert (np.abs(share - chance) <= 4.0 * np.sqrt(chance / rows)).all()


def test_the_opening_month_has_the_observed_use_price_and_share_of_data_lines(
    scenario: Scenario, fixed: Fixed, world: World, paths: Paths
) -> None:
    """At the turn of 2014 to 2015, within the hundredth to which the start is solved."""
    people, none = world.population, np.full(3, NO_OFFER)
    price = world.carriers.list_price
    offers = fixed.menu.publish(0, price, int(paths.overage[0]), none, paths.voice[0])
    month = Levels(
        usage=world.usage_level,
        lte_usage=scenario.demand.lte_usage,
        sponsored=np.zeros((3, len(fixed.labels.lifestyles))),
        roaming=fixed.roaming,
        usable=fixed.usable,
    )
    total = use_data(
        people.lines, people.unit, fixed.segments, offers, margins(offers, fixed.curve), month,
        fixed.curve, 0, False, 31, people.rollover, people.shocked, people.usage, people.bill,
    ).by_place.sum(axis=(0, 1))  # fmt: skip

    gigabytes, lines = total[USED] / KB_PER_GB, total[DATA_LINES] / people.unit
    want_price = math.sqrt(270.7 / 2.06 * 302.7 / 4.187)
    assert gigabytes / lines * 1e3 == pytest.approx(math.sqrt(205.0 * 389.3), rel=0.01)
    assert (total[FEE] + total[OVERAGE]) / 100.0 / gigabytes == pytest.approx(want_price, rel=0.01)
    assert total[DATA_LINES] / total[LINES] == pytest.approx(
        mid_year(scenario.population.data_lines, 0), abs=0.01
    )


def test_level_and_price_of_the_start_are_the_same_for_every_seed_size_and_fidelity() -> None:
    starts = []
    for seed, rows, fidelity in (
        (0, 1_000, "individual"), (1, 1_000, "individual"), (0, 3_000, "individual"),
        (0, 1_000, "expected"),
    ):  # fmt: skip
        scenario = load_scenario("base", {"population.users": rows})
        start = build_world(
            scenario, fixed_parts(scenario), read_paths(scenario), Streams(seed), fidelity
        )
        starts.append((start.usage_level, start.carriers.list_price.tolist(), start.data_choice))

    assert len(set(map(str, starts))) == 1


def test_branches_differ_around_their_carriers_control(world: World, scenario: Scenario) -> None:
    control, cost = world.branches.control, world.branches.cost
    middle = scenario.carriers["mobile"].leak_control
    spread = scenario.leakage.control_spread

    assert np.abs(control - middle).max() <= spread
    assert np.ptp(control) > spread
    assert (cost >= 0.0).all()
    assert cost.max() <= 2.0 * scenario.leakage.cost_spread


@pytest.mark.parametrize("control", [0.0, 1.0])
def test_under_no_or_full_control_all_branches_are_alike(control: float) -> None:
    settings = {f"carriers.{c}.leak_control": control for c in CARRIERS}
    scenario = load_scenario("base", settings)
    start = build_world(
        scenario, fixed_parts(scenario), read_paths(scenario), Streams(0), "expected"
    )

    assert np.unique(start.branches.control).tolist() == [control]


def test_the_books_open_empty_with_an_account_for_everyone(
    world: World, scenario: Scenario
) -> None:
    sizes = {group: len(accounts) for group, accounts in world.ledger.groups.items()}

    assert sizes == {
        "users": 93, "carrier": 3, "branch": 93, "reseller": scenario.resale.resellers,
        "partner": scenario.sponsorship.partners, "platform": 1, "suppliers": 1,
    }  # fmt: skip
    assert not world.ledger.balance.any()


def test_networks_start_at_the_load_that_carriers_build_for(
    world: World, scenario: Scenario
) -> None:
    assert world.carriers.delay == pytest.approx(
        np.full((3, 31), 1.0 / (1.0 - scenario.network.load_target))
    )


# Copies


def test_a_copy_of_a_world_is_independent_and_equal(world: World) -> None:
    world.record("reseller_month", month="2015-01", active=[30])
    twin = world.copy()
    twin.population.lines[:] = 0
    twin.population.home[:] = 0.0
    twin.carriers.list_price[0] += 1
    twin.ledger.pay("carrier", [1, 0, 0], "suppliers", 1, "lines")
    twin.partners.channel[:] = 1
    twin.resellers.active[:] = False
    twin.branches.sales[:] = 9.0
    twin.xi_past.append(np.ones(3))
    twin.record("reseller_month", month="2015-02", active=[31])
    twin.month += 1

    assert world.population.lines.any()
    assert world.population.home.any()
    assert len(set(world.carriers.list_price.tolist())) == 1
    assert not world.ledger.balance.any()
    assert not world.ledger.posted
    assert not world.partners.channel.any()
    assert world.resellers.active.any()
    assert not world.branches.sales.any()
    assert world.xi_past == []
    assert [block["month"] for block in world.records["reseller_month"]] == ["2015-01"]
    assert [block["month"] for block in twin.records["reseller_month"]] == ["2015-01", "2015-02"]
    assert world.month == 0
