"""Cards of studies say how far each is, and offer what can be done with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from sim.core.errors import RequestError
from sim.dashboard.i18n import Words
from sim.dashboard.study_cards import study_cards
from sim.studies import jobs, launching, overview
from sim.studies.batch import batch
from sim.studies.executors import Serial
from sim.studies.overview import Overview, overviews
from sim.studies.presence import driving
from sim.studies.study_file import load_design
from tests.contracts.made_up import together

TEXT = "scenarios: [price_war, alliance]\nseeds: 20\nmonths: 1\noutputs: [metric_year]\n"


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a results folder with a study of 40 runs, of which two failed and ten are missing."""

    def formula(scenario: Any, seed: int) -> float:
        if scenario.name == "price_war" and seed < 2:
            raise ZeroDivisionError("a strategy divides by zero")
        return 0.5

    monkeypatch.setattr(jobs, "run_together", together(formula))
    monkeypatch.setattr(jobs, "warm_up", lambda: None)
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT, encoding="utf-8")
    folder = tmp_path / "studies" / "mine"
    batch(load_design(file), folder, Serial(), lambda _: None)
    for chunk in (folder / "runs").glob("chunk-*"):
        rows = json.loads((chunk / "manifest.json").read_text(encoding="utf-8"))["runs"]
        if min(row["seed"] for row in rows) == 15:
            chunk.rename(folder / "elsewhere")
    return tmp_path


def said(part: Any) -> str:
    """Return every text in a component."""
    if isinstance(part, Component):
        return said(getattr(part, "children", None))
    return " ".join(map(said, part)) if isinstance(part, list) else str(part or "")


def ids(part: Any) -> list[dict[str, str]]:
    if isinstance(part, list):
        return [one for each in part for one in ids(each)]
    if not isinstance(part, Component):
        return []
    own = getattr(part, "id", None)
    return ([own] if isinstance(own, dict) else []) + ids(getattr(part, "children", None))


def test_a_study_is_seen_as_far_as_it_is(results: Path) -> None:
    (found,) = overviews(results)

    assert (found.name, found.state) == ("mine", "open")
    assert (found.total, found.done, found.failed) == (40, 28, 2)
    assert [failure.seed for failure in found.failures] == [0, 1]
    assert found.failures[0].why == "ZeroDivisionError: a strategy divides by zero"


def test_its_card_says_it_and_offers_to_go_on(results: Path) -> None:
    cards = study_cards(overviews(results), Words("en"))

    text = said(cards)
    for part in ("30 of 40 runs · 2 failed", "Price war, point 0, seed 1", "stopped", "20 seeds"):
        assert part in text
    assert ids(cards) == [{"type": "study", "deed": "batch", "name": "mine"}]
    assert "40 次模拟中的 30 次" in said(study_cards(overviews(results), Words("zh")))


def test_while_somebody_is_at_it_it_can_only_be_stopped(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "drivers", lambda _: [1])

    (found,) = overviews(results)

    assert found.state == "running"
    assert [one["deed"] for one in ids(study_cards([found], Words("en")))] == ["cancel"]


def test_failures_can_be_tried_again(results: Path) -> None:
    folder = results / "studies" / "mine"
    (folder / "elsewhere").rename(folder / "runs" / "chunk-back")

    (found,) = overviews(results)

    assert found.state == "failures"
    assert [one["deed"] for one in ids(study_cards([found], Words("en")))] == ["retry"]


def test_what_cannot_be_read_or_is_of_another_program_is_told(results: Path) -> None:
    manifest = results / "studies" / "mine" / "manifest.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(about | {"schema": 0}), encoding="utf-8")
    (found,) = overviews(results)
    assert found.state == "unreadable"
    assert "an older version" in said(study_cards([found], Words("en")))

    manifest.write_text(json.dumps(about | {"code": "0123"}), encoding="utf-8")
    (found,) = overviews(results)
    assert found.total == 40
    assert ids(study_cards([found], Words("en"))) == []  # nothing can be done with it


def test_without_studies_a_command_is_shown(tmp_path: Path) -> None:
    assert overviews(tmp_path) == []
    assert "sim batch" in said(study_cards([], Words("en")))
    assert "/nowhere" in said(
        study_cards([Overview("x", "unreadable", error="/nowhere")], Words("en"))
    )


def test_what_is_begun_from_a_page_is_a_study_like_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[tuple[Path, str]] = []
    monkeypatch.setattr(launching, "launch", lambda *given: launched.append(given))

    folder = launching.begin(tmp_path, ["price_war", "alliance"], 7)

    assert launched == [(folder, "batch")]
    (found,) = overviews(tmp_path)
    assert (found.name, found.total) == ("price_war_and_alliance_7", 14)
    with pytest.raises(RequestError, match="needs a scenario"):
        launching.begin(tmp_path, [], 7)


def test_a_study_that_somebody_is_at_is_not_started_twice(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "drivers", lambda _: [1])
    monkeypatch.setattr(launching.subprocess, "Popen", lambda *_, **__: pytest.fail("started"))

    launching.launch(results / "studies" / "mine", "batch")

    with driving(results / "studies" / "mine", lambda _: None):
        pass
