"""Subscribers, shares and concentration."""

import pandas as pd

from sim.metrics import Parts, Tables, carrier_parts, metric


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
    moves = tables["switches"]
    lines = moves["looked"] + moves["renewed"]
    left = lines.where(moves["origin"] != moves["destination"], 0)
    gone = moves[["month"]].assign(carrier=moves["origin"], top=left)
    gone = gone.groupby(["month", "carrier"], sort=True)[["top"]].sum().reset_index()
    held = tables["carrier_month"][["month", "carrier", "lines"]]
    return gone.merge(held.rename(columns={"lines": "bottom"}), on=["month", "carrier"])


@metric("port_in", "lines", "lines in use that came from another carrier", "flow")
def port_in(tables: Tables) -> Parts:
    return _ported(tables, "destination")


@metric("port_out", "lines", "lines in use that went to another carrier", "flow")
def port_out(tables: Tables) -> Parts:
    return _ported(tables, "origin")


def _ported(tables: Tables, whose: str) -> Parts:
    """Return lines that moved by choice; new and replaced cards have no number to keep."""
    moves = tables["switches"]
    moved = moves["looked"].where(moves["origin"] != moves["destination"], 0)
    return moves[["month"]].assign(carrier=moves[whose], value=moved.astype(float))


def _market(frame: pd.DataFrame) -> pd.Series:
    return frame.groupby("month")["lines"].transform("sum")
