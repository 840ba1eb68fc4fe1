"""The ladder of verification: theory and an independent route agree, and would be caught if not."""

from dataclasses import replace
from importlib import import_module

import pytest

from sim.studies.verify import registered_cases
from sim.studies.verify.ladder import rung
from sim.studies.verify.running import STORED, run_case, verify

REFERENCE = ("V13", "V14", "V15", "V16", "V17", "V19", "V21", "V23", "V25", "V27", "V28", "V29",
             "V30", "V35", "V36", "V37")  # fmt: skip
MOVED = {
    "V08": ["mu=0.4", "c=0.7", "m=9"],
    "V09": ["a=1.5", "mu=0.2", "counts=2,5"],
    "V10": ["subscribers_m=500,300,250", "s0=0.1", "mu=0.3"],
    "V11": ["c2_grid=0.9,0.6", "a=2.2"],
    "V12": ["start=1.2,1.9", "mu=0.35"],
    "V13": ["t=1", "n=6", "f=0.01"],
    "V14": ["low=0.5", "c=0.1", "q_low=0.3"],
    "V15": ["capacity=0.6", "cost=0.1", "draws=20000"],
    "V16": ["n=5", "c=0.1", "captive=0.3", "draws=20000"],
    "V17": ["deltas=0.6,0.7"],
    "V18": ["prob_low_demand=0.3", "delta=0.95", "monopoly_profit=3"],
    "V19": ["delta=0.6", "high=2"],
    "V20": ["n=7", "eps=1.7", "mu=0.4", "c=0.3", "A=2"],
    "V21": ["t=0.1", "phi=0.2"],
    "V22": ["branches=1,3", "c=0.2", "b=2"],
    "V23": ["theta=0.1", "n=4"],
    "V24": ["F=0.2", "shares=0.5,0.3,0.2", "partners=10000"],
    "V25": ["t1=2", "f1=0.5"],
    "V26": ["n=4", "r=0.1", "mu=0.3"],
    "V27": ["c=0.1", "g=0.6"],
    "V28": ["eps=1.2,4", "v_over_p=0.5,0.9", "c=2", "v=1.8"],
    "V29": ["c=0.4", "v=0.3,0.6"],
    "V30": ["p=0.4,0.8", "q=0.3", "mu=2"],
    "V31": ["c=0.5", "r=1.5", "phi=0.7"],
    "V34": ["A0=0,1", "payoffs=2,3", "move=0", "N0=2", "phi=0.8"],
    "V35": ["alpha=0.05", "N=2000", "H=3"],
    "V36": ["c_dom=0.2", "mu=0.3", "fixed_cost=0.1"],
    "V37": ["declines=0.3,0.4,0.5"],
    "V39": ["share=0.1", "samples=50", "N=100,1000,10000"],
    "V41": ["n=2", "B=0.5", "mu=0.1"],
    "V42": ["w=3,4,5,6,7", "kappa=1,2,3,4,5"],
}


def failed(rows):
    return [(row.quantity, row.expected, row.got, row.tolerance) for row in rows if not row.passed]


@pytest.mark.parametrize("name", registered_cases.names())
def test_theory_and_an_independent_route_agree(name):
    rows = run_case(name)

    assert failed(rows) == []
    assert any(row.quantity != STORED for row in rows)


@pytest.mark.parametrize("name", MOVED)
def test_theory_and_the_other_route_move_together(name):
    before = {(row.quantity, row.expected) for row in run_case(name)}
    rows = run_case(name, MOVED[name])

    assert failed(rows) == []
    assert {(row.quantity, row.expected) for row in rows} - before


@pytest.mark.parametrize("name", registered_cases.names())
def test_every_stored_number_is_checked_or_left_out_with_a_reason(name):
    case = registered_cases.get(name)
    checks = case.checks(case.parameters.model_validate(case.given()))

    checked = {path for check in checks for path in case.rung.stored(check.quantity)}
    left = [set(case.rung.stored(quantity)) for quantity in case.left_out]

    assert set(case.rung.expected) - checked == set().union(*left)
    assert all(left), "what is left out must be there"
    assert all(case.left_out.values())


@pytest.mark.parametrize("name", registered_cases.names())
def test_every_parameter_and_route_is_explained(name):
    case = registered_cases.get(name)

    assert case.route
    assert all(field.description for field in case.parameters.model_fields.values())


@pytest.mark.parametrize(
    "name", [n for n in registered_cases.names() if registered_cases.get(n).full]
)
def test_the_longer_version_sets_parameters_that_exist(name):
    case = registered_cases.get(name)

    longer = case.parameters.model_validate(case.given() | dict(case.full))

    assert longer != case.parameters.model_validate(case.given())


def test_the_ladder_has_42_cases():
    assert [rung(f"V{n:02}").id for n in range(1, 43)][-1] == "V42"
    assert set(REFERENCE) <= set(registered_cases.names())
    assert all(registered_cases.get(name).kind == "reference" for name in REFERENCE)
    kinds = [registered_cases.get(name).kind for name in registered_cases.names()]
    assert len(kinds) == 42
    assert sum(kind != "reference" for kind in kinds) >= 22


def spoiled(function):
    """Return a solver that stops short of what it looks for."""
    return lambda *args, **kwargs: 0.99 * function(*args, **kwargs)


@pytest.mark.parametrize(
    ("name", "module", "solver"),
    [
        ("V13", "v13_hotelling_salop", "_near"),
        ("V15", "v15_bertrand_edgeworth", "_cdf"),
        ("V16", "v16_varian", "_profit"),
        ("V17", "v17_maskin_tirole", "_mixing"),
        ("V19", "v19_rotemberg_saloner", "_worth"),
        ("V21", "v21_leakage", "argmax"),
        ("V23", "v23_katz_shapiro", "_reply"),
        ("V25", "v25_armstrong", "argmax_of"),
        ("V28", "v28_sponsored_share", "_share"),
        ("V30", "v30_subsidisation", "_load"),
        ("V35", "v35_recovery", "_most_likely"),
        ("V37", "v37_back_test", "_elasticity"),
    ],
)
def test_a_wrong_solver_is_caught(monkeypatch, name, module, solver):
    where = import_module(f"sim.studies.verify.cases.{module}")
    monkeypatch.setattr(where, solver, spoiled(getattr(where, solver)))

    assert failed(run_case(name))


def test_a_stored_value_that_theory_misses_is_caught(monkeypatch):
    case = registered_cases.get("V14")
    stored = case.rung.expected | {"covered_p_low": 0.31}
    tampered = replace(case, rung=replace(case.rung, expected=stored))
    monkeypatch.setitem(registered_cases._items, "V14", tampered)

    assert {quantity for quantity, *_ in failed(run_case("V14"))} == {"covered_p_low", STORED}


def test_cases_in_processes_give_the_same():
    names = ["V15", "V27", "V36"]

    assert verify(names, workers=2) == verify(names)
