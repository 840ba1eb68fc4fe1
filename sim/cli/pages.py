"""What commands print for people."""

import time
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from sim.cli.options import RESULTS
from sim.cli.progress import duration
from sim.cli.tables import (
    checks_table,
    console,
    figures_table,
    history_table,
    indices_table,
    plain_table,
)
from sim.studies.batch import Forecast
from sim.studies.comparison import Comparison
from sim.studies.completing import Tally, told
from sim.studies.statistics import seeds_for
from sim.studies.study import Study
from sim.studies.varying import Sensitivity
from sim.studies.verify.running import Report


def run_page(heading: str, content: dict[str, Any]) -> None:
    """Print the last year of a run and where it is stored."""
    out = console()
    values = pd.DataFrame(content["metrics"]).rename(columns={"value": "mean"})
    title = f"{heading}, {values['period'].iloc[0]}"
    out.print(figures_table(title, values.assign(high=float("nan"))))
    _notes(out, content["warnings"], {content["scenario"]: content["fed_in"]})
    if "origin" in content:
        origin = content["origin"]
        out.print(Text(f"Until {origin['month']} this is run {origin['run']}"))
    timing = content["timing"]
    if timing["cached"]:
        out.print(Text(f"Stored before, not run again: {timing['folder']}"))
        return
    seconds = timing["simulation_seconds"]
    out.print(Text(f"Simulated in {seconds:.1f} s and stored in {timing['folder']}"))


def compare_page(comparison: Comparison, folder: Path) -> None:
    """Print levels, paired differences, what they rest on, and how to see more."""
    out = console()
    for name in comparison.scenarios:
        out.print(figures_table(_levels_title(comparison, name), _of(comparison.metrics, name)))
    for name in comparison.scenarios[1:]:
        title = f"{_title(comparison, name)} − {_title(comparison, comparison.baseline)}"
        frame = _of(comparison.differences, name)
        out.print(figures_table(title, frame, difference=True))
    out.print(history_table("The simulated past against what was observed", comparison.history))
    _notes(out, comparison.warnings, comparison.inputs)
    for line in _method(comparison):
        out.print(Text(line))
    out.print(Text(_timing(comparison)))
    place = "" if folder == RESULTS else f" {folder}"
    out.print(Text.assemble("See it as charts: ", (f"sim dashboard{place}", "bold")))


def sensitivity_page(found: Sensitivity) -> None:
    """Print what moves each output, the strongest first, and how much of it is chance."""
    out = console()
    for finding in found.findings:
        out.print(indices_table(finding, found.design.method))
        parts = [part for part in finding.split if part == part]  # noqa: PLR0124  nan is undefined
        if parts:
            shares = ", ".join(
                f"{part:.1%} {by}"
                for part, by in zip(parts, ("parameters", "seeds", "both"), strict=True)
            )
            out.print(Text(f"Of the variance over all runs: {shares}\n"))
    points, seeds = len(found.design.points), found.seeds
    out.print(Text(f"{points} points × {seeds} seeds; 90 % bootstrap intervals over the points"))
    out.print(Text(f"Took {found.timing['total_seconds']:.0f} s"))


def verify_page(report: Report) -> None:
    """Print every comparison of theory with what came out, and how many agree."""
    out = console()
    out.print(checks_table(report.verdicts))
    out.print(Text(f"{report.passed} passed, {report.failed} failed", style="bold"))


_FAILURES_SHOWN = 5
_ROWS_SHOWN = 50


def batch_page(study: Study, tally: Tally) -> None:
    """Print how a study went and what may be done with it."""
    out = console()
    made = f"{tally.done:,} made in {duration(time.monotonic() - tally.begun)}"
    if tally.first is not None:
        made += f", {duration(tally.first - tally.begun)} of it start-up"
    out.print(
        Text(f"{study.design.title}: {tally.total:,} runs, {tally.found:,} there before, {made}")
    )
    study_page(study)


def study_page(study: Study) -> None:
    """Print how far a study is, and why runs failed."""
    out, content = console(), study.status()
    counts = ", ".join(f"{content[name]:,} {name}" for name in ("done", "failed", "pending"))
    out.print(Text(f"{study.folder}: {content['total']:,} runs: {counts}"))
    for name, why in content["damaged"].items():
        out.print(Text.assemble(("Damaged: ", "yellow"), f"{name}: {why}; its runs are made again"))
    failed = [run for run in content["runs"] if run["status"] == "failed"]
    for run in failed[:_FAILURES_SHOWN]:
        where = f"{run['scenario']}, point {run['point']}, seed {run['seed']}"
        out.print(Text.assemble(("Failed: ", "red"), f"{where}: {told([run['error']])}"))
    if len(failed) > _FAILURES_SHOWN:
        out.print(Text(f"… and {len(failed) - _FAILURES_SHOWN:,} more"))
    if failed:
        out.print(Text.assemble("Try them again: ", (f"sim retry {study.folder}", "bold")))
    if content["pending"]:
        out.print(Text("Go on by the same `sim batch` again."))


def forecast_page(forecast: Forecast, folder: Path, workers: int) -> None:
    """Print what a study will take."""
    out = console()
    out.print(Text(f"{forecast.runs:,} runs, {forecast.found:,} of them in {folder} already"))
    out.print(Text(f"About {duration(forecast.seconds)} on {_cpus(workers)}, start-up apart"))
    out.print(Text(f"About {forecast.bytes / 1e6:,.0f} MB; {forecast.free / 1e6:,.0f} MB are free"))
    if not forecast.fits:
        out.print(
            Text.assemble(
                ("Warning: ", "yellow"),
                "the disk is too small; name fewer tables under `outputs`, or take another --out",
            )
        )


def query_page(frame: pd.DataFrame) -> None:
    """Print the answer to a query."""
    out = console()
    rows = [[_shown(value) for value in row] for row in frame.head(_ROWS_SHOWN).to_numpy()]
    out.print(plain_table("", [str(name) for name in frame.columns], rows))
    if len(frame) > _ROWS_SHOWN:
        out.print(Text(f"… and {len(frame) - _ROWS_SHOWN:,} more rows; --json prints all"))


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _of(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return frame[frame["scenario"] == scenario]


def _title(comparison: Comparison, name: str) -> str:
    return comparison.titles[name]["en"]


def _levels_title(comparison: Comparison, name: str) -> str:
    period = comparison.metrics["period"].iloc[0]
    role = ", the baseline" if name == comparison.baseline else ""
    return f"{_title(comparison, name)} ({name}), {period}{role}"


def _notes(out: Console, warnings: list[str], inputs: dict[str, list[str]]) -> None:
    """Print warnings and what was fed in, so that no input is read as a result."""
    for warning in warnings:
        out.print(Text.assemble(("Warning: ", "yellow"), warning))
    by_series: dict[str, list[str]] = {}
    for scenario, series in inputs.items():
        for text in series:
            by_series.setdefault(text, []).append(scenario)
    out.print(Text("Inputs and results", style="bold"))
    for text, scenarios in by_series.items():
        about = "" if len(scenarios) == len(inputs) else f" ({', '.join(scenarios)} only)"
        out.print(Text(f"  {text}{about}"))
    out.print()


def _method(comparison: Comparison) -> list[str]:
    count = len(comparison.seeds)
    who = "all lines by expected flows"
    if comparison.users is not None:
        who = f"{comparison.users:,} users, each drawing"
    size = f"{who}; {comparison.months} months from the branch on"
    if count == 1:
        return [f"One seed ({comparison.seeds[0]}): no intervals. {size}."]
    more = seeds_for(count, 0.5) - count
    lines = [
        f"Means over {count} seeds ± half the 90 % interval; {size}.",
        f"Intervals are pointwise, each for its own figure; {more:,} more seeds would halve them.",
    ]
    if comparison.variance_reduction is not None:
        factor = f"{comparison.variance_reduction:,.1f}"
        lines.append(f"Common random numbers cut the variance of share differences {factor} times.")
    return lines


def _timing(comparison: Comparison) -> str:
    timing = comparison.timing
    if timing["cached"]:
        return f"Stored before in {timing['folder']}, not computed again."
    return (
        f"Simulated {timing['runs_simulated']} runs in {timing['simulation_seconds']:.1f} s on "
        f"{_cpus(timing['workers'])}; {timing['total_seconds']:.1f} s in all, with start-up, "
        "measuring and storing."
    )


def _cpus(workers: int) -> str:
    return "one CPU" if workers == 1 else f"{workers} CPUs"
