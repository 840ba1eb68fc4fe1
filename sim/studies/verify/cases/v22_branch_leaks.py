"""V22: branches that leak into one market as into a commons."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.mechanisms.leakage import branch_prices, branch_sales
from sim.studies.verify import Check, Parameters, case, chosen, given


class Leaks(Parameters):
    """M branches sell one good at w = A − bL; a leaked GB costs the carrier δm at retail."""

    A: float = given("price at which nothing is sold", gt=0)
    b: float = given("slope of the wholesale price", gt=0)
    c: float = given("a branch's cost of a GB", ge=0)
    delta: float = given("retail GB displaced by a leaked GB", at="cannibalisation_delta", ge=0)
    m: float = given("retail margin of a GB", at="retail_margin_m", ge=0)
    branches: tuple[Annotated[int, Field(ge=1, le=1_000)], ...] = chosen(
        "numbers of branches", (1, 2, 5, 10, 31), min_length=1
    )


@case("V22", kind="mechanism")
def branch_leaks(p: Leaks) -> Iterator[Check]:
    """Take the market's Nash sales of branches: k = 0 is the commons, k = 1 central control.

    A branch bears 1/M of the loss: L = M/(M + 1)·(A − c − δm/M)/b. Hardin (1968); Holmström (1982).
    """
    for count in p.branches:
        leaked = count / (count + 1.0) * max(p.A - p.c - p.delta * p.m / count, 0.0) / p.b
        yield from _one(p, f"{count}.L_decentralised", str(count), count, 0.0, leaked)
    leaked = max(p.A - p.c - p.delta * p.m, 0.0) / (2.0 * p.b)
    yield from _one(p, "central.L", "central", max(p.branches), 1.0, leaked)


def _one(
    p: Leaks, quantity: str, row: str, count: int, control: float, leaked: float
) -> Iterator[Check]:
    """Compare what branches of one control sell, at which price, and what it brings."""
    loss = p.delta * p.m
    sales = branch_sales(p.A, np.full(count, p.c), np.full(count, control), loss, p.b, p.b)
    prices = branch_prices(p.A, sales, p.b, p.b)
    gain = float(((prices - p.c - loss) * sales).sum())
    price = p.A - p.b * leaked
    # Full control of one good is a limit: the market stops at a millionth of its own slope.
    error = max(1e-8, control * 1e-6 / count)
    yield Check(quantity, leaked, float(sales.sum()), error)
    yield Check(f"{row}.w", price, float(prices.mean()), error)
    yield Check(f"{row}.carrier_net_gain", (price - p.c - loss) * leaked, gain, error)
