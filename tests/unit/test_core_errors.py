"""Messages say where, what, and what to do; they survive the way between processes."""

import pickle

from sim.core.errors import InputError, InvariantError, Problem, SimError, did_you_mean

LATER = Problem("b.yaml", 7, "carriers.mobile", "unknown key; did you mean 'strategy'?")
EARLIER = Problem("a.yaml", 12, "months", "must be positive")


def test_a_problem_reads_like_a_compilers() -> None:
    assert str(EARLIER) == "a.yaml:12: months: must be positive"


def test_every_problem_is_told_once_and_in_order() -> None:
    error = InputError([LATER, EARLIER, LATER])

    assert error.problems == (EARLIER, LATER)
    assert str(error) == f"{EARLIER}\n{LATER}"


def test_lines_are_ordered_as_numbers() -> None:
    ninth, tenth = Problem("a", 9, "x", "y"), Problem("a", 10, "x", "y")

    assert InputError([tenth, ninth]).problems == (ninth, tenth)


def test_an_input_error_crosses_process_borders() -> None:
    error = InputError([LATER, EARLIER])

    returned = pickle.loads(pickle.dumps(error))  # noqa: S301  written one line up

    assert type(returned) is InputError
    assert returned.problems == error.problems
    assert str(returned) == str(error)


def test_all_errors_are_for_people() -> None:
    assert issubclass(InputError, SimError)
    assert issubclass(InvariantError, SimError)


def test_the_nearest_name_is_suggested() -> None:
    assert did_you_mean("price_wr", ["hold", "price_war"]) == "; did you mean 'price_war'?"


def test_without_a_near_name_all_are_listed() -> None:
    assert did_you_mean("xyz", ["price_war", "hold"]) == "; known: hold, price_war"
    assert did_you_mean("xyz", []) == ""
