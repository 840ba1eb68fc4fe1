"""Revenue and profit of the carriers."""

from sim.metrics import Parts, Tables, carrier_parts, in_gb, in_yuan, metric


@metric("data_revenue", "yuan", "paid by users for data: fees and overage", "flow")
def data_revenue(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(tables, in_yuan(frame["fee_fen"] + frame["overage_fen"]))


@metric("backward_revenue", "yuan", "paid by partners, direct and through the platform", "flow")
def backward_revenue(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    return carrier_parts(
        tables, in_yuan(frame["backward_direct_fen"] + frame["backward_platform_fen"])
    )


@metric("wholesale_revenue", "yuan", "paid by resellers to branches for leaked traffic", "flow")
def wholesale_revenue(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["wholesale_fen"]))


@metric("profit", "yuan", "all revenue less all costs, capacity included", "flow")
def profit(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["profit_fen"]))


@metric("revenue_per_sponsored_gb", "yuan/GB", "what a carrier earns per sponsored GB", "ratio")
def revenue_per_sponsored_gb(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    earned = frame["backward_direct_fen"] + frame["backward_platform_fen"]
    return carrier_parts(tables, in_yuan(earned), in_gb(frame["sponsored_kb"]))
