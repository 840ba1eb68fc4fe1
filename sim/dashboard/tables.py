"""The table behind a chart: the same rows, sortable, saved as CSV by the browser itself."""

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from sim.dashboard.aria import aria
from sim.dashboard.scene import NUMBERS, Rows, Scene
from sim.dashboard.theme import grid_theme

_FACTOR = ",.1f"  # of the variance reduction: a factor, not on the chart's scale
_EXACT = {"useValueFormatterForExport": False}  # a CSV file has every digit
_FEW = 14  # rows that fit without scrolling


def table(name: str, found: Rows, scene: Scene) -> Component:
    """Return the grid of a chart's rows with its download button."""
    kind = scene.words(f"chart.{name}")
    button = dmc.Button(
        scene.words("choice.csv"),
        id={"type": "chart-csv", "chart": name},
        size="xs",
        radius="xl",
        variant="default",
        **aria(label=scene.words("choice.csv.label", chart=kind)),
    )
    few = len(found.frame) <= _FEW
    grid = dag.AgGrid(
        id={"type": "chart-grid", "chart": name},
        columnDefs=[_column(str(column), found, scene) for column in found.frame],
        rowData=_records(found, scene),
        defaultColDef={"sortable": True, "resizable": True, "minWidth": 96, "flex": 1} | _EXACT,
        dashGridOptions={
            "theme": grid_theme(scene.palette),
            "domLayout": "autoHeight" if few else "normal",
            "suppressFieldDotNotation": True,
            "enableCellTextSelection": True,
            "animateRows": False,
        },
        csvExportParams={"fileName": f"{scene.metric}-{name}.csv"},
        style={"height": None if few else "440px", "width": "100%"},
    )
    region = html.Div(grid, role="region", **aria(label=kind))
    return html.Div([button, region], className="table")


def _column(name: str, found: Rows, scene: Scene) -> dict[str, Any]:
    head = scene.words(f"column.{name}", unit=found.scale.unit)
    column: dict[str, Any] = {"field": name, "headerName": head}
    if name in NUMBERS or name == "variance_reduction":
        number = found.scale.d3_fine if name in NUMBERS else _FACTOR
        shown = f"params.value == null ? '' : d3.format('{number}')(params.value)"
        column |= {"type": "numericColumn", "valueFormatter": {"function": shown}}
    elif name in ("scenario", "entity"):
        column |= {"minWidth": 140}
    return column


def _records(found: Rows, scene: Scene) -> list[dict[Any, Any]]:
    frame = found.frame.assign(
        scenario=found.frame["scenario"].map(scene.words.scenario),
        entity=found.frame["entity"].map(scene.words.entity),
    )
    plain = frame.astype(object)
    return plain.where(pd.notna(plain), None).to_dict("records")
