"""V28: how much of the price a partner sponsors, and what the carrier then asks."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from sim.studies.verify import Check, Parameters, case, chosen
from sim.studies.verify.solvers import argmax, root

_ALL = 1.0 - 1e-9  # at a price of zero use would have no end


class Sponsors(Parameters):
    """Use x = ((1 − γ)p)^(−ε); the partner earns (v − γp)x, the carrier (p − c)x."""

    eps: tuple[Annotated[float, Field(gt=1)], ...] = chosen(
        "elasticities of use", (1.5, 2.0, 3.0), min_length=1
    )
    v_over_p: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = chosen(
        "worth of a GB to the partner over its price", (0.3, 0.45, 0.6, 0.8, 0.95), min_length=1
    )
    carrier_eps: float = chosen("elasticity of use that the carrier faces", 2.0, gt=1)
    c: float = chosen("the carrier's unit cost", 1.0, gt=0)
    v: float = chosen("worth of a GB to the partner that the carrier faces", 0.85, gt=0)

    @model_validator(mode="after")
    def _carrier_sponsors(self) -> Self:
        if not _switch(self) < self.v < self.c:
            raise ValueError(f"the carrier's part holds for v between {_switch(self):g} and c")
        return self


@case(
    "V28",
    kind="reference",
    left_out={
        "rows.*.eps": "a parameter",
        "rows.*.v_over_p": "a parameter",
        "rows.*.check": "the stored solver's own residual",
        "isp_stackelberg.eps": "a parameter",
        "isp_stackelberg.c": "a parameter",
        "isp_stackelberg.v": "a parameter",
    },
)
def sponsored_share(p: Sponsors) -> Iterator[Check]:
    """Search the partner's share, and the carrier's price over what the partner answers.

    After Joe-Wong, Ha and Chiang (2015): γ* = 1 − ε/(ε−1)·(1 − v/p) if v > p/ε, else nothing.
    """
    pairs = [(eps, v) for eps in p.eps for v in p.v_over_p]
    closed = [max(0.0, 1 - eps / (eps - 1) * (1 - v)) for eps, v in pairs]
    found = [_share(eps, v, 1.0) for eps, v in pairs]
    yield Check("rows.*.gamma_star", closed, found, 1e-5)
    for quantity, of in (("usage_multiplier", _use), ("cp_gain_ratio", _gain)):
        expected = [of(*pair, gamma) for pair, gamma in zip(pairs, closed, strict=True)]
        got = [of(*pair, gamma) for pair, gamma in zip(pairs, found, strict=True)]
        yield Check(f"rows.*.{quantity}", expected, got, 1e-5 * np.array(expected))
    yield from _carrier(p)


def _carrier(p: Sponsors) -> Iterator[Check]:
    eps, c, v = p.carrier_eps, p.c, p.v
    plain, price = eps * c / (eps - 1), (eps * c - v) / (eps - 1)
    net = eps / (eps - 1) * (price - v)
    alone = argmax(lambda x: (x - c) * x**-eps, c, 5 * plain)
    best = argmax(lambda x: _profit(eps, c, v, x), c, 5 * plain, grid=400)
    gamma = _share(eps, v, best)
    quantities: Sequence[tuple[str, float, float]] = (
        ("p_no_sponsor", plain, alone),
        ("isp_profit_no_sponsor", (plain - c) * plain**-eps, (alone - c) * alone**-eps),
        ("p_with_sponsor", price, best),
        ("user_net_price", net, (1 - gamma) * best),
        ("gamma", 1 - net / price, gamma),
        ("isp_profit_with", (price - c) * net**-eps, _profit(eps, c, v, best)),
        ("regime_switch_v", _switch(p), root(lambda x: _advantage(p, x), c / eps, 0.95 * c)),
    )
    for name, expected, got in quantities:
        yield Check(f"isp_stackelberg.{name}", expected, got, 1e-5)


def _switch(p: Sponsors) -> float:
    """Return the worth above which the carrier prices for sponsored use."""
    eps = p.carrier_eps
    return float(p.c * (1.0 - (1.0 - 1.0 / eps) ** (eps / (eps - 1.0))))


def _share(eps: float, v: float, price: float) -> float:
    """Return the share of the price that earns the partner most."""
    return argmax(
        lambda gamma: (v - gamma * price) * (1.0 - gamma) ** -eps, 0.0, min(_ALL, v / price)
    )


def _use(eps: float, _: float, gamma: float) -> float:
    """Return use under sponsoring over use without."""
    return float((1.0 - gamma) ** -eps)


def _gain(eps: float, v: float, gamma: float) -> float:
    """Return the partner's profit over its profit without sponsoring, at price 1."""
    return (v - gamma) / v * _use(eps, v, gamma)


def _profit(eps: float, c: float, v: float, price: float) -> float:
    """Return the carrier's profit when the partner answers its price."""
    return float((price - c) * ((1.0 - _share(eps, v, price)) * price) ** -eps)


def _advantage(p: Sponsors, v: float) -> float:
    """Return what the carrier gains by a price so low that the partner sponsors."""
    eps, c, least = p.carrier_eps, p.c, p.carrier_eps * v
    sponsored = argmax(lambda x: _profit(eps, c, v, x), c, least)
    plain = argmax(lambda x: _profit(eps, c, v, x), least, 10 * eps * c / (eps - 1))
    return _profit(eps, c, v, sponsored) - _profit(eps, c, v, plain)
