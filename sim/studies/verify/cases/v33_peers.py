"""V33: peers, through whom a carrier's size attracts users; beyond a strength, it tips."""

from collections.abc import Iterator

import numpy as np

from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.limits import NEVER, Limit, carrier_shares, market_of, stepped
from sim.studies.verify.solvers import root


class Peers(Parameters):
    """Two carriers alike but for their size; m is the difference of their shares."""

    betaJ: tuple[float, ...] = given("strength of peers")  # noqa: N815  the ladder's name
    beta_h: float = given("worth of the first carrier beside its peers", ge=0)
    tilted: float = chosen("strength at which that worth is tried", 1.2, gt=0)
    months: int = chosen("months until shares stand still", 330, ge=100, le=340)


@case(
    "V33",
    kind="market",
    left_out={"share_h0.*": "the same as m: (1 + m)/2"},
)
def peers(p: Peers) -> Iterator[Check]:
    """Let the whole market run from unequal shares; mean field m = tanh(beta h + beta J m).

    With two carriers of worth J' s_j the gap is J' m, so beta J is half of the market's J.
    """
    for strength in p.betaJ:
        got = _settled(p, strength, 0.0)
        yield Check(f"m_star_h0.{strength:g}", _mean_field(strength, 0.0), got, 1e-6)
    expected = _mean_field(p.tilted, p.beta_h)
    yield Check("m_star_h01_bJ12", [expected], [_settled(p, p.tilted, p.beta_h)], 1e-6)


def _mean_field(strength: float, tilt: float) -> float:
    """Return the stable root of m = tanh(tilt + strength m), from above."""
    if tilt == 0.0 and strength <= 1.0:
        return 0.0
    return root(lambda m: float(m - np.tanh(tilt + strength * m)), 1e-3, 1.0)


def _settled(p: Peers, strength: float, tilt: float) -> float:
    """Return the difference of shares at which the market settles."""
    quality = (tilt, -tilt, NEVER)
    limit = Limit(quality=quality, peers=2.0 * strength, start=(0.7, 0.3, 1e-12))
    shares = carrier_shares(stepped(market_of(limit), p.months))
    return float(shares[0] - shares[1])
