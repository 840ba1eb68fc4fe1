"""V30: partners who compete by subsidies for the capacity of one network."""

from collections.abc import Iterator, Sequence
from math import exp
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.solvers import Floats, argmax, in_turn, root, settled

type Positive = Annotated[float, Field(gt=0)]

_AMPLE = 1e9  # a capacity that nobody fills


class Network(Parameters):
    """One partner of each type: users exp(−α(p − s)), throughput of a user exp(−βφ)."""

    mu: float = given("capacity", gt=0)
    p: tuple[Positive, ...] = chosen("prices of the network", (0.25, 0.5, 1.0, 1.5), min_length=1)
    q: tuple[Annotated[float, Field(ge=0)], ...] = chosen(
        "caps on subsidies", (0.0, 0.5, 1.0, 2.0), min_length=1
    )
    alpha: tuple[Positive, ...] = chosen("users' sensitivities to price", (2.0, 5.0))
    beta: tuple[Positive, ...] = chosen("users' sensitivities to congestion", (2.0, 5.0))
    v: tuple[Positive, ...] = chosen("worths of throughput to partners", (0.5, 1.0))

    def types(self) -> tuple[Floats, Floats, Floats]:
        """Return α, β and v of every partner, each (partners,)."""
        each = [(a, b, v) for a in self.alpha for b in self.beta for v in self.v]
        alpha, beta, v = np.array(each).T
        return alpha, beta, v


class Outcome(NamedTuple):
    """Subsidies and what follows from them; the names are the ladder's."""

    s: Floats
    phi: float
    throughput: float
    isp_revenue: float
    cp_welfare: float
    cp_profit: Floats


@case(
    "V30",
    kind="reference",
    stored_to=1e-6,  # the stored subsidies have eight digits
    left_out={"table.*.p": "a parameter", "table.*.q": "a parameter"},
)
def subsidisation_competition(p: Network) -> Iterator[Check]:
    """Search each partner's subsidy with congestion solved for every try; let replies follow.

    Ma (2014). Theory: the first-order condition s = v − 1/(α(1 − βθ/(μ + Σβθ))), kept in [0, q].
    """
    cells = [(price, cap) for price in p.p for cap in p.q]
    theory = [_outcome(p, price, _by_condition(p, price, cap)) for price, cap in cells]
    played = [_outcome(p, price, _by_search(p, price, cap)) for price, cap in cells]
    for place, name in enumerate(Outcome._fields):
        expected, got = (np.hstack([row[place] for row in rows]) for rows in (theory, played))
        yield Check(f"table.*.{name}", expected, got, 1e-5)
    yield from _monotone(p, theory, played)
    yield from _uncongested()


def _monotone(p: Network, theory: list[Outcome], played: list[Outcome]) -> Iterator[Check]:
    """Hold that revenue and utilisation never fall as the cap is raised."""
    for quantity, name in (("revenue", "isp_revenue"), ("utilisation", "phi")):
        place = Outcome._fields.index(name)
        rises = [
            bool((np.diff(np.reshape([row[place] for row in rows], (len(p.p), -1))) > -1e-7).all())
            for rows in (theory, played)
        ]
        yield Check(f"{quantity}_monotone_in_q", rises[0], rises[1], 0.0)


def _uncongested() -> Iterator[Check]:
    """Hold the rule without congestion, s = v − 1/α kept in [0, q], at three types."""
    network = Network(mu=_AMPLE, alpha=(2.0, 5.0), beta=(2.0,), v=(0.5, 1.0))
    alpha, _, v = network.types()
    expected = np.clip(v - 1 / alpha, 0.0, 1.0)
    found = _by_search(network, 0.5, 1.0)
    picked = [0, 1, 3]
    yield Check("uncongested_example", expected[picked], found[picked], 1e-5)


def _by_condition(p: Network, price: float, cap: float) -> Floats:
    """Return the subsidies, (partners,), at which no first-order condition is broken."""
    alpha, beta, v = p.types()

    def condition(s: Floats) -> Floats:
        theta = _throughput(p, price, s)
        load = beta * theta / (p.mu + float((beta * theta).sum()))
        return np.clip(v - 1.0 / (alpha * (1.0 - load)), 0.0, cap)

    return settled(condition, np.zeros(len(v)), 1e-13)


def _by_search(p: Network, price: float, cap: float) -> Floats:
    """Return the subsidies, (partners,), from which no partner gains by moving."""
    alpha, beta, v = p.types()
    capacity, kinds = p.mu, [float(b) for b in beta]

    def reply(i: int, s: Floats) -> float:
        users = [float(m) for m in np.exp(-alpha * (price - s))]

        def profit(own: float) -> float:
            users[i] = exp(-float(alpha[i]) * (price - own))
            return (float(v[i]) - own) * users[i] * exp(-kinds[i] * _load(users, kinds, capacity))

        top = min(cap, float(v[i]))
        return argmax(profit, 0.0, top) if top > 0.0 else 0.0

    return in_turn(reply, np.zeros(len(v)), 1e-8)


def _load(users: Sequence[float], beta: Sequence[float], mu: float) -> float:
    """Return the utilisation φ at which throughput fills its own part of the capacity."""

    def excess(phi: float) -> float:
        return sum(m * exp(-b * phi) for m, b in zip(users, beta, strict=True)) - mu * phi

    return root(excess, 0.0, sum(users) / mu)


def _throughput(p: Network, price: float, s: Floats) -> Floats:
    """Return the throughput θ of each partner: (partners,)."""
    alpha, beta, _ = p.types()
    users = np.exp(-alpha * (price - s))
    return np.asarray(users * np.exp(-beta * _load(list(users), list(beta), p.mu)))


def _outcome(p: Network, price: float, s: Floats) -> Outcome:
    _, _, v = p.types()
    theta = _throughput(p, price, s)
    total = float(theta.sum())
    worth = float((v * theta).sum())
    return Outcome(s, total / p.mu, total, price * total, worth, (v - s) * theta)
