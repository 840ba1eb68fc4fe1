"""The product that lets users decide what their traffic is used for."""

from sim.metrics import Parts, Tables, carrier_parts, in_yuan, metric


@metric("control_share", "share", "share of data lines that control their traffic", "ratio")
def control_share(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, frame["control_lines"], frame["data_lines"])


@metric("control_revenue", "yuan", "paid by users for control over their traffic", "flow")
def control_revenue(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["control_fen"]))
