"""Designs and indices on functions small enough to work out by hand."""

from math import isnan

import numpy as np
import pytest

from sim.core.errors import RequestError, SimError
from sim.scenario.load import load_scenario
from sim.studies.design import with_values
from sim.studies.facts import Output
from sim.studies.sensitivity import (
    LEVELS,
    Design,
    Parameter,
    SensitivityError,
    indices,
    morris_design,
    priors,
    sobol_design,
    split,
)

A, B, C = Parameter("a", 0.0, 1.0), Parameter("b", 10.0, 20.0), Parameter("c", -1.0, 1.0)


def by_path(design: Design, outputs: np.ndarray) -> dict[str, dict[str, float]]:
    rows = indices(design, outputs).to_dict("records")
    return {row["path"]: {str(k): v for k, v in row.items() if k != "path"} for row in rows}


# Morris


def test_the_elementary_effects_of_a_line_are_its_slopes_times_the_ranges() -> None:
    """3 a - 2 b: a moves it by 3 over its range of 1, b by 20 over its range of 10, c not."""
    design = morris_design([A, B, C], trajectories=5)
    a, b, _ = design.points.T

    found = by_path(design, 3.0 * a - 2.0 * b)

    assert list(found) == ["b", "a", "c"]  # the strongest first
    for path, mu in {"a": 3.0, "b": -20.0, "c": 0.0}.items():
        assert found[path]["mu"] == pytest.approx(mu, abs=1e-9)
        assert found[path]["mu_star"] == pytest.approx(abs(mu), abs=1e-9)
        assert found[path]["sigma"] == pytest.approx(0.0, abs=1e-9)
        assert (found[path]["low"], found[path]["high"]) == pytest.approx((abs(mu),) * 2, abs=1e-9)


def test_effects_that_change_sign_have_size_but_no_mean() -> None:
    """(a - 1/2)^2 on the grid 0, 1/3, 2/3, 1: a step of 2/3 changes it by -2/9 or by +2/9."""
    design = morris_design([A, B], trajectories=200)

    found = by_path(design, (design.points[:, 0] - 0.5) ** 2)["a"]

    assert found["mu_star"] == pytest.approx((2 / 9) / (2 / 3))
    assert abs(found["mu"]) < 0.1
    assert found["sigma"] > 0.3


def test_each_trajectory_moves_every_parameter_once() -> None:
    design = morris_design([A, B, C], trajectories=4)

    paths = design.points.reshape(4, 4, 3)
    moved = np.diff(paths, axis=1) != 0.0
    assert (moved.sum(axis=1) == 1).all()
    assert (moved.sum(axis=2) == 1).all()
    steps = np.abs(np.diff(paths, axis=1)).sum(axis=1) / [1.0, 10.0, 2.0]
    assert np.allclose(steps, LEVELS / 2 / (LEVELS - 1))


# Sobol


def test_the_variance_of_a_sum_is_shared_out_by_the_squares() -> None:
    """Of a + 2 x, each uniform, a has 1 part of the variance and x has 4."""
    design = sobol_design([A, Parameter("x", 0.0, 1.0)], samples=1024)

    found = by_path(design, design.points[:, 0] + 2.0 * design.points[:, 1])

    for path, share in {"a": 0.2, "x": 0.8}.items():
        for kind in ("first", "total"):
            assert found[path][kind] == pytest.approx(share, abs=0.01)
            assert found[path][f"{kind}_low"] <= share <= found[path][f"{kind}_high"]


def test_what_acts_only_together_has_no_share_alone() -> None:
    """a b with both about 0: neither does anything alone, each does all with the other."""
    both = [Parameter("a", -1.0, 1.0), Parameter("b", -1.0, 1.0)]
    design = sobol_design(both, samples=1024)

    found = by_path(design, design.points[:, 0] * design.points[:, 1])

    for path in ("a", "b"):
        assert found[path]["first"] == pytest.approx(0.0, abs=0.05)
        assert found[path]["total"] == pytest.approx(1.0, abs=0.05)


def test_where_nothing_varies_there_is_no_variance_to_share_out() -> None:
    design = sobol_design([A, B], samples=4)

    assert all(
        isnan(value) for row in by_path(design, np.ones(16)).values() for value in row.values()
    )


@pytest.mark.parametrize("samples", [1, 3, 100])
def test_samples_are_a_power_of_two(samples: int) -> None:
    with pytest.raises(SensitivityError, match="power of 2"):
        sobol_design([A], samples)


# Both


@pytest.mark.parametrize("make", [morris_design, sobol_design])
def test_designs_stay_in_the_ranges_and_are_the_same_under_one_seed(make) -> None:
    one, again, other = (make([A, B, C], 8, seed) for seed in (0, 0, 1))

    assert (one.points >= [0.0, 10.0, -1.0]).all()
    assert (one.points <= [1.0, 20.0, 1.0]).all()
    assert np.array_equal(one.points, again.points)
    assert not np.array_equal(one.points, other.points)
    outputs = np.sin(one.points).sum(axis=1)
    assert indices(one, outputs).equals(indices(again, outputs))


def test_an_undefined_output_is_an_error_not_a_number() -> None:
    design = morris_design([A, B], trajectories=2)
    outputs = np.where(np.arange(6) == 4, np.nan, 1.0)

    with pytest.raises(SimError, match="undefined at 1 of the design's points"):
        indices(design, outputs)
    with pytest.raises(ValueError, match="outputs for 6 points"):
        indices(design, np.ones(5))


def test_without_salib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(SensitivityError, match=r"pip install 'backward-traffic-sim\[analysis\]'"):
        morris_design([A], 2)


# Seeds


def test_the_variance_parts_into_parameters_seeds_and_both() -> None:
    """By hand, points 0 and 2, seeds 0 and 4, and nothing together: variances 2 and 8."""
    outputs = np.array([[0.0, 4.0], [2.0, 6.0]])

    assert split(outputs) == pytest.approx((0.2, 0.8, 0.0))


def test_what_a_seed_does_at_one_point_alone_is_their_joint_part() -> None:
    """By hand: +1 and -1 crosswise. All means are 0; squares sum to 4, on 1 degree of freedom."""
    outputs = np.array([[1.0, -1.0], [-1.0, 1.0]])

    assert split(outputs) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("outputs", [np.ones((3, 1)), np.ones((3, 4)), np.arange(3.0)[None]])
def test_where_nothing_can_be_parted_the_parts_are_undefined(outputs: np.ndarray) -> None:
    assert all(isnan(part) for part in split(outputs))


# Parameters of a scenario


def test_parameters_are_those_with_a_prior_range() -> None:
    scenario = load_scenario("price_war")

    known = {parameter.path: parameter for parameter in priors(scenario)}

    kappa = known["demand.kappa"]
    assert (kappa.low, kappa.high, kappa.value, kappa.whole) == (2.0, 20.0, 5.0, False)
    assert known["resale.active"].whole
    assert "carriers.unicom.leak_control" in known
    assert "demand.choke_price" not in known  # it has none


def test_parameters_are_chosen_by_path_or_section() -> None:
    scenario = load_scenario("price_war")

    chosen = [parameter.path for parameter in priors(scenario, ["leakage", "demand.kappa"])]

    assert chosen == ["demand.kappa", "leakage.delta", "leakage.cross", "leakage.cross_national"]
    with pytest.raises(SensitivityError, match=r"'demand\.kapa' has no prior .* 'demand\.kappa'"):
        priors(scenario, ["demand.kapa"])


def test_a_point_makes_a_scenario_with_whole_numbers_where_it_must() -> None:
    scenario = load_scenario("price_war")
    active, control = priors(scenario, ["resale.active", "carriers.telecom.leak_control"])

    moved = {active.path: active.at(18.6), control.path: control.at(0.31)}
    made = with_values(scenario.canonical_json(), moved)

    assert (made.resale.active, made.carriers["telecom"].leak_control) == (19, 0.31)
    assert made.carriers["mobile"] == scenario.carriers["mobile"]
    assert made.demand == scenario.demand


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("proffit", "no metric 'proffit'; did you mean 'profit'"),
        ("profit:mobil", "no carrier 'mobil'; did you mean 'mobile'"),
        ("consumer_surplus", "only changes of it do"),
        ("sponsors:mobile", "of the whole market"),
    ],
)
def test_an_unknown_output_is_told(text: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        Output.named(text)


def test_outputs_are_named_by_metric_and_carrier() -> None:
    assert Output.named("profit") == Output("profit")
    assert Output.named("subscriber_share:unicom") == Output("subscriber_share", "unicom")
    assert Output("subscriber_share", "unicom").text == "subscriber_share:unicom"
