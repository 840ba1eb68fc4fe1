"""V42: a partner pays for all of its users' traffic or for none."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from sim.market.names import CARRIERS
from sim.mechanisms.sponsorship import incremental_share
from sim.mechanisms.usage import POTENTIAL, PRICED, REACH
from sim.studies.verify import Check, Parameters, case, chosen
from sim.studies.verify.partners import least_value

_THETA = 1e15  # kB of a user who uses 1: whole numbers then round nothing that is compared

Column = tuple[Annotated[float, Field(gt=0)], ...]


class Rows(Parameters):
    """Users of use θ(κ + price)^(−ε), at a price p; the partner pays w a GB. A row a position."""

    eps: Column = chosen("elasticity of use to κ + price", (0.6, 0.8, 0.8, 1.2, 0.8))
    kappa: Column = chosen("effort cost of use", (1.0, 1.0, 1.0, 2.0, 3.0))
    p: Column = chosen("price to the user", (9.0, 9.0, 9.0, 26.0, 46.0))
    w: Column = chosen("price to the partner", (9.0, 9.0, 5.0, 15.0, 20.0))

    @model_validator(mode="after")
    def _equally_long(self) -> "Rows":
        if len({len(self.eps), len(self.kappa), len(self.p), len(self.w)}) != 1:
            raise ValueError("eps, kappa, p and w must have one value a row each")
        return self


@case(
    "V42",
    kind="mechanism",
    left_out={
        **{f"rows.*.{name}": "a parameter" for name in ("eps", "kappa", "p", "w")},
        "rows.*.check": "the stored solver's own residual",
    },
)
def threshold(p: Rows) -> Iterator[Check]:
    """Bisect the market's partner strategy on the worth of a GB, at its incremental share.

    After Joe-Wong, Ha and Chiang (2015): sponsor iff v > w / (1 − (κ/(κ + p))^ε).
    """
    rows = list(zip(p.eps, p.kappa, p.p, p.w, strict=True))
    use = [(_use(eps, kappa, 0.0), _use(eps, kappa, price)) for eps, kappa, price, _ in rows]
    added = [1.0 - (kappa / (kappa + price)) ** eps for eps, kappa, price, _ in rows]
    least = [w / part for (*_, w), part in zip(rows, added, strict=True)]
    found = [
        least_value(w, _added(free, paid), 1e6 * w)
        for (*_, w), (free, paid) in zip(rows, use, strict=True)
    ]
    yield Check("rows.*.threshold_v", least, found, 1e-8 * np.array(least))
    times = [(1.0 + price / kappa) ** eps for eps, kappa, price, _ in rows]
    yield Check(
        "rows.*.usage_multiplier", times, [1.0 / (1.0 - _added(*pair)) for pair in use],
        1e-8 * np.array(times),
    )  # fmt: skip
    gain = [w * kappa**-eps * (1.0 - price / w * (1.0 + price / kappa) ** -eps)
            for eps, kappa, price, w in rows]  # fmt: skip
    got = [w * free - price * paid
           for (_, _, price, w), (free, paid) in zip(rows, use, strict=True)]  # fmt: skip
    yield Check("rows.*.carrier_gain_per_theta", gain, got, 1e-8)


def _use(eps: float, kappa: float, price: float) -> float:
    return float((kappa + price) ** -eps)


def _added(free: float, paid: float) -> float:
    """Return the part of sponsored use that is added, as the market counts it."""
    by_style = np.zeros((len(CARRIERS), 1, len(REACH)), dtype=np.int64)
    by_style[:, 0, POTENTIAL] = round(free * _THETA)
    by_style[:, 0, PRICED] = round(paid * _THETA)
    return float(incremental_share(by_style, np.ones((1, 1)))[0, 0])
