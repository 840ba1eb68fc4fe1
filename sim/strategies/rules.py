"""What every strategy is: a frozen set of parameters with one method, `decide`."""

from abc import abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from sim.core.errors import SimError
from sim.market.views import (
    CarrierDecision,
    CarrierView,
    PartnerDecision,
    PartnerView,
    Research,
    ResellerDecision,
    ResellerView,
)


class Rule(BaseModel):
    """Parameters of a strategy. `Field(examples=[…])` feeds the contract tests."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(default="", description="the strategy")


class CarrierRule(Rule):
    """How a carrier prices, serves and cooperates.

    It has no state: what it wants to know next month it writes into the decision's `memory`,
    and reads in the next view's.
    """

    needs_research: ClassVar[bool] = False  # whether its views hold market research

    @property
    def offers_control(self) -> bool:
        """Return whether it may come to offer users control over their traffic."""
        return False

    @property
    def weighs_alliance(self) -> bool:
        """Return whether its moves depend on what it would have outside an alliance."""
        return False

    @abstractmethod
    def decide(self, view: CarrierView) -> CarrierDecision:
        """Return the moves for the coming month."""

    def research(self, view: CarrierView) -> Research:
        """Return the view's market research; raise where a rule that needs it was given none."""
        if view.research is None:
            raise SimError(f"the strategy '{self.name}' needs market research; its view has none")
        return view.research


class ResellerRule(Rule):
    """How resellers price, enter and leave; decides for all who share it at once."""

    @abstractmethod
    def decide(self, view: ResellerView) -> ResellerDecision:
        """Return price and presence for the coming month."""


class PartnerRule(Rule):
    """Whom partners sponsor with, through which channel; for all who share it at once."""

    @abstractmethod
    def decide(self, view: PartnerView) -> PartnerDecision:
        """Return channel and sponsored share on each carrier."""
