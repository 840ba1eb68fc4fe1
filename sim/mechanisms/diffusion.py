"""How something new spreads among those who may adopt it."""

from sim.core.elementary import exp


def bass(months: float, innovation: float, imitation: float) -> float:
    """Return the share that has adopted `months` after the launch: 0 before it.

    F(t) = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t) (Bass 1969), p and q per month.
    """
    if months <= 0.0:
        return 0.0
    decay = exp(-(innovation + imitation) * months)
    return (1.0 - decay) / (1.0 + imitation / innovation * decay)
