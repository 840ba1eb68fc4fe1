"""The page of trust shows what was found, how old it is, and what was never tried."""

import json
from pathlib import Path

import pytest

from sim.dashboard.app import screen
from sim.dashboard.charts import charts
from sim.dashboard.drawing import draw
from sim.dashboard.scene import Choices
from sim.dashboard.texts import LANGUAGES
from sim.store.records import SENSITIVITY, records
from sim.studies.standings import strengths
from tests.browser.synthetic import write_comparison, write_records
from tests.unit.test_dashboard_app import said


@pytest.fixture
def results(tmp_path: Path) -> Path:
    write_comparison(tmp_path)
    write_records(tmp_path)
    return tmp_path


def drawn(name: str, results: Path, language: str = "en"):
    return draw(name, charts.get(name).view.open(Choices(language), results))


def page(results: Path, language: str = "en") -> str:
    return said(screen("/trust", Choices(language), results)[0])


def test_without_results_every_part_says_which_command_makes_some(tmp_path: Path):
    text = page(tmp_path)

    for what in ("sim verify", "sim compare history", "sim sensitivity service_cooperation"):
        assert what in text
    assert '"chart-view"' not in text


def test_cases_that_fail_are_named_and_those_never_run_counted(results: Path):
    assert drawn("ladder", results).title == "1 of 2 cases do not agree with theory: V14"
    assert "40 of 42 cases were never run here" in page(results)


def test_outcomes_older_than_the_code_are_said_to_be_so(results: Path, monkeypatch):
    assert "older than the program" not in page(results)
    for module in ("sim.studies.verify.standing", "sim.store.records", "sim.dashboard.provenance"):
        monkeypatch.setattr(f"{module}.code_digest", lambda: "another program")

    text = page(results)
    assert "2 of 2 outcomes are older than the program" in text
    assert "This analysis is older than the program" in text
    assert "the program that shows it is another prog" in text
    colours = [
        c for trace in drawn("ladder", results).figure["data"] for c in trace["marker"]["color"]
    ]
    assert set(colours) == {"#ffffff"}


def test_names_of_cases_are_text_in_the_chart(results: Path):
    texts = [text for trace in drawn("ladder", results).figure["data"] for text in trace["text"]]

    assert any("price \u2039high\u203a" in text for text in texts)


def test_history_tells_results_from_what_was_fed_in(results: Path):
    history = drawn("history", results)

    assert history.title == (
        "Of 2 values that the simulation found by itself, the furthest from observation is "
        "Data use per line in 2015: +5.00 %"
    )
    filled = [colour != "#ffffff" for colour in history.figure["data"][0]["marker"]["color"]]
    assert filled == [role == "result" for role in history.rows.stored["role"]]


def test_a_comparison_of_history_is_preferred(results: Path):
    assert "sim compare history" in page(results)  # the newest replays two years alone


def test_parameters_are_told_by_the_strongest(results: Path):
    told = drawn("sensitivity", results)

    assert told.title == "What moves profit most: demand.kappa, leakage.delta and resale.share"
    assert told.rows.stored["mean"].tolist() == [1.0, 0.25, 0.0]


def test_an_output_that_nothing_moves_has_no_strengths():
    still = {"path": "demand.kappa", "total": None, "total_low": None, "total_high": None}
    output = {"name": "profit", "carrier": None, "indices": [still]}

    assert strengths({"method": "sobol", "outputs": [output]}).empty


def test_a_damaged_record_is_told_on_the_page(results: Path):
    (place,) = results.glob("records/verification/*/manifest.json")
    place.write_text("{}", encoding="utf-8")

    assert "manifest.json: KeyError" in page(results)


def test_provenance_names_digests_seeds_versions_and_code(results: Path):
    text = page(results)

    for part in ("a1b2c3d4e5f6", "0\u201319", "Package numba", "Scenario Price war, digest"):
        assert part in text
    assert "the same as the program that shows it" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ladder", "history", "sensitivity"])
def test_every_chart_is_plain_json_with_source_and_citation(name, language, results: Path):
    one = drawn(name, results, language)

    json.dumps(one.figure, allow_nan=False)
    assert one.title
    assert one.source


def test_records_are_read_newest_first(results: Path):
    assert [record["method"] for record in records(results, SENSITIVITY)] == ["morris"]
