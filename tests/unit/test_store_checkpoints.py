"""Checkpoints on disk: whole or not there, and what cannot be gone on from is told."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.model import Market
from sim.simulate import run
from sim.store import checkpoints
from sim.store.checkpoints import (
    ARRAYS,
    STATE,
    Checkpoint,
    CheckpointError,
    RunKey,
    checkpoints_of,
    find_run,
    read_checkpoint,
    stored_key,
    write_checkpoint,
)
from sim.store.provenance import Origin
from sim.store.writer import MANIFEST, checksums
from sim.studies.continuing import kept_run, resume
from tests.golden.runs import SEED, small
from tests.theory.small_market import one_thread

KEY = RunKey(small("alliance", {"months": 2}), SEED, "expected")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with two checkpoints of a run, and the run."""
    folder = tmp_path_factory.mktemp("results")
    with one_thread():
        kept_run(KEY, folder, every=12)
    return folder


@pytest.fixture
def cut_short(kept: Path, tmp_path: Path) -> Path:
    """Return a folder of one's own with the checkpoints alone."""
    shutil.copytree(kept / "checkpoints", tmp_path / "checkpoints")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_checkpoint_is_named_by_the_month_that_comes_next(kept: Path) -> None:
    places = checkpoints_of(kept, KEY.id)

    assert {month: place.name for month, place in places.items()} == {12: "2016-01", 24: "2017-01"}
    for month, place in places.items():
        assert read_checkpoint(place).world.month == month


def test_a_checkpoint_says_what_it_was_made_of(kept: Path) -> None:
    place = checkpoints_of(kept, KEY.id)[12]

    about = json.loads((place / MANIFEST).read_text())
    read = read_checkpoint(place)

    assert (about["kind"], about["id"], about["format"]) == ("checkpoint", KEY.id, 1)
    assert about["scenario"] == json.loads(KEY.scenario.canonical_json())
    assert set(about["files"]) == {STATE, ARRAYS}
    assert (read.key, read.every) == (KEY, 12)
    assert read.seconds == about["seconds"] > 0


def test_no_array_is_pickled(kept: Path) -> None:
    with np.load(checkpoints_of(kept, KEY.id)[24] / ARRAYS, allow_pickle=False) as arrays:
        assert all(not arrays[name].dtype.hasobject for name in arrays)


def test_a_checkpoint_that_is_there_is_left_as_it_is(cut_short: Path) -> None:
    place = checkpoints_of(cut_short, KEY.id)[12]
    before = (place / MANIFEST).stat()

    assert write_checkpoint(cut_short, read_checkpoint(place)) == place
    assert (place / MANIFEST).stat().st_ino == before.st_ino


def test_the_run_that_a_branch_came_from_goes_along(tmp_path: Path) -> None:
    key = RunKey(KEY.scenario, SEED, "expected", Origin("0123456789abcdef", "2015-07"))
    world = Market(key.scenario, SEED).world

    place = write_checkpoint(tmp_path, Checkpoint(key, 3, 1.5, world))

    assert key.id != KEY.id
    assert read_checkpoint(place).key == key
    assert stored_key(tmp_path, key.id) == key


def test_a_run_is_found_by_the_beginning_of_its_id(kept: Path) -> None:
    assert find_run(kept, KEY.id) == find_run(kept, KEY.id[:4]) == KEY.id
    for wrong in ("", "zzz"):
        with pytest.raises(CheckpointError, match=f"no run in .* begins with '{wrong}'"):
            find_run(kept, wrong)


def test_an_ambiguous_beginning_is_told(cut_short: Path) -> None:
    (cut_short / "runs" / f"{KEY.id[:4]}000000000000").mkdir(parents=True)

    with pytest.raises(CheckpointError, match="begins several runs; write more"):
        find_run(cut_short, KEY.id[:4])


# What cannot be gone on from


def cut_in_half(name: str) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        file = place / name
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


def flip_a_bit(place: Path) -> None:
    content = bytearray((place / ARRAYS).read_bytes())
    content[len(content) // 2] ^= 1
    (place / ARRAYS).write_bytes(content)


def remove(name: str) -> Callable[[Path], None]:
    return lambda place: (place / name).unlink()


def state(tree: object) -> Callable[[Path], None]:
    """Put another state there, checksum and all: not damaged, but not a market either."""

    def replace(place: Path) -> None:
        (place / STATE).write_text(json.dumps(tree))
        files = {name: sha for name, sha in checksums(place).items() if name != MANIFEST}
        about(files=files)(place)

    return replace


def about(**changes: object) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        content = json.loads((place / MANIFEST).read_text()) | changes
        (place / MANIFEST).write_text(json.dumps(content))

    return change


def not_an_archive(place: Path) -> None:
    (place / ARRAYS).write_text("a,b\n1,2\n")
    files = {name: sha for name, sha in checksums(place).items() if name != MANIFEST}
    about(files=files)(place)


BAD = {
    "arrays cut": (cut_in_half(ARRAYS), "damaged: arrays.npz"),
    "state cut": (cut_in_half(STATE), "damaged: state.json"),
    "bit flipped": (flip_a_bit, "damaged: arrays.npz"),
    "arrays gone": (remove(ARRAYS), "damaged: arrays.npz"),
    "manifest cut": (cut_in_half(MANIFEST), "cannot be read"),
    "manifest gone": (remove(MANIFEST), "cannot be read"),
    "a comparison": (about(kind="comparison"), "not that of a checkpoint"),
    "a run": (about(kind="run"), "not that of a checkpoint"),
    "files unknown": (about(files=None), "cannot be used"),
    "a file unknown": (about(files={}), "it has no 'state.json'"),
    "another seed": (about(seed=SEED + 1), "moved here"),
    "another month": (about(month="2016-07"), "moved here"),
    "another format": (about(format=2), "another version of this program"),
    "another program": (about(code="0" * 16), "use that version, or run the scenario anew"),
    "a foreign state": (state({"type": "Popen", "fields": {}}), "Popen is not that of this"),
    "no state": (state([1, 2]), "unknown kind"),
    "no archive": (not_an_archive, "cannot be used"),
    "a wrong scenario": (about(scenario={"name": "x"}), "cannot be used"),
    "no fidelity": (about(fidelity="rough"), "unknown fidelity 'rough'"),
}


@pytest.mark.parametrize(("damage", "said"), BAD.values(), ids=list(BAD))
def test_a_bad_checkpoint_is_told_and_nothing_is_lost(
    cut_short: Path, damage: Callable[[Path], None], said: str
) -> None:
    place = checkpoints_of(cut_short, KEY.id)[24]
    damage(place)
    before = contents(cut_short)

    with pytest.raises(CheckpointError, match=said) as told:
        resume(KEY.id, cut_short)

    assert KEY.id in str(told.value)  # it names the place, or the run
    assert contents(cut_short) == before


def test_a_checkpoint_of_another_run_is_refused(cut_short: Path) -> None:
    other = cut_short / "checkpoints" / ("0" * 16)
    (cut_short / "checkpoints" / KEY.id).rename(other)

    with pytest.raises(CheckpointError, match=f"that of run {KEY.id} before 2017-01, moved here"):
        resume("0000", cut_short)


def test_once_the_bad_checkpoint_is_removed_the_run_goes_on_from_the_one_before(
    cut_short: Path,
) -> None:
    bad = checkpoints_of(cut_short, KEY.id)[24]
    flip_a_bit(bad)
    shutil.rmtree(bad)  # as the message says

    with one_thread():
        result = resume(KEY.id, cut_short)
        whole = run(KEY.scenario, SEED)

    assert all(result.tables[name].equals(table) for name, table in whole.tables.items())


KILLED = """
import os, signal, sys
from pathlib import Path
from sim.store import checkpoints
from sim.studies.continuing import kept_run
from tests.unit.test_store_checkpoints import KEY

write, when = checkpoints.write_json, int(sys.argv[2])
written = []

def killed(path, content):
    written.append(path)
    if len(written) == when:
        path.write_text("{")  # half a file
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, content)

checkpoints.write_json = killed
kept_run(KEY, Path(sys.argv[1]), every=5)
"""


@pytest.mark.parametrize("when", [5, 6], ids=["in the state", "in the manifest"])
def test_kill_9_in_the_middle_of_a_checkpoint_loses_nothing_before_it(
    root: Path, tmp_path: Path, when: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(when)], check=False, cwd=root
    )
    assert ended.returncode == -signal.SIGKILL
    assert list(checkpoints_of(tmp_path, KEY.id)) == [5, 10]
    assert len(list((tmp_path / "checkpoints" / KEY.id).iterdir())) == 3  # one is half-written

    with one_thread():
        result = resume(KEY.id, tmp_path)
        whole = run(KEY.scenario, SEED)

    assert all(result.tables[name].equals(table) for name, table in whole.tables.items())
    assert list(checkpoints_of(tmp_path, KEY.id)) == [5, 10, 15, 20, 25]
    assert len(list((tmp_path / "checkpoints" / KEY.id).iterdir())) == 5  # no leftover


def test_an_error_while_writing_leaves_no_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(checkpoints, "write_json", full)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint(tmp_path, Checkpoint(KEY, 12, 0.0, Market(KEY.scenario, SEED).world))

    assert checkpoints_of(tmp_path, KEY.id) == {}
    assert list((tmp_path / "checkpoints" / KEY.id).iterdir()) == []
