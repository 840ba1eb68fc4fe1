"""The printed menu and what is published of it, by hand."""

import numpy as np
import pytest

from sim.market.offers import Menu

MENU = Menu.printed({"p30": (30.0, 0.5), "p50": (49.9, 1.0)}, reference_price=50.0)


def publish(*list_price: int) -> dict[str, list[int]]:
    three = np.array([1, 2, 3])
    offers = MENU.publish(np.array(list_price), overage=60_00, resale=three, voice=10 * three)
    return {name: part.tolist() for name, part in offers._asdict().items()}


def test_the_first_plan_is_a_line_without_data() -> None:
    assert MENU.names == ("voice_only", "p30", "p50")
    assert (MENU.plans, MENU.fee.tolist(), MENU.allowance.tolist()) == (
        3, [0, 30_00, 49_90], [0.0, 0.5, 1.0],
    )  # fmt: skip


def test_at_the_reference_price_the_menu_is_as_printed() -> None:
    assert publish(50_00, 50_00, 50_00)["allowance"] == [0, 500_000, 1_000_000] * 3


def test_cheaper_gb_mean_larger_allowances_at_the_same_fees() -> None:
    offers = publish(50_00, 25_00, 100_00)

    assert offers["fee"] == [0, 30_00, 49_90] * 3
    assert offers["allowance"] == [
        0, 500_000, 1_000_000, 0, 1_000_000, 2_000_000, 0, 250_000, 500_000,
    ]  # fmt: skip


def test_allowances_are_whole_kilobytes() -> None:
    assert publish(60_00, 70_00, 50_00)["allowance"][1:6:3] == [416_667, 357_143]


@pytest.mark.parametrize(
    ("name", "values"), [("overage", [60_00] * 3), ("resale", [1, 2, 3]), ("voice", [10, 20, 30])]
)
def test_prices_beside_the_menu_are_published_as_they_are(name: str, values: list[int]) -> None:
    assert publish(50_00, 50_00, 50_00)[name] == values
