"""V06: use under a three-part tariff, with many users bunched at the allowance."""

from collections.abc import Iterator
from math import erf, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exponential
from sim.core.streams import Streams, normal
from sim.core.units import KB_PER_GB
from sim.market.segments import BELOW_LTE
from sim.mechanisms.metering import use_data
from sim.mechanisms.usage import make_curve, margins
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.crowds import offers_of, plain_levels, users_alike

type Floats = NDArray[np.float64]


class Tariff(Parameters):
    """A plan with an allowance, and users whose scale of use is lognormal."""

    epsilon: float = given("elasticity", gt=0, lt=1)
    kappa: float = given("effort cost, money per GB", gt=0)
    overage_price: float = given("price beyond the allowance, money per GB", gt=0)
    allowance_GB: float = given("allowance", gt=0)  # noqa: N815  the ladder's name
    median: float = chosen("median of theta", 0.12, gt=0)
    spread: float = given("standard deviation of log theta", at="ln_theta_sd", gt=0)
    users: int = chosen("users drawn", 1_000_000, ge=10_000, le=4_000_000)
    seed: int = chosen("seed of the draws", 0, ge=0)


@case("V06", kind="mechanism")
def three_part_tariff(p: Tariff) -> Iterator[Check]:
    """Let a million drawn users use data for a month through the market's own kernel."""
    use = _use(p)
    free, over = p.kappa**-p.epsilon, (p.kappa + p.overage_price) ** -p.epsilon
    edge, far = p.allowance_GB / free, p.allowance_GB / over  # theta where each regime ends
    under = _below(p, edge)
    share = {
        "under": under,
        "bunched_at_quota": _below(p, far) - under,
        "overage": 1 - _below(p, far),
    }
    whole = round(p.allowance_GB * KB_PER_GB)
    got = {
        "under": np.mean(use < whole), "bunched_at_quota": np.mean(use == whole),
        "overage": np.mean(use > whole),
    }  # fmt: skip
    for regime, part in share.items():
        spread = 3 * sqrt(part * (1 - part) / p.users)
        yield Check(f"share_{regime}", part, float(got[regime]), spread)
    gb = use / KB_PER_GB
    beyond = np.maximum(gb - p.allowance_GB, 0.0)
    over_use = over * _mean_above(p, far)
    mean = free * (_mean_above(p, 0.0) - _mean_above(p, edge))
    mean += p.allowance_GB * share["bunched_at_quota"] + over_use
    error = 3 * gb.std() / sqrt(p.users)
    yield Check("mean_usage_GB", mean, gb.mean(), error)
    paid = over_use - p.allowance_GB * share["overage"]
    yield Check("mean_overage_GB", paid, beyond.mean(), 3 * beyond.std() / sqrt(p.users))


def _below(p: Tariff, theta: float) -> float:
    """Return the share of users whose theta is below a value."""
    z = (log(theta) - log(p.median)) / p.spread
    return 0.5 * (1 + erf(z / sqrt(2)))


def _mean_above(p: Tariff, theta: float) -> float:
    """Return the mean of theta where it is above a value, and 0 elsewhere."""
    whole = p.median * exp(p.spread**2 / 2)
    if theta == 0.0:
        return whole
    z = (log(p.median) + p.spread**2 - log(theta)) / p.spread
    return whole * 0.5 * (1 + erf(z / sqrt(2)))


def _use(p: Tariff) -> NDArray[np.int64]:
    """Return what each user uses, kB."""
    draws = normal(Streams(p.seed).uniform("verify.V06", 0, p.users))
    theta = p.median * exponential(p.spread * draws)
    # One unit of money is 100 yuan: the overage price is then whole fen to seven digits.
    money = 100.0
    offers = offers_of((0.0, p.allowance_GB), overage=p.overage_price * money)
    curve = make_curve(p.epsilon, p.kappa * money, 3_000.0 * money)
    scaled = theta * money**p.epsilon  # x = theta (kappa + q)^(-eps) in the case's money
    lines = np.zeros((p.users, BELOW_LTE + 1, 2), dtype=np.int64)
    lines[:, BELOW_LTE, 1] = 1
    left, use, bill = np.zeros_like(lines), np.zeros_like(lines), np.zeros_like(lines)
    use_data(
        lines, 1, users_alike(scaled), offers, margins(offers, curve), plain_levels(1), curve, 0,
        False, 1, left, np.zeros_like(lines), use, bill,
    )  # fmt: skip
    out: NDArray[np.int64] = use[:, BELOW_LTE, 1]
    return out
