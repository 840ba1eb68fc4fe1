"""Where lines go, cell by cell, by hand."""

import math

import numpy as np
import pytest

from sim.market.segments import (
    BELOW_LTE,
    BELOW_LTE_CONTROL,
    NO_DEVICE,
    ON_LTE,
    ON_LTE_CONTROL,
)
from sim.mechanisms.flows import carry_over_cells, move_homes, part_of
from sim.mechanisms.usage import SHOCKED
from tests.theory.small_market import (
    SmallMarket,
    levels,
    line_market,
    on_terms,
    one_line,
    plans,
    spread_over,
    tastes,
    upgrades,
)

LN3 = math.log(3.0)


def two_plans(lines: int = 1_200, **how: float) -> SmallMarket:
    """Return a carrier that sells two plans of equal worth, and all lines on the first."""
    offers = plans((1.0, 90.0), (1.0, 90.0))
    return one_line(offers, lines=lines, weighed=tastes(voice_value=-500.0, **how))


# Who moves


def test_of_two_carriers_alike_half_of_those_who_look_take_the_other() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), attention=0.2, lines=1_000)
    moved = market.flow()

    assert market.by_carrier().tolist() == [900, 100]
    assert moved.moves[:, :, 0].tolist() == [[100, 100], [0, 0]]


def test_who_does_not_look_stays_and_is_not_counted_as_looking() -> None:
    market = line_market((0.0, 9.0), (40.0, 40.0), attention=0.0, lines=500)
    moved = market.flow()

    assert market.by_carrier().tolist() == [500, 0]
    assert moved.moves.sum() == 0
    assert moved.flows.sum(axis=0).tolist() == [[500, 0], [0, 0]]


def test_replaced_lines_choose_freely_and_are_counted_apart() -> None:
    market = line_market(
        (0.0, LN3), (40.0, 40.0), switching=50.0, attention=0.0, renewal=0.5, lines=800
    )
    moved = market.flow()

    assert market.by_carrier().tolist() == [500, 300]
    assert moved.moves.tolist() == [[[0, 100], [0, 300]], [[0, 0], [0, 0]]]
    assert moved.arrived.sum() == 400


def test_a_quarter_of_those_who_look_bear_the_cost_of_a_new_carrier() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), switching=LN3, lines=400)
    market.flow()

    assert market.by_carrier().tolist() == [300, 100]


def test_a_bill_shock_makes_more_look() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), attention=0.1, lines=1_000)
    market.tastes = market.tastes._replace(bill_shock=0.2)
    market.shocked[0, BELOW_LTE, 0] = SHOCKED // 2
    market.flow()

    assert market.by_carrier().tolist() == [900, 100]


def test_carriers_without_a_line_may_win_some_and_lose_none() -> None:
    moved = line_market((0.0, 0.0), (40.0, 40.0), lines=10).flow()

    assert moved.flows.sum(axis=0).tolist() == [[5, 5], [0, 0]]


# Plans


def test_who_looks_weighs_the_plans_of_the_own_carrier() -> None:
    market = two_plans(plan_switching=LN3)
    moved = market.flow()

    # The plan held weighs 1, the other a third: a quarter moves.
    assert market.lines[0, BELOW_LTE].tolist() == [0, 900, 300]
    assert moved.arrived[0, BELOW_LTE].tolist() == [0, 0, 300]


def test_a_plan_that_is_no_longer_sold_is_kept_and_won_by_nobody() -> None:
    market = two_plans()
    market.offers = on_terms(market.offers, 1, open=False)
    market.flow()

    assert market.lines[0, BELOW_LTE].tolist() == [0, 600, 600]

    market.lines = spread_over(market, np.array([0.0, 0.0, 1.0])).lines
    market.flow()
    assert market.lines[0, BELOW_LTE].tolist() == [0, 0, 1_200]


def test_replaced_lines_split_over_the_plans_that_are_sold() -> None:
    market = two_plans(attention=0.0, renewal=1.0)
    moved = market.flow()

    assert market.lines[0, BELOW_LTE].tolist() == [0, 600, 600]
    assert moved.arrived.sum() == 1_200


# Rounding


def test_a_chance_takes_whole_parts() -> None:
    assert [part_of(10, chance) for chance in (0.0, 0.04, 0.05, 0.449, 0.45, 1.0)] == [
        0, 0, 1, 4, 5, 10,
    ]  # fmt: skip


def test_cells_too_small_to_move_alone_move_in_turn() -> None:
    """Of 100 cells with one part each, four in a hundred look and half of them move: two."""
    market = line_market((0.0, 0.0), (40.0, 40.0), attention=0.04, lines=1)
    one = market.people
    market.people = one._replace(
        **{name: np.repeat(column, 100) for name, column in one._asdict().items()}
    )
    market.lines = np.repeat(market.lines, 100, axis=0)
    market.rollover, market.shocked = np.zeros_like(market.lines), np.zeros_like(market.lines)
    market.flow()

    # Each segment carries its own remainder, so that threads share nothing.
    assert market.by_carrier().tolist() == [100, 0]

    many = one_line(plans(*[(1.0, 90.0)] * 79), 0, weighed=tastes(attention=0.25))
    many.lines[0, BELOW_LTE, :] = 1
    moved = many.flow()
    assert moved.lines.sum() == 80
    assert moved.arrived.sum() == pytest.approx(20, abs=1)


def test_more_offers_than_there_is_room_for_are_refused() -> None:
    many = one_line(plans(*[(1.0, 90.0)] * 256), 0)

    with pytest.raises(ValueError, match="room"):
        many.use()


def test_more_parts_of_lines_than_floats_count_are_refused() -> None:
    market = line_market((0.0, 0.0), (40.0, 40.0), lines=2**53 + 2)

    with pytest.raises(ValueError, match="one by one"):
        market.flow()
    with pytest.raises(ValueError, match="room"):
        market.use()


# Devices, 4G


def test_a_first_device_makes_its_owner_look_for_certain() -> None:
    offers = plans((1.0, 90.0))
    market = one_line(
        offers, 0, level=NO_DEVICE, lines=1_000,
        weighed=tastes(attention=0.0, voice_value=-500.0),
    )  # fmt: skip
    moved = market.flow(upgrades(0.3, 0.0))

    assert market.lines[0].tolist() == [[700, 0], [0, 300], [0, 0]]
    assert moved.moves[0, 0].tolist() == [300, 0]


def test_4g_comes_to_lines_below_it_by_their_carriers_chance() -> None:
    offers = plans((1.0, 90.0), carriers=2)
    market = one_line(offers, 1, lines=1_000, weighed=tastes((0.0, 0.0), attention=0.0))
    market.lines[0, BELOW_LTE, 3] = 1_000
    moved = market.flow(upgrades(0.0, 0.1, 0.4))

    assert market.lines[0, BELOW_LTE].tolist() == [0, 900, 0, 600]
    assert market.lines[0, ON_LTE].tolist() == [0, 100, 0, 400]
    assert moved.upgraded[0, ON_LTE].tolist() == [0, 100, 0, 400]


# Control


def controlled(level: int = BELOW_LTE, **how: float) -> SmallMarket:
    offers = plans((1.0, 90.0), carriers=2)
    weighed = tastes((0.0, 0.0), voice_value=-500.0, control=True, **how)
    return one_line(
        offers, 1, level=level, lines=1_000, control=True, month=levels(2), weighed=weighed
    )


def test_of_those_who_weigh_a_product_that_changes_nothing_half_take_it() -> None:
    market = controlled(attention=0.0, control_reach=0.4)
    moved = market.flow()

    assert market.lines[0, BELOW_LTE, 1] == 800
    assert market.lines[0, BELOW_LTE_CONTROL, 1] == moved.took[0, BELOW_LTE_CONTROL, 1] == 200


def test_who_leaves_a_carrier_leaves_its_product_too() -> None:
    market = controlled(BELOW_LTE_CONTROL)
    market.flow()

    assert market.lines[0, BELOW_LTE_CONTROL].tolist() == [0, 500, 0, 0]
    assert market.lines[0, BELOW_LTE].tolist() == [0, 0, 0, 500]


def test_4g_comes_to_lines_with_control_too() -> None:
    market = controlled(BELOW_LTE_CONTROL, attention=0.0)
    market.flow(upgrades(0.0, 0.25, 0.25))

    assert market.lines[0, ON_LTE_CONTROL, 1] == 250
    assert market.lines[0, BELOW_LTE_CONTROL, 1] == 750


# What lines bring along


def test_a_line_that_moves_leaves_its_rollover_behind() -> None:
    market = line_market((0.0, 60.0), (40.0, 40.0), lines=1)
    market.lines[0, BELOW_LTE, 1] = 1
    market.rollover[0, BELOW_LTE, :] = 500
    market.flow()

    assert market.lines[0, BELOW_LTE].tolist() == [0, 2]
    assert market.rollover[0, BELOW_LTE].tolist() == [0, 250]


def test_lines_of_a_cell_share_the_mean_of_what_they_brought() -> None:
    """300 lines from below 4G with 100 kB each come to 100 on 4G with 500: 200 each."""
    market = one_line(plans((1.0, 90.0)), lines=300, weighed=tastes(attention=0.0))
    market.lines[0, ON_LTE, 1] = 100
    market.rollover[0, BELOW_LTE, 1], market.rollover[0, ON_LTE, 1] = 100, 500
    market.shocked[0, BELOW_LTE, 1], market.shocked[0, ON_LTE, 1] = 0, SHOCKED
    market.flow(upgrades(0.0, 1.0))

    assert market.rollover[0, :, 1].tolist() == [0, 0, 200]
    assert market.shocked[0, :, 1].tolist() == [0, 0, SHOCKED // 4]


def test_who_gets_a_first_device_brings_nothing() -> None:
    market = one_line(
        plans((1.0, 90.0)), 0, level=NO_DEVICE, lines=1_000,
        weighed=tastes(attention=0.0, voice_value=500.0),
    )  # fmt: skip
    market.rollover[0, NO_DEVICE, 0], market.shocked[0, NO_DEVICE, 0] = 700, SHOCKED
    market.flow(upgrades(0.3, 0.0))

    assert market.lines[0, BELOW_LTE, 0] == 300
    assert market.rollover[0, BELOW_LTE].tolist() == [0, 0]
    assert market.shocked[0, BELOW_LTE].tolist() == [0, 0]


def test_who_takes_up_control_keeps_what_is_left_over() -> None:
    market = controlled(attention=0.0, control_reach=0.4)
    market.rollover[0, BELOW_LTE, 1], market.shocked[0, BELOW_LTE, 1] = 700, SHOCKED
    market.flow()

    assert market.rollover[0, :, 1].tolist() == [0, 700, 0, 700, 0]
    assert market.shocked[0, :, 1].tolist() == [0, SHOCKED, 0, SHOCKED, 0]


def test_an_empty_cell_holds_nothing() -> None:
    market = one_line(plans((1.0, 90.0)), lines=0)
    market.rollover[:], market.shocked[:] = 9, 9
    market.flow()

    assert (market.rollover.sum(), market.shocked.sum()) == (0, 0)


def test_what_is_carried_over_is_never_more_than_the_most_that_a_cell_had() -> None:
    market = two_plans(attention=0.7, renewal=0.1)
    market.rollover[0, BELOW_LTE] = [0, 900, 100]
    moved = market.flow()
    again = np.zeros_like(moved.lines), np.zeros_like(moved.lines)
    carry_over_cells(moved.lines, moved.arrived, moved.upgraded, moved.took, *again)

    assert market.rollover.max() <= 900
    assert not again[0].any()


# Home carriers


def test_homes_mix_as_lines_move() -> None:
    """60 of the first carrier's lines stay, 40 of the second's join: 60 % are at home."""
    home = np.eye(2)[None].copy()
    move_homes(home, np.array([[[60, 140], [40, 60]]]))

    assert home[0].tolist() == [[0.6, 0.4], [0.7, 0.3]]


def test_a_carrier_that_nobody_comes_to_keeps_its_homes() -> None:
    home = np.array([[[0.5, 0.5], [0.25, 0.75]]])
    move_homes(home, np.array([[[10, 0], [10, 0]]]))

    assert home[0].tolist() == [[0.375, 0.625], [0.25, 0.75]]
