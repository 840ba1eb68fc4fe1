"""Traffic and use per line."""

from sim.core.units import MB_PER_GB
from sim.metrics import Parts, Tables, carrier_parts, in_gb, metric


@metric("traffic", "GB", "mobile data traffic", "flow")
def traffic(tables: Tables) -> Parts:
    return carrier_parts(tables, in_gb(tables["carrier_month"]["used_kb"]))


@metric("dou", "MB/month", "data use per data-active line", "ratio")
def dou(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, in_gb(frame["used_kb"]) * MB_PER_GB, frame["data_lines"])


@metric("sponsored_share", "share", "share of traffic that partners pay for", "ratio")
def sponsored_share(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, frame["sponsored_kb"], frame["used_kb"])
