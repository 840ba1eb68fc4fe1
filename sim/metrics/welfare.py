"""Surplus of users."""

from sim.metrics import Parts, Tables, carrier_parts, in_yuan, metric


@metric(
    "consumer_surplus",
    "yuan",
    "users' expected utility in money, by their carrier when scenarios part; only changes count",
    "flow",
)
def consumer_surplus(tables: Tables) -> Parts:
    return carrier_parts(tables, in_yuan(tables["carrier_month"]["surplus_fen"]))
