"""In every month of every scenario that ships the books balance, to the fen and the kilobyte."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.market.names import CARRIERS
from sim.market.population import FIDELITIES, Fidelity, Population
from sim.market.tables import TABLES
from sim.mechanisms.usage import RESOLD, USED
from sim.model import Market
from sim.model.settlement import check_users
from sim.scenario.paths import read_paths
from sim.scenario.schema import Scenario
from sim.scenario.shipped import scenario_names
from sim.simulate import tables_of
from tests.golden.runs import SEED, shipped_runs, small
from tests.theory.small_market import one_thread

MONTHS = [month_label(month) for month in range(36)]
every_scenario = pytest.mark.parametrize("name", scenario_names())


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture
def tables(name: str) -> dict[str, pd.DataFrame]:
    return shipped_runs()[name].tables


def by_carrier(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame.groupby(["month", "carrier"])[column].sum().sort_index()


def posted(tables: dict[str, pd.DataFrame], payer: str, payee: str, purpose: str) -> list[int]:
    """Return the fen of each month under one kind of posting; none counts as 0."""
    frame = tables["postings"]
    kind = (frame["payer"] == payer) & (frame["payee"] == payee) & (frame["purpose"] == purpose)
    return frame[kind].groupby("month")["fen"].sum().reindex(MONTHS, fill_value=0).tolist()


def monthly_sum(frame: pd.DataFrame, *columns: str) -> list[int]:
    return frame.groupby("month")[list(columns)].sum().sum(axis=1).reindex(MONTHS).tolist()


PASTS: dict[str, Market] = {}


def branched(scenario: Scenario) -> Market:
    """Return a market at its branch; equal pasts are simulated once."""
    known = PASTS.setdefault(scenario.past_digest(), Market(scenario))
    while known.world.month < scenario.branch_month:
        known.step()
    return Market(scenario, world=known.world.copy())


# Every month of every scenario


@every_scenario
def test_balances_sum_to_zero_and_follow_from_the_postings_every_month(name: str) -> None:
    """Stepped by hand, to see every month's end; the ledger's own check is not asked."""
    market = branched(small(name, {"months": 6}))
    ledger = market.world.ledger
    while market.world.month < market.scenario.end_month:
        before = {group: ledger.of(group).sum() for group in ledger.groups}
        market.step()
        assert int(ledger.balance.sum()) == 0
        rows = market.world.records["postings"][-1]
        for group in ledger.groups:
            got = sum(f for f, to in zip(rows["fen"], rows["payee"], strict=True) if to == group)
            gave = sum(f for f, by in zip(rows["fen"], rows["payer"], strict=True) if by == group)
            assert ledger.of(group).sum() - before[group] == got - gave


@every_scenario
def test_every_table_has_its_columns_and_every_month(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    for table, columns in TABLES.items():
        assert tables[table].columns.tolist() == list(columns)
    for table in set(TABLES) - {"partner_quarter"}:
        assert tables[table]["month"].unique().tolist() == MONTHS
    assert tables["partner_quarter"]["quarter"].nunique() == 12


@every_scenario
def test_counts_are_whole_and_never_negative(name: str, tables: dict[str, pd.DataFrame]) -> None:
    counted = ("lines", "kB", "fen", "resellers", "partners sponsoring", "fen/GB")
    signed = {"profit_fen", "surplus_fen", "margin_fen"}
    for table, columns in TABLES.items():
        for column, unit in columns.items():
            if unit in counted and column != "leak_price_fen":
                assert tables[table][column].dtype == np.int64, column
                assert column in signed or tables[table][column].min() >= 0, column


@every_scenario
def test_every_line_of_the_country_is_with_one_carrier(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    total = read_paths(small(name)).total_lines[1:].tolist()

    for table in ("carrier_month", "province_carrier_month", "offer_month"):
        assert monthly_sum(tables[table], "lines") == total


@every_scenario
def test_every_kilobyte_used_was_in_an_allowance_or_sold_or_sponsored(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    frame = tables["carrier_month"]
    parts = frame[["allowance_kb", "billed_kb", "resold_kb", "sponsored_kb"]].sum(axis=1)

    assert frame["used_kb"].tolist() == parts.tolist()
    assert (frame["sponsored_kb"] > 0).any()
    assert (frame["resold_kb"] > 0).any()
    assert (frame["billed_kb"] > 0).any()


@every_scenario
@pytest.mark.parametrize("table", ["province_carrier_month", "offer_month"])
def test_finer_tables_sum_to_the_carriers(
    name: str, table: str, tables: dict[str, pd.DataFrame]
) -> None:
    carriers = tables["carrier_month"].assign(
        revenue_fen=lambda frame: frame["fee_fen"] + frame["overage_fen"]
    )
    for column in ("lines", "used_kb", "revenue_fen"):
        whole, parts = by_carrier(carriers, column), by_carrier(tables[table], column)
        assert parts.tolist() == whole.tolist()


@every_scenario
def test_what_branches_leak_is_what_resellers_sold(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    carriers = tables["carrier_month"]
    by_branch = by_carrier(tables["province_carrier_month"], "leak_kb")
    assert by_branch.tolist() == by_carrier(carriers, "leak_kb").tolist()

    quarters = tables["partner_quarter"]
    to_partners = quarters.loc[quarters["channel"] == "reseller", "sponsored_kb"].sum()
    assert carriers["leak_kb"].sum() == carriers["resold_kb"].sum() + to_partners


@every_scenario
def test_sponsored_traffic_is_the_same_by_carrier_by_category_and_by_partner(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    carriers = by_carrier(tables["carrier_month"], "sponsored_kb")
    categories = by_carrier(tables["category_carrier_month"], "sponsored_kb")

    assert categories.tolist() == carriers.tolist()
    assert tables["partner_quarter"]["sponsored_kb"].sum() == carriers.sum()


@every_scenario
def test_carriers_revenue_and_costs_are_what_was_posted(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    frame = tables["carrier_month"]
    postings = {
        ("users", "carrier", "plan fee"): "fee_fen",
        ("users", "carrier", "overage"): "overage_fen",
        ("users", "carrier", "voice and messages"): "voice_fen",
        ("users", "carrier", "user control"): "control_fen",
        ("users", "reseller", "top-up"): "topup_fen",
        ("partner", "carrier", "sponsored traffic"): "backward_direct_fen",
        ("partner", "reseller", "sponsored traffic"): "resold_backward_fen",
        ("platform", "carrier", "platform revenue"): "backward_platform_fen",
        ("reseller", "branch", "wholesale"): "wholesale_fen",
        ("carrier", "suppliers", "capacity"): "capacity_fen",
    }
    for posting, column in postings.items():
        assert posted(tables, *posting) == monthly_sum(frame, column), posting
    owed = [posted(tables, "carrier", "suppliers", p) for p in ("lines", "traffic", "service")]
    assert np.sum(owed, axis=0).tolist() == monthly_sum(frame, "cost_fen")


@every_scenario
def test_profit_is_all_revenue_less_all_costs(name: str, tables: dict[str, pd.DataFrame]) -> None:
    frame = tables["carrier_month"]
    revenue = ["fee_fen", "overage_fen", "voice_fen", "control_fen", "backward_direct_fen"]
    revenue += ["backward_platform_fen", "wholesale_fen"]
    profit = frame[revenue].sum(axis=1) - frame["cost_fen"] - frame["capacity_fen"]

    assert frame["profit_fen"].tolist() == profit.tolist()


@every_scenario
def test_the_platform_hands_on_all_that_it_takes(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    taken = np.add(
        posted(tables, "partner", "platform", "sponsored traffic"),
        posted(tables, "partner", "platform", "subscription"),
    )

    assert posted(tables, "platform", "carrier", "platform revenue") == taken.tolist()


@every_scenario
def test_resellers_profit_is_what_they_were_paid_less_what_they_paid(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    sold = np.add(
        posted(tables, "users", "reseller", "top-up"),
        posted(tables, "partner", "reseller", "sponsored traffic"),
    )
    margin = sold - posted(tables, "reseller", "branch", "wholesale")

    frame = tables["reseller_month"]
    assert frame["margin_fen"].tolist() == margin.tolist()
    overheads = posted(tables, "reseller", "suppliers", "overheads")
    handling = posted(tables, "reseller", "suppliers", "handling")
    costs = np.add(overheads, handling)
    assert frame["profit_fen"].tolist() == (margin - costs).tolist()


@every_scenario
def test_partners_pay_by_quarter_what_they_pay_by_month(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    by_month = sum(
        sum(posted(tables, "partner", payee, "sponsored traffic"))
        for payee in ("carrier", "platform", "reseller")
    )

    assert tables["partner_quarter"]["paid_fen"].sum() == by_month > 0


@every_scenario
def test_resellers_who_enter_and_leave_change_how_many_there_are(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    frame = tables["reseller_month"]
    first = small(name).resale.active
    change = (frame["entered"] - frame["left"]).cumsum()

    assert frame["active"].tolist() == (first + change).tolist()


def by_hand(people: Population) -> np.ndarray:
    """Return each carrier's lines in parts."""
    return people.lines.reshape(*people.lines.shape[:2], 3, -1).sum(axis=(0, 1, 3))


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_lines_move_between_carriers_as_the_switches_say(fidelity: Fidelity) -> None:
    """Lines grow before they choose: then what left one carrier came to another."""
    market = Market(small("business_as_usual", {"months": 1}), fidelity=fidelity)
    people, paths = market.world.population, market.paths

    while market.world.month < market.scenario.end_month:
        grown = copy.deepcopy(people)
        grown.resize(int(paths.total_lines[market.world.month + 1]))
        before = by_hand(grown)
        market.step()
        rows = market.world.records["switches"][-1]
        moved = (rows["looked"] + rows["renewed"]).reshape(3, 3)
        gap = by_hand(people) - before + (moved.sum(axis=1) - moved.sum(axis=0)) * people.unit
        assert np.abs(gap).max() <= 6 * (people.unit - 1)  # moves are told in whole lines


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_what_users_hold_is_what_the_tables_tell(fidelity: Fidelity) -> None:
    market = Market(small("user_control", {"months": 3}), SEED, fidelity)
    while market.world.month < market.scenario.end_month:
        market.step()
    facts = market.world.records["carrier_month"][-1]
    lines = market.users.array("lines")

    carrier = market.users.array("carrier")

    def held(mask: np.ndarray) -> list[float]:
        return [float((lines * mask)[carrier == name].sum()) for name in CARRIERS]

    assert held(np.ones(len(lines))) == pytest.approx(facts["lines"], abs=1)
    assert held(market.users.array("lte")) == pytest.approx(facts["lte_lines"], abs=1)
    assert held(market.users.array("control")) == pytest.approx(facts["control_lines"], abs=1)


# A broken invariant stops the run


def broken_after(phase: str, breaks: Callable[[Market], None]) -> Market:
    """Return a market in which something goes wrong after a phase of the 14th month."""

    class Broken(Market):
        pass

    def done(market: Market) -> None:
        getattr(Market, phase)(market)
        if market.world.month == 13:
            breaks(market)

    setattr(Broken, phase, done)
    return Broken(small("business_as_usual", {"population.usage_tiers": 1}))


def stopped(market: Market) -> str:
    """Return what a market says when it stops in February 2016, and not before."""
    for _ in range(13):
        market.step()
    with pytest.raises(InvariantError) as stop:
        market.step()
    assert market.month == "2016-02"
    assert tables_of(market.world)["carrier_month"]["month"].max() == "2016-01"
    return str(stop.value)


def test_a_fen_from_nowhere_stops_the_run_with_month_account_and_amount() -> None:
    def add(market: Market) -> None:
        account = market.world.ledger.groups["carrier"][1]
        market.world.ledger.balance[account] += 10**18

    said = stopped(broken_after("settle", add))
    assert said.startswith(f"2016-02: balances sum to {10**18} fen, not to 0; the largest is ")
    assert "account carrier:1 with 1000" in said


def test_a_single_fen_too_many_stops_the_run() -> None:
    def add(market: Market) -> None:
        market.world.ledger.balance[0] += 1

    assert "2016-02: balances sum to 1 fen, not to 0" in stopped(broken_after("settle", add))


def test_a_fen_moved_past_the_books_stops_the_run_though_the_sum_stays_zero() -> None:
    def embezzle(market: Market) -> None:
        market.world.ledger.balance[market.world.ledger.groups["carrier"].start] -= 100
        market.world.ledger.balance[market.world.ledger.groups["suppliers"].start] += 100

    said = stopped(broken_after("settle", embezzle))
    assert said.startswith("2016-02: the accounts carrier moved by ")


def test_a_negative_charge_stops_the_run_with_purpose_and_amount() -> None:
    def owe_less_than_nothing(market: Market) -> None:
        market.sponsor_charges.subscription[0, 0] = -1

    said = stopped(broken_after("bill", owe_less_than_nothing))
    assert "subscription: partner pay" in said
    assert "(least -1)" in said


def test_a_users_bill_that_was_tampered_with_stops_the_run_with_month_and_amounts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = Market(small("business_as_usual", {"population.usage_tiers": 1}))
    people = market.world.population
    cell = tuple(np.argwhere(people.lines > 10_000 * people.unit)[-1])

    def overcharged(month: int, *facts: Any) -> None:
        people.bill[cell] += month == 13
        check_users(month, *facts)

    monkeypatch.setattr("sim.model.market.check_users", overcharged)
    said = stopped(market)
    province = people.labels.provinces[people.segments.province[cell[0]]]
    account = f"users:{CARRIERS[cell[2] // people.plans]}:{province}"
    told = re.fullmatch(
        rf"2016-02: account {account}: bills sum to (\d+) fen, charges to (\d+) fen", said
    )
    assert told
    # A fen for each line of the cell.
    assert int(told[1]) - int(told[2]) == pytest.approx(people.lines[cell] / people.unit, abs=1)


def test_a_kilobyte_that_nobody_gave_stops_the_run_with_month_place_and_amount() -> None:
    def use_more(market: Market) -> None:
        market.sums.by_place[4, 2, USED] += 3

    said = stopped(broken_after("use", use_more))
    assert said == ("2016-02: account users:telecom:NM used 3 kB that nobody gave or sold it")


def test_a_kilobyte_sold_twice_stops_the_run() -> None:
    def sell_twice(market: Market) -> None:
        market.sums.by_place[0, 0, RESOLD] += 1

    said = stopped(broken_after("use", sell_twice))
    assert said == "2016-02: account users:mobile:BJ used -1 kB that nobody gave or sold it"


def test_sponsored_traffic_that_no_partner_pays_for_stops_the_run() -> None:
    def forget(market: Market) -> None:
        paying = np.argwhere(market.sponsor_charges.volume > 0)[0]
        market.sponsor_charges.volume[tuple(paying)] -= 1

    said = stopped(broken_after("bill", forget))
    assert said.startswith("2016-02: partners pay ")
    assert any(carrier in said for carrier in CARRIERS)


def test_a_line_that_vanished_stops_the_run() -> None:
    def lose(market: Market) -> None:
        people = market.world.population
        people.lines[np.unravel_index(people.lines.argmax(), people.lines.shape)] -= people.unit

    said = stopped(broken_after("choose", lose))
    total = read_paths(small("business_as_usual")).total_lines[14]
    held = float(total - 1)
    assert said == f"2016-02: {total} lines exist, cells hold {held}, carriers count {held}"


def test_a_part_of_a_line_that_vanished_stops_the_run() -> None:
    def lose(market: Market) -> None:
        people = market.world.population
        people.lines[np.unravel_index(people.lines.argmax(), people.lines.shape)] -= 1

    assert "lines exist, cells hold" in stopped(broken_after("choose", lose))
