"""A failed run is a row; engines, clusters and shards give the same tables."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from sim.studies.study import Study, open_study
from tests.contracts.quick import SCRIPT, TEXT, Started, environment, made, whole

FAULTS = {"3": "exception", "41": "invariant", "77": "death"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "quick.yaml"
    place.write_text(TEXT, encoding="utf-8")
    return place


def test_three_runs_of_a_hundred_that_fail_are_rows_and_can_be_mended(
    root: Path, file: Path, tmp_path: Path
) -> None:
    text = "scenarios: [price_war]\nseeds: 100\nmonths: 1\noutputs: [carrier_month]\n"
    file.write_text(text, encoding="utf-8")
    folder, mended = tmp_path / "faulty", tmp_path / "mended"
    faulty = {"QUICK_FAULTS": json.dumps(FAULTS), "QUICK_MENDED": str(mended)}

    code, out, err = Started(
        root, file, "batch", file, "--out", folder, "--workers", "2", **faulty
    ).end()

    assert code == 1, err
    assert "sim retry" in out
    study = open_study(folder)
    assert counts(study) == (97, 3, 0)
    assert len(study.table("carrier_month")) == 97 * 5
    errors = study.runs[study.runs["status"] == "failed"].set_index("seed")["error"]
    assert sorted(errors.index) == [3, 41, 77]
    assert "ZeroDivisionError: a strategy divides by zero" in errors[3]
    assert "Traceback" in errors[3]
    assert "the books do not balance" in errors[41]
    assert "the worker process died" in errors[77]

    again = Started(root, file, "batch", file, "--out", folder, **faulty).end()
    assert again[0] == 1  # what failed is told again, and not tried again
    assert counts(open_study(folder)) == (97, 3, 0)
    mended.touch()
    code, _, err = Started(root, file, "retry", folder, "--workers", "2", **faulty).end()

    assert code == 0, err
    assert counts(open_study(folder)) == (100, 0, 0)
    assert open_study(folder).runs["attempt"].value_counts().to_dict() == {1: 97, 2: 3}
    assert len(set(made(file))) == 100


def counts(study: Study) -> tuple[int, int, int]:
    status = study.status()
    return status["done"], status["failed"], status["pending"]


@contextmanager
def cluster(root: Path, file: Path, tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Give the address of a scheduler and two workers that were started by themselves."""
    address = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(address)]
    commands = [
        ["distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", *common],
        *[["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard",
           "--preload", str(SCRIPT), *common]] * 2,
    ]  # fmt: skip
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment(root, file), cwd=tmp_path,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not address.exists():
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.05)
        yield json.loads(address.read_text())["address"], started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_engines_give_the_same_tables_and_a_dead_worker_of_a_cluster_costs_nothing(
    root: Path, file: Path, tmp_path: Path
) -> None:
    tables: dict[str, pd.DataFrame] = {}
    for engine in ("serial", "processes", "dask"):
        folder = tmp_path / engine
        options = ("--engine", engine, "--workers", "2")
        code, _, err = Started(root, file, "batch", file, "--out", folder, *options).end()
        assert code == 0, err
        tables[engine] = whole(open_study(folder))
    with cluster(root, file, tmp_path) as (address, workers):
        folder = tmp_path / "cluster"
        batch = Started(
            root, file, "batch", file, "--out", folder, "--engine", "dask", "--scheduler", address
        )
        batch.reach(folder, 2)
        workers[0].kill()
        code, _, err = batch.end()
        assert code == 0, err
        tables["cluster"] = whole(open_study(folder))

    for engine, table in tables.items():
        pd.testing.assert_frame_equal(table, tables["serial"], check_exact=True, obj=engine)
