"""Partners who sponsor where an added GB is worth more than it costs."""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.market.names import CARRIERS
from sim.market.views import PartnerDecision, PartnerView
from sim.mechanisms.channels import Rates, Seen, best_channels, platforms_of
from sim.strategies import partner_strategies
from sim.strategies.rules import PartnerRule


@partner_strategies.add("threshold")
class Threshold(PartnerRule):
    """Sponsor iff v · (1 + uplift) · (incremental share) > rate, by the best channel.

    The all-or-nothing rule of docs/model.md (sponsorship). Integration is paid once for each
    platform: once for every carrier sold direct, once for all members of a shared platform.
    A partner weighs every set of platforms that it could join, for a carrier may block who is
    on a platform without it. A partner's budget caps the sponsored share of its traffic.
    """

    def decide(self, view: PartnerView) -> PartnerDecision:
        seen = Seen(view.value, view.budget, view.potential, view.incremental, view.direct_only)
        rates = Rates(
            direct=view.direct_rate,
            service=view.platform_rate,
            share=view.platform_share,
            resale=view.reseller_price,
            delivered=view.delivered,
            uplift=view.uplift,
            integration=view.integration_cost,
            subscription=view.subscription,
        )
        sets = _sets_of(tuple(platforms_of(view.platform)))
        return PartnerDecision(*best_channels(seen, rates, view.platform, view.block, sets))


@cache
def _sets_of(platforms: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return every set of some platforms by id, the smallest first: (sets, 1 + carriers).

    The first of equals is chosen: nobody integrates for nothing.
    """
    sizes = range(len(platforms) + 1)
    sets = [joined for size in sizes for joined in combinations(platforms, size)]
    return np.array([[home in joined for home in range(1 + len(CARRIERS))] for joined in sets])
