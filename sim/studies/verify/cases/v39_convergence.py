"""V39: a simulated share nears its chance as one over the root of the number of users."""

from collections.abc import Iterator
from math import log, sqrt
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.core.streams import Streams
from sim.mechanisms.choice import Weights, quality_factors
from sim.mechanisms.drawing import Draws, drawn_flows, row_chances
from sim.mechanisms.flows import Upgrades, nobody_asks
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.crowds import offers_of
from sim.studies.verify.tastes import plain_tastes


class Populations(Parameters):
    """Users who each choose a carrier with the same chance."""

    share: float = given("chance of the carrier", gt=0, lt=1)
    N: tuple[Annotated[int, Field(ge=10, le=10_000_000)], ...] = given(
        "numbers of users", min_length=2
    )
    samples: int = chosen("simulated populations of each size", 100, ge=20)
    seed: int = chosen("seed of the draws", 0, ge=0)


@case(
    "V39",
    kind="mechanism",
    full={"samples": 1_000},
    left_out={
        "rmse.*": "a sample of the stored solver; its theory is checked",
        "slope": "a sample of the stored solver; −1/2 is checked",
    },
)
def convergence(p: Populations) -> Iterator[Check]:
    """Let the market's rows draw for themselves; the error of their shares and its slope in logs.

    Central limit theorem: √(s(1 − s)/N), slope −1/2.
    """
    theory = np.array([sqrt(p.share * (1 - p.share) / n) for n in p.N])
    found = np.array([_error(p, n) for n in p.N])
    yield Check("theory", theory, found, 3 * theory / sqrt(2 * p.samples))
    slope = float(np.polyfit(np.log(p.N), np.log(found), 1)[0])
    yield Check("slope of the logarithms", -0.5, slope, 0.05)


def _error(p: Populations, users: int) -> float:
    """Return the root mean square error of the share over populations of one size."""
    shares = np.array([_share(p, users, sample) for sample in range(p.samples)])
    return float(np.sqrt(np.mean((shares - p.share) ** 2)))


def _share(p: Populations, users: int, sample: int) -> float:
    """Return the share of rows that draw the first of two carriers."""
    offers, key = offers_of(overage=1.0, carriers=2), Streams(p.seed).key
    tastes = plain_tastes(2)._replace(xi=np.array([log(p.share / (1 - p.share)), 0.0]))
    cells = (1, 3, 2)  # segments, levels, offers
    none, upgrades = np.zeros(cells, np.int64), Upgrades(0.0, np.zeros(2))
    lines = none.copy()
    lines[0, 0, 0] = users
    chances = row_chances(
        none, Weights(np.ones(cells), np.zeros(cells[:2])), quality_factors(tastes.xi, 1, tastes),
        offers, tastes, upgrades,
    )  # fmt: skip
    moved = drawn_flows(
        np.zeros(users, np.uint16), np.zeros(users, np.uint8), 1, 0, lines, none.copy(), none,
        chances, tastes, upgrades,
        Draws(*(key(f"verify.V39.{name}", sample) for name in ("event", "pick", "take"))),
        nobody_asks(), 1,
    )  # fmt: skip
    return float(moved.lines[0, :, 0].sum()) / users
