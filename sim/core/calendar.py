"""Months as whole numbers: 0 is January 2015, the first month of the simulated history."""

from functools import cache

from sim.core.units import MONTHS_PER_YEAR

FIRST_YEAR = 2015


@cache
def month_index(label: str) -> int:
    """Return the month number of a label such as "2017-01"; `ValueError` if it is none."""
    year, _, month = label.partition("-")
    digits = label.isascii() and (year + month).isdigit()
    if not (digits and len(year) == 4 and len(month) == 2):
        raise ValueError(f"'{label}' is not a month such as 2017-01")
    if not 1 <= int(month) <= MONTHS_PER_YEAR:
        raise ValueError(f"'{label}' is not a month such as 2017-01")
    return (int(year) - FIRST_YEAR) * MONTHS_PER_YEAR + int(month) - 1


@cache
def month_label(month: int) -> str:
    """Return the label of a month number, such as "2017-01"."""
    return f"{year_of(month)}-{month % MONTHS_PER_YEAR + 1:02d}"


def year_of(month: int) -> int:
    """Return the calendar year of a month number."""
    return FIRST_YEAR + month // MONTHS_PER_YEAR
