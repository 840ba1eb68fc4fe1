"""The table behind a chart: the same rows, sortable."""

from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.drawing import Drawn
from sim.dashboard.i18n import Words
from sim.dashboard.rows import Rows
from sim.dashboard.theme import grid_theme
from sim.dashboard.view import View

_FACTOR = ",.1f"  # of the variance reduction: a factor, not on the chart's scale
_FEW = 14  # rows that fit without scrolling


def table(drawn: Drawn, view: View) -> Component:
    """Return the grid of a chart's rows."""
    found = drawn.rows
    few = len(found.frame) <= _FEW
    grid = dag.AgGrid(
        id={"type": "chart-grid", "chart": drawn.chart},
        columnDefs=[_column(str(column), found, view.words) for column in found.frame],
        rowData=_records(found, view.words),
        # Not `flex`: on a busy machine the grid may then never show its cells (ag-grid #12186).
        columnSize="responsiveSizeToFit",
        defaultColDef={"sortable": True, "resizable": True, "minWidth": 96},
        dashGridOptions={
            "theme": grid_theme(view.palette),
            "domLayout": "autoHeight" if few else "normal",
            "suppressFieldDotNotation": True,
            "enableCellTextSelection": True,
            "animateRows": False,
        },
        style={"height": None if few else "440px", "width": "100%"},
    )
    label = view.words(f"chart.{drawn.chart}")
    region: Component = html.Div(grid, role="region", className="table", **aria(label=label))
    return region


def _column(name: str, found: Rows, words: Words) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": name,
        "headerName": words(f"column.{name}", unit=found.scale.unit),
    }
    if name in found.numbers or name == "variance_reduction":
        number = found.scale.d3_fine if name in found.numbers else _FACTOR
        shown = f"params.value == null ? '' : d3.format('{number}')(params.value)"
        column |= {"type": "numericColumn", "valueFormatter": {"function": shown}}
    return column


def _records(found: Rows, words: Words) -> list[dict[Any, Any]]:
    """Return the rows with names for ids, and None for what is not known."""
    frame = found.frame
    spoken = {
        str(column): frame[column].map(
            lambda value, column=column: found.name(str(column), value, words)
        )
        for column in frame
        if column not in found.numbers
    }
    plain = frame.assign(**spoken).astype(object)
    return plain.where(pd.notna(plain), None).to_dict("records")
