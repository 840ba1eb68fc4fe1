"""Partners who sponsor where an added GB is worth more than it costs."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.market.names import DIRECT, NONE, PLATFORM, RESELLER
from sim.market.views import Floats, PartnerDecision, PartnerView
from sim.mechanisms.contracts import Contract, buyer_gain, payment
from sim.mechanisms.sponsorship import platforms_of
from sim.strategies import partner_strategies
from sim.strategies.rules import PartnerRule


class _Option(NamedTuple):
    """What every partner would do, gain and spend if it joined given platforms."""

    channel: NDArray[np.int8]  # (partners, carriers)
    gain: Floats  # (partners,) fen a month
    spending: Floats  # (partners,) fen a month


@partner_strategies.add("threshold")
class Threshold(PartnerRule):
    """Sponsor iff v · (1 + uplift) · (incremental share) > rate, by the best channel.

    The all-or-nothing rule of docs/model.md (sponsorship). Integration is paid once for each
    platform: once for every carrier sold direct, once for all members of a shared platform.
    A partner weighs every set of platforms that it could join, for a carrier may block who is
    on a platform without it. A partner's budget caps the sponsored share of its traffic.
    """

    def decide(self, view: PartnerView) -> PartnerDecision:
        known = platforms_of(view.platform)
        sets = [joined for size in range(len(known) + 1) for joined in combinations(known, size)]
        options = [_option(view, np.array(joined, dtype=np.int64)) for joined in sets]
        # The first of equals is the smallest set: nobody integrates for nothing.
        best = np.stack([option.gain for option in options]).argmax(axis=0)
        partners = np.arange(len(view.value))
        channel = np.stack([option.channel for option in options])[best, partners]
        spending = np.stack([option.spending for option in options])[best, partners]
        over = spending > view.budget
        affordable = np.where(over, view.budget / np.maximum(spending, 1.0), 1.0)
        return PartnerDecision(channel, np.where(channel == NONE, 0.0, affordable[:, None]))


def _option(view: PartnerView, joined: NDArray[np.int64]) -> _Option:
    """Return the best channels of partners that join some platforms, known by their ids."""
    blocks = (joined[:, None] != view.platform).any(axis=0)
    worth = view.value[:, None] * view.incremental * view.potential  # fen a month
    seen = worth * np.where(blocks, 1.0 - view.block, 1.0)  # in the carrier's own channels
    bulk, resale = Contract(view.direct_rate), Contract(view.reseller_price)
    service = Contract(view.platform_rate, share=view.platform_share)
    served = seen * (1.0 + view.uplift)

    direct = buyer_gain(bulk, seen, view.potential) - view.integration_cost
    resold = buyer_gain(resale, worth, view.potential) * view.delivered
    resold = np.where(view.direct_only[:, None], 0.0, resold)
    shared = buyer_gain(service, served, view.potential)
    shared = np.where(np.isin(view.platform, joined), shared, -np.inf)

    alone = np.maximum(np.maximum(direct, resold), 0.0)
    channel = np.where(direct > resold, DIRECT, RESELLER)
    channel = np.where(alone > 0.0, channel, NONE)
    channel = np.where(shared > alone, PLATFORM, channel).astype(np.int8)
    entry = len(joined) * (view.integration_cost + view.subscription)
    due = np.stack(
        [
            np.zeros_like(worth),
            payment(bulk, seen, view.potential),
            payment(service, served, view.potential),
            payment(resale, worth, view.potential),
        ]
    )
    spending = np.take_along_axis(due, channel[None].astype(np.intp), axis=0)[0].sum(axis=1)
    return _Option(channel, np.maximum(shared, alone).sum(axis=1) - entry, spending)
