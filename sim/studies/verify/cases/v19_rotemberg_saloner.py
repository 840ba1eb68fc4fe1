"""V19: collusion is hardest in a boom, so the price falls when demand is high."""

from collections.abc import Iterator

from sim.studies.verify import Check, Parameters, case, given
from sim.studies.verify.solvers import root

_ROUNDS = 100_000
_REST = 1e-13


class Booms(Parameters):
    """Demand θ − p at no cost; θ is high or low each month with equal chance."""

    low: float = given("monopoly profit when demand is low", at="Pi_low", gt=0)
    high: float = given("monopoly profit when demand is high", at="Pi_high", gt=0)
    delta: float = given("discount factor; below 1/2 nothing is sustained", gt=0.5, lt=1)


@case("V19", kind="reference")
def price_wars_in_booms(p: Booms) -> Iterator[Check]:
    """Iterate on what collusion is worth, with prices by search where nobody is tempted to cheat.

    Rotemberg and Saloner (1986): two firms, the punishment earns nothing, so each month's profit
    Π must satisfy Π/2 ≤ δ/(1−δ)·E[Π]/2.
    """
    threshold = 2 * p.high / (3 * p.high + p.low)
    boom = p.high if p.delta >= threshold else p.delta * p.low / (2 - 3 * p.delta)
    top, monopoly_low = p.high**0.5, p.low**0.5
    price = top - (p.high - boom) ** 0.5
    value = _worth(p, p.delta)
    sustained = [_price(profit, p.delta * value) for profit in (p.low, p.high)]
    yield Check("delta0_full_collusion", threshold, root(lambda d: _slack(p, d), 0.3, 0.999), 1e-8)
    yield Check("Pi_high_sustainable", boom, _profit(p.high, sustained[1]), 1e-8)
    yield Check("p_low_state", monopoly_low, sustained[0], 1e-8)
    yield Check("p_high_state", price, sustained[1], 1e-8)
    yield Check("p_high_monopoly", top, _price(p.high, p.high), 1e-8)
    yield Check("countercyclical_price", price < monopoly_low, sustained[1] < sustained[0], 0.0)


def _profit(monopoly: float, price: float) -> float:
    """Return the profit of both at a price, where the monopoly earns `monopoly` at θ/2."""
    return float(price * (2.0 * monopoly**0.5 - price))


def _price(monopoly: float, threat: float) -> float:
    """Return the highest price up to the monopoly's at which half the profit is no temptation."""
    top = monopoly**0.5

    def temptation(price: float) -> float:
        return _profit(monopoly, price) / 2.0 - threat

    return top if temptation(top) <= 0.0 else root(temptation, 0.0, top)


def _worth(p: Booms, delta: float) -> float:
    """Return what collusion is worth to one firm, from the best case downwards."""
    value = (p.low + p.high) / 4.0 / (1.0 - delta)
    for _ in range(_ROUNDS):
        prices = [(profit, _price(profit, delta * value)) for profit in (p.low, p.high)]
        later = sum(_profit(*each) for each in prices) / 4.0 + delta * value
        if abs(later - value) < _REST * max(1.0, value):
            return later
        value = later
    raise ArithmeticError("value iteration does not come to rest")


def _slack(p: Booms, delta: float) -> float:
    """Return how far full collusion in a boom is from tempting anybody."""
    full = (_profit(p.low, p.low**0.5) + _profit(p.high, p.high**0.5)) / 4.0 / (1.0 - delta)
    return delta * full - p.high / 2.0
