"""Studies whose runs take no time, begun from the shell as people do; see quick_study.py."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from sim.studies.study import Study

SCRIPT = Path(__file__).with_name("quick_study.py")
TEXT = (
    "scenarios: [price_war, service_cooperation]\nseeds: 60\nmonths: 1\noutputs: [carrier_month]\n"
)
RUNS = 120


def environment(root: Path, file: Path, **more: str) -> dict[str, str]:
    """Return the environment of a quick study whose file this is."""
    return os.environ | {"PYTHONPATH": str(root), "QUICK_LOG": str(file.with_name("log"))} | more


class Started:
    """A command on its way, in a process group of its own."""

    def __init__(self, root: Path, file: Path, *arguments: str | Path, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *map(str, arguments)],
            env=environment(root, file, **more),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def reach(self, folder: Path, chunks: int) -> None:
        """Wait until a folder has so many chunks, or the end."""
        while self.process.poll() is None and len(chunks_in(folder)) < chunks:
            time.sleep(0.005)

    def end(self, with_signal: signal.Signals | None = None) -> tuple[int, str, str]:
        """Return exit code and what was said, after a signal to all its processes if any."""
        if with_signal is not None and self.process.poll() is None:
            os.killpg(self.process.pid, with_signal)
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


def chunks_in(folder: Path) -> list[Path]:
    return list((folder / "runs").glob("chunk-*"))


def made(file: Path) -> list[str]:
    """Return a line for each run that was made."""
    return file.with_name("log").read_text(encoding="utf-8").splitlines()


def whole(study: Study) -> pd.DataFrame:
    """Return the table of a study that must be whole."""
    assert study.status()["done"] == study.status()["total"] == RUNS
    return study.table("carrier_month")
