"""Subscribers, shares and concentration."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics import Columns, Parts, Tables, carrier_parts, metric, numbered


@metric("subscribers", "lines", "lines at the end of the period", "stock")
def subscribers(tables: Tables) -> Parts:
    return carrier_parts(tables, tables["carrier_month"]["lines"].astype(float))


@metric("subscriber_share", "share", "share of all lines, 0 to 1", "stock")
def subscriber_share(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, frame["lines"] / _market(frame))


@metric("hhi", "points", "Herfindahl-Hirschman index of lines, 0 to 10,000", "stock", False)
def hhi(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, (100.0 * frame["lines"] / _market(frame)) ** 2)


@metric("data_line_share", "share", "share of a carrier's lines that use data", "ratio")
def data_line_share(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, frame["data_lines"], frame["lines"])


@metric("churn", "share/month", "lines that left for another carrier, new cards included", "ratio")
def churn(tables: Tables) -> Parts:
    moves, frame = tables["switches"], tables["carrier_month"]
    stayed = moves["origin"] == moves["destination"]
    held = dict(zip(_places(frame, "carrier"), frame["lines"].tolist(), strict=True))
    # A carrier has one row a month of those who stay: with it come the lines that it holds.
    places = _places(moves, "origin")
    bottom = [held[at] if stays else 0 for at, stays in zip(places, stayed.tolist(), strict=True)]
    return {
        "month": moves["month"],
        "carrier": moves["origin"],
        "top": np.where(stayed, 0, moves["looked"] + moves["renewed"]),
        "bottom": bottom,
    }


def _places(frame: Columns, whose: str) -> list[tuple[str, str]]:
    """Return month and carrier of each row."""
    return list(zip(frame["month"].tolist(), frame[whose].tolist(), strict=True))


@metric("port_in", "lines", "lines in use that came from another carrier", "flow")
def port_in(tables: Tables) -> Parts:
    return _ported(tables, "destination")


@metric("port_out", "lines", "lines in use that went to another carrier", "flow")
def port_out(tables: Tables) -> Parts:
    return _ported(tables, "origin")


def _ported(tables: Tables, whose: str) -> Parts:
    """Return lines that moved by choice; new and replaced cards have no number to keep."""
    moves = tables["switches"]
    moved = np.where(moves["origin"] != moves["destination"], moves["looked"], 0)
    return {"month": moves["month"], "carrier": moves[whose], "value": moved}


def _market(frame: Columns) -> NDArray[Any]:
    """Return the lines of all carriers in each row's month."""
    _, month = numbered(frame["month"].tolist())
    return np.bincount(month, weights=frame["lines"])[month]
