"""The comparison that a study holds: its scenarios side by side, from the runs that it has."""

from sim.core.errors import SimError
from sim.scenario.load import from_json
from sim.store.chunks import METRICS
from sim.studies.compare import from_runs
from sim.studies.comparison import Comparison
from sim.studies.question import Question, pose
from sim.studies.study import Study


def comparison_of(study: Study) -> Comparison:
    """Return the comparison of a study's scenarios; nothing is simulated or stored.

    A `SimError` says why there is none: a sweep, runs that are missing or failed, or metrics that
    were not stored.
    """
    design = study.design
    if study.swept:
        paths = ", ".join(study.swept)
        raise SimError(
            f"{study.folder} sweeps {paths}: a report compares scenarios without a sweep"
        )
    missing = [name for name in METRICS if name not in design.outputs]
    if missing:
        raise SimError(f"{study.folder} did not store {', '.join(missing)}")
    undone = int((study.runs["status"] != "done").sum())
    if undone:
        raise SimError(
            f"{undone} of {len(study.runs)} runs of {study.folder} are not done; "
            "`sim batch` goes on with them, `sim retry` tries failed ones again"
        )
    scenarios = pose([from_json(text) for text in design.texts()], design.seeds).scenarios
    return from_runs(Question(scenarios, design.seeds, design.fidelity, study.code), study.folder)
