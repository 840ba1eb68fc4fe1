"""Who is at a study is seen from another process, until the moment it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.studies.completing import Tally
from sim.studies.presence import Pace, cancel, drivers, driving, pace

DRIVE = """
import sys, time
from pathlib import Path
from sim.studies.presence import driving

with driving(Path(sys.argv[1]), lambda tally: None):
    print("there", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Return two processes that are at the study in `tmp_path`."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", DRIVE, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
    yield started
    for process in started:
        process.kill()
        process.communicate()


def test_drivers_are_those_that_live(two: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    one, other = two
    assert sorted(drivers(tmp_path)) == sorted(process.pid for process in two)

    one.send_signal(signal.SIGKILL)
    one.wait()

    assert drivers(tmp_path) == [other.pid]


def test_all_of_them_can_be_ended(two: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    assert cancel(tmp_path) == 2

    assert [process.wait(10) for process in two] == [-signal.SIGTERM] * 2
    assert drivers(tmp_path) == []
    assert cancel(tmp_path) == 0


def test_nobody_is_at_a_study_that_nobody_is_at(tmp_path: Path) -> None:
    assert drivers(tmp_path) == []
    assert pace(tmp_path) == Pace(0.0, None)


def test_a_driver_tells_its_pace(tmp_path: Path) -> None:
    told: list[int] = []
    with driving(tmp_path, lambda tally: told.append(tally.ended)) as tell:
        tell(Tally(total=10, begun=0.0, first=0.0, done=4))

    assert told == [4]
    found = pace(tmp_path)
    assert found.rate > 0
    assert found.left == pytest.approx(6 / found.rate)
    (tmp_path / "progress.json").write_text("{", encoding="utf-8")
    assert pace(tmp_path) == Pace(0.0, None)
    assert os.getpid() not in drivers(tmp_path)
