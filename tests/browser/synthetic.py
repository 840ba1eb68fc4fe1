"""A comparison made up for tests of the dashboard: smooth curves, plausible sizes."""

from functools import cache
from pathlib import Path

import pandas as pd

from sim.core.calendar import month_label
from sim.scenario.load import load_scenario
from sim.simulate import RunResult, run
from sim.store.records import SENSITIVITY, write_record
from sim.store.writer import STUDIES, write_run
from sim.studies.batch import batch
from sim.studies.comparison import DIFFERENCES, HISTORY, LEVELS, MONTHLY, Comparison, table
from sim.studies.executors import Serial
from sim.studies.study_file import load_design
from sim.studies.verify.running import Report, Verdict
from sim.studies.verify.standing import save

SCRIPT = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"
BASELINE = "business_as_usual"
SCENARIOS = [BASELINE, "price_war", "service_cooperation"]
SEEDS = list(range(20))
MONTHS = range(12, 84)  # January 2016 to December 2021
BRANCH = 24

TITLES = {
    "business_as_usual": ("Business as usual", "照旧经营"),
    "price_war": ("Price war", "价格战"),
    "service_cooperation": ("Service cooperation", "服务合作"),
}
SIZE = {None: 1.0, "mobile": 0.62, "unicom": 0.21, "telecom": 0.17}
EFFECT = {"business_as_usual": 0.0, "price_war": -0.3, "service_cooperation": 0.04}
# name: unit, level, trend over the six years, effect, half width of the interval, adds up
METRICS: dict[str, tuple[str, float, float, float, float, bool]] = {
    "subscriber_share": ("share", 1.0, 0.0, 0.08, 0.002, True),
    "arpu": ("yuan/month", 52.0, -0.2, 0.6, 0.01, False),
    "yuan_per_gb": ("yuan/GB", 46.0, -0.85, 0.9, 0.03, False),
    "data_revenue": ("yuan", 3.6e10, 0.6, 0.8, 0.02, True),
    "backward_revenue": ("yuan", 2.6e8, 1.2, 1.6, 0.08, True),
    "leak_volume": ("GB", 1.9e7, 3.0, 0.1, 0.09, True),
    "reseller_value_share": ("share", 0.31, -0.3, 0.4, 0.05, False),
    "consumer_surplus": ("yuan", 2.2e10, 0.5, -1.1, 0.06, True),
    "profit": ("yuan", 1.1e10, 0.1, 1.4, 0.03, True),
    "made_up_metric": ("parsecs", 7.0, 0.0, 1.0, 0.2, False),
}


def _mean(name: str, scenario: str, carrier: str | None, month: int) -> float:
    _, level, trend, effect, _, adds = METRICS[name]
    size = SIZE[carrier] if adds else 1.0 + (0.12 if carrier == "mobile" else 0.0)
    past = (month - MONTHS[0]) / len(MONTHS)
    since = max(month - BRANCH, 0) / (len(MONTHS) - 12)
    bend = EFFECT[scenario] * effect * since * (0.4 if carrier == "mobile" else 1.0)
    if name == "subscriber_share" and carrier is None:
        return 1.0
    return level * size * (1.0 + trend * past) * (1.0 + bend)


def _levels(name: str, at: int, factor: float, **more: str) -> list[dict[str, object]]:
    unit, _, _, _, half, _ = METRICS[name]
    rows = []
    for scenario in SCENARIOS:
        for carrier in SIZE:
            mean = factor * _mean(name, scenario, carrier, at)
            wide = abs(mean) * half * max(at - BRANCH, 2) / 59
            interval = {"mean": mean, "low": mean - wide, "high": mean + wide}
            if name == "consumer_surplus" and scenario == BASELINE:
                interval = dict.fromkeys(interval, float("nan"))
            labels = {"name": name, "unit": unit, "scenario": scenario, "carrier": carrier}
            rows.append(labels | more | interval)
    return rows


def _differences(name: str, levels: pd.DataFrame) -> list[dict[str, object]]:
    """Return the differences; those of the leaks are too small to be told from none."""
    rows, half = [], METRICS[name][4]
    for scenario in SCENARIOS[1:]:
        for carrier in SIZE:
            theirs = _mean(name, BASELINE, carrier, MONTHS[-1])
            mine = _mean(name, scenario, carrier, MONTHS[-1])
            factor = _per_year(name)
            mean, wide = factor * (mine - theirs), factor * abs(theirs) * half * 0.7
            labels = {"name": name, "unit": METRICS[name][0], "scenario": scenario}
            interval = {"mean": mean, "low": mean - wide, "high": mean + wide}
            rows.append(labels | {"carrier": carrier, "variance_reduction": 14.2} | interval)
    return rows


def _per_year(name: str) -> float:
    flows = ("data_revenue", "backward_revenue", "leak_volume", "consumer_surplus", "profit")
    return 12.0 if name in flows else 1.0


def _history() -> list[dict[str, object]]:
    """Return two series of the past: one fed in, one a result that is 5 % too high."""
    series = (
        ("yuan_per_gb", "yuan/GB", 46.0, 1.0, "fed in"),
        ("dou", "MB/month", 772.0, 1.05, "result"),
    )
    return [
        {"name": name, "unit": unit, "scenario": BASELINE, "carrier": None, "year": year}
        | {"observed": value, "mean": value * off, "low": value * (off - 0.01)}
        | {"high": value * (off + 0.01), "role": role}
        for name, unit, value, off, role in series
        for year in (2015, 2016)
    ]


@cache
def synthetic(identity: str = "a1b2c3d4e5f6", seeds: int = 20) -> Comparison:
    """Return three scenarios under some seeds; with one seed there are no intervals."""
    levels, monthly, differences = [], [], []
    for name in METRICS:
        levels += _levels(name, MONTHS[-1], _per_year(name), period="2021")
        for month in MONTHS:
            monthly += _levels(name, month, 1.0, month=month_label(month))
        differences += _differences(name, pd.DataFrame(levels))
    tables = [
        table(rows, columns)
        for rows, columns in ((levels, LEVELS), (differences, DIFFERENCES), (monthly, MONTHLY))
    ]
    if seeds == 1:
        unknown = {"low": float("nan"), "high": float("nan")}
        tables = [frame.assign(**unknown) for frame in tables]
    return Comparison(
        id=identity,
        scenarios=SCENARIOS,
        seeds=SEEDS[:seeds],
        fidelity="individual",
        users=20_000,
        start="2015-01",
        months=60,
        metrics=tables[0],
        differences=tables[1],
        monthly=tables[2],
        history=table(_history(), HISTORY),
        warnings=["price_war: demand.eps = 0.95 is outside its prior range 0.5 to 0.9"],
        inputs={
            name: ["lines of the country: given in all months", "leaks, resale: results"]
            for name in SCENARIOS
        },
        definitions={
            name: {"branch": month_label(BRANCH), "about": {"title": en, "title_zh": zh}}
            for name, (en, zh) in TITLES.items()
        },
        timing={"total_seconds": 12.0},
    )


def write_records(results: Path) -> None:
    """Store outcomes of verification, one failed, and an analysis of sensitivity."""
    good = Verdict("V13", "Hotelling", "reference", "price", 1.8, 1.8 + 4e-7, 1e-6, passed=True)
    bad = Verdict("V14", "Quality", "mechanism", "price <high>", 0.5, 0.6, 1e-6, passed=False)
    save(Report((good, bad)), results, full=False)
    indices = [
        {"path": path, "mu_star": size, "low": 0.8 * size, "high": 1.2 * size}
        for path, size in (("demand.kappa", 8e10), ("leakage.delta", 2e10), ("resale.share", 0.0))
    ]
    found = {"scenario": BASELINE, "method": "morris", "seeds": 2, "points": 40}
    output = {"name": "profit", "carrier": None, "indices": indices}
    write_record(results, SENSITIVITY, found | {"outputs": [output]})


def write_comparison(results: Path, identity: str = "a1b2c3d4e5f6", seeds: int = 20) -> Path:
    """Store the synthetic comparison in a results folder and return its own folder."""
    return synthetic(identity, seeds).save(results)


@cache
def _short_run() -> RunResult:
    scenario = load_scenario("service_cooperation", {"months": 6})
    return run(scenario, seed=7)


def write_short_run(results: Path) -> Path:
    """Store a real run, to mid-2017, in a results folder and return its own folder."""
    return write_run(results, _short_run(), seconds=1.0)


def write_thin_study(results: Path) -> Path:
    """Store a study, to January 2017, without what pages over one run need; return its folder."""
    file = results / "thin.yaml"
    text = "scenarios: [price_war]\nseeds: 1\nmonths: 1\noutputs: [metric_year]\n"
    file.write_text(text, encoding="utf-8")
    folder = results / STUDIES / "thin"
    batch(load_design(file), folder, Serial(), lambda _: None)
    return folder
