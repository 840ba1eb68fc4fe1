"""The newest stored outcome of each case counts, and says whether the program has changed since."""

from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

import sim.studies.verify.standing as standing_module
from sim.core.errors import SimError
from sim.store.records import VERIFICATION, records, write_record
from sim.studies.verify.running import Report, Verdict
from sim.studies.verify.standing import save, standing

PASSED = Verdict("V13", "Hotelling", "reference", "p", 1.0, 1.0 + 2e-7, 1e-6, passed=True)
FAILED = replace(PASSED, quantity="q", got=nan, passed=False)


def of(folder: Path, case: str = "V13"):
    return next(outcome for outcome in standing(folder) if outcome.id == case)


def test_every_case_of_the_ladder_is_listed_run_or_not(tmp_path: Path):
    outcomes = standing(tmp_path)

    assert [outcome.id for outcome in outcomes] == [f"V{number:02}" for number in range(1, 43)]
    assert not any(outcome.passed or outcome.current or outcome.worst for outcome in outcomes)


def test_an_outcome_is_read_back_as_it_was_found(tmp_path: Path):
    save(Report((PASSED,)), tmp_path, full=False)

    assert of(tmp_path).verdicts == (PASSED,)
    assert of(tmp_path).passed
    assert of(tmp_path).current
    assert of(tmp_path).worst.margin == pytest.approx(0.2)


def test_a_number_that_does_not_exist_has_failed_altogether(tmp_path: Path):
    save(Report((PASSED, FAILED)), tmp_path, full=False)

    assert not of(tmp_path).passed
    assert of(tmp_path).worst.quantity == "q"
    assert of(tmp_path).worst.margin == inf


def test_what_other_code_found_is_shown_as_older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(Report((FAILED,)), tmp_path, full=False)
    monkeypatch.setattr(standing_module, "code_digest", lambda: "changed")
    assert not of(tmp_path).current

    for module in ("records", "provenance"):
        monkeypatch.setattr(f"sim.store.{module}.code_digest", lambda: "changed")
    save(Report((PASSED,)), tmp_path, full=False)
    assert of(tmp_path).current
    assert of(tmp_path).passed


def test_equal_outcomes_of_the_same_code_are_stored_once(tmp_path: Path):
    first = write_record(tmp_path, VERIFICATION, {"cases": []}, seconds=1.0)

    assert write_record(tmp_path, VERIFICATION, {"cases": []}, seconds=2.0) == first
    assert [record["seconds"] for record in records(tmp_path, VERIFICATION)] == [1.0]


def test_a_record_of_another_shape_is_named(tmp_path: Path):
    write_record(tmp_path, VERIFICATION, {"cases": [{"id": "V13"}]})

    with pytest.raises(SimError, match=r"record \w+: ValidationError"):
        standing(tmp_path)


def test_a_damaged_record_is_named(tmp_path: Path):
    place = save(Report((PASSED,)), tmp_path, full=False)
    (place / "manifest.json").write_text("{}", encoding="utf-8")

    with pytest.raises(SimError, match=r"manifest\.json: KeyError"):
        standing(tmp_path)
