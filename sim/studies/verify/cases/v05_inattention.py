"""V05: inattention, where only some users look each month."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.limits import Limit, carrier_shares, market_of

type Floats = NDArray[np.float64]


class Inattention(Parameters):
    """Users who look with a chance each month, and then choose freely."""

    long_run_shares: tuple[float, float, float] = given("shares that those who look choose")
    lam: float = given("chance that a user looks in a month", gt=0, le=1)
    start: tuple[float, float, float] = given("shares at the start")
    t: int = given("months from the start", ge=1, le=200)
    months: int = chosen("months until churn is steady", 330, ge=200, le=340)


@case("V05", kind="market")
def inattention(p: Inattention) -> Iterator[Check]:
    """Let the whole market run from a monopoly; E s_t = s* + (s_0 - s*)(1 - lam)^t."""
    goal = np.array(p.long_run_shares) / sum(p.long_run_shares)
    begun = np.array(p.start) / sum(p.start)
    path, moves = _run(p, goal, begun)
    yield Check(f"shares_t{p.t}", goal + (begun - goal) * (1 - p.lam) ** p.t, path[p.t - 1], 1e-6)
    switched = moves.sum() - np.trace(moves)
    yield Check("steady_state_churn", p.lam * (1 - (goal**2).sum()), switched, 1e-6)
    far = np.abs(path[:40] - goal).sum(axis=1)
    rate = float((far[-1] / far[0]) ** (1.0 / (len(far) - 1)))
    yield Check(
        "half_life_months", np.log(0.5) / np.log(1 - p.lam), np.log(0.5) / np.log(rate), 1e-5
    )


def _run(p: Inattention, goal: Floats, begun: Floats) -> tuple[Floats, Floats]:
    """Return shares month by month, and the last month's lines from × to over all lines."""
    quality = tuple(np.log(goal).tolist())
    start = tuple(np.maximum(begun, 1e-12).tolist())  # an empty carrier has no price of a GB
    limit = Limit(quality=quality, attention=p.lam, start=start)
    market = market_of(limit)
    path = []
    for _ in range(p.months):
        market.step()
        path.append(carrier_shares(market))
    people = market.world.population
    return np.array(path), market.moves[:, :, 0] / (people.lines.sum() / people.unit)
