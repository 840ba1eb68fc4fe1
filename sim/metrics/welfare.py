"""Surplus of users and partners."""

import pandas as pd

from sim.metrics import Parts, Tables, carrier_parts, in_yuan, metric


@metric(
    "consumer_surplus",
    "yuan",
    "users' expected utility in money, by their carrier when scenarios part; only changes count",
    "flow",
)
def consumer_surplus(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["surplus_fen"]))


@metric("partner_surplus", "yuan", "worth of sponsored use to partners less what they pay", "flow")
def partner_surplus(tables: Tables) -> Parts:
    frame = tables["partner_quarter"]
    quarter = frame["quarter"].str[-1].astype(int)
    return pd.DataFrame(
        {
            "month": frame["quarter"].str[:4] + "-" + (3 * quarter).astype(str).str.zfill(2),
            "carrier": frame["carrier"],
            "value": in_yuan(frame["value_fen"] - frame["paid_fen"]),
        }
    )


@metric("partners", "partners", "partners that sponsor a carrier's users", "stock")
def partners(tables: Tables) -> Parts:
    return carrier_parts(tables, tables["carrier_month"]["partners"].astype(float))
