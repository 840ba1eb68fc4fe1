"""The frame of the ladder: parameters, checks, and the searches that solve small games."""

import json
from math import inf, nan

import numpy as np
import pytest

from sim.core.errors import SimError
from sim.core.streams import Streams
from sim.studies.verify import Case, Check, Parameters, VerifyError, chosen, given, registered_cases
from sim.studies.verify.ladder import Rung, rung
from sim.studies.verify.mixing import area_above, drawn, ks_distance
from sim.studies.verify.running import STORED, Report, Verdict, run_case
from sim.studies.verify.solvers import argmax, argmax_of, in_turn, root, settled

LADDER = Rung(
    "V00",
    "a line",
    "Euclid",
    {"a": 2.0, "deep": {"list": [1.0, 5.0]}, "by_year": {"2015": 3.0, "2016": 4.0}},
    {"sum": 7.0, "rows.0.x": 1.0, "rows.1.x": 2.0, "rows.0.xy": 9.0},
)


class Line(Parameters):
    a: float = given("a number", gt=0)
    five: float = given("a number in a list", at="deep.list.1")
    years: tuple[float, ...] = given("numbers by year", at="by_year")
    draws: int = chosen("draws", 10, ge=1)


@pytest.fixture
def climb(monkeypatch):
    """Return a function that runs one case made of given checks, with --set and --full."""

    def run(*checks, changes=(), full=False, **options):
        seen = []

        def made(p):
            seen.append(p)
            return [check(p) if callable(check) else check for check in checks]

        case = Case(LADDER, "reference", made, Line, full={"draws": 99}, **options)
        monkeypatch.setitem(registered_cases._items, "V00", case)
        return run_case("V00", changes, full=full), seen[0]

    registered_cases.names()
    return run


def passed(rows):
    return [row.passed for row in rows]


def test_parameters_come_from_the_ladder(climb):
    _, p = climb()

    assert (p.a, p.five, p.years, p.draws) == (2.0, 5.0, (3.0, 4.0), 10)


def test_parameters_are_moved_by_text(climb):
    _, p = climb(changes=["a=.5", "years=[1, 2, 3]"])

    assert (p.a, p.years) == (0.5, (1.0, 2.0, 3.0))


def test_the_longer_version_moves_nothing_but_what_it_says(climb):
    rows, p = climb(Check("sum", 7.0, 7.0, 0.0), full=True)

    assert (p.a, p.draws) == (2.0, 99)
    assert [row.quantity for row in rows] == ["sum", STORED]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("b=1", "V00 has no parameter 'b'"),
        ("fife=1", "did you mean 'five'?"),
        ("a=0", "a: Input should be greater than 0"),
        ("a=nan", "finite number"),
        ("a", "name=value, such as a=1"),
        ("draws=1.5", "draws: Input should be a valid integer"),
    ],
)
def test_a_wrong_change_says_what_to_do(climb, change, said):
    with pytest.raises(VerifyError, match=said):
        climb(changes=[change])


def test_got_is_held_against_the_stored_value(climb):
    rows, _ = climb(Check("sum", 7.0, 7.1, 0.2))

    assert [(row.quantity, row.expected, row.got) for row in rows] == [
        ("sum", 7.0, 7.1),
        (STORED, 0.0, 0.0),
    ]
    assert passed(rows) == [True, True]


def test_a_closed_form_that_misses_the_stored_value_fails(climb):
    rows, _ = climb(Check("sum", 7.7, 7.0, 0.2))

    assert passed(rows) == [True, False]
    assert rows[1].got == pytest.approx(0.1)


def test_moved_parameters_leave_the_stored_values_aside(climb):
    rows, _ = climb(lambda p: Check("sum", p.a, p.a, 0.0), changes=["a=3"])

    assert [(row.quantity, row.expected) for row in rows] == [("sum", 3.0)]


def test_a_star_means_a_column_and_the_worst_entry_is_shown(climb):
    rows, _ = climb(Check("rows.*.x", [1.0, 2.0], np.array([1.1, 2.3]), 0.2))

    assert (rows[0].quantity, rows[0].expected, rows[0].got) == ("rows.*.x (worst of 2)", 2.0, 2.3)
    assert passed(rows) == [False, True]


def test_each_entry_has_its_own_tolerance(climb):
    rows, _ = climb(Check("rows.*.x", [1.0, 2.0], [1.1, 2.3], [0.05, 1.0]))

    assert rows[0].got == 1.1
    assert not rows[0].passed


def test_a_column_of_another_length_is_refused(climb):
    with pytest.raises(SimError, match=r"rows\.\*\.x has 1 expected, 1 got, 2 stored"):
        climb(Check("rows.*.x", [1.0], [1.0], 0.2))


@pytest.mark.parametrize("got", [nan, inf])
def test_what_is_no_number_fails_and_is_null_in_json(climb, got):
    rows, _ = climb(Check("other", 1.0, got, 1e9))

    assert passed(rows) == [False]
    (case,) = json.loads(Report(tuple(rows)).to_json())["cases"]
    assert case["got"] is None


def test_no_tolerance_asks_for_equality(climb):
    rows, _ = climb(Check("one", 1.0, 1.0, 0.0), Check("two", 1.0, 1.0 + 1e-15, 0.0))

    assert passed(rows) == [True, False]


def test_a_report_counts():
    row = Verdict("V00", "", "reference", "x", 1.0, 1.0, 0.0, passed=True)
    report = Report((row, row, Verdict("V00", "", "reference", "y", 1.0, 2.0, 0.0, passed=False)))

    assert (report.passed, report.failed) == (2, 1)


def test_an_unsolvable_case_says_which(climb):
    def unsolvable(p):
        raise ArithmeticError("no rest after 10 rounds")

    with pytest.raises(SimError, match="V00 has no solution with these parameters: no rest"):
        climb(unsolvable)


def test_truths_are_stored_as_one_and_words_not_at_all():
    assert rung("V19").expected["countercyclical_price"] == 1.0
    assert "F" not in rung("V15").expected


def test_an_unknown_rung_suggests_the_nearest():
    with pytest.raises(SimError, match="did you mean 'V42'"):
        rung("V420")


# Searches


def test_the_top_of_a_parabola_is_found_to_ten_digits():
    assert argmax(lambda x: 3.0 - (x - 0.3) ** 2, 0.0, 1.0) == pytest.approx(0.3, abs=1e-10)


def test_a_top_at_an_end_is_found():
    assert argmax(lambda x: x, 0.0, 2.0) == 2.0
    assert argmax(lambda x: -x, 0.0, 2.0) == 0.0


def test_a_grid_finds_the_higher_of_two_peaks():
    def peaks(x):
        return max(1.0 - (x - 1.0) ** 2, 2.0 - 40.0 * (x - 9.0) ** 2)

    assert argmax(peaks, 0.0, 10.0, grid=40) == pytest.approx(9.0, abs=1e-8)


def test_the_top_of_a_bowl_turned_over_is_found():
    def bowl(x):
        return 5.0 - (x[0] - 1.0) ** 2 - 3.0 * (x[1] + 2.0) ** 2 - x[0] * x[1] / 10

    found = argmax_of(bowl, np.zeros(2))

    assert [2 * (found[0] - 1) + found[1] / 10, 6 * (found[1] + 2) + found[0] / 10] == (
        pytest.approx([0.0, 0.0], abs=1e-8)
    )


def test_cournot_replies_in_turn_come_to_rest_where_all_are_equal():
    rest = in_turn(lambda i, x: (1.0 - (x.sum() - x[i])) / 2.0, np.array([0.9, 0.0, 0.1]))

    assert rest == pytest.approx(np.full(3, 0.25), abs=1e-8)


def test_what_never_rests_is_an_error():
    with pytest.raises(ArithmeticError, match="no rest"):
        settled(lambda x: x + 1.0, np.zeros(1))


def test_a_root_is_found():
    assert root(lambda x: x**2 - 2.0, 0.0, 2.0) == pytest.approx(2.0**0.5, abs=1e-13)


def test_mean_and_draws_of_an_even_distribution():
    def cdf(x):
        return x / 2.0

    prices = drawn(Streams(0), "test.verify", 1_000, 2, cdf, (0.0, 2.0))

    assert area_above(cdf, 0.0, 2.0) == pytest.approx(1.0)
    assert prices.shape == (1_000, 2)
    assert prices.mean() == pytest.approx(1.0, abs=3 * 2 / 12**0.5 / 2_000**0.5)


def test_kolmogorov_distance_by_hand():
    assert ks_distance(np.array([0.9, 0.1, 0.5])) == pytest.approx(0.5 - 1 / 3 + 1 / 15)
