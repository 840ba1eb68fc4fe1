"""What a study says, once it is there: to Python, SQL, files and the shell."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.core.streams import Streams
from sim.scenario.schema import Scenario
from sim.studies import answers, jobs
from sim.studies.batch import batch, half_width
from sim.studies.executors import Serial
from sim.studies.study import Study, open_study
from sim.studies.study_file import load_design
from tests.contracts.made_up import together
from tests.contracts.test_readme import blocks

TEXT = """
scenarios: [business_as_usual, price_war]
seeds: 30
months: 24
sweeps: {demand.kappa: [0.2, 0.3]}
outputs: [metric_month, metric_year, carrier_month]
"""
KAPPA = {0: 0.2, 1: 0.3}


def formula(scenario: Scenario, seed: int) -> float:
    """A scenario's own effect, the parameter's, and noise that scenarios share in part."""
    common, own = Streams(seed).uniform(f"made_up.{scenario.name}", 0, 2).tolist()
    common = Streams(seed).uniform("made_up", 0, 1).item()
    effect = 0.1 if scenario.name == "price_war" else 0.0
    return effect + scenario.demand.kappa + common + 0.1 * own


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    folder = tmp_path_factory.mktemp("studies")
    with pytest.MonkeyPatch.context() as patch:
        made_up(patch)
        yield run(folder / "mine.yaml", TEXT)


def made_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs, "run_together", together(formula))
    patch.setattr(jobs, "warm_up", lambda: None)
    patch.setattr("sim.studies.batch.warm_up", lambda: None)
    patch.setattr("sim.cli.batching.compile_kernels", lambda: None)


def run(file: Path, text: str) -> Study:
    file.write_text(text, encoding="utf-8")
    batch(load_design(file), file.with_suffix(""), Serial(), lambda _: None)
    return open_study(file.with_suffix(""))


def test_every_run_is_a_row_that_says_what_it_is(study: Study) -> None:
    runs = study.runs

    assert len(runs) == len(set(runs["run"])) == 2 * 2 * 30
    assert set(runs["status"]) == {"done"}
    assert runs["demand.kappa"].tolist() == [KAPPA[point] for point in runs["point"]]


def test_a_metric_is_what_each_run_made_of_it(study: Study) -> None:
    found = study.metric("subscriber_share", "telecom", "year")
    base = load_design(study.folder.with_suffix(".yaml")).texts()

    assert len(found) == 120 * 2
    for row in found.sample(5, random_state=0).to_dict("records"):
        number = 2 * (row["scenario"] == "price_war") + row["point"]
        assert row["value"] == formula(Scenario.model_validate_json(base[number]), row["seed"])


def test_bands_are_quantiles_over_seeds(study: Study) -> None:
    bands = study.bands("subscriber_share", "telecom", quantiles=(0.1, 0.5))
    values = study.metric("subscriber_share", "telecom")

    mine = values[(values["scenario"] == "price_war") & (values["point"] == 1)]
    row = bands[(bands["scenario"] == "price_war") & (bands["point"] == 1)].iloc[-1]
    last = mine[mine["month"] == row["month"]]["value"]
    assert row["runs"] == 30
    assert row["q10"] == pytest.approx(np.quantile(last, 0.1))
    assert row["q50"] == pytest.approx(np.quantile(last, 0.5))
    assert len(bands) == 2 * 2 * 24


def test_sql_reads_and_does_nothing_else(study: Study, tmp_path: Path) -> None:
    counted = study.query(
        "select scenario, count(distinct run) as n from carrier_month join runs using (run) "
        "group by all order by all"
    )
    assert counted["n"].tolist() == [60, 60]
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for sql in (
        f"from '{secret}'",
        f"from read_csv('{secret}')",
        f"copy runs to '{tmp_path / 'out.csv'}'",
        "select 1; select 2",
        "set enable_external_access = true",
        "",
        "select * from nothing",
    ):
        with pytest.raises(SimError, match="query"):
            study.query(sql)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_table_goes_out_with_what_its_runs_are(study: Study, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"out.{form}"

    rows = answers.write_file(study, "metric_year", form, file)

    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[form]
    found = read(file)
    assert rows == len(found) == 120 * 2
    assert list(found.columns)[:4] == ["scenario", "point", "seed", "demand.kappa"]
    assert found["value"].sum() == pytest.approx(
        study.metric("subscriber_share", "telecom", "year")["value"].sum()
    )


def test_what_no_sheet_holds_is_refused(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_XLSX_ROWS", 100)

    with pytest.raises(SimError, match="do not fit into a sheet"):
        answers.write_file(study, "metric_year", "xlsx", tmp_path / "out.xlsx")
    with pytest.raises(SimError, match="did you mean 'metric_year'"):
        answers.write_file(study, "metrics_year", "csv", tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_seeds_are_added_until_the_interval_of_the_difference_is_narrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(monkeypatch)
    text = (
        "scenarios: [business_as_usual, price_war]\nseeds: 3\nmonths: 1\noutputs: [metric_year]\n"
        "until: {metric: 'subscriber_share:telecom', halfwidth: 0.5pp, most_seeds: 1000}\n"
    )

    study = run(tmp_path / "until.yaml", text)

    target = study.design.until
    assert target is not None
    assert half_width(study, target) <= 0.005
    seeds = len(study.design.seeds)
    # The difference has the noise of two uniforms over 0.1: 200 seeds or so.
    assert 100 < seeds < 300
    assert study.design.seeds == tuple(range(seeds))
    assert len(run(tmp_path / "until.yaml", text).design.seeds) == seeds
    few = run(tmp_path / "few.yaml", text.replace("1000", "20"))
    assert len(few.design.seeds) == 20


def test_the_files_that_the_document_shows_are_right(root: Path, tmp_path: Path) -> None:
    shortest, swept = blocks(root / "docs" / "studies.md", "yaml")
    file = tmp_path / "shown.yaml"
    for text, runs in ((shortest, 300), (swept, 2 * 40 * 50)):
        file.write_text(text, encoding="utf-8")
        assert len(load_design(file).runs()) == runs


# The shell


def sim(*arguments: object) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return ended.exit_code, ended.stdout, ended.stderr


def test_status_speaks_json(study: Study) -> None:
    code, out, _ = sim("status", study.folder, "--json")

    content = json.loads(out)
    assert code == 0
    assert [content[key] for key in ("schema", "total", "done", "failed", "pending")] == [
        1, 120, 120, 0, 0,
    ]  # fmt: skip
    assert content["runs"][0] == {
        "run": study.runs["run"][0], "scenario": "business_as_usual", "point": 0, "seed": 0,
        "demand.kappa": 0.2, "status": "done", "seconds": content["runs"][0]["seconds"],
        "attempt": 1, "error": None,
    }  # fmt: skip


def test_a_dry_run_says_how_many_how_long_and_how_large_and_writes_nothing(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(monkeypatch)
    file = study.folder.with_suffix(".yaml")

    code, out, _ = sim("batch", file, "--out", tmp_path / "new", "--dry-run")
    assert code == 0
    assert "120 runs, 0 of them" in out
    assert "MB are free" in out
    assert "too small" not in out
    assert not (tmp_path / "new").exists()
    _, out, _ = sim("batch", file, "--out", study.folder, "--dry-run")
    assert "120 runs, 120 of them" in out
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000))
    _, out, _ = sim("batch", file, "--out", tmp_path / "new", "--dry-run")
    assert "the disk is too small" in out


def test_query_and_export_from_the_shell(study: Study, tmp_path: Path) -> None:
    code, out, _ = sim("query", study.folder, "select count(*) as n from runs", "--json")
    assert (code, json.loads(out)) == (0, {"schema": 1, "rows": [{"n": 120}]})

    file = tmp_path / "runs.csv"
    code, out, _ = sim("export", study.folder, "--table", "runs", "--out", file)
    assert code == 0
    assert "120 rows" in out
    assert len(pd.read_csv(file)) == 120


def test_prune_says_what_is_of_no_use_and_removes_it_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(monkeypatch)
    text = "scenarios: [price_war]\nseeds: 20\nmonths: 1\noutputs: [carrier_month]\n"
    folder = run(tmp_path / "old.yaml", text).folder
    chunks = sorted((folder / "runs").iterdir())
    about = json.loads((chunks[0] / "manifest.json").read_text(encoding="utf-8"))
    old = json.dumps(about | {"code": "0123456789abcdef"})
    (chunks[0] / "manifest.json").write_text(old, encoding="utf-8")

    code, out, _ = sim("prune", folder)
    assert code == 0
    assert "another version" in out
    assert chunks[0].exists()
    sim("prune", folder, "--yes")
    assert sorted((folder / "runs").glob("chunk-*")) == chunks[1:]
    assert "nothing to remove" in sim("prune", folder)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("price_or_servic",), "did you mean 'price_or_service'?"),
        (("price_or_service", "--shard", "5/4"), "no part"),
        (("price_or_service", "--scheduler", "tcp://x:1"), "--engine dask"),
        (("nowhere.yaml",), "nowhere.yaml"),
        (("price_or_service", "--until-halfwidth", "wide"), "no half-width"),
        (("price_or_service", "--until-halfwidth", "1pp", "--metric", "profit"), "percentage"),
    ],
    ids=str,
)
def test_what_cannot_be_run_ends_with_2(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made_up(monkeypatch)

    code, out, err = sim("batch", *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert list(tmp_path.iterdir()) == []
