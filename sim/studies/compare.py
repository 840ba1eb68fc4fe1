"""Compare scenarios under common random numbers: the main thing the simulator is for."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sim.core.calendar import year_of
from sim.core.errors import SimError
from sim.metrics import metrics
from sim.scenario.overrides import Overrides
from sim.scenario.schema import Scenario
from sim.simulate import fed_in
from sim.store.chunks import METRICS, STORED_TABLES
from sim.store.index import Index
from sim.store.provenance import machine
from sim.studies.comparison import (
    DIFFERENCES,
    HISTORY,
    LEVELS,
    MONTHLY,
    Comparison,
    comparison_place,
    table,
)
from sim.studies.completing import Plan, Tally, complete, told
from sim.studies.executors import cpus, executor, silent
from sim.studies.facts import CHANGES_ONLY, MARKET, period
from sim.studies.history import SERIES, observations
from sim.studies.jobs import Planned
from sim.studies.question import Question, pose
from sim.studies.statistics import Interval, interval, paired_difference, variance_reduction
from sim.studies.values import values

type Finished = Callable[[int, int], None]  # runs finished, runs in all
type Values = dict[str, pd.DataFrame]  # by scenario: a row a fact, a column a seed


def compare(  # noqa: PLR0913  what can be asked, each by its name
    scenarios: Sequence[str | Path | Scenario],
    seeds: int | Sequence[int] = 20,
    *,
    overrides: Overrides | None = None,
    users: int | None = None,
    months: int | None = None,
    workers: int | None = None,
    fidelity: str | None = None,
    progress: Finished | None = None,
    folder: Path | None = None,
) -> Comparison:
    """Run the scenarios under the same seeds and return levels and paired differences.

    Parameters
    ----------
    scenarios : names, files or scenarios; the first is the baseline
    seeds : how many, counted from 0, or the seeds themselves
    overrides : values by dotted path, or "path=value", for every scenario
    users, months : size of the population in rows, months from the branch on
    fidelity : "expected" (every cell moves by its expected flow) or "individual" (every row draws
        for itself); expected unless a number of users is given
    workers : processes; all CPUs if None; the results do not depend on it
    progress : called with runs finished and runs in all
    folder : a results folder; what is found there is not computed again, what is new is stored

    Raises
    ------
    InputError : a scenario is wrong
    ComparisonError : the scenarios do not go together, or there is no seed
    """
    question = pose(scenarios, seeds, overrides, users, months, fidelity)
    return answer(question, workers, progress, folder)


def answer(
    question: Question,
    workers: int | None = None,
    progress: Finished | None = None,
    folder: Path | None = None,
) -> Comparison:
    """Return the comparison that a question asks for; see `compare`."""
    begun = time.monotonic()
    place = comparison_place(folder, question.id) if folder else None
    if place and place.exists():
        stored, seconds = Comparison.load(place), time.monotonic() - begun
        return stored.with_timing(cached=True, total_seconds=seconds, folder=str(folder))
    if folder is None:
        with TemporaryDirectory(prefix="sim-compare-") as temporary:
            return _answered(question, Path(temporary), tuple(METRICS), workers, progress)
    comparison = _answered(question, folder, STORED_TABLES, workers, progress)
    comparison = comparison.with_timing(folder=str(folder))
    comparison.save(folder)
    return comparison


def _answered(
    question: Question,
    folder: Path,
    outputs: tuple[str, ...],
    workers: int | None,
    progress: Finished | None,
) -> Comparison:
    """Make the runs that a folder does not have yet and lay their metrics side by side."""
    begun, tell = time.monotonic(), progress or silent
    plan = _plan(question, folder, outputs)
    count = min(cpus() if workers is None else workers, len(plan.runs))
    tally = complete(
        plan, executor(count), lambda tally: tell(tally.ended, tally.total), retry=True
    )
    if tally.failed:
        raise SimError(
            f"{tally.failed} of {tally.total} runs failed; the first: {told(tally.errors)}"
        )
    index = Index(folder).refresh()
    return from_runs(question, index, lambda: _timing(tally, begun, count))


def from_runs(
    question: Question, index: Index, timing: Callable[[], dict[str, Any]] = dict
) -> Comparison:
    """Return the answer from runs that are stored, all of them; nothing is simulated."""
    ids = list(dict.fromkeys(id_ for s in question.scenarios for id_ in question.runs(s)))
    by_year = _by_scenario(question, values(index, ids, "year"))
    by_month = _by_scenario(question, values(index, ids, "month"))
    return _assemble(question, by_year, by_month, timing())


def _plan(question: Question, folder: Path, outputs: tuple[str, ...]) -> Plan:
    scenarios = question.scenarios
    runs = {
        run: Planned(run, variant, seed)  # scenarios that differ in name alone share their runs
        for variant, scenario in enumerate(scenarios)
        for seed, run in zip(question.seeds, question.runs(scenario), strict=True)
    }
    return Plan(
        folder=folder,
        scenarios=[scenario.canonical_json() for scenario in scenarios],
        pasts=[scenario.past_digest() for scenario in scenarios],
        runs=list(runs.values()),
        fidelity=question.fidelity,
        outputs=outputs,
    )


def _by_scenario(question: Question, found: pd.DataFrame) -> Values:
    """Return each scenario's facts, (rows, seeds), with the seeds in their own order."""
    return {
        scenario.name: found[question.runs(scenario)].dropna(how="all")
        for scenario in question.scenarios
    }


def _timing(tally: Tally, begun: float, workers: int) -> dict[str, Any]:
    """Return seconds on the clock: in all, before the first run, and simulating, per worker.

    What is neither start-up nor simulation is measuring and storing the runs.
    """
    now = time.monotonic()
    return {
        "total_seconds": now - begun,
        "start_up_seconds": (tally.first or now) - begun,
        "simulation_seconds": tally.simulating / workers,
        "runs_simulated": tally.done,
        "workers": workers,
        "cached": False,
        "machine": machine(),
    }


def _assemble(
    question: Question, yearly: Values, monthly: Values, timing: dict[str, Any]
) -> Comparison:
    scenarios = question.scenarios
    names = [scenario.name for scenario in scenarios]
    first = scenarios[0]
    last = year_of(first.end_month - 1)
    by_year = {name: pd.DataFrame(f.xs(last, level="year")) for name, f in yearly.items()}
    levels = _levels(by_year, names[0]).assign(period=period(first))
    return Comparison(
        id=question.id,
        scenarios=names,
        seeds=list(question.seeds),
        fidelity=question.fidelity,
        users=first.population.users if question.fidelity == "individual" else None,
        start=first.start,
        months=first.months,
        metrics=_finished(levels, LEVELS),
        differences=_finished(_differences(by_year, names[0]), DIFFERENCES),
        monthly=_finished(_levels(monthly, names[0]), MONTHLY),
        history=_finished(_history(scenarios, yearly), HISTORY),
        warnings=_warnings(scenarios),
        inputs={scenario.name: list(fed_in(scenario)) for scenario in scenarios},
        definitions={s.name: json.loads(s.canonical_json()) for s in scenarios},
        timing=timing,
        code=question.code,
    )


def _levels(values: Values, baseline: str) -> pd.DataFrame:
    """Return mean, low and high of every fact of every scenario."""
    return pd.concat([_level(values, name, baseline) for name in values], ignore_index=True)


def _level(values: Values, scenario: str, baseline: str) -> pd.DataFrame:
    level = _frame(values[scenario], interval(_seeds_first(values[scenario])))
    change_only = level["name"].isin(CHANGES_ONLY)
    if scenario == baseline:
        level.loc[change_only, ["mean", "low", "high"]] = float("nan")
    else:
        change = _difference(values, scenario, baseline)
        level.loc[change_only] = change.loc[change_only, level.columns]
    return level.assign(scenario=scenario)


def _differences(values: Values, baseline: str) -> pd.DataFrame:
    """Return the paired difference of every scenario but the baseline, fact by fact."""
    others = [name for name in values if name != baseline]
    if not others:
        return pd.DataFrame(columns=DIFFERENCES)
    frames = [_difference(values, name, baseline).assign(scenario=name) for name in others]
    return pd.concat(frames, ignore_index=True)


def _difference(values: Values, scenario: str, baseline: str) -> pd.DataFrame:
    mine = values[scenario]
    theirs = values[baseline].reindex(mine.index)
    pair = _seeds_first(mine), _seeds_first(theirs)
    frame = _frame(mine, paired_difference(*pair))
    return frame.assign(variance_reduction=variance_reduction(*pair))


def _history(scenarios: Sequence[Scenario], yearly: Values) -> pd.DataFrame:
    """Return the observed series beside the simulated ones; a past shared is shown once."""
    keys = ["name", "carrier", "year"]
    frames, shown = [], set()
    for scenario in scenarios:
        observed = pd.DataFrame(observations(scenario))
        identity = (scenario.past_digest(), tuple(observed["role"]))
        if identity in shown:
            continue
        shown.add(identity)
        found = yearly[scenario.name]
        found = found[found.index.get_level_values("name").isin(SERIES)]
        frame = _frame(found, interval(_seeds_first(found)))
        frames.append(observed.merge(frame, on=keys).assign(scenario=scenario.name))
    return pd.concat(frames, ignore_index=True)


def _seeds_first(values: pd.DataFrame) -> Any:
    return values.to_numpy(dtype="float64").T


def _frame(values: pd.DataFrame, found: Interval) -> pd.DataFrame:
    return values.index.to_frame(index=False).assign(**found._asdict())


def _finished(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the public form: units said, the market's carrier None, columns in order."""
    unit = frame["name"].map(lambda name: metrics.get(name).unit)
    carrier = frame["carrier"].astype(object).replace(MARKET, None)
    return table(frame.assign(unit=unit, carrier=carrier), columns)


def _warnings(scenarios: Sequence[Scenario]) -> list[str]:
    """Return each warning once, after the scenarios that it is about."""
    about: dict[str, list[str]] = {}
    for scenario in scenarios:
        for text in scenario.warnings():
            about.setdefault(text, []).append(scenario.name)
    return [f"{', '.join(names)}: {text}" for text, names in about.items()]
