"""The whole market in a limit: users alike, carriers that sell a line and nothing else.

What the market can do and a case does not have is switched off by the scenario's own
parameters, so that what is left must be the case. One unit of a case's money is 10^7 fen: whole
fen are then as fine as the checks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.market.names import CARRIERS
from sim.market.population import Fidelity
from sim.model import Market
from sim.scenario.load import from_json, load_scenario
from sim.scenario.schema import Scenario

type Floats = NDArray[np.float64]

UNIT = 10**7  # fen
YUAN = UNIT // FEN_PER_YUAN  # yuan in a unit
NEVER = -2_000.0  # utils: what nobody chooses
LINES = 1_000.0  # million
_YEARS = range(2014, 2019)
_BRANCH = "2044-01"  # the past is long enough for every case


@dataclass(frozen=True)
class Limit:
    """What a case keeps of the market; money in units, utility in utils."""

    alpha: float = 1.0  # utils per unit
    quality: Sequence[float] = (0.0, 0.0, 0.0)
    price: Sequence[float] = (1.0, 1.0, 1.0)  # of a month's line with each carrier
    outside: float | None = None  # worth of buying nothing; none: everybody buys
    cost: float = 0.0  # of serving a line
    attention: float = 1.0
    switching: float = 0.0
    peers: float = 0.0
    dissimilarity: float = 1.0
    start: Sequence[float] = (1 / 3, 1 / 3, 1 / 3)  # shares of lines
    incomes: Mapping[float, float] = field(default_factory=lambda: {1.0: 1.0})  # alpha × : share
    provinces: int = 1
    control: float = 0.5  # of headquarters over branches
    strategy: Mapping[str, Any] = field(default_factory=lambda: {"name": "hold"})
    strategies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # of some carriers
    changes: Mapping[str, Any] = field(default_factory=dict)  # of sections, laid over the limit


def scenario_of(limit: Limit) -> Scenario:
    """Return the scenario of a limit."""
    content = json.loads(load_scenario("business_as_usual").canonical_json())
    for section, values in _sections(limit).items():
        content[section] |= values
    content |= {"branch": _BRANCH, "months": 1, "orders": {}}
    for name, carrier in content["carriers"].items():
        conduct = dict(limit.strategies.get(name, limit.strategy))
        carrier["past"] = carrier["strategy"] = conduct
        carrier["leak_control"] = limit.control
    content["observed"] |= _observed(limit, content["observed"]["provinces"][0])
    for section, values in limit.changes.items():
        content[section] = values if not isinstance(values, Mapping) else content[section] | values
    return from_json(json.dumps(content))


def _sections(limit: Limit) -> dict[str, dict[str, Any]]:
    """Return what the limit sets in the scenario's sections."""
    outside = NEVER if limit.outside is None else limit.outside - float(np.log(len(CARRIERS)))
    # A carrier's alpha is that at the mean income: tiers have the inverse of their own part.
    mean = sum(share / part for part, share in limit.incomes.items())
    tiers = {
        f"tier_{k:03d}": {"share": share, "income": 1.0 / part, "usage": 1.0}
        for k, (part, share) in enumerate(limit.incomes.items())
    }
    return {
        "population": {
            "income_tiers": tiers,
            "lifestyles": {"everyone": {"share": 1.0, "roaming": 0.0, "mix": {"video": 1.0}}},
            "usage_tiers": 1,
            "usage_log_sd": 1e-9,
            "data_lines": {"2014": 1.0},
            "replacement": 0.0,
            "growth_after": 0.0,
        },
        "opening": {"usage": 1.0, "list_price": YUAN},
        "demand": {
            "price_sensitivity": limit.alpha / YUAN / mean,
            "income_sensitivity": 1.0,
            "elasticity": 0.0,
            "choke_price": 1e-9,  # use is worth nothing: a line is all there is
            "usage_trend": 0.0,
            "lte_usage": 1.0,
            "lte_value": 0.0,
            "attention": limit.attention,
            "bill_shock": 0.0,
            "switching_cost": limit.switching,
            "plan_switching_cost": 0.0,
            "peer_effect": limit.peers,
            "dissimilarity": limit.dissimilarity,
            "voice_value": outside,
            "voice_quality": 0.0,
            "service_value": 0.0,
            "delay_cost": 0.0,
        },
        "quality": {"invert": False, "walk_sd": 0.0},
        "retail": {
            "lever": "fees",
            "reference_price": YUAN,
            "plans": {"line": {"fee": YUAN, "allowance": 10.0}},
            "overage": {"2014": 1.0},
        },
        "network": {
            "line_cost": 0.0,
            "gb_cost": max(limit.cost, 1e-9) * YUAN,  # a line uses a GB a month
            "gb_cost_fall": 0.0,
            "capacity_cost": 0.0,
        },
        "resale": {"access": 0.0},
        "sponsorship": {"partners": 0},
    }


def _observed(limit: Limit, province: dict[str, Any]) -> dict[str, Any]:
    """Return facts under which lines stay as many, and bills hold data alone."""
    shares = dict(zip(CARRIERS, limit.start, strict=True))
    lines = {c: {str(y): share * LINES for y in _YEARS} for c, share in shares.items()}
    bill = 50.0
    revenue = sum(bill * (share * LINES) for share in shares.values()) * MONTHS_PER_YEAR / 1_000
    alike = {"lines": 1.0, "income": 1.0, "dou": 1.0}
    return {
        "lines": lines,
        "arpu": {c: {str(y): bill for y in _YEARS} for c in CARRIERS},
        "data_revenue": {str(y): revenue for y in _YEARS},
        "provinces": [province | alike | {"code": f"P{k}"} for k in range(limit.provinces)],
    }


def market_of(limit: Limit, seed: int = 0, fidelity: Fidelity = "expected") -> Market:
    """Return the market of a limit at its prices and qualities, before the first month."""
    market = Market(scenario_of(limit), seed, fidelity)
    carriers = market.world.carriers
    carriers.list_price[:] = [round(price * UNIT) for price in limit.price]
    carriers.xi = np.array(limit.quality, dtype=np.float64)
    return market


def stepped(market: Market, months: int) -> Market:
    """Return the market after some months."""
    for _ in range(months):
        market.step()
    return market


def line_shares(market: Market) -> tuple[Floats, float]:
    """Return the share of all that each carrier's line has, (carriers,), and that of no line."""
    lines = market.world.population.lines.sum(axis=(0, 1)).reshape(len(CARRIERS), -1)
    total = float(lines.sum())
    return lines[:, 1:].sum(axis=1) / total, float(lines[:, 0].sum()) / total


def carrier_shares(market: Market) -> Floats:
    """Return each carrier's share of lines, exact to a millionth of a line: (carriers,)."""
    lines = market.world.population.lines.sum(axis=(0, 1)).reshape(len(CARRIERS), -1).sum(axis=1)
    shares: Floats = lines / lines.sum()
    return shares
