"""Metrics of a small book of facts, by hand: two months of 2016 and one of 2017."""

import math
from typing import Any

import pandas as pd
import pytest

from sim.core.calendar import month_label
from sim.market.tables import TABLES
from sim.metrics import Measured, every_metric, metrics, monthly, yearly
from sim.metrics.conduct import regimes

GB = 1_000_000
MONTHS = ["2016-11", "2016-12", "2017-01"]


def facts(**columns: list[float]) -> pd.DataFrame:
    """Return three months of Mobile and Telecom; what is not given is zero."""
    frame = pd.DataFrame(
        {"month": [m for m in MONTHS for _ in range(2)], "carrier": ["mobile", "telecom"] * 3}
    )
    for name in TABLES["carrier_month"]:
        if name not in frame:
            frame[name] = columns.get(name, [0] * 6)
    return frame


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    lines = [60, 40, 75, 25, 80, 20]
    return {
        "carrier_month": facts(
            lines=lines,
            data_lines=[30, 20, 50, 25, 40, 0],
            used_kb=[3 * GB, GB, 5 * GB, GB, 2 * GB, 0],
            sponsored_kb=[GB, 0, GB, GB, 0, 0],
            leak_kb=[GB, 0, 0, 2 * GB, 0, 0],
            fee_fen=[90_00, 10_00, 10_00, 0, 20_00, 0],
            overage_fen=[0, 10_00, 40_00, 0, 0, 0],
            voice_fen=[600_00, 400_00, 750_00, 250_00, 800_00, 200_00],
            backward_direct_fen=[10_00, 0, 5_00, 0, 0, 0],
            backward_platform_fen=[0, 0, 1_00, 8_00, 0, 0],
            resold_backward_fen=[0, 0, 4_00, 0, 0, 0],
            topup_fen=[0, 0, 2_00, 0, 0, 0],
            wholesale_fen=[0, 0, 5_00, 0, 0, 0],
            profit_fen=[1_00, -2_00, 3_00, 4_00, 5_00, 6_00],
            surplus_fen=[1_00, 2_00, 3_00, 4_00, 5_00, 6_00],
            leak_price_fen=[30_00, math.nan, 20_00, 40_00, math.nan, math.nan],
            partners=[3, 1, 4, 1, 5, 0],
            carrying_fen=[45_00, 5_00, 25_00, 5_00, 20_00, 0],
            backward_cost_fen=[2_00, 0, 1_00, 1_00, 0, 0],
            member=[0, 0, 0, 1, 0, 1],
        ),
        "market_month": pd.DataFrame(
            {
                "month": MONTHS, "partners": [3, 5, 4], "service_partners": [0, 2, 1],
                "categories": [2, 3, 1],
            }
        ),
        "reseller_month": pd.DataFrame({"month": MONTHS, "active": [30, 31, 28]}),
        "switches": pd.DataFrame(
            {
                "month": ["2016-12"] * 4,
                "origin": ["mobile", "mobile", "telecom", "telecom"],
                "destination": ["mobile", "telecom", "mobile", "telecom"],
                "looked": [50, 5, 1, 9],
                "renewed": [9, 1, 4, 2],
            }
        ),
        "partner_quarter": pd.DataFrame(
            {
                "quarter": ["2016Q4", "2016Q4", "2017Q1"],
                "carrier": ["mobile", "telecom", "mobile"],
                "paid_fen": [5_00, 1_00, 9_00],
                "value_fen": [9_00, 1_75, 8_00],
                "fees_fen": [1_00, 25, 0],
            }
        ),
    }  # fmt: skip


def of(frame: pd.DataFrame) -> dict[tuple[object, str | None], float]:
    period = frame.columns[0]
    names = [None if pd.isna(c) else c for c in frame["carrier"]]
    return dict(zip(zip(frame[period], names, strict=True), frame["value"], strict=True))


IN_2016 = {
    "subscribers": (75, 25, 100),
    "subscriber_share": (0.75, 0.25, 1.0),
    "data_line_share": (80 / 135, 45 / 65, 125 / 200),
    "traffic": (8, 2, 10),
    "dou": (8_000 / 80, 2_000 / 45, 10_000 / 125),
    "sponsored_share": (2 / 8, 1 / 2, 3 / 10),
    "arpu": ((690 + 800) / 135, (420 + 250) / 65, 2160 / 200),
    "yuan_per_gb": (140 / 8, 20 / 2, 160 / 10),
    "leak_price": (25, 40, 30),
    "data_revenue": (140, 20, 160),
    "backward_revenue": (16, 8, 24),
    "wholesale_revenue": (5, 0, 5),
    "profit": (4, 2, 6),
    "revenue_per_sponsored_gb": (16 / 2, 8 / 1, 24 / 3),
    "leak_volume": (1, 2, 3),
    "reseller_value_share": ((6 - 5) / (6 + 16), 0 / 8, 1 / 30),
    "churn": (6 / 75, 5 / 25, 11 / 100),
    "consumer_surplus": (4, 6, 10),
    "partner_surplus": (3, 0.5, 3.5),
    "partner_return": (3 / 6, 0.5 / 1.25, 3.5 / 7.25),
    "partners": (4, 1, 5),
    "service_revenue": (1, 8, 9),
    "platform_revenue": (0, 8, 8),
    "backward_profit": (16 - 3, 8 - 1, 24 - 4),
    "lerner_index": (1 - 70 / 140, 1 - 10 / 20, 1 - 80 / 160),
    "port_in": (1, 5, 6),
    "port_out": (5, 1, 6),
}
OF_THE_MARKET_IN_2016 = {
    "hhi": 75**2 + 25**2,
    "resellers": 31,
    "sponsors": 5,
    "partners_joined": 2,
    "categories": 3,
    "stable_months": 0,  # no label in the first year
    "war_months": 0,
    "fight_months": 0,
    "chaos_months": 0,
}


@pytest.mark.parametrize("name", IN_2016)
def test_a_year_of_each_metric_is_what_the_facts_say(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    """Stocks stand as in December, flows are summed, ratios are ratios of sums."""
    mobile, telecom, market = IN_2016[name]
    values = of(yearly(tables, name))

    assert values[2016, "mobile"] == pytest.approx(mobile)
    assert values[2016, "telecom"] == pytest.approx(telecom)
    assert values[2016, None] == pytest.approx(market)


@pytest.mark.parametrize("name", OF_THE_MARKET_IN_2016)
def test_a_metric_of_the_market_alone_has_no_carriers(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    values = of(yearly(tables, name))

    assert values[2016, None] == pytest.approx(OF_THE_MARKET_IN_2016[name])
    assert {carrier for _, carrier in values} == {None}


def test_a_month_of_a_metric_is_of_that_month_alone(tables: dict[str, pd.DataFrame]) -> None:
    values = of(monthly(tables, "yuan_per_gb"))

    assert values["2016-11", "mobile"] == pytest.approx(30.0)
    assert values["2016-12", None] == pytest.approx(50 / 6)


def test_a_year_cut_short_has_its_last_month_for_a_stock(tables: dict[str, pd.DataFrame]) -> None:
    assert of(yearly(tables, "subscriber_share"))[2017, "mobile"] == pytest.approx(0.8)


def test_a_ratio_over_nothing_is_not_a_number(tables: dict[str, pd.DataFrame]) -> None:
    values = of(yearly(tables, "yuan_per_gb"))

    assert math.isnan(values[2017, "telecom"])
    assert values[2017, None] == pytest.approx(10.0)


def test_a_branch_that_posts_no_price_is_not_a_price_of_nothing(
    tables: dict[str, pd.DataFrame],
) -> None:
    values = of(monthly(tables, "leak_price"))

    assert values["2016-11", None] == pytest.approx(30.0)
    assert math.isnan(values["2017-01", None])


def test_partner_surplus_falls_on_the_last_month_of_its_quarter(
    tables: dict[str, pd.DataFrame],
) -> None:
    assert set(monthly(tables, "partner_surplus")["month"]) == {"2016-12", "2017-03"}


def test_carriers_come_in_one_order_and_the_market_last(tables: dict[str, pd.DataFrame]) -> None:
    frame = yearly(tables, "traffic")

    assert list(frame.columns) == ["year", "carrier", "value"]
    assert frame["carrier"].tolist()[:4] == ["mobile", "telecom"] * 2
    assert frame["carrier"].isna().tolist() == [False] * 4 + [True] * 2


@pytest.mark.parametrize("name", metrics.names())
def test_each_metric_says_what_it_is_in_which_unit(name: str) -> None:
    metric = metrics.get(name)

    assert metric.name == name
    assert metric.unit
    assert metric.description[0].islower() or metric.description.startswith("Herfindahl")
    assert not metric.description.endswith(".")


def two_years(falls: tuple[float, float, float], ordered: bool = False) -> Any:
    """Return two years in which prices fall by given parts a month and a GB costs half a yuan."""
    months = [month_label(month) for month in range(24)]
    rows = [
        {"month": label, "carrier": carrier, "list_price_fen": 50_00 * (1.0 - fall) ** n,
         "ordered": int(ordered), "carrying_fen": 50, "used_kb": GB}
        for n, label in enumerate(months)
        for carrier, fall in zip(("mobile", "unicom", "telecom"), falls, strict=True)
    ]  # fmt: skip
    return {"carrier_month": pd.DataFrame(rows)}


@pytest.mark.parametrize(
    ("falls", "regime"),
    [
        ((0.0, 0.005, 0.0), "stable"),
        ((0.02, 0.0, 0.0), "fight"),
        ((0.02, 0.02, 0.02), "war"),
        ((0.05, 0.02, 0.0), "chaos"),
    ],
)
def test_prices_that_fall_together_are_a_war_and_apart_a_fight(
    falls: tuple[float, float, float], regime: str
) -> None:
    found = regimes(two_years(falls))

    assert found["regime"].tolist() == [""] * 12 + [regime] * 12
    assert monthly(two_years(falls), f"{regime}_months")["value"].sum() == 12


def test_a_fall_that_was_ordered_is_no_war() -> None:
    found = regimes(two_years((0.05, 0.05, 0.05), ordered=True))

    assert set(found["regime"]) == {"", "stable"}


def test_metrics_read_once_are_the_same_by_month_and_by_year(tables):
    measured = Measured(tables)

    for period in ("month", "year", "month"):
        pd.testing.assert_frame_equal(measured.by(period), every_metric(tables, period))


def test_a_metric_reads_the_tables_once(tables):
    measured = Measured(tables)
    first = measured.by("month", ["subscribers"])
    tables["carrier_month"]["lines"] = 0

    assert measured.by("month", ["subscribers"]).equals(first)
    assert monthly(tables, "subscribers")["value"].sum() == 0
