"""Read the observed facts that a scenario names: the carriers, the industry, the provinces."""

import csv
from collections.abc import Iterator
from pathlib import Path

from sim.core.errors import InputError, Problem
from sim.core.units import MONTHS_PER_YEAR
from sim.market.names import CARRIERS
from sim.scenario.schema import ByYear, Observed, Province

_NAMES = {"mobile": "China Mobile", "unicom": "China Unicom", "telecom": "China Telecom"}
# The series starts on the billing basis of end-2014; the older total basis is left aside.
_UNICOM_2014 = "mobile_subs_eop_billing_basis"

type Facts = dict[tuple[str, str], dict[int, tuple[int, str]]]  # year -> (line in the file, value)


def read_observed(carriers: Path, industry: Path, provinces: Path) -> Observed:
    """Return the observed facts in the files; an `InputError` names what is missing."""
    by_carrier = _facts(carriers, ("carrier", "metric"))
    by_metric = _facts(industry, ("metric", "unit"))
    lines = {
        c: dict(_series(by_carrier, carriers, (_NAMES[c], "mobile_subs_eop"))) for c in CARRIERS
    }
    lines["unicom"][2014] = _series(by_carrier, carriers, (_NAMES["unicom"], _UNICOM_2014))[2014]
    arpu = {c: dict(_series(by_carrier, carriers, (_NAMES[c], "mobile_arpu"))) for c in CARRIERS}
    arpu["unicom"] |= _unicom_arpu_on_billing_basis(by_carrier, carriers, lines["unicom"])
    return Observed(
        lines={c: _since_2014(lines[c]) for c in CARRIERS},
        lte_lines={
            c: _since_2014(_series(by_carrier, carriers, (_NAMES[c], "4g_subs_eop")))
            for c in CARRIERS
        },
        arpu={c: _since_2014(arpu[c]) for c in CARRIERS},
        traffic=_series(by_metric, industry, ("mobile_internet_traffic", "bn GB")),
        dou=_series(by_metric, industry, ("dou_per_mobile_internet_user", "MB/month")),
        data_revenue=_series(by_metric, industry, ("mobile_data_internet_revenue", "RMB bn")),
        provinces=tuple(_provinces(provinces)),
    )


def _unicom_arpu_on_billing_basis(facts: Facts, file: Path, lines: ByYear) -> ByYear:
    """Return Unicom's ARPU of 2014 and 2015 per billing line: in print it is on another basis."""
    revenue = _series(facts, file, (_NAMES["unicom"], "mobile_service_revenue"))
    average = {2014: lines[2014], 2015: (lines[2014] + lines[2015]) / 2}
    return {year: revenue[year] * 1e3 / count / MONTHS_PER_YEAR for year, count in average.items()}


def _since_2014(series: ByYear) -> ByYear:
    return {year: value for year, value in sorted(series.items()) if year >= 2014}


def _facts(file: Path, key: tuple[str, str]) -> Facts:
    """Return yearly values by two key columns; periods shorter than a year are left out."""
    facts: Facts = {}
    for line, row in _rows(file):
        if row["period"].isdigit():
            facts.setdefault((row[key[0]], row[key[1]]), {})[int(row["period"])] = (
                line,
                row["value"],
            )
    return facts


def _series(facts: Facts, file: Path, key: tuple[str, str]) -> ByYear:
    """Return one series as numbers by year; an `InputError` names a missing or bad value."""
    if key not in facts:
        raise InputError([Problem(str(file), 1, " ".join(key), "no yearly value; add the rows")])
    problems = []
    series: ByYear = {}
    for year, (line, value) in facts[key].items():
        try:
            series[year] = float(value)
        except ValueError:
            problems.append(Problem(str(file), line, "value", f"'{value}' is not a number"))
    if problems:
        raise InputError(problems)
    return series


def _provinces(file: Path) -> Iterator[Province]:
    for _, row in _rows(file):
        yield Province(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            lines=float(row["lines_million"]),
            income=float(row["disposable_income_yuan"]),
            dou=float(row["dou_mb_month"]),
            branches=tuple(row.get("provinces", row["code"]).split()),
            tile_row=int(row["tile_row"]),
            tile_col=int(row["tile_col"]),
        )


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        for row in reader:
            yield reader.line_num, row
