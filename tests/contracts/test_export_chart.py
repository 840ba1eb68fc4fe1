"""`sim export --chart`: the chart of the page as a file, or a reason why not."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.dashboard.app import create_app
from sim.dashboard.pictures import write_picture
from tests.browser.conftest import CHROMIUM
from tests.browser.synthetic import write_comparison

FIGURE = {"data": [], "layout": {"width": 100, "height": 100}}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    write_comparison(folder)
    return folder


def export(results: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["export", str(results), *options])


def test_json_is_what_the_address_gives(results: Path, tmp_path: Path):
    file, query = tmp_path / "chart.json", "metric=arpu&lang=zh"
    done = export(
        results, "--chart", "over_time", "--format", "json", "--query", query, "--out", str(file)
    )
    client = create_app(results).server.test_client()

    assert done.exit_code == 0, done.stderr
    answer = client.get(f"/export/over_time.json?{query}").get_json()
    assert json.loads(file.read_text("utf-8")) == answer


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--chart", "nonsense"], "there is no chart 'nonsense'; there are "),
        (["--chart", "over_time", "--query", "metric=nonsense"], "there is no 'nonsense' here"),
        (["--chart", "over_time", "--query", "a=1&a=2"], "'a' is said twice"),
    ],
)
def test_what_is_not_there_is_bad_input(results: Path, options: list[str], said: str):
    done = export(results, *options)

    assert (done.exit_code, said in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_a_folder_without_results_fails_with_a_reason(tmp_path: Path):
    done = export(tmp_path, "--chart", "over_time")

    assert done.exit_code == 1
    assert "`sim compare` makes one" in done.stderr


def test_without_chromium_the_reason_is_said(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere")
    file = tmp_path / "chart.svg"
    done = export(results, "--chart", "over_time", "--out", str(file))

    assert done.exit_code == 1
    assert "no Chromium could be started" in done.stderr
    assert not file.exists()


def test_without_the_extra_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "kaleido", None)

    with pytest.raises(SimError, match=r"backward-traffic-sim\[export\]"):
        write_picture(FIGURE, "svg", tmp_path / "chart.svg")


@pytest.mark.browser
@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_picture_is_drawn(
    results: Path, tmp_path: Path, form: str, begins: bytes, monkeypatch: pytest.MonkeyPatch
):
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"there is no Chromium at {CHROMIUM}; set CHROMIUM to its path")
    file = tmp_path / f"chart.{form}"
    monkeypatch.setenv("BROWSER_PATH", str(CHROMIUM))
    done = export(results, "--chart", "differences", "--format", form, "--out", str(file))

    assert done.exit_code == 0, done.stderr
    assert file.read_bytes().startswith(begins)
    assert file.stat().st_size > 3_000
