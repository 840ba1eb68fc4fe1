"""V23: networks whose worth grows with their size; apart, two allied, all compatible."""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import Floats, argmax, in_turn, settled


class Networks(Parameters):
    """Firms choose quantities; a user pays A + θ·(size expected of the network) − total."""

    n: int = given("firms; the last two may ally", ge=3)
    K: float = given("A − c: what the first unit is worth beyond its cost", at="A_minus_c", gt=0)
    theta: float = given("worth of a network per unit of its size", ge=0, lt=0.5)


@case("V23", kind="reference")
def fulfilled_expectations(p: Networks) -> Iterator[Check]:
    """Iterate Cournot replies, found by search, until the sizes that were expected come true.

    Katz and Shapiro (1985): x = K/(n + 1 − nθ) compatible, K/(n + 1 − θ) apart.
    """
    n, theta = p.n, p.theta
    both = p.K / (n + 1 - n * theta)
    apart = p.K / (n + 1 - theta)
    bottom = (n - 1 - theta) * (3 - 2 * theta) - 2 * (n - 2)
    alone = p.K * (1 - 2 * theta) / bottom
    allied = (p.K - (n - 2) * alone) / (3 - 2 * theta)
    for name, each, groups in (
        ("full_compat", both, [0] * n),
        ("incompatible", apart, list(range(n))),
    ):
        size, profit = _outcome(p, groups)
        yield Check(f"{name}.x", each, size[0], 1e-6)
        yield Check(f"{name}.total", n * each, size.sum(), 1e-6)
        yield Check(f"{name}.profit_each", each**2, profit[0], 1e-6)
    size, profit = _outcome(p, [*range(n - 2), n, n])
    expected = np.array([alone] * (n - 2) + [allied] * 2)
    yield Check("alliance_TU.x_M", alone, size[0], 1e-6)
    yield Check("alliance_TU.x_T", allied, size[-2], 1e-6)
    yield Check("alliance_TU.x_U", allied, size[-1], 1e-6)
    yield Check("alliance_TU.total", expected.sum(), size.sum(), 1e-6)
    yield Check("alliance_TU.profit", expected**2, profit, 1e-6)


def _outcome(p: Networks, groups: Sequence[int]) -> tuple[Floats, Floats]:
    """Return quantities and profits, both (firms,), of firms in groups that are compatible."""
    together = np.equal.outer(groups, groups)

    def come_true(expected: Floats) -> Floats:
        worth = p.K + p.theta * (together * expected).sum(axis=1)
        return in_turn(lambda firm, sizes: _reply(worth, firm, sizes), expected, 1e-9)

    size = settled(come_true, np.full(p.n, p.K / (p.n + 1)), 1e-8)
    worth = p.K + p.theta * (together * size).sum(axis=1)
    return size, size * (worth - size.sum())


def _reply(worth: Floats, firm: int, sizes: Floats) -> float:
    """Return a firm's best quantity against those of the others."""
    others, top = float(sizes.sum() - sizes[firm]), float(worth[firm])
    return argmax(lambda x: x * (top - others - x), 0.0, top)
