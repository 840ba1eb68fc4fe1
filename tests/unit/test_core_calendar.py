"""Months count from January 2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.calendar import month_index, month_label, year_of


@pytest.mark.parametrize(
    ("label", "month"), [("2015-01", 0), ("2015-12", 11), ("2017-01", 24), ("2014-12", -1)]
)
def test_months_by_hand(label: str, month: int) -> None:
    assert month_index(label) == month
    assert month_label(month) == label


@given(month=st.integers(-1200, 1200))
def test_label_and_back(month: int) -> None:
    label = month_label(month)

    assert month_index(label) == month
    assert label.startswith(f"{year_of(month)}-")


@pytest.mark.parametrize(
    "label",
    ["", "2017", "2017-13", "2017-00", "2017-1", "17-01", "2017/01", "2017-01-01", "²017-01"],
)
def test_what_is_no_month_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a month such as 2017-01"):
        month_index(label)
