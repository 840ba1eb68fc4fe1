"""Words for numbers: what is printed must be what was decided by."""

import pytest

from sim.studies.explain.sentences import held_against, money, month_name, number, percent, span


def test_a_month_has_its_name():
    assert month_name(0) == "January 2015"
    assert month_name(26) == "March 2017"


def test_a_draw_near_its_threshold_has_the_digits_that_tell_them_apart():
    assert held_against(0.021, 0.055) == "draw 0.021 < 0.055"
    assert held_against(0.05496, 0.05504) == "draw 0.05496 < 0.05504"


@pytest.mark.parametrize(
    ("value", "said"), [(-0.001, "0.00"), (-1.5, "−1.50"), (1234.5, "1,234.50")]
)
def test_a_number_has_a_true_minus_and_zero_has_none(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("yuan", "said"),
    [(12.5, "12.50 yuan"), (150_000.0, "150,000 yuan"), (-2_500_000.0, "−2.50 m yuan")],
)
def test_money_is_in_millions_where_it_is_large(yuan, said):
    assert money(yuan) == said


def test_shares_and_spans():
    assert percent(0.31) == "31 %"
    assert percent(0.099) == "9.9 %"
    assert span([0.12, 0.6, 0.3]) == "0.12 to 0.60"
    assert span([0.121, 0.119]) == "0.12"
