"""The printed menu and what is published of it, by hand."""

from typing import Any

import numpy as np
import pytest

from sim.market.names import CATEGORIES
from sim.market.offers import NOT_SOLD, Lever, Menu, PlanTerms

ALWAYS = dict.fromkeys(("mobile", "unicom", "telecom"), (0, 999))


def terms(name: str, fee: float, allowance: float, **other: Any) -> PlanTerms:
    """Return a plan that all carriers sell at the market's overage price, unless said."""
    plain = PlanTerms(name, fee, allowance, 1.0, None, None, 0.0, {}, 0.0, ALWAYS)
    return plain._replace(**other)


P30, P50 = terms("p30", 30.0, 0.5), terms("p50", 49.9, 1.0)
VIDEO = np.array([[0.5 if c == "video" else 0.0 for c in CATEGORIES], [0.0] * len(CATEGORIES)])


def menu(*plans: PlanTerms, lever: Lever = "allowances") -> Menu:
    return Menu.printed(plans or (P30, P50), VIDEO, reference_price=50.0, lever=lever)


def publish(what: Menu, *list_price: int, month: int = 5) -> dict[str, list[Any]]:
    three = np.array([1, 2, 3])
    offers = what.publish(
        month, np.array(list_price or (50_00,) * 3), overage=60_00, resale=three, voice=10 * three
    )
    return {name: part.tolist() for name, part in offers._asdict().items()}


def test_the_first_plan_is_a_line_without_data() -> None:
    assert menu().names == ("voice_only", "p30", "p50")
    assert menu().plans == 3
    assert [publish(menu())[name][0] for name in ("fee", "allowance", "open")] == [0, 0, True]


def test_at_the_reference_price_the_menu_is_as_printed() -> None:
    offers = publish(menu())

    assert offers["fee"] == [0, 30_00, 49_90] * 3
    assert offers["allowance"] == [0, 500_000, 1_000_000] * 3


def test_cheaper_gb_mean_larger_allowances_at_the_same_fees() -> None:
    offers = publish(menu(), 50_00, 25_00, 100_00)

    assert offers["fee"] == [0, 30_00, 49_90] * 3
    assert offers["allowance"] == [
        0, 500_000, 1_000_000, 0, 1_000_000, 2_000_000, 0, 250_000, 500_000,
    ]  # fmt: skip


def test_or_lower_fees_for_the_same_allowances() -> None:
    offers = publish(menu(lever="fees"), 50_00, 25_00, 100_00)

    assert offers["fee"] == [0, 30_00, 49_90, 0, 15_00, 24_95, 0, 60_00, 99_80]
    assert offers["allowance"] == [0, 500_000, 1_000_000] * 3


def test_allowances_are_whole_kilobytes() -> None:
    assert publish(menu(), 60_00, 70_00, 50_00)["allowance"][1:6:3] == [416_667, 357_143]


@pytest.mark.parametrize(
    ("name", "values"), [("overage", [60_00] * 9), ("resale", [1, 2, 3]), ("voice", [10, 20, 30])]
)
def test_prices_beside_the_menu_are_published_as_they_are(name: str, values: list[int]) -> None:
    assert publish(menu())[name] == values


def test_a_plan_may_have_an_overage_price_of_its_own() -> None:
    assert publish(menu(P30._replace(overage=5.0)))["overage"][:2] == [60_00, 5_00]


def test_beyond_a_throttled_plan_nothing_is_sold_but_what_the_slow_speed_lets_through() -> None:
    """8 GB at full speed at the printed price, 3 slow ones at any."""
    offers = publish(menu(terms("unlimited", 110.0, 8.0, throttled=3.0)), 50_00, 25_00, 50_00)

    assert offers["overage"][1] == NOT_SOLD
    assert offers["allowance"][1::2] == [11_000_000, 19_000_000, 11_000_000]


def test_a_plan_may_be_local_or_sold_online_alone() -> None:
    offers = publish(menu(P30._replace(national=0.2, appeal=-3.5), P50))

    assert offers["national"] == [1.0, 0.2, 1.0] * 3
    assert offers["appeal"] == [0.0, -3.5, 0.0] * 3


def test_zero_rated_traffic_is_a_share_of_what_a_lifestyle_does() -> None:
    """Half of what the first lifestyle does is video, nine tenths of which are free."""
    card = P30._replace(zero_rated={"video": 0.9}, zero_rated_cap=40.0)
    offers = publish(menu(card))

    assert offers["free_share"][:2] == [[0.0, 0.0], [0.45, 0.0]]
    assert offers["free_cap"] == [0, 40_000_000] * 3


@pytest.mark.parametrize(
    ("month", "sells"),
    [
        (2, [False] * 3),
        (3, [False, True, False]),
        (8, [True, True, False]),
        (9, [False, True, False]),
    ],
)
def test_each_carrier_sells_a_plan_from_its_first_month_to_the_last_but_one(
    month: int, sells: list[bool]
) -> None:
    card = P30._replace(sold={"mobile": (8, 9), "unicom": (3, 99)})

    assert publish(menu(card), month=month)["open"][1::2] == sells


def test_the_voice_only_line_is_always_sold() -> None:
    assert publish(menu(P30._replace(sold={})))["open"] == [True, False] * 3
