"""Price as one firm would."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.market.names import CARRIERS
from sim.market.views import CarrierView
from sim.strategies import carrier_strategies
from sim.strategies.carrier.best_response import BestResponse


@carrier_strategies.add("cartel")
class Cartel(BestResponse):
    """Maximise the members' joint profit, without side payments (Werden and Froeb 1994).

    A line that leaves for another member is not lost: it earns that member's margin of last
    month. Where carriers differ, members may earn less than in Nash equilibrium, for the rule
    pays nobody for the customers whom a high price drives away. A benchmark for theory, not a
    conduct that was seen.
    """

    members: tuple[Literal["mobile", "unicom", "telecom"], ...] = Field(
        min_length=1,
        examples=[("mobile", "unicom", "telecom")],
        description="carriers that price together",
    )

    def line_value(self, view: CarrierView) -> NDArray[np.float64]:
        value = super().line_value(view)
        for member in self.members:
            j = CARRIERS.index(member)
            if j != view.me:
                value[j] = view.line_margin[j]
        return value
