"""Firms that set prices under logit demand: by the carriers' strategies, and in closed form.

One unit of a case's money is ten million fen, so that whole fen resolve its prices to 1e-7. All
users look every month and move freely, the limit in which a carrier's long run is one month.
Buying nothing is a carrier that sets no price.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw

from sim.core.errors import InvariantError
from sim.market.names import CARRIERS
from sim.market.views import CarrierDecision, CarrierView, Research
from sim.mechanisms.pricing import nested_shares
from sim.strategies.carrier.best_response import BestResponse
from sim.strategies.carrier.cartel import Cartel

type Floats = NDArray[np.float64]

UNIT = 10_000_000  # fen in one unit of money
_ROUNDS = 500
_REACH = 20.0  # logit scales above the best quality up to which prices are searched

_UNBOUND = {
    "discount": 1.0,
    "share_weight": 0.0,
    "bill_attention": 0.0,
    "plan_months": 1,
    "step": 1e9,
}
ALONE = BestResponse.model_validate(_UNBOUND)


def together(*members: int) -> Cartel:
    """Return the rule of carriers, by their places, that maximise their joint profit."""
    names = [CARRIERS[member] for member in members]
    return Cartel.model_validate(_UNBOUND | {"members": names})


@dataclass(frozen=True)
class LogitGame:
    """Firms of quality a and cost c a unit; utility (a - p) / mu, that of buying nothing a0 / mu.

    Where `outside` is None everybody buys from one of the firms.
    """

    quality: tuple[float, ...]  # (firms,)
    cost: tuple[float, ...]  # (firms,)
    scale: float  # mu
    outside: float | None  # a0
    side_revenue: tuple[float, ...] | None = None  # (firms,) what partners pay for a user
    products: int = 1  # equal ones that each firm sells, at one price

    # What the rules do --------------------------------------------------------------------

    def rest(self, rules: Sequence[BestResponse], start: Floats | None = None) -> Floats:
        """Return where prices, (firms,), come to rest when all follow their rules at once.

        That is the goal of each, which is not rounded to a fen as its price is.
        """
        now = self._fen(np.array(self.cost) + self.scale if start is None else start)
        seen = set()  # the last fen may go back and forth for ever
        for _ in range(_ROUNDS):
            seen.add(tuple(now))
            decided = self._decide(rules, now)
            now = _listed(decided)
            if tuple(now) in seen:
                return np.array([decision.memory[0] for decision in decided]) / UNIT
        raise ArithmeticError(f"prices do not come to rest in {_ROUNDS} rounds")

    def path(self, rules: Sequence[BestResponse], start: Floats, rounds: int) -> Floats:
        """Return the prices of the first rounds, the start included: (rounds + 1, firms)."""
        steps = [self._fen(start)]
        for _ in range(rounds):
            steps.append(_listed(self._decide(rules, steps[-1])))
        return np.array(steps) / UNIT

    def reply(self, firm: int, prices: Floats) -> float:
        """Return a firm's best price against the others', not rounded to a fen."""
        return ALONE.best(self._view(firm, self._fen(prices))) / UNIT

    def shares(self, prices: Floats) -> Floats:
        """Return the shares of the firms and, where there is one, of buying nothing, last."""
        values = self._values(prices)
        return nested_shares(values, np.zeros(len(values), np.int64), 1.0)

    def profits(self, prices: Floats) -> Floats:
        """Return the profits at prices: (firms,)."""
        margin = prices - np.array(self.cost) + self._side()
        profits: Floats = margin * self.shares(prices)[: len(self.cost)]
        return profits

    def surplus(self, prices: Floats) -> float:
        """Return what the market is worth to a user, in money (Small and Rosen 1981)."""
        return float(self.scale * np.log(np.exp(self._values(prices)).sum()))

    def _decide(self, rules: Sequence[BestResponse], prices: Floats) -> list[CarrierDecision]:
        return [rule.decide(self._view(firm, prices)) for firm, rule in enumerate(rules)]

    def _fen(self, prices: Floats) -> Floats:
        fen: Floats = np.floor(np.asarray(prices, dtype=np.float64) * UNIT + 0.5)
        return fen

    def _side(self) -> Floats:
        return np.array(self.side_revenue or [0.0] * len(self.cost))

    def _values(self, prices: Floats) -> Floats:
        values = (np.array(self.quality) - prices) / self.scale + np.log(self.products)
        return values if self.outside is None else np.append(values, self.outside / self.scale)

    def _view(self, firm: int, prices: Floats) -> CarrierView:
        """Return what a firm sees when all charge `prices`, (firms,) fen."""
        shares = self.shares(prices / UNIT)
        nobody = [0.0] * (len(shares) - len(prices))
        listed = np.array([*prices, *nobody]).astype(np.int64)
        margin = prices - np.array(self.cost) * UNIT + self._side() * UNIT
        return CarrierView(
            month=0,
            me=firm,
            list_price=listed,
            backward_rate=np.ones_like(listed),
            share=shares,
            share_before=shares,
            yuan_per_gb=np.ones(len(shares)),
            market_yuan_per_gb=1.0,
            unit_cost=self.cost[firm] * UNIT,
            unit_cost_before=self.cost[firm] * UNIT,
            price_ceiling=int(self._highest()),
            observed_yuan_per_gb=float("nan"),
            line_margin=np.array([*margin, *nobody]),
            research=self._research(firm, prices, shares),
        )

    def _highest(self) -> float:
        return (max(*self.quality, *self.cost) + _REACH * self.scale) * UNIT

    def _research(self, firm: int, prices: Floats, shares: Floats) -> Research:
        grid = np.array([1.0, prices[firm], self._highest()])
        if not grid[0] < grid[1] < grid[2]:
            raise InvariantError(f"a price of {prices[firm]} fen is beyond what is searched")
        of_each = np.repeat(grid[:, None], self.products, axis=1)[None]  # (1, grid, products)
        return Research(
            weight=np.ones(1),
            alpha=np.array([1.0 / (self.scale * UNIT)]),
            price=grid.astype(np.int64),
            value=(self.quality[firm] - of_each / UNIT) / self.scale,
            bill=of_each,
            cost=np.full_like(of_each, (self.cost[firm] - self._side()[firm]) * UNIT),
            rivals=self._values(prices / UNIT)[None],
            held=shares[None],
            attention=1.0,
            switching=0.0,
            renewal=0.0,
            dissimilarity=1.0,
        )

    # What theory says ---------------------------------------------------------------------

    def equilibrium(self, owners: Sequence[Sequence[int]]) -> Floats:
        """Return the prices, (firms,), at which no owner of a group of firms would change its own.

        An owner's firms have one mark-up, mu [1 + W(sum of exp((a - c) / mu - 1) / others)], with W
        Lambert's function and `others` the sum of exp((a - p) / mu) over all else that a user
        may choose; repeated until at rest (Anderson, de Palma and Thisse 1992; Nocke and
        Schutz 2018).
        """
        cost = np.array(self.cost) - self._side()
        prices = cost + self.scale
        for _ in range(10_000):
            later = prices.copy()
            for owned in owners:
                later[list(owned)] = cost[list(owned)] + self._markup(list(owned), cost, later)
            if np.abs(later - prices).max() < 1e-14:
                return later
            prices = later
        raise ArithmeticError("best replies do not come to rest")

    def answer(self, firm: int, prices: Floats) -> float:
        """Return a firm's best price against the others' by Lambert's function."""
        cost = np.array(self.cost) - self._side()
        return float(cost[firm] + self._markup([firm], cost, prices))

    def _markup(self, owned: list[int], cost: Floats, prices: Floats) -> float:
        quality = np.array(self.quality) + self.scale * np.log(self.products)
        rivals = np.delete(np.exp((quality - prices) / self.scale), owned).sum()
        nothing = 0.0 if self.outside is None else np.exp(self.outside / self.scale)
        own = np.exp((quality[owned] - cost[owned]) / self.scale - 1.0).sum()
        if rivals + nothing == 0.0:
            raise ArithmeticError("who owns everything that must be bought has no best price")
        return float(self.scale * (1.0 + lambertw(own / (rivals + nothing)).real))

    def logit(self, prices: Floats) -> Floats:
        """Return the firms' shares, (firms,), by the formula itself."""
        value = np.exp((np.array(self.quality) - prices) / self.scale) * self.products
        nothing = 0.0 if self.outside is None else np.exp(self.outside / self.scale)
        shares: Floats = value / (value.sum() + nothing)
        return shares

    def earned(self, prices: Floats) -> Floats:
        """Return the firms' profits, (firms,), by the formula itself."""
        earned: Floats = (prices - np.array(self.cost) + self._side()) * self.logit(prices)
        return earned


def _listed(decided: Sequence[CarrierDecision]) -> Floats:
    return np.array([decision.list_price for decision in decided], dtype=np.float64)


def with_side_revenue(game: LogitGame, revenue: Sequence[float]) -> LogitGame:
    """Return the game in which partners pay firms, (firms,), for each user."""
    return replace(game, side_revenue=tuple(revenue))
