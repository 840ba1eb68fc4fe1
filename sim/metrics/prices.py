"""What lines and gigabytes cost."""

import numpy as np

from sim.metrics import Parts, Tables, carrier_parts, in_gb, in_yuan, metric


@metric("arpu", "yuan/month", "revenue from users per line: data, voice and messages", "ratio")
def arpu(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    billed = frame["fee_fen"] + frame["overage_fen"] + frame["voice_fen"] + frame["control_fen"]
    return carrier_parts(tables, in_yuan(billed), frame["lines"])


@metric("yuan_per_gb", "yuan/GB", "data revenue over traffic", "ratio")
def yuan_per_gb(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    revenue = in_yuan(frame["fee_fen"] + frame["overage_fen"])
    return carrier_parts(tables, revenue, in_gb(frame["used_kb"]))


@metric("leak_price", "yuan/GB", "mean of the wholesale prices that branches post", "ratio")
def leak_price(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    posted = ~np.isnan(frame["leak_price_fen"])
    price = np.where(posted, frame["leak_price_fen"], 0.0)
    return carrier_parts(tables, in_yuan(price), posted)
