"""What a scenario takes as given, and the market that it starts from."""

import math

import numpy as np
import pytest

from sim.core.calendar import month_index
from sim.core.streams import Streams
from sim.core.units import KB_PER_GB
from sim.market.names import CARRIERS
from sim.market.world import NO_OFFER, World
from sim.mechanisms.usage import DATA_LINES, FEE, LINES, OVERAGE, USED
from sim.scenario.load import load_scenario
from sim.scenario.paths import Paths, mid_year, observed_prices, read_paths
from sim.scenario.schema import Scenario
from sim.scenario.start import build_world, columns, fixed_parts
from tests.theory.small_market import SmallMarket, levels

ROWS = 4_096
SERIES = {2015: 10.0, 2016: 40.0, 2018: 10.0}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("base", {"population.users": ROWS})


@pytest.fixture(scope="module")
def paths(scenario: Scenario) -> Paths:
    return read_paths(scenario)


@pytest.fixture
def world(scenario: Scenario, paths: Paths) -> World:
    return build_world(scenario, fixed_parts(scenario), paths, Streams(0))


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


def test_price_sensitivity_falls_with_income(scenario: Scenario) -> None:
    alpha = fixed_parts(scenario).alpha
    provinces = scenario.observed.provinces
    richest = int(np.argmax([p.income for p in provinces]))
    poorest = int(np.argmin([p.income for p in provinces]))
    ratio = provinces[richest].income / provinces[poorest].income

    assert (np.diff(alpha, axis=1) < 0.0).all()
    assert alpha[poorest] / alpha[richest] == pytest.approx(
        np.full(3, ratio**scenario.demand.income_sensitivity)
    )


def test_at_the_mean_income_a_yuan_is_worth_what_the_scenario_says() -> None:
    alike = {
        "population.income_tiers.low.income": 1,
        "population.income_tiers.middle.income": 1,
        "population.income_tiers.high.income": 1,
    }
    scenario = load_scenario("base", alike)
    provinces = scenario.observed.provinces
    mean = sum(p.income * p.lines for p in provinces) / sum(p.lines for p in provinces)
    at_mean = fixed_parts(scenario).alpha[:, 0] * np.sqrt([p.income / mean for p in provinces])

    assert at_mean == pytest.approx(np.full(31, scenario.demand.price_sensitivity))


def test_every_lifestyles_mix_is_whole(scenario: Scenario) -> None:
    assert fixed_parts(scenario).mix.sum(axis=1) == pytest.approx(np.ones(6))


# The start


def test_the_market_starts_with_the_observed_shares(world: World, paths: Paths) -> None:
    people = world.population
    share = np.bincount(people.carrier, weights=people.lines, minlength=3) / people.lines.sum()

    assert people.lines.sum() == paths.total_lines[0]
    assert share == pytest.approx(paths.observed_share[0], abs=0.002)
    assert world.carriers.share == pytest.approx(paths.observed_share[0])


def test_the_opening_month_has_the_observed_use_price_and_share_of_data_lines(
    scenario: Scenario, world: World, paths: Paths
) -> None:
    """At the turn of 2014 to 2015; 4,096 rows sample the reference to a few per cent."""
    fixed, people = fixed_parts(scenario), world.population
    none, price = np.full(3, NO_OFFER), world.carriers.list_price
    offers = fixed.menu.publish(price, int(paths.overage[0]), none, paths.voice[0])
    given = levels(3, usage=world.usage_level, lte_usage=scenario.demand.lte_usage)._replace(
        lte=paths.lte[0], devices=world.devices, sponsored=np.zeros((3, 6))
    )
    month = SmallMarket(columns(people), offers, given, curve=fixed.curve).use()

    gigabytes = month.total(USED) / KB_PER_GB
    paid = (month.total(FEE) + month.total(OVERAGE)) / 100.0
    want_price = math.sqrt(270.7 / 2.06 * 302.7 / 4.187)
    assert gigabytes / month.total(DATA_LINES) * 1e3 == pytest.approx(
        math.sqrt(205.0 * 389.3), rel=0.05
    )
    assert paid / gigabytes == pytest.approx(want_price, rel=0.05)
    assert month.total(DATA_LINES) / month.total(LINES) == pytest.approx(
        mid_year(scenario.population.data_lines, 0), abs=0.02
    )


def test_level_and_price_of_the_start_are_the_same_for_every_seed_and_size() -> None:
    starts = []
    for seed, rows in ((0, 1_000), (1, 1_000), (0, 3_000)):
        scenario = load_scenario("base", {"population.users": rows})
        start = build_world(scenario, fixed_parts(scenario), read_paths(scenario), Streams(seed))
        starts.append((start.usage_level, start.carriers.list_price.tolist(), start.data_choice))

    assert starts[0] == starts[1] == starts[2]


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
    scenario = load_scenario("base", settings | {"population.users": 1_000})
    start = build_world(scenario, fixed_parts(scenario), read_paths(scenario), Streams(0))

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
    twin.population.offer[:] = 0
    twin.carriers.list_price[0] += 1
    twin.ledger.pay("carrier", [1, 0, 0], "suppliers", 1, "lines")
    twin.partners.channel[:] = 1
    twin.resellers.active[:] = False
    twin.branches.sales[:] = 9.0
    twin.xi_past.append(np.ones(3))
    twin.record("reseller_month", month="2015-02", active=[31])
    twin.month += 1

    assert world.population.offer.any()
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
