"""Undercut and cooperate at once: the fourth cell of price rule × cooperation."""

from sim.strategies import carrier_strategies
from sim.strategies.carrier.price_war import PriceWar
from sim.strategies.carrier.service_cooperation import ServiceCooperation


@carrier_strategies.add("price_war_with_service")
class PriceWarWithService(ServiceCooperation, PriceWar):
    """Cooperate on the platform like `service_cooperation`, price like `price_war`.

    So that what service brings can be read under either price rule (Bertrand 1883 for prices).
    """
