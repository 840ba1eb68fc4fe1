"""V11: two firms, one of them cheaper."""

from collections.abc import Iterator

import numpy as np

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.logit_game import ALONE, LogitGame, together


class Costs(Parameters):
    """Costs of the two firms; the rest is the game of V08."""

    c1: float = given("unit cost of the first firm")
    c2_grid: tuple[float, ...] = given("unit costs of the second firm", min_length=1)
    a: float = chosen("quality of each firm", 2.0)
    a0: float = chosen("worth of buying nothing", 0.0)
    mu: float = chosen("scale of tastes", 0.25, gt=0)


@case("V11", kind="mechanism", left_out={"rows.*.c2": "a parameter"})
def cost_asymmetry(p: Costs) -> Iterator[Check]:
    """Iterate the decisions of `best_response` and `cartel` at each cost.

    Calvano et al. (2020, section V), of whom the cheaper firm gains most from a joint maximum.
    """
    expected: dict[str, list[float]] = {}
    got: dict[str, list[float]] = {}
    for c2 in p.c2_grid:
        game = LogitGame((p.a, p.a), (p.c1, c2), p.mu, p.a0)
        for letter, owners, rules, word in (
            ("N", ([0], [1]), [ALONE] * 2, "nash"),
            ("M", ([0, 1],), [together(0, 1)] * 2, "mono"),
        ):
            theory, found = game.equilibrium(owners), game.rest(rules)
            shares, sold = game.logit(theory), game.shares(found)[:2]
            for quantity, value, answer in (
                (f"p{letter}", theory, found),
                (f"pi{letter}", game.earned(theory), game.profits(found)),
                (f"{word}_share_firm2", shares[1:] / shares.sum(), sold[1:] / sold.sum()),
            ):
                expected.setdefault(quantity, []).extend(np.asarray(value).tolist())
                got.setdefault(quantity, []).extend(np.asarray(answer).tolist())
    for quantity, values in expected.items():
        yield Check(f"rows.*.{quantity}", values, got[quantity], 1e-6)
