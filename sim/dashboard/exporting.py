"""The data behind every chart under an address of its own: `/export/<chart>.csv?…` and `.json`.

An address says in full what is shown; whatever it says that is not there is refused, never
replaced by something else.
"""

import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

from dash import Dash
from flask import Response, abort, request

from sim.core.errors import SimError
from sim.dashboard.charts import Chart, charts
from sim.dashboard.citing import look, plain
from sim.dashboard.drawing import content, data, draw
from sim.dashboard.scene import LISTS, Choices
from sim.dashboard.view import View

LONGEST = 8192  # bytes of a query
KINDS = {"csv": "text/csv", "json": "application/json"}


def routes(app: Dash, results: Path) -> None:
    """Serve the data of every chart that can be drawn of a results folder."""

    def export(name: str) -> Response:
        chart, _, kind = name.rpartition(".")
        if kind not in KINDS or chart not in charts.names():
            _refuse(HTTPStatus.NOT_FOUND, f"there is no {_said(name)}; there are {_known()}")
        try:
            view = asked(charts.get(chart), _query(), results)
            return _answer(chart, kind, view)
        except SimError as error:
            _refuse(HTTPStatus.NOT_FOUND, str(error))

    app.server.add_url_rule("/export/<name>", view_func=export)


def asked(chart: Chart[View], query: dict[str, str], results: Path) -> View:
    """Return the view that a query asks for; a `SimError` if it asks for what is not there."""
    view: View = chart.view.open(Choices.of_query(query), results)
    known = plain(view.query) | look(view)
    for name, value in query.items():
        if name not in known:
            raise SimError(f"this chart has no {_said(name)}; it has {', '.join(known)}")
        if not _same(name, value, known[name]):
            raise SimError(f"{name}: there is no {_said(value)} here")
    return view


def _same(name: str, one: str, other: str) -> bool:
    return set(one.split(",")) == set(other.split(",")) if name in LISTS else one == other


def _query() -> dict[str, str]:
    """Return what the address says; each thing may be said once."""
    if len(request.query_string) > LONGEST:
        said = f"the query has more than {LONGEST:,} bytes"
        _refuse(HTTPStatus.REQUEST_URI_TOO_LONG, said)
    query: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name in query:
            _refuse(HTTPStatus.BAD_REQUEST, f"{_said(name)} is said twice")
        query[name] = value
    return query


def _answer(chart: str, kind: str, view: View) -> Response:
    drawn = draw(chart, view)
    if kind == "csv":
        text = data(drawn)
    else:
        text = json.dumps(content(drawn, view), ensure_ascii=False, allow_nan=False) + "\n"
    answer = Response(text, content_type=f"{KINDS[kind]}; charset=utf-8")
    if kind == "csv":
        name = re.sub(r"[^\w.-]", "_", f"{view.name}-{chart}.csv", flags=re.ASCII)
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _refuse(status: HTTPStatus, why: str) -> NoReturn:
    text = f"{status.value} {status.phrase}: {why}\n"
    abort(Response(text, status, content_type="text/plain; charset=utf-8"))


def _known() -> str:
    return ", ".join(f"{name}.csv, {name}.json" for name in charts.names())


def _said(text: str) -> str:
    """Return what was said from outside, short and in quotes."""
    return repr(text if len(text) <= 60 else text[:57] + "…")
