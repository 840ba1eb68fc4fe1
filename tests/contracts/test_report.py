"""The report is one file that needs nothing else and is the same every time."""

import json
import re
from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.dashboard.controls import controls
from sim.dashboard.data import comparisons
from sim.dashboard.i18n import Words
from sim.dashboard.report import report
from sim.dashboard.report.static import text
from sim.store import provenance
from sim.store.reader import read_manifest
from sim.studies import of_study, question
from sim.studies.batch import batch
from sim.studies.compare import compare
from sim.studies.comparison import Comparison
from sim.studies.executors import Serial
from sim.studies.of_study import comparison_of
from sim.studies.study import Study, open_study
from sim.studies.study_file import load_design
from tests.browser.synthetic import SCRIPT, synthetic, write_comparison
from tests.theory.small_market import one_thread

ABOUT = {"code": "made up", "packages": {"numpy": "0"}, "machine": {"cpus": 1}}


def plotly(page: str) -> int:
    return page.count("plotly.js v")


def figures(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_equal_comparisons_give_equal_files(tmp_path: Path, language):
    place = write_comparison(tmp_path)
    stored = Comparison.load(place)
    slower = stored.with_timing(total_seconds=99.0, folder="elsewhere")

    pages = [report(one, read_manifest(place), language) for one in (stored, slower)]

    assert pages[0] == pages[1]
    assert str(tmp_path) not in pages[0]


def test_the_library_is_there_once_and_every_chart_has_its_place():
    page = report(synthetic(), ABOUT)

    assert plotly(page) == 1
    assert len(figures(page)) == page.count('class="chart-body"')
    for place in figures(page):
        assert f'id="{place}"' in page
    assert "http-equiv" in page
    assert "unsafe-eval" not in page.partition("<style>")[0]


def test_it_speaks_the_language_asked_for():
    assert '<html lang="zh-CN"' in report(synthetic(), ABOUT, "zh")
    assert "谁得，谁失" in report(synthetic(), ABOUT, "zh")


def test_claims_without_numbers_are_named_as_such():
    assert "This comparison does not speak to H1, H3, H6, H7, H9, H10." in report(
        synthetic(), ABOUT
    )


def test_titles_with_scripts_are_text():
    about = {"title": SCRIPT, "title_zh": SCRIPT}
    plain = synthetic()
    titled = {name: content | {"about": about} for name, content in plain.definitions.items()}
    page = report(replace(plain, definitions=titled), ABOUT)

    assert SCRIPT not in page
    assert "<img" not in page.partition("<body>")[2].partition("<script")[0]


def test_one_seed_has_no_intervals_and_no_nan():
    page = report(synthetic(seeds=1), ABOUT)

    assert "NaN" not in json.dumps(figures(page))
    assert "one seed" in page


def test_only_plain_parts_of_pages_stand_in_a_report():
    import dash_mantine_components as dmc
    from dash import html

    shown = html.P(["a < b", html.Br(), html.B("c")], className="x", style={"maxWidth": "1rem"})
    assert text(shown) == '<p class="x" style="max-width:1rem">a &lt; b<br><b>c</b></p>'
    with pytest.raises(TypeError, match="Button"):
        text(dmc.Button("x"))


# From the shell


def told(*arguments: object) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["report", *map(str, arguments)])
    return ended.exit_code, ended.output


def test_a_comparison_is_found_by_the_beginning_of_its_id_or_as_the_newest(tmp_path: Path):
    write_comparison(tmp_path)
    write_comparison(tmp_path, "b2")

    for named in ([], ["a1b2"], [tmp_path / "comparisons" / "b2"]):
        code, said = told(*named, "--results", tmp_path, "-o", tmp_path / "x.html")
        assert code == 0, said
        assert "MB in" in said
    assert (tmp_path / "x.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_what_is_not_there_is_said(tmp_path: Path):
    assert told("--results", tmp_path) == (2, "there is no comparison; `sim compare` makes one\n")
    write_comparison(tmp_path, "a1")
    write_comparison(tmp_path, "a2")
    code, said = told("a", "--results", tmp_path)
    assert code == 2
    assert said.startswith(f"2 comparisons in {tmp_path} begin with a")


# Of a study

STUDY = """
scenarios: [business_as_usual, price_war]
seeds: 2
months: 1
set: {population.usage_tiers: 1}
outputs: [metric_year, metric_month]
"""


def made(place: Path, more: str = "", *, seeds: int = 2) -> Study:
    """Return a small study, all of whose runs are done."""
    file = place / "small.yaml"
    file.write_text(STUDY.replace("seeds: 2", f"seeds: {seeds}") + more, encoding="utf-8")
    with one_thread():
        batch(load_design(file), place / "study", Serial(), lambda _tally: None)
    return open_study(place / "study")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    whole = made(tmp_path_factory.mktemp("study"))
    assert list(whole.folder.glob("comparison-*")), "its comparison is not ready"
    return whole


def test_a_study_says_what_a_comparison_of_the_same_runs_says(study: Study):
    names = ["business_as_usual", "price_war"]
    settings = {"population.usage_tiers": 1}
    compared = compare(names, seeds=2, overrides=settings, months=1, workers=1)

    mine, theirs = (
        json.loads(one.to_json()) | {"timing": None} for one in (comparison_of(study), compared)
    )
    assert mine == theirs


def test_a_study_is_reported_by_its_folder(study: Study, tmp_path: Path):
    code, said = told(study.folder, "--lang", "zh", "-o", tmp_path / "study.html")

    assert code == 0, said
    page = (tmp_path / "study.html").read_text(encoding="utf-8")
    assert "价格战" in page
    assert not (study.folder / "comparisons").exists()


def test_pages_read_a_whole_study_like_a_comparison(study: Study, tmp_path: Path):
    folder = tmp_path / "studies" / "mine"
    copytree(study.folder, folder)
    (stored,) = comparisons(tmp_path)

    assert (stored.id, stored.is_study, stored.load().id) == ("mine", True, "mine")
    assert list(stored.scenarios) == stored.load().scenarios == ["business_as_usual", "price_war"]
    assert stored.load().differences.equals(comparison_of(study).differences)
    assert "Study mine" in str(controls(Words("en"), [stored], stored)(None))
    rmtree(next((folder / "runs").glob("chunk-*")))
    assert comparisons(tmp_path) == []


def test_a_study_of_another_version_of_the_program_can_be_read(
    study: Study, monkeypatch: pytest.MonkeyPatch
):
    before = comparison_of(study)
    for module in (question, provenance, of_study):
        monkeypatch.setattr(module, "code_digest", lambda: "another")

    found = comparison_of(study)
    assert found.to_json() == before.to_json()
    assert found.code == before.code


def test_a_study_has_its_comparison_ready_as_it_was_laid_side_by_side(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copytree(study.folder, tmp_path / "study", ignore=ignore_patterns("comparison-*"))
    mine = open_study(tmp_path / "study")
    fresh = comparison_of(mine)
    (kept,) = mine.folder.glob("comparison-*")
    ready = comparison_of(mine)

    assert fresh.to_json() == ready.to_json()
    assert fresh.code == ready.code
    assert_frame_equal(fresh.monthly, ready.monthly)

    (kept / "comparison.json").write_text('{"scenarios": [', encoding="utf-8")  # cut short
    assert comparison_of(mine).to_json() == fresh.to_json()
    assert comparison_of(mine).to_json() == fresh.to_json()
    assert Comparison.load(kept).to_json() == fresh.to_json()

    monkeypatch.setattr(of_study, "code_digest", lambda: "another")
    comparison_of(mine)
    (other,) = mine.folder.glob("comparison-*")
    assert other.name == f"comparison-{fresh.id}-another" != kept.name


def test_a_study_in_a_folder_that_cannot_be_written_to_is_read_all_the_same(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copytree(study.folder, tmp_path / "study", ignore=ignore_patterns("comparison-*"))

    def refused(*_: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(Comparison, "write", refused)
    mine = open_study(tmp_path / "study")
    assert comparison_of(mine).to_json() == comparison_of(study).to_json()
    assert list(mine.folder.glob("comparison-*")) == []


def test_a_study_that_is_not_done_or_sweeps_is_refused(study: Study):
    longer = replace(study.design, seeds=(0, 1, 2))
    with pytest.raises(SimError, match=r"2 of 6 runs of .* are not done"):
        comparison_of(replace(study, design=longer))

    points = tuple(replace(one, values={"demand.kappa": 0.5}) for one in study.design.variants)
    with pytest.raises(SimError, match=r"sweeps demand\.kappa"):
        comparison_of(replace(study, design=replace(study.design, variants=points)))

    without = replace(study.design, outputs=("carrier_month",))
    with pytest.raises(SimError, match="did not store metric_"):
        comparison_of(replace(study, design=without))
