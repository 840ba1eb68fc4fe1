"""Strategies: a frozen view of last month in, a decision out; one file each, found by name."""

from typing import Literal, cast

from pydantic.fields import FieldInfo

from sim.core.registry import Registry
from sim.strategies.rules import CarrierRule, PartnerRule, ResellerRule, Rule


class RuleRegistry[R: Rule](Registry[type[R]]):
    """A registry whose rules carry their name, so that YAML can choose among them by it."""

    def _prepare(self, item: object, name: str) -> None:
        rule = cast(type[Rule], item)
        named = FieldInfo(annotation=Literal[name], default=name, description="the strategy")  # type: ignore[arg-type]
        rule.model_fields["name"] = named
        rule.model_rebuild(force=True)


carrier_strategies: RuleRegistry[CarrierRule] = RuleRegistry(
    "carrier strategy", "sim.strategies.carrier"
)
reseller_strategies: RuleRegistry[ResellerRule] = RuleRegistry(
    "reseller strategy", "sim.strategies.reseller"
)
partner_strategies: RuleRegistry[PartnerRule] = RuleRegistry(
    "partner strategy", "sim.strategies.partner"
)
