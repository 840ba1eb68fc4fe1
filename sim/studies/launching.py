"""Begin a study and leave it to a process of its own, which outlives whoever began it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ruamel.yaml import YAML

from sim.core.errors import RequestError
from sim.store.writer import STUDIES
from sim.studies.presence import drivers
from sim.studies.study import keep_design
from sim.studies.study_file import load_design

LOG = "log.txt"

type Deed = Literal["batch", "retry"]


def begin(results: Path, scenarios: Sequence[str], seeds: int) -> Path:
    """Write down what a study of shipped scenarios asks for, start it, and return its folder.

    A `SimError` says what is wrong with what was asked.
    """
    if not scenarios:
        raise RequestError("a study needs a scenario")
    name = f"{'_and_'.join(scenarios)}_{seeds}"
    with TemporaryDirectory(prefix="sim-study-") as temporary:
        file = Path(temporary) / f"{name}.yaml"
        with file.open("w", encoding="utf-8") as text:
            YAML(typ="safe").dump({"scenarios": list(scenarios), "seeds": seeds}, text)
        design = load_design(file)
    folder = results / STUDIES / name
    keep_design(folder, design)
    launch(folder, "batch")
    return folder


def launch(folder: Path, deed: Deed) -> None:
    """Start a process that goes on with a study, unless one is at it; its log lies beside."""
    if drivers(folder):
        return
    with (folder / LOG).open("w", encoding="utf-8") as log:
        subprocess.Popen(  # noqa: S603  this program, on a folder that is a study's
            [sys.executable, "-m", "sim.cli", deed, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,  # it goes on when the one who began it ends
        )
