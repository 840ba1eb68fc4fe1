"""The sensitivity of the market: few runs, in Python and from the shell."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run, run_together
from sim.store.records import SENSITIVITY, records
from sim.studies import jobs
from sim.studies.design import with_values
from sim.studies.facts import MARKET, Output, last_year
from sim.studies.sensitivity import Design, morris_design, priors, sobol_design
from sim.studies.study import open_study
from sim.studies.varying import analyse, evaluate
from tests.contracts.made_up import together
from tests.contracts.test_readme import blocks, execute, spans
from tests.golden.runs import small
from tests.theory.small_market import one_thread

SETTINGS = {"population.usage_tiers": 1, "months": 1}
TWO = ["network.line_cost", "demand.kappa"]
THREE = ["demand.kappa", "network.line_cost", "leakage.delta"]
PROFIT = Output("profit", "mobile")


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


def test_a_point_of_the_design_is_a_run_of_that_scenario(tmp_path: Path) -> None:
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, TWO), 2)

    values = evaluate(scenario, design, [PROFIT, Output("profit")], [0, 3], "expected", 1, tmp_path)

    kappa, cost = design.points[4]
    moved = {"demand.kappa": float(kappa), "network.line_cost": float(cost)}
    there = last_year(run(with_values(scenario.canonical_json(), moved), 3))
    profit = there[there["name"] == "profit"].set_index("carrier")["value"]
    assert values.shape == (2, 6, 2)
    assert values[0, 4, 1] == profit["mobile"]
    assert values[1, 4, 1] == profit[MARKET]


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


def test_workers_do_not_move_a_bit(tmp_path: Path) -> None:
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, ["demand.kappa"]), 2)

    one, two = (
        evaluate(scenario, design, [PROFIT], [0], "expected", n, tmp_path / str(n)) for n in (1, 2)
    )

    assert np.array_equal(one, two)


def test_a_run_that_fails_says_where_in_the_design_and_the_others_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario = small("price_war", SETTINGS)
    design = morris_design(priors(scenario, ["demand.kappa"]), 2)
    first = design.points[0, 0]

    def fail(scenarios: Sequence[Scenario], seed: int, fidelity: str) -> list[RunResult]:
        if scenarios[0].demand.kappa == first:
            raise SimError("the books do not balance")
        return run_together(scenarios, seed, fidelity)

    monkeypatch.setattr(jobs, "run_together", fail)
    with pytest.raises(SimError, match=r"balance \(at point 1: demand\.kappa="):
        evaluate(scenario, design, [PROFIT], [0], "expected", 1, tmp_path)
    (folder,) = (tmp_path / "studies").iterdir()
    kept = open_study(folder).status()
    assert kept["failed"] == 1
    assert kept["done"] == kept["total"] - 1

    monkeypatch.setattr(jobs, "run_together", run_together)
    told: list[int] = []
    evaluate(
        scenario, design, [PROFIT], [0], "expected", 1, tmp_path,
        lambda done, _: told.append(done),
    )  # fmt: skip
    assert told[0] == kept["done"]  # goes on with what is there


def test_sobol_indices_of_the_ishigami_function_come_out_of_the_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 over (-π, π)³, Ishigami and Homma 1990.

    A model that is no market: its three parameters are three of a scenario's.
    """
    scenario = small("price_war", SETTINGS)
    design = sobol_design(priors(scenario, THREE), 64)

    def ishigami(at: Scenario, seed: int) -> float:
        x1, x2, x3 = math.pi * (2.0 * _place(at, design) - 1.0)
        return float(math.sin(x1) + 7.0 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1))

    monkeypatch.setattr(jobs, "run_together", together(ishigami))
    found = analyse(
        scenario, design, [Output("subscriber_share", "telecom")], seeds=1, workers=1,
        folder=tmp_path,
    ).findings[0]  # fmt: skip

    a, b = 7.0, 0.1
    first = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    both = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    variance = a**2 / 8 + first + both
    shares = {
        "first": (first, a**2 / 8, 0.0),
        "total": (first + both, a**2 / 8, both),
    }
    rows = found.indices.set_index("path")
    for kind, exact in shares.items():
        for path, part in zip((p.path for p in design.parameters), exact, strict=True):
            row = rows.loc[path]
            assert row[f"{kind}_low"] <= part / variance <= row[f"{kind}_high"], (kind, path)
            assert row[f"{kind}_high"] - row[f"{kind}_low"] < 0.7


def _place(scenario: Scenario, design: Design) -> NDArray[np.float64]:
    """Return where in its range each parameter stands in a scenario, 0 to 1."""
    content = json.loads(scenario.canonical_json())
    parts = []
    for parameter in design.parameters:
        section, name = parameter.path.split(".")
        width = parameter.high - parameter.low
        parts.append((content[section][name] - parameter.low) / width)
    return np.array(parts)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the shell's command stores out of the checkout."""
    monkeypatch.chdir(tmp_path)


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
def test_it_speaks_json_and_stores_the_same(
    method: tuple[object, ...], keys: set[str], tmp_path: Path
) -> None:
    code, text, _ = told(*SIZE, *ASKED, *method, "--json", "--out", tmp_path)

    content = json.loads(text)
    (stored,) = records(tmp_path, SENSITIVITY)
    assert {name: stored[name] for name in content} == content
    assert code == 0
    assert content["schema"] == 1
    assert [p["path"] for p in content["parameters"]] == ["demand.kappa", "leakage.delta"]
    (output,) = content["outputs"]
    assert (output["name"], output["carrier"], output["unit"]) == ("profit", "mobile", "yuan")
    assert set(output["variance"]) == {"parameters", "seeds", "both"}
    assert all(set(row) == keys | {"path"} for row in output["indices"])


def test_it_speaks_to_people_on_100_columns(tmp_path: Path) -> None:
    code, page, said = told(*SIZE, *ASKED, "--trajectories", 2, "--out", tmp_path)

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
