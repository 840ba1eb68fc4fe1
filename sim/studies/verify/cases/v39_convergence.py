"""V39: a simulated share nears its chance as one over the root of the number of users."""

from collections.abc import Iterator
from math import sqrt
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.core.streams import Streams
from sim.studies.verify import Check, Parameters, case, chosen, given


class Populations(Parameters):
    """Users who each choose an offer with the same chance."""

    share: float = given("chance of the offer", gt=0, lt=1)
    N: tuple[Annotated[int, Field(ge=10, le=10_000_000)], ...] = given(
        "numbers of users", min_length=2
    )
    samples: int = chosen("simulated populations of each size", 200, ge=20)
    seed: int = chosen("seed of the draws", 0, ge=0)


@case(
    "V39",
    kind="reference",
    full={"samples": 1_000},
    left_out={
        "rmse.*": "a sample of the stored solver; its theory is checked",
        "slope": "a sample of the stored solver; −1/2 is checked",
    },
)
def convergence(p: Populations) -> Iterator[Check]:
    """Simulate populations; take the error of their shares and its slope in logarithms.

    Central limit theorem: √(s(1 − s)/N), slope −1/2.
    """
    theory = np.array([sqrt(p.share * (1 - p.share) / n) for n in p.N])
    found = np.array([_error(p, n) for n in p.N])
    yield Check("theory", theory, found, 3 * theory / sqrt(2 * p.samples))
    slope = float(np.polyfit(np.log(p.N), np.log(found), 1)[0])
    yield Check("slope of the logarithms", -0.5, slope, 0.05)


def _error(p: Populations, users: int) -> float:
    """Return the root mean square error of the share over populations of one size."""
    streams, name = Streams(p.seed), f"verify.V39.{users}"
    shares = [
        np.count_nonzero(streams.uniform(name, sample, users) < p.share) / users
        for sample in range(p.samples)
    ]
    return float(np.sqrt(np.mean((np.array(shares) - p.share) ** 2)))
