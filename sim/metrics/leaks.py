"""Leaks and what resellers take."""

from sim.metrics import Parts, Tables, carrier_parts, in_gb, in_yuan, metric


@metric("leak_volume", "GB", "traffic that branches sell to resellers", "flow")
def leak_volume(tables: Tables) -> Parts:
    return carrier_parts(tables, in_gb(tables["carrier_month"]["leak_kb"]))


@metric(
    "reseller_value_share",
    "share",
    "resellers' gross margin over what end buyers spend on backward and resold traffic",
    "ratio",
)
def reseller_value_share(tables: Tables) -> Parts:
    frame = tables["carrier_month"]
    resold = frame["topup_fen"] + frame["resold_backward_fen"]
    own = frame["backward_direct_fen"] + frame["backward_platform_fen"]
    return carrier_parts(tables, in_yuan(resold - frame["wholesale_fen"]), in_yuan(resold + own))


@metric("resellers", "resellers", "resellers in business", "stock", False)
def resellers(tables: Tables) -> Parts:
    frame = tables["reseller_month"]
    return {"month": frame["month"], "value": frame["active"]}
