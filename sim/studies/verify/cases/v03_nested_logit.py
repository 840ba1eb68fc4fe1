"""V03: the nested logit, in which Unicom and Telecom are closer than Mobile."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.core.kernels import kernel
from sim.mechanisms.choice import Tastes, carrier_odds
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.tastes import plain_tastes

type Floats = NDArray[np.float64]


class Nests(Parameters):
    """Three carriers and no line at all, each carrier in its nest."""

    xi: tuple[float, float, float] = given("qualities, utils")
    alpha: float = given("utils per unit of money", gt=0)
    price: tuple[float, float, float] = given("prices of a line")
    v_outside: float = given("worth of no line, utils")
    nests: tuple[tuple[int, ...], ...] = given("carriers in each nest")
    lam: float = given("dissimilarity in a nest", gt=0, le=1)
    nudge: float = chosen("change of price for elasticities", 1e-4, gt=0, lt=0.1)


@case("V03", kind="mechanism", stored_to=1e-8)
def nested_logit(p: Nests) -> Iterator[Check]:
    """Ask the market's own carrier odds, no line standing as a carrier in a nest of its own."""
    share, odds = _theory(p, np.array(p.price)), _odds(p, np.array(p.price))
    yield Check("shares", share[:3], odds[:3], 1e-9)
    yield Check("s0", share[3], odds[3], 1e-9)
    matrix = np.array([_elasticities(p, k) for k in range(3)]).T  # (share, price)
    yield Check("elasticity_matrix", _slopes(p, share), matrix, 1e-6)
    lost = share[1] * _slopes(p, share)[1, 1] / p.price[1]
    won = share[2] * _slopes(p, share)[2, 1] / p.price[1]
    got = odds[2] * matrix[2, 1] / (odds[1] * -matrix[1, 1])
    yield Check("diversion_Unicom_to_Telecom", -won / lost, got, 1e-6)


def _nest(p: Nests) -> NDArray[np.int64]:
    """Return each option's nest, no line's the last."""
    nest = np.full(4, len(p.nests), dtype=np.int64)
    for n, members in enumerate(p.nests):
        nest[list(members)] = n
    return nest


def _values(p: Nests, price: Floats) -> Floats:
    return np.append(np.array(p.xi) - p.alpha * price, p.v_outside)


def _theory(p: Nests, price: Floats) -> Floats:
    """Return the shares: exp(v/lam) / D · D^lam / sum of D^lam, D a nest's sum."""
    weight, nest = np.exp(_values(p, price) / p.lam), _nest(p)
    inside = np.bincount(nest, weights=weight)
    power = inside**p.lam
    share: Floats = weight / inside[nest] * power[nest] / power.sum()
    return share


def _slopes(p: Nests, share: Floats) -> Floats:
    """Return the elasticities of shares by prices in closed form: (share, price)."""
    nest, out = _nest(p), np.empty((3, 3))
    for j in range(3):
        for k in range(3):
            same = share[k] / share[nest == nest[j]].sum() if nest[k] == nest[j] else 0.0
            own = (float(j == k) - same) / p.lam + same - share[k]
            out[j, k] = -p.alpha * p.price[k] * own
    return out


def _odds(p: Nests, price: Floats) -> Floats:
    """Return the market's choice probabilities."""
    tastes = plain_tastes(4)._replace(dissimilarity=p.lam, nest=_nest(p))
    out = np.empty(4)
    ask_odds(np.exp(_values(p, price) / p.lam), tastes, out)
    return out


@kernel
def ask_odds(weights: Floats, tastes: Tastes, out: Floats) -> None:
    """Write the chance of each carrier for its weight into `out`: a door into a kernel."""
    carrier_odds(weights, tastes, out)


def _elasticities(p: Nests, k: int) -> Floats:
    """Return the elasticities of all shares by the price of carrier k."""
    above, below = np.array(p.price), np.array(p.price)
    above[k] += p.nudge
    below[k] -= p.nudge
    ratio: Floats = np.log(_odds(p, above)[:3] / _odds(p, below)[:3])
    slopes: Floats = ratio / np.log(above[k] / below[k])
    return slopes
