"""Partners who sponsor where an added GB is worth more than it costs."""

import numpy as np

from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.views import Floats, PartnerDecision, PartnerView
from sim.strategies import partner_strategies
from sim.strategies.rules import PartnerRule


@partner_strategies.add("threshold")
class Threshold(PartnerRule):
    """Sponsor iff v · (1 + uplift) · (incremental share) > rate, by the best channel.

    The all-or-nothing rule of docs/model.md (sponsorship). Integration is paid once for each
    platform: once for every carrier sold direct, once for all members of a shared platform.
    A partner's budget caps the sponsored share of its traffic.
    """

    def decide(self, view: PartnerView) -> PartnerDecision:
        worth = view.value[:, None] * view.incremental * view.potential  # fen a month
        direct = worth - view.direct_rate * view.potential - view.integration_cost
        resold = (worth - view.reseller_price * view.potential) * view.delivered
        resold = np.where(view.direct_only[:, None], 0.0, resold)
        shared = worth * (1.0 + view.uplift) - view.platform_rate * view.potential
        shared = np.where(view.member, shared, -np.inf)

        alone = np.maximum(np.maximum(direct, resold), 0.0)
        # Joining the platform costs one integration and the fee; then each member carrier
        # is worth using wherever it beats the alternative.
        gain = np.maximum(shared - alone, 0.0).sum(axis=1)
        joins = gain > view.integration_cost + view.subscription
        channel = np.where(direct > resold, DIRECT, RESELLER)
        channel = np.where(alone > 0.0, channel, NONE)
        channel = np.where(joins[:, None] & (shared > alone), PLATFORM, channel)
        return PartnerDecision(channel.astype(np.int8), self.within_budget(view, channel))

    def within_budget(self, view: PartnerView, channel: np.ndarray) -> Floats:
        """Return the sponsored share of each partner's traffic: (partners, carriers)."""
        rates = np.stack(
            [
                np.zeros_like(view.direct_rate),
                view.direct_rate,
                view.platform_rate,
                view.reseller_price,
            ]
        )
        cost = rates[channel, np.arange(len(view.direct_rate))] * view.potential
        spending = cost.sum(axis=1)
        affordable = np.where(spending > view.budget, view.budget / np.maximum(spending, 1.0), 1.0)
        return np.where(channel == NONE, 0.0, affordable[:, None])
