"""The sensitivity of the market: few runs, in Python and from the shell."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.simulate import run
from sim.studies.facts import last_year
from sim.studies.sensitivity import morris_design, priors
from sim.studies.varying import Output, analyse, evaluate, varied
from tests.contracts.test_readme import blocks, execute, spans
from tests.golden.runs import small
from tests.theory.small_market import one_thread

SETTINGS = {"population.usage_tiers": 1, "months": 1}
TWO = ["network.line_cost", "demand.kappa"]
PROFIT = Output("profit", "mobile")


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


def test_a_point_of_the_design_is_a_run_of_that_scenario() -> None:
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, TWO), 2)

    values = evaluate(scenario, design, [PROFIT, Output("profit")], [0, 3], "expected", 1)

    kappa, cost = design.points[4]
    there = varied(scenario, {"demand.kappa": float(kappa), "network.line_cost": float(cost)})
    assert values.shape == (2, 6, 2)
    assert values[0, 4, 1] == PROFIT.of(last_year(run(there, 3)))


def test_the_cost_of_a_line_lowers_profit_by_itself_alone() -> None:
    """In a price war prices do not follow it: a yuan a line and month more is a yuan less."""
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, TWO), 3)

    found = analyse(scenario, design, [Output("profit")], seeds=2, workers=1).findings[0]

    row = found.indices.set_index("path").loc["network.line_cost"]
    lines = run(scenario).metric("subscribers")
    months = lines[lines["carrier"].isna() & (lines["month"] >= "2017-01")]["value"].sum()
    assert row["mu"] == pytest.approx(-20.0 * months, rel=5e-4)  # 15 to 35, a line in whole fen
    assert row["sigma"] < 1e-6 * row["mu_star"]
    assert found.split.parameters > 0.99


def test_the_example_of_the_document_gives_what_it_says(root: Path) -> None:
    (code,) = blocks(root / "docs" / "sensitivity.md", "python")

    shares = execute(code)["shares"]

    assert list(shares["path"]) == ["x1", "x2", "x3"]
    assert set(shares.columns) - {"path"} <= set(spans(root / "docs" / "sensitivity.md")) | {
        f"{index}_{end}" for index in ("first", "total") for end in ("low", "high")
    }


def test_workers_do_not_move_a_bit() -> None:
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, ["demand.kappa"]), 2)

    one, two = (evaluate(scenario, design, [PROFIT], [0], "expected", n) for n in (1, 2))

    assert np.array_equal(one, two)


def test_a_run_that_fails_says_where_in_the_design(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise SimError("the books do not balance")

    monkeypatch.setattr("sim.studies.varying.run_together", fail)
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, ["demand.kappa"]), 2)

    with pytest.raises(SimError, match=r"balance \(at point 1: demand\.kappa="):
        evaluate(scenario, design, [PROFIT], [0], "expected", 1)


def told(*arguments: object) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, ["sensitivity", "price_war", *map(str, arguments)])
    return ended.exit_code, ended.stdout, ended.stderr


SIZE = ("--months", 1, "--set", "population.usage_tiers=1", "--workers", 1, "--seeds", 2)
ASKED = (
    "--parameters",
    "demand.kappa",
    "--parameters",
    "leakage.delta",
    "--metric",
    "profit:mobile",
)


@pytest.mark.parametrize(
    ("method", "keys"),
    [
        (("--trajectories", 2), {"mu_star", "low", "high", "mu", "sigma"}),
        (
            ("--method", "sobol", "--samples", 2),
            {"first", "first_low", "first_high", "total", "total_low", "total_high"},
        ),
    ],
    ids=["morris", "sobol"],
)
def test_it_speaks_json(method: tuple[object, ...], keys: set[str]) -> None:
    code, text, _ = told(*SIZE, *ASKED, *method, "--json")

    content = json.loads(text)
    assert code == 0
    assert content["schema"] == 1
    assert [p["path"] for p in content["parameters"]] == ["demand.kappa", "leakage.delta"]
    (output,) = content["outputs"]
    assert (output["name"], output["carrier"], output["unit"]) == ("profit", "mobile", "yuan")
    assert set(output["variance"]) == {"parameters", "seeds", "both"}
    assert all(set(row) == keys | {"path"} for row in output["indices"])


def test_it_speaks_to_people_on_100_columns() -> None:
    code, page, said = told(*SIZE, *ASKED, "--trajectories", 2)

    assert code == 0
    assert "6 points × 2 seeds" in said
    for part in ("What moves Profit, China Mobile", "demand.kappa", "Of the variance", "% seeds"):
        assert part in page
    assert max(map(len, page.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--parameters", "demand.kapa"), "did you mean 'demand.kappa'?"),
        (("--metric", "proffit"), "did you mean 'profit'?"),
        (("--method", "sobel"), "did you mean 'sobol'?"),
        (("--method", "sobol", "--samples", "100"), "power of 2"),
        (("--trajectories", "1"), "--trajectories"),
        (("--fidelity", "rough"), "unknown fidelity"),
    ],
    ids=str,
)
def test_what_cannot_be_analysed_ends_with_2(arguments: tuple[str, ...], said: str) -> None:
    code, text, error = told(*arguments)

    assert (code, text) == (2, "")
    assert said in error
