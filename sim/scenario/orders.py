"""The regulator's orders: read from the file of dated events, changed by the scenario."""

import csv
from pathlib import Path

from sim.core.errors import InputError, Problem
from sim.scenario.source import Node, Value

COLUMNS = ("date", "source", "order", "rule", "size")
_OFF = ("off", "false", "no")


def read_orders(file: Path) -> Node:
    """Return the events that are orders as a tree: name -> month, rule, size, source.

    Every value knows its line, so that the schema's complaints name it. An `InputError` tells
    what is no table of events, and an order that stands twice or has no number for its size.
    """
    problems: list[Problem] = []
    orders: dict[str, Node] = {}
    for line, row in _rows(file):
        name = row["order"]
        if not name:
            continue
        if name in orders:
            what = f"the order '{name}' stands twice, in lines {orders[name].line} and {line}"
            problems.append(Problem(str(file), line, "order", f"{what}; keep one"))
        parts: dict[str, Value] = {
            "month": row["date"][:7], "rule": row["rule"],
            "size": _size(row["size"], file, line, problems), "source": row["source"],
        }  # fmt: skip
        orders[name] = Node(
            {key: Node(value, str(file), line) for key, value in parts.items()}, str(file), line
        )
    if problems:
        raise InputError(problems)
    return Node(orders, str(file), 1)


def in_force(tree: Node) -> Node:
    """Return the tree without the orders that are switched off: one by one or all of them."""
    if not isinstance(tree.value, dict) or "orders" not in tree.value:
        return tree
    orders = tree.value["orders"]
    if orders.value in _OFF or orders.value == []:
        kept: dict[str, Node] = {}
    elif isinstance(orders.value, dict):
        kept = {name: order for name, order in orders.value.items() if order.value not in _OFF}
    else:
        return tree  # the schema says what is wrong
    parts = {**tree.value, "orders": Node(kept, orders.file, orders.line)}
    return Node(parts, tree.file, tree.line)


def _size(text: str, file: Path, line: int, problems: list[Problem]) -> float:
    try:
        return float(text)
    except ValueError:
        problems.append(Problem(str(file), line, "size", f"'{text}' is not a number"))
        return 0.0


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows with the lines that they end in."""
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle, restval="")
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                what = f"has no column {', '.join(missing)}; is it a table of events?"
                raise InputError([Problem(str(file), 1, "events", what)])
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = f"cannot be read as a table of events: {error}"
        raise InputError([Problem(str(file), 1, "events", what)]) from None
