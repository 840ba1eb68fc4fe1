"""Pages over one run open those of a study too, and say how to make one stored in part."""

import shlex
from pathlib import Path

import pytest

from sim.dashboard.app import create_app, screen
from sim.dashboard.citing import address
from sim.dashboard.market_view import MarketView
from sim.dashboard.pages.agents import Asked, answer
from sim.dashboard.remaking import remaking
from sim.dashboard.runs import ALONE, Run, picked
from sim.dashboard.scene import Choices
from sim.scenario.load import load_scenario
from sim.studies.batch import batch
from sim.studies.executors import Serial
from sim.studies.study_file import load_design
from tests.browser.synthetic import write_short_run
from tests.unit.test_dashboard_app import said

STUDY = """
scenarios: [service_cooperation]
seeds: 2
months: 1
sweeps:
  demand.elasticity: [0.6, 0.8]
outputs: [{outputs}]
"""
TABLES = {
    "whole": "postings, switches, province_carrier_month, carrier_month",
    "thin": "metric_year",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with two studies of four runs each, and no run by itself."""
    folder = tmp_path_factory.mktemp("studied")
    for name, outputs in TABLES.items():
        file = folder / f"{name}.yaml"
        file.write_text(STUDY.format(outputs=outputs), encoding="utf-8")
        batch(load_design(file), folder / "studies" / name, Serial(), lambda _: None)
    return folder


def run_of(results: Path, study: str, place: int = 0) -> Run:
    here = picked(results, Choices(own={"study": study}))
    assert here is not None
    return here.runs[place]


def page(path: str, results: Path, **own: str) -> str:
    parts, _ = screen(path, Choices(own=own), results)
    return said(parts)


def test_runs_of_a_study_are_told_apart_by_what_it_swept(results: Path):
    here = picked(results, Choices(own={"study": "whole"}))

    assert here is not None
    assert [(run.point, run.seed) for run in here.runs] == [
        (f"demand.elasticity {value}", seed) for value in (0.6, 0.8) for seed in (0, 1)
    ]
    assert "demand.elasticity 0.8 · seed 1" in page("/market", results, study="whole")


def test_without_a_run_by_itself_a_page_shows_the_newest_study(results: Path):
    here = picked(results, Choices())

    assert here is not None
    assert (here.run.study, set(here.sources)) == (here.sources[0], set(TABLES))


def test_a_run_by_itself_is_shown_first_and_a_study_when_it_is_chosen(results: Path, tmp_path):
    (tmp_path / "studies").symlink_to(results / "studies")
    write_short_run(tmp_path)

    for own, study in (({}, None), ({"study": ALONE}, None), ({"study": "thin"}, "thin")):
        here = picked(tmp_path, Choices(own=own))
        assert here is not None
        assert here.run.study == study
        assert here.sources[0] == ALONE


def test_the_market_of_a_run_of_a_study_is_drawn_and_has_an_address(results: Path):
    run = run_of(results, "whole", 3)
    view = MarketView.open(Choices(own={"study": "whole", "run": run.id}), results)
    client = create_app(results).server.test_client()
    told = client.get(address("money_flow", "json", view)).get_json()

    assert view.run == run
    assert told["query"]["study"] == "whole"
    assert told["seeds"] == [1]
    assert "month-slider" in page("/market", results, study="whole")


@pytest.mark.parametrize("path", ["/market", "/agents"])
def test_a_run_without_what_a_page_needs_says_which_command_makes_it(path: str, results: Path):
    run = run_of(results, "thin", 2)
    shown = page(path, results, study="thin", run=run.id)
    assert "month-slider" not in shown
    if path == "/agents":
        part, done = answer(Choices(own={"study": "thin", "run": run.id}), results)
        assert done
        shown = said(part)

    command = "sim run service_cooperation --seed 0 --set demand.elasticity=0.8 --set months=1"
    assert command in shown


def test_the_command_makes_exactly_that_scenario(results: Path):
    run = run_of(results, "thin", 3)
    name, *options = shlex.split(remaking(run))[2:]
    said_of = list(zip(options[::2], options[1::2], strict=True))

    assert ("--seed", "1") in said_of
    sets = [value for option, value in said_of if option == "--set"]
    assert load_scenario(name, sets).digest() == run.stored.scenario().digest()


def test_a_scenario_that_does_not_ship_is_named_by_its_file(results: Path, tmp_path: Path):
    (tmp_path / "own.yaml").write_text("extends: price_war\nmonths: 1\n", encoding="utf-8")
    study = tmp_path / "study.yaml"
    study.write_text("scenarios: [own.yaml]\nseeds: 1\noutputs: [metric_year]\n", "utf-8")
    batch(load_design(study), tmp_path / "studies" / "study", Serial(), lambda _: None)

    assert remaking(run_of(tmp_path, "study")) == "sim run own.yaml --seed 0"


def test_the_story_is_told_of_the_studys_run(results: Path):
    run = run_of(results, "whole", 1)
    asked = Asked.of(run, Choices(own={"kind": "partner", "who": "3"}))

    assert asked.command == f"sim explain {run.id} --partner 3 --out {results / 'studies/whole'}"
