"""The comparison that a study holds: its scenarios side by side, from the runs that it has."""

from collections.abc import Iterable, Mapping

from sim.core.errors import SimError
from sim.scenario.load import from_json
from sim.store.chunks import METRICS
from sim.store.index import Stored
from sim.studies.compare import from_runs
from sim.studies.comparison import Comparison
from sim.studies.question import Question, pose
from sim.studies.study import Study


def comparison_of(study: Study) -> Comparison:
    """Return the comparison of a study's scenarios; nothing is simulated or stored.

    A `SimError` says why there is none; see `why_none`.
    """
    design = study.design
    planned = [run.run for run in design.runs(study.code)]
    why = why_none(study, planned, study.index.runs)
    if why is not None:
        raise SimError(why)
    scenarios = pose([from_json(text) for text in design.texts()], design.seeds).scenarios
    return from_runs(Question(scenarios, design.seeds, design.fidelity, study.code), study.index)


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
