"""The data behind every chart under an address of its own: `/export/<chart>.csv?…` and `.json`.

An address says in full what is shown; whatever it says that is not there is refused, never
replaced by something else.
"""

import json
import re
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

from dash import Dash
from flask import Response, request

from sim.core.errors import SimError
from sim.dashboard.charts import charts
from sim.dashboard.citing import look, plain
from sim.dashboard.drawing import Drawn, content, data, draw
from sim.dashboard.scene import LISTS, Choices
from sim.dashboard.view import View

LONGEST = 8192  # bytes of a query
KINDS = {"csv": "text/csv", "json": "application/json"}


class RefusedError(SimError):
    """An address that asks for what is not there, or asks wrongly; carries its HTTP status."""

    def __init__(self, why: str, status: HTTPStatus = HTTPStatus.NOT_FOUND) -> None:
        super().__init__(why)
        self.status = status


def routes(app: Dash, results: Path) -> None:
    """Serve the data of every chart that can be drawn of a results folder."""

    def export(name: str) -> Response:
        chart, _, kind = name.rpartition(".")
        try:
            if kind not in KINDS or chart not in charts.names():
                raise RefusedError(f"there is no {_said(name)}; there are {_known()}")
            drawn, view = view_of(chart, request.query_string.decode("utf-8", "replace"), results)
        except SimError as error:
            return _refusal(error)
        return _answer(drawn, kind, view)

    app.server.add_url_rule("/export/<name>", view_func=export)


def view_of(name: str, query: str, results: Path) -> tuple[Drawn, View]:
    """Return a chart as a query asks for it, with its view.

    Raises
    ------
    RefusedError
        if the query asks for what is not there, or says something twice.
    SimError
        if what is stored cannot be read.
    """
    if name not in charts.names():
        raise RefusedError(
            f"there is no chart {_said(name)}; there are {', '.join(charts.names())}"
        )
    said = _read(query)
    view: View = charts.get(name).view.open(Choices.of_query(said), results)
    known = plain(view.query) | look(view)
    for key, value in said.items():
        if key not in known:
            raise RefusedError(f"this chart has no {_said(key)}; it has {', '.join(known)}")
        if not _same(key, value, known[key]):
            raise RefusedError(f"{key}: there is no {_said(value)} here")
    return draw(name, view), view


def _same(name: str, one: str, other: str) -> bool:
    return set(one.split(",")) == set(other.split(",")) if name in LISTS else one == other


def _read(query: str) -> dict[str, str]:
    """Return what a query says; each thing may be said once."""
    if len(query.encode()) > LONGEST:
        said = f"the query has more than {LONGEST:,} bytes"
        raise RefusedError(said, HTTPStatus.REQUEST_URI_TOO_LONG)
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in found:
            raise RefusedError(f"{_said(name)} is said twice", HTTPStatus.BAD_REQUEST)
        found[name] = value
    return found


def _answer(drawn: Drawn, kind: str, view: View) -> Response:
    if kind == "csv":
        text = data(drawn)
    else:
        text = json.dumps(content(drawn, view), ensure_ascii=False, allow_nan=False) + "\n"
    answer = Response(text, content_type=f"{KINDS[kind]}; charset=utf-8")
    if kind == "csv":
        name = re.sub(r"[^\w.-]", "_", f"{view.name}-{drawn.chart}.csv", flags=re.ASCII)
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _refusal(error: SimError) -> Response:
    status = error.status if isinstance(error, RefusedError) else HTTPStatus.NOT_FOUND
    text = f"{status.value} {status.phrase}: {error}\n"
    return Response(text, status, content_type="text/plain; charset=utf-8")


def _known() -> str:
    return ", ".join(f"{name}.csv, {name}.json" for name in charts.names())


def _said(text: str) -> str:
    """Return what was said from outside, short and in quotes."""
    return repr(text if len(text) <= 60 else text[:57] + "…")
