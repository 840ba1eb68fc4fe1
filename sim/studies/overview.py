"""All studies of a results folder at a glance: how far each is, what failed, who is at it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sim.core.errors import SimError
from sim.store.chunks import RunRow
from sim.store.reader import known_runs, study_folders
from sim.store.writer import MANIFEST
from sim.studies.completing import told
from sim.studies.design import Design
from sim.studies.of_study import why_none
from sim.studies.presence import Pace, drivers, pace
from sim.studies.study import Study, open_study

type State = Literal["running", "complete", "failures", "open", "unreadable"]

_MOST_FAILURES = 20


@dataclass(frozen=True)
class Failure:
    """A run that failed."""

    scenario: str
    point: int
    seed: int
    why: str  # in one line
    traceback: str


@dataclass(frozen=True)
class Overview:
    """How far a study is."""

    name: str  # of its folder
    state: State
    total: int = 0
    done: int = 0
    failed: int = 0
    design: Design | None = None  # none where it cannot be read
    failures: tuple[Failure, ...] = ()  # the first of them
    rate: float = 0.0  # runs a second, while somebody is at it
    left: float | None = None  # seconds, likewise
    goes_on: bool = True  # this program began it
    error: str | None = None  # why it cannot be read


def overviews(results: Path) -> list[Overview]:
    """Return all studies, the newest first."""
    return [_overview(folder) for folder in study_folders(results)]


def comparable(results: Path) -> list[Path]:
    """Return the folders of studies that `comparison_of` can read, the newest first."""
    return [folder for folder in study_folders(results) if _is_comparable(folder)]


def _is_comparable(folder: Path) -> bool:
    try:
        study, planned = _asked(folder, (folder / MANIFEST).stat().st_mtime_ns)
    except (SimError, OSError):
        return False  # the page of studies says why
    return why_none(study, planned, known_runs(folder)) is None


def _overview(folder: Path) -> Overview:
    try:
        study, planned = _asked(folder, (folder / MANIFEST).stat().st_mtime_ns)
    except (SimError, OSError) as error:
        return Overview(folder.name, "unreadable", error=str(error))
    known = known_runs(folder)
    rows = [(variant, known[run].row) for run, variant in planned.items() if run in known]
    failed = [(variant, row) for variant, row in rows if row.status == "failed"]
    done = len(rows) - len(failed)
    running = bool(drivers(folder))
    now = pace(folder) if running else Pace(0.0, None)
    return Overview(
        name=folder.name,
        state=_state(len(planned), done, len(failed), running),
        total=len(planned),
        done=done,
        failed=len(failed),
        design=study.design,
        failures=tuple(_failure(study, *each) for each in failed[:_MOST_FAILURES]),
        rate=now.rate,
        left=now.left,
        goes_on=study.is_of_this_code,
    )


def _failure(study: Study, variant: int, row: RunRow) -> Failure:
    error, point = row.error or "", study.design.variants[variant].point
    return Failure(row.scenario, point, row.seed, told([error]), error)


def _state(total: int, done: int, failed: int, running: bool) -> State:
    if running:
        return "running"
    if done + failed < total:
        return "open"
    return "failures" if failed else "complete"


@lru_cache(maxsize=256)
def _asked(folder: Path, written: int) -> tuple[Study, dict[str, int]]:  # noqa: ARG001  when
    """Return a study and the variant of each of its runs, by id; anew when it is written anew."""
    study = open_study(folder)
    return study, {run.run: run.variant for run in study.design.runs(study.code)}
