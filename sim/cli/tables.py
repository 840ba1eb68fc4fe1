"""Tables of figures for a terminal: a row a metric, a column a carrier."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.dashboard.i18n import Words
from sim.dashboard.units import Scale, scale_for
from sim.market.names import CARRIERS
from sim.metrics import metrics
from sim.studies.varying import Finding
from sim.studies.verify.running import Verdict

WORDS = Words("en")
WIDTH = 100  # where there is no terminal to ask

SHOWN = (
    "subscriber_share",
    "arpu",
    "yuan_per_gb",
    "data_revenue",
    "backward_revenue",
    "leak_volume",
    "reseller_value_share",
    "consumer_surplus",
    "profit",
)
COLUMNS = (*CARRIERS, None)  # None is the whole market
HEADS = {
    "morris": ("mean size", "90 % interval", "mean", "st. dev."),
    "sobol": ("alone", "90 % interval", "in all", "90 % interval"),
}


@dataclass(frozen=True)
class Figure:
    """A value in the metric's unit and half the width of its interval, nan if it has none."""

    value: float
    half: float = nan

    @property
    def clear(self) -> bool:
        """Return whether the interval leaves out zero."""
        return abs(self.value) > self.half


type Row = dict[str | None, Figure]  # by carrier


def console() -> Console:
    """Return standard output, of a fixed width where it is not a terminal."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=WIDTH)


def rows(frame: pd.DataFrame) -> dict[tuple[str, str], Row]:
    """Return the figures of the metrics to show, by (name, unit), in the order of `SHOWN`."""
    found: dict[tuple[str, str], Row] = {}
    for name in SHOWN:
        chosen = frame[frame["name"] == name]
        for unit, carrier, mean, high in zip(
            *(chosen[column] for column in ("unit", "carrier", "mean", "high")), strict=True
        ):
            place = carrier if isinstance(carrier, str) else None
            found.setdefault((name, unit), {})[place] = Figure(mean, high - mean)
    return found


def figures_table(title: str, frame: pd.DataFrame, *, difference: bool = False) -> Table:
    """Return mean ± half an interval of each metric and carrier; clear differences are bold."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("", min_width=18)
    for carrier in COLUMNS:
        table.add_column(WORDS.entity(carrier or "market"), justify="right", no_wrap=True)
    for (name, unit), row in rows(frame).items():
        scale = _scale(unit, row.values(), difference)
        cells = [_cell(row.get(carrier), scale, difference) for carrier in COLUMNS]
        label = Text.assemble(WORDS.metric(name), (f", {scale.unit}", "dim"))
        table.add_row(label, *cells)
    return table


def _scale(unit: str, figures: Iterable[Figure], difference: bool) -> Scale:
    """Return one scale for the values of a row and their intervals."""
    sizes = [size for figure in figures for size in (figure.value, figure.half)]
    return scale_for(unit, sizes, WORDS, difference=difference)


def _cell(figure: Figure | None, scale: Scale, difference: bool) -> Text:
    if figure is None or not isfinite(figure.value):
        return Text("–", style="dim")
    shown = figure.value * scale.factor
    text = Text(scale.signed(shown) if difference else scale.number(shown))
    if difference and figure.clear:
        text.stylize("bold")
    if isfinite(figure.half):
        text.append(f" ±{scale.number(figure.half * scale.factor)}", style="dim")
    return text


def indices_table(finding: Finding, method: str) -> Table:
    """Return a row for each parameter that moves an output, with bootstrap intervals."""
    output, rows = finding.output, finding.indices.to_dict("records")
    unit = metrics.get(output.metric).unit
    sizes = [row["mu_star"] for row in rows] if method == "morris" else [1.0]
    shares = method == "sobol"
    scale = scale_for("share" if shares else unit, sizes, WORDS, difference=not shares)
    title = f"What moves {WORDS.metric(output.metric)}, {WORDS.entity(output.carrier or 'market')}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("share of variance, %" if shares else scale.unit, overflow="fold")
    for name in HEADS[method]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(row["path"], *_index_cells(row, scale, method))
    return table


def _index_cells(row: Mapping[Any, Any], scale: Scale, method: str) -> list[str]:
    def shown(name: str) -> str:
        value = row[name] * scale.factor
        return scale.number(value) if isfinite(value) else "–"

    if method == "morris":
        interval = f"{shown('low')} – {shown('high')}"
        return [shown("mu_star"), interval, shown("mu"), shown("sigma")]
    return [
        text
        for name in ("first", "total")
        for text in (shown(name), f"{shown(f'{name}_low')} – {shown(f'{name}_high')}")
    ]


def history_table(title: str, frame: pd.DataFrame) -> Table:
    """Return observed and simulated values of past years, and how the simulation got its own."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for name in ("Series", "", "Year"):
        table.add_column(name)
    for name in ("Observed", "Simulated", "Gap"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Role")
    for (series, unit), rows in frame.groupby(["name", "unit"], sort=False):
        scale = scale_for(str(unit), [*rows["observed"], *rows["mean"]], WORDS)
        for row in rows.to_dict("records"):
            seen, simulated = row["observed"] * scale.factor, row["mean"] * scale.factor
            gap = f"{simulated - seen:+.2f}" if unit == "share" else f"{simulated / seen - 1:+.1%}"
            table.add_row(
                Text.assemble(WORDS.metric(str(series)), (f", {scale.unit}", "dim")),
                WORDS.entity(row["carrier"] or "market"),
                str(row["year"]),
                scale.number(seen),
                scale.number(simulated),
                gap,
                row["role"],
            )
    return table


def plain_table(title: str, header: Sequence[str], content: Iterable[Sequence[str]]) -> Table:
    """Return a table of texts."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in content:
        table.add_row(*(Text(cell) for cell in row))
    return table


def checks_table(verdicts: Iterable[Verdict]) -> Table:
    """Return a row for each comparison of theory with what came out; a case is named once."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("Case", no_wrap=True)
    table.add_column("What", no_wrap=True, max_width=16)
    table.add_column("Quantity", ratio=1, overflow="fold")
    for name in ("Expected", "Got", "Tolerance"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("Kind", "Pass"):
        table.add_column(name, no_wrap=True)
    before = ""
    for row in verdicts:
        first = row.id != before
        before = row.id
        table.add_row(
            Text(row.id if first else "", style="bold"),
            Text(row.name if first else ""),
            Text(row.quantity),
            *(Text(f"{value:.6g}") for value in (row.expected, row.got)),
            Text(f"{row.tolerance:.2g}"),
            Text(row.kind),
            Text("yes", style="green") if row.passed else Text("NO", style="bold red"),
        )
    return table
