"""One job of a study: some scenarios under one seed, from text to small tables of metrics."""

import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.simulate import RunResult, run_together, warm_up
from sim.store.reader import stored_run
from sim.store.writer import write_run
from sim.studies.facts import by_month, last_year
from sim.studies.history import past_years


@dataclass(frozen=True)
class Job:
    """All scenarios under one seed, as text and numbers: they share one simulated past."""

    scenarios: tuple[str, ...]  # canonical JSON
    seed: int
    fidelity: str
    folder: Path | None  # the results folder that keeps the runs


@dataclass(frozen=True)
class Facts:
    """What a job sends back: small tables, and when it was simulated, in monotonic seconds."""

    monthly: pd.DataFrame  # scenario, name, carrier, month, value
    yearly: pd.DataFrame  # scenario, name, carrier, value; the last calendar year
    past: pd.DataFrame  # scenario, name, carrier, year, value; series that were observed
    begun: float
    ended: float
    simulated: int  # runs that were not stored before


def simulate(job: Job) -> Facts:
    """Run, or find, all scenarios of a job and return their metrics."""
    scenarios = [from_json(text) for text in job.scenarios]
    found = {s.name: _stored(s, job) for s in scenarios}
    missing = [scenario for scenario in scenarios if found[scenario.name] is None]
    if missing:
        warm_up()  # start-up, not simulation
    begun = time.monotonic()
    made = run_together(missing, job.seed, job.fidelity) if missing else []
    ended = time.monotonic()
    for result in made:
        found[result.scenario.name] = result
        if job.folder is not None:
            write_run(job.folder, result, (ended - begun) / len(made))
    results = [result for result in found.values() if result is not None]
    return Facts(
        monthly=pd.concat([by_month(result) for result in results], ignore_index=True),
        yearly=pd.concat([last_year(result) for result in results], ignore_index=True),
        past=pd.concat([past_years(result) for result in results], ignore_index=True),
        begun=begun,
        ended=ended,
        simulated=len(made),
    )


def _stored(scenario: Scenario, job: Job) -> RunResult | None:
    if job.folder is None:
        return None
    return stored_run(job.folder, scenario, job.seed, job.fidelity)
