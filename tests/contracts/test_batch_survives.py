"""Whatever happens to a study on its way, it ends whole, and nothing is made twice."""

import errno
import json
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.core.errors import SimError
from sim.studies import jobs
from sim.studies.batch import batch as run_batch
from sim.studies.executors import Serial
from sim.studies.study import keep_design, open_study
from sim.studies.study_file import load_design
from tests.contracts.quick import RUNS, SCRIPT, TEXT, Started, chunks_in, made, whole

KILLS = 3
AT_RISK = 2 * 10  # runs that two workers may have been at when they were killed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "quick.yaml"
    place.write_text(TEXT, encoding="utf-8")
    return place


def started(root: Path, file: Path, folder: Path, *options: str) -> Started:
    return Started(root, file, "batch", file, "--out", folder, *options)


@pytest.fixture
def undisturbed(root: Path, file: Path, tmp_path: Path) -> pd.DataFrame:
    code, _, err = started(root, file, tmp_path / "undisturbed", "--engine", "serial").end()
    assert code == 0, err
    assert len(made(file)) == RUNS
    file.with_name("log").unlink()
    return whole(open_study(tmp_path / "undisturbed"))


def test_a_study_killed_again_and_again_ends_as_if_nothing_had_been(
    root: Path, file: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    folder = tmp_path / "killed"
    kept = 0
    for _ in range(KILLS):
        batch = started(root, file, folder, "--workers", "2")
        batch.reach(folder, len(chunks_in(folder)) + 1 + time.time_ns() % 3)
        batch.end(signal.SIGKILL)
        found = open_study(folder).status()["done"]
        assert found >= kept
        kept = found

    code, _, err = started(root, file, folder, "--workers", "2").end()

    assert code == 0, err
    assert 0 < kept < RUNS
    pd.testing.assert_frame_equal(whole(open_study(folder)), undisturbed, check_exact=True)
    assert RUNS <= len(made(file)) <= RUNS + KILLS * AT_RISK


def test_ctrl_c_ends_at_once_and_says_that_all_is_kept(
    root: Path, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "interrupted"
    batch = started(root, file, folder, "--workers", "2")
    batch.reach(folder, 2)

    code, _, err = batch.end(signal.SIGINT)

    assert code == 130
    assert "Interrupted" in err
    assert "same command" in err
    assert "Traceback" not in err
    assert 0 < open_study(folder).status()["done"] < RUNS


def test_two_processes_on_one_study_share_the_work(
    root: Path, file: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    folder = tmp_path / "shared"
    both = [started(root, file, folder, "--workers", "1") for _ in range(2)]

    ended = [each.end() for each in both]

    assert [code for code, _, _ in ended] == [0, 0], ended
    assert len(made(file)) == RUNS
    pd.testing.assert_frame_equal(whole(open_study(folder)), undisturbed, check_exact=True)


def test_four_shards_make_one_study(
    root: Path, file: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    folder = tmp_path / "shards"
    for part in range(1, 5):
        options = ("--engine", "serial", "--shard", f"{part}/4")
        code, out, err = started(root, file, folder, *options).end()
        assert code == 0, err
        assert f"{RUNS // 4 * part:,} done" in out

    pd.testing.assert_frame_equal(whole(open_study(folder)), undisturbed, check_exact=True)
    assert len(made(file)) == RUNS


# In this process


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Give this process the stand-in for the market."""
    monkeypatch.setenv("QUICK_LOG", str(file.with_name("log")))
    monkeypatch.setenv("QUICK_SECONDS", "0")
    before = jobs.run_together, jobs.warm_up
    exec(compile(SCRIPT.read_text(encoding="utf-8"), "quick_study", "exec"), {"__name__": "quick"})  # noqa: S102
    yield
    jobs.run_together, jobs.warm_up = before


def run(file: Path, folder: Path) -> None:
    run_batch(load_design(file), folder, Serial(), lambda _: None)


def test_a_full_disk_is_told_and_what_is_complete_is_kept(
    quick: None, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = jobs.write_chunk, []

    def full(*arguments: object) -> Path:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(arguments)
        return write(*arguments)

    monkeypatch.setattr(jobs, "write_chunk", full)
    with pytest.raises(SimError, match=r"the disk is full; 20 of 120 runs are stored and whole"):
        run(file, tmp_path / "full")
    assert open_study(tmp_path / "full").status()["done"] == 20

    monkeypatch.setattr(jobs, "write_chunk", write)
    run(file, tmp_path / "full")

    assert len(whole(open_study(tmp_path / "full"))) == 5 * RUNS


def test_a_file_cut_short_by_hand_costs_its_chunk_alone_and_is_told(
    quick: None, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cut"
    run(file, folder)
    before = whole(open_study(folder))
    victim = sorted(chunks_in(folder))[3]
    table = victim / "carrier_month.parquet"
    table.write_bytes(table.read_bytes()[:100])
    (folder / "runs" / "stray.parquet").write_bytes(b"PAR1")

    status = open_study(folder).status()
    counted = open_study(folder).query("select count(*) as n from carrier_month")

    assert (status["done"], status["pending"]) == (RUNS - 10, 10)
    assert "100 bytes instead of" in status["damaged"][victim.name]
    assert counted["n"].tolist() == [5 * (RUNS - 10)]

    run(file, folder)

    pd.testing.assert_frame_equal(whole(open_study(folder)), before, check_exact=True)
    assert (folder / "damaged" / victim.name).is_dir()  # nothing is thrown away


def test_merged_chunks_hold_the_same_and_are_gone_on_with(
    quick: None, file: Path, tmp_path: Path
) -> None:
    from sim.store.keeping import compact

    folder = tmp_path / "merged"
    run(file, folder)
    before = whole(open_study(folder))

    assert compact(folder) == (12, 1)

    assert len(chunks_in(folder)) == 1
    pd.testing.assert_frame_equal(whole(open_study(folder)), before, check_exact=True)
    assert compact(folder) == (0, 0)
    file.write_text(TEXT.replace("60", "70"), encoding="utf-8")
    run(file, folder)
    assert open_study(folder).status()["done"] == 140
    assert len(made(file)) == 140  # ten more seeds, and nothing else


def test_a_study_of_another_format_or_of_nothing_is_refused_and_left_alone(
    quick: None, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "older"
    run(file, folder)
    about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for change, said in (
        ({"schema": 0}, "an older version"),
        ({"format": 0}, "another version"),
        ({"code": "0123"}, "another version"),
        ({"design": {}}, "damaged"),
    ):
        (folder / "manifest.json").write_text(json.dumps(about | change), encoding="utf-8")
        with pytest.raises(SimError, match=said):
            run(file, folder)
    assert len(chunks_in(folder)) == 12
    with pytest.raises(SimError, match="holds no result"):
        open_study(tmp_path / "nowhere")
    with pytest.raises(SimError, match="is no study"):
        run(file, tmp_path)


def test_other_outputs_want_another_folder(quick: None, file: Path, tmp_path: Path) -> None:
    run(file, tmp_path / "outputs")
    file.write_text(TEXT.replace("carrier_month", "switches"), encoding="utf-8")

    with pytest.raises(SimError, match="begun with other outputs"):
        run(file, tmp_path / "outputs")


def test_a_study_that_another_process_begins_at_this_moment_is_gone_on_with(
    quick: None, file: Path, tmp_path: Path
) -> None:
    design, folder = load_design(file), tmp_path / "begun"
    folder.mkdir()
    (folder / ".manifest.json.4711.new.tmp").touch()  # the other one's, on its way

    assert keep_design(folder, design).design == design
    assert keep_design(folder, design).design == design
    (tmp_path / "other" / ".hidden").mkdir(parents=True)
    with pytest.raises(SimError, match="is no study"):
        keep_design(tmp_path / "other", design)
