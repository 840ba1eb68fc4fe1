import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest

from sim.core.errors import SimError
from sim.scenario.load import load_scenario
from sim.simulate import RunResult
from sim.store import provenance, writer
from sim.store.index import Index
from sim.store.provenance import comparison_id, run_id
from sim.store.reader import query, read_manifest, stored_run
from sim.store.writer import new_folder, remove_leftovers, run_place, write_run, write_text


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("price_war", {"months": 1})


@pytest.fixture
def result(scenario):
    lines = pd.DataFrame(
        {"month": ["2017-01"] * 2, "carrier": ["mobile", "unicom"], "lines": [1 / 3, 2.0]}
    )
    offers = pd.DataFrame({"month": ["2017-01"], "plan": ["p5"], "fen": [2**60 + 1]})
    return RunResult(scenario, 7, "individual", {"carrier_month": lines, "offer_month": offers})


def test_equal_content_has_equal_identity_whatever_its_name(scenario):
    renamed = scenario.model_copy(update={"name": "other"})

    assert run_id(renamed, 7, "individual") == run_id(scenario, 7, "individual")
    assert comparison_id([renamed], [7], "individual", "x") != comparison_id(
        [scenario], [7], "individual", "x"
    )


def test_whatever_moves_the_results_moves_the_identity(scenario, monkeypatch):
    longer = scenario.model_copy(update={"months": 2})
    ids = [
        run_id(scenario, 7, "individual"),
        run_id(scenario, 8, "individual"),
        run_id(scenario, 7, "expected"),
        run_id(longer, 7, "individual"),
    ]
    monkeypatch.setattr(provenance, "code_digest", lambda: "another version of the code")
    ids.append(run_id(scenario, 7, "individual"))

    assert len(set(ids)) == len(ids)


def test_a_run_is_read_as_it_was_written(tmp_path, scenario, result):
    write_run(tmp_path, result, 1.5)

    read = stored_run(tmp_path, scenario, 7, "individual")

    assert read is not None
    assert read.tables.keys() == result.tables.keys()
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(read.tables[name], table, check_exact=True)
    assert stored_run(tmp_path, scenario, 8, "individual") is None


def test_the_manifest_says_what_the_run_was_made_of(tmp_path, scenario, result):
    place = write_run(tmp_path, result, 1.5)

    about = read_manifest(place)

    assert about["id"] == place.name == run_id(scenario, 7, "individual")
    assert about["scenario"] == json.loads(scenario.canonical_json())
    assert (about["seed"], about["fidelity"], about["seconds"]) == (7, "individual", 1.5)
    assert set(about["files"]) == {"carrier_month.parquet", "offer_month.parquet"}
    assert {"numpy", "numba", "mesa"} <= set(about["packages"])


def test_a_run_that_exists_is_left_as_it_is(tmp_path, result):
    place = write_run(tmp_path, result, 1.5)
    before = (place / "manifest.json").stat()

    assert write_run(tmp_path, result, 99.0) == place

    assert (place / "manifest.json").stat().st_ino == before.st_ino


def test_an_error_while_writing_leaves_nothing(tmp_path, result, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(writer, "write_json", full)

    with pytest.raises(OSError, match="no space"):
        write_run(tmp_path, result, 1.5)

    assert list((tmp_path / "runs").iterdir()) == []


def test_when_two_write_the_same_result_the_first_stays(tmp_path):
    place = tmp_path / "runs" / "id"
    with new_folder(place) as slow:
        write_text(slow / "text", "slow")
        with new_folder(place) as quick:
            write_text(quick / "text", "quick")

    assert (place / "text").read_text() == "quick"
    assert list(place.parent.iterdir()) == [place]


KILLED = """
import os, signal, sys
from pathlib import Path
from sim.store.writer import new_folder, write_text

with new_folder(Path(sys.argv[1]) / "runs" / "id") as temporary:
    write_text(temporary / "manifest.json", "{}")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_leaves_nothing_that_a_reader_sees(tmp_path, result):
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "runs").iterdir()] != []  # it was in the middle
    assert Index(tmp_path).refresh().runs == {}
    assert query(tmp_path, "select count(*) as n from runs")["n"].tolist() == [0]

    place = write_run(tmp_path, result, 1.5)
    assert list((tmp_path / "runs").iterdir()) == [place]  # the leftovers are gone


def test_what_a_living_process_writes_is_not_a_leftover(tmp_path):
    mine = tmp_path / f".id.{os.getpid()}.abc.tmp"
    mine.mkdir()

    remove_leftovers(tmp_path)

    assert mine.is_dir()


def test_a_query_sees_all_runs(tmp_path, scenario, result):
    other = RunResult(scenario, 8, "individual", result.tables)
    for each in (result, other):
        write_run(tmp_path, each, 1.5)

    answer = query(
        tmp_path,
        """
        select runs.scenario, runs.seed, sum(lines) as lines
        from carrier_month join runs using (run)
        where carrier = 'unicom' group by all order by seed
        """,
    )

    assert answer.to_dict("list") == {
        "scenario": ["price_war"] * 2,
        "seed": [7, 8],
        "lines": [2.0, 2.0],
    }


def test_a_wrong_query_is_told(tmp_path):
    with pytest.raises(SimError, match="carrier_month"):
        query(tmp_path, "select * from carrier_month")


def test_no_result_and_a_newer_result_are_told_apart(tmp_path, scenario, result):
    with pytest.raises(SimError, match="holds no result"):
        read_manifest(tmp_path)

    place = write_run(tmp_path, result, 1.5)
    assert place == run_place(tmp_path, scenario, 7, "individual")
    about = read_manifest(place) | {"schema": 2}
    (place / "manifest.json").write_text(json.dumps(about))
    with pytest.raises(SimError, match="newer version"):
        read_manifest(place)
    (place / "manifest.json").write_text(json.dumps(about | {"schema": 0}))
    with pytest.raises(SimError, match=r"an older version.* nothing was changed"):
        read_manifest(place)
