"""The comparison that a study holds: its scenarios side by side, from the runs that it has."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.scenario.load import from_json
from sim.store.chunks import METRICS
from sim.store.index import Stored
from sim.store.keeping import remove
from sim.studies.compare import from_runs
from sim.studies.comparison import Comparison
from sim.studies.question import Question, pose
from sim.studies.study import Study

_KEPT = "comparison-"  # in the study's folder; by what is compared and which program compared it
MOST_AT_ONCE = 2_000  # runs whose metrics are held in memory, of 100 kB each, before anybody asked


def comparison_of(study: Study) -> Comparison:
    """Return the comparison of a study's scenarios; nothing is simulated.

    To lay thousands of runs side by side takes seconds, so what comes of it is kept beside them.
    A `SimError` says why there is none; see `why_none`.
    """
    design = study.design
    planned = [run.run for run in design.runs(study.code)]
    why = why_none(study, planned, study.index.runs)
    if why is not None:
        raise SimError(why)
    scenarios = pose([from_json(text) for text in design.texts()], design.seeds).scenarios
    question = Question(scenarios, design.seeds, design.fidelity, study.code)
    place = study.folder / f"{_KEPT}{question.id}-{code_digest()}"
    kept = _kept(place)
    if kept is not None:
        return kept
    comparison = from_runs(question, study.index)
    with suppress(OSError):  # a folder that cannot be written to is read anew each time
        _keep(comparison, place)
    return comparison


def _kept(place: Path) -> Comparison | None:
    """Return the comparison kept at a place; what is damaged goes, for the runs have it all."""
    if not place.exists():
        return None
    try:
        return Comparison.load(place)
    except (SimError, OSError, ValueError, KeyError, TypeError):
        with suppress(OSError):
            remove(place)
        return None


def _keep(comparison: Comparison, place: Path) -> None:
    """Store a comparison in place of those of fewer seeds or of other programs."""
    comparison.write(place)
    for other in place.parent.glob(f"{_KEPT}*"):
        if other != place:
            remove(other)


def prepare(study: Study) -> None:
    """Have the comparison of a finished study ready for its readers, if it holds one."""
    if len(study.design.runs(study.code)) <= MOST_AT_ONCE:
        with suppress(SimError):  # there is none: who asks for it is told why
            comparison_of(study)


def why_none(study: Study, planned: Iterable[str], known: Mapping[str, Stored]) -> str | None:
    """Say why a study holds no comparison: a sweep, metrics not stored, runs missing or failed.

    planned : ids of its runs; known : those that are stored
    """
    if study.swept:
        paths = ", ".join(study.swept)
        return f"{study.folder} sweeps {paths}: a report compares scenarios without a sweep"
    missing = [name for name in METRICS if name not in study.design.outputs]
    if missing:
        return f"{study.folder} did not store {', '.join(missing)}"
    done = [run in known and known[run].is_done for run in planned]
    if all(done):
        return None
    return (
        f"{done.count(False)} of {len(done)} runs of {study.folder} are not done; "
        "`sim batch` goes on with them, `sim retry` tries failed ones again"
    )
