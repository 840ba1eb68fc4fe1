"""A study file expands to the runs that it asks for; its mistakes are told at their lines."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sim.core.errors import InputError, SimError
from sim.scenario.load import from_json, load_scenario
from sim.scenario.shipped import configs_folder
from sim.store.provenance import run_id
from sim.studies.design import Design
from sim.studies.study_file import StudyFile, load_design, points


def design(tmp_path: Path, text: str) -> Design:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return load_design(file)


def mistakes(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(InputError) as refusal:
        design(tmp_path, text)
    return [(problem.line, problem.what) for problem in refusal.value.problems]


def test_the_shortest_study_is_two_lines() -> None:
    file = configs_folder() / "studies" / "price_or_service.yaml"

    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert len(load_design(file).runs()) == 300
    assert load_design("price_or_service").content() == load_design(file).content()


def test_a_grid_crosses_values_with_scenarios(tmp_path: Path) -> None:
    text = "scenarios: [price_war, cheap_data]\nseeds: [3, 5]\nsweeps: {months: [6, 12, 24]}\n"

    made = design(tmp_path, text)

    assert made.seeds == (3, 5)
    assert [from_json(text).months for text in made.texts()] == [6, 12, 24] * 2
    assert [from_json(text).digest() for text in made.texts()] == [
        variant.digest for variant in made.variants
    ]
    assert len({variant.digest for variant in made.variants}) == 6


def test_runs_have_the_ids_that_single_runs_have(tmp_path: Path) -> None:
    made = design(tmp_path, "scenarios: [price_war]\nseeds: [3, 5]\n")

    scenario = load_scenario("price_war")
    assert [run.run for run in made.runs()] == [run_id(scenario, s, "expected") for s in (3, 5)]


def test_lists_go_side_by_side() -> None:
    asked = StudyFile(scenarios=["a"], seeds=1, design="list", sweeps={"x": [1, 2], "y": [3, 4]})

    assert points(asked) == [{"x": 1, "y": 3}, {"x": 2, "y": 4}]


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    content = {
        "scenarios": ["a"], "seeds": 1, "design": "latin_hypercube", "points": 10,
        "sweeps": {"x": {"low": 0.0, "high": 10.0}, "y": {"low": -10.0, "high": 0.0}},
    }  # fmt: skip
    made = points(StudyFile.model_validate(content))

    assert sorted(int(float(p["x"])) for p in made) == list(range(10))
    assert made == points(StudyFile.model_validate(content))


def test_mistakes_stand_at_their_lines(tmp_path: Path) -> None:
    start = "scenarios: [price_war]\nseeds: 2\n"

    [(line, what)] = mistakes(tmp_path, f"{start}sweeps:\n  month: [6]\n")
    assert line == 4
    assert "did you mean 'months'?" in what
    assert mistakes(tmp_path, f"{start}sweeps: {{months: []}}\n") == [
        (3, "must have at least 1 parts, is a list of 0")
    ]
    assert mistakes(tmp_path, f"{start}sweeps: {{months: {{low: 12, high: 6}}}}\n") == [
        (3, "low must be below high, is 12 to 6")
    ]
    assert mistakes(tmp_path, f"{start}seed: 2\n") == [
        (3, "unknown key 'seed'; did you mean 'seeds'?")
    ]
    [(line, what)] = mistakes(tmp_path, "scenarios:\n- price_wars\nseeds: 2\n")
    assert "did you mean 'price_war'?" in what


def test_a_study_whose_scenarios_were_described_otherwise_says_so(tmp_path: Path) -> None:
    made = design(tmp_path, "scenarios: [price_war]\nseeds: 1\n")
    content = json.loads(made.bases["price_war"])
    del content["observed"]["provinces"][0]["branches"]
    old = replace(made, bases={"price_war": json.dumps(content)})

    with pytest.raises(SimError, match="begin the study anew"):
        list(old.texts())
