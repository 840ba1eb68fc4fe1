"""V04: state dependence, where a cost of switching keeps users with their carrier."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.limits import Limit, carrier_shares, market_of

type Floats = NDArray[np.float64]


class Dependence(Parameters):
    """Carriers between which everybody chooses every month, at a cost of leaving."""

    v: tuple[float, float, float] = given("worth of each carrier, utils")
    switching_cost_utils: float = given("gamma, utils", ge=0, le=8)
    months: int = chosen("months until shares are taken as stationary", 240, ge=24, le=340)


@case("V04", kind="market")
def state_dependence(p: Dependence) -> Iterator[Check]:
    """Let the whole market run until shares stand still; churn from its table of switches.

    Detailed balance: pi_j ~ e^v_j D_j with D_j = sum_k e^v_k + e^v_j (e^gamma - 1).
    """
    weight, stay = np.exp(np.array(p.v)), np.exp(p.switching_cost_utils)
    reach = weight.sum() + weight * (stay - 1.0)
    share = weight * reach / (weight * reach).sum()
    churn = 1.0 - weight * stay / reach
    chain = weight / reach[:, None]
    chain[np.diag_indices(3)] *= stay
    second = float(np.sort(np.linalg.eigvals(chain).real)[-2])

    path, moves = _run(p)
    yield Check("stationary_shares", share, path[-1], 1e-6)
    left = (moves.sum(axis=1) - np.diag(moves)) / moves.sum(axis=1)
    yield Check("monthly_churn_by_carrier", churn, left, 1e-6)
    switched = (moves.sum() - np.trace(moves)) / moves.sum()
    yield Check("market_churn", (share * churn).sum(), switched, 1e-6)
    found = np.linalg.eigvals(moves / moves.sum(axis=1, keepdims=True))
    rate = float(np.sort(found.real)[-2])
    yield Check("second_eigenvalue", second, rate, 1e-6)
    half_life = np.log(0.5) / np.log(second)
    yield Check("half_life_months", half_life, np.log(0.5) / np.log(rate), 1e-4)
    free = _run(p.model_copy(update={"switching_cost_utils": 0.0, "months": 2}))[0][-1]
    yield Check("no_switching_cost_shares", weight / weight.sum(), free, 1e-6)


def _run(p: Dependence) -> tuple[Floats, Floats]:
    """Return shares month by month, and the last month's lines from × to."""
    market = market_of(Limit(quality=p.v, switching=p.switching_cost_utils))
    path = []
    for _ in range(p.months):
        market.step()
        path.append(carrier_shares(market))
    return np.array(path), market.moves[:, :, 0].astype(np.float64)
