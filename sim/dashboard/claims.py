"""The essay's ten claims (H1 to H10): which scenarios speak to each, and by what number.

A claim is spoken to by differences of a metric between scenarios, or by its path over the
months. Nothing is judged here: a verdict needs more than one comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.dashboard.data import MARKET
from sim.market.names import CARRIERS

USUAL = "business_as_usual"
_PLAIN = (USUAL, "price_war")  # the scenarios that others are held against


@dataclass(frozen=True)
class Claim:
    """What can be shown of one claim.

    Attributes
    ----------
    id : as in docs/model.md
    kind : differences against a baseline, or a path: its peak, its end, or two years of it
    metric : what is drawn
    scenarios : that speak to it, the most telling first
    needs : of which one must be there at least; any will do if none is named
    against : baselines that make sense; none for a path
    entities : carriers, or the market
    beside : a metric that a path is told together with
    """

    id: str
    kind: Literal["gaps", "peak", "end", "doubling"]
    metric: str
    scenarios: tuple[str, ...]
    needs: tuple[str, ...]
    against: tuple[str, ...] = ()
    entities: tuple[str, ...] = (MARKET,)
    beside: str | None = None

    def shown(self, scenarios: Sequence[str]) -> tuple[str, ...]:
        """Return the scenarios of a comparison to show, its baseline first; none if it is mute."""
        known = [name for name in self.scenarios if name in scenarios]
        if self.needs and not set(self.needs) & set(known):
            return ()
        if self.kind != "gaps":
            return tuple(known) if self.needs else tuple(known or scenarios)[:1]
        baseline = scenarios[0]
        others = [name for name in known if name != baseline]
        return (baseline, *others) if baseline in self.against and others else ()


CLAIMS = (
    Claim("h1", "gaps", "profit", ("leak_control",), ("leak_control",), (USUAL,),
          (MARKET, *CARRIERS)),
    Claim("h2", "peak", "data_revenue", ("price_war", "cheap_data", USUAL),
          ("price_war", "cheap_data"), beside="traffic"),
    Claim("h3", "gaps", "backward_profit",
          ("service_cooperation", "price_war_with_cooperation", "price_war"),
          ("service_cooperation", "price_war_with_cooperation"), _PLAIN),
    Claim("h4", "gaps", "backward_revenue",
          ("service_cooperation", "alliance", "alliance_blocked", "mobile_joins",
           "price_war_with_cooperation"),
          ("service_cooperation", "alliance", "mobile_joins"), _PLAIN),
    Claim("h5", "gaps", "profit", ("price_war", "alliance", "alliance_blocked", USUAL),
          ("price_war", "alliance"), _PLAIN, CARRIERS),
    Claim("h6", "gaps", "profit", ("alliance", "mobile_joins"), ("alliance",), _PLAIN,
          ("unicom", "telecom")),
    Claim("h7", "end", "control_share", ("user_control",), ("user_control",)),
    Claim("h8", "doubling", "backward_revenue", ("history", USUAL), ()),
    Claim("h9", "gaps", "backward_revenue", ("alliance_blocked", "mobile_joins"),
          ("alliance_blocked", "mobile_joins"), _PLAIN, CARRIERS),
    Claim("h10", "peak", "sponsored_share", ("price_war", "cheap_data", USUAL),
          ("price_war", "cheap_data"), beside="yuan_per_gb"),
)  # fmt: skip
