"""What a list price is worth in the long run, and the price that is worth most.

A user of one type looks at the market with the chance of the carrier that holds the line,
then picks by nested logit (McFadden 1978) against a cost of leaving; a renewed line picks
freely. Month after month that is a Markov chain over carriers. A price is judged by the
time that lines will spend with the carrier under it, never by one month's retention, which
hardly depends on the price when few users look.

Where everyone looks, moves freely and no nest is closer than another, the best reply is that
of Bertrand competition under logit, p - c = mu (1 + W(...)) (Anderson, de Palma and Thisse
1992, ch. 7), and its iteration converges (Milgrom and Roberts 1990).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.elementary import exp, log, power
from sim.core.kernels import inlined, kernel
from sim.core.linear import solve_into
from sim.market.views import Research

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_TRIED = 24  # parts of a stretch, at whose ends a best price is looked for first
_STEPS = 64  # of golden section: a bracket shrinks by a factor of 2e13


class PricingProblem(NamedTuple):
    """What one carrier maximises. Axes: types of users, a grid of own prices, own plans."""

    me: int  # the carrier's place among the carriers
    weight: Floats  # (types,) share of all lines
    price: Floats  # (grid,) own list prices, fen per GB, ascending
    value: Floats  # (types, grid, plans) utils
    bill: Floats  # (types, grid, plans) fen a month
    cost: Floats  # (types, grid, plans) fen a month
    rivals: Floats  # (types, carriers) inclusive values, utils; the own column is not read
    held: Floats  # (types, carriers) share of the type's lines now
    nest: Ints  # (carriers,) number of each carrier's nest
    dissimilarity: float  # of offers in a nest, 0 to 1; 1 is the plain logit
    attention: float  # chance that a user looks in a month
    switching: float  # utils lost by leaving the present carrier
    renewal: float  # share of lines that choose freely in a month
    old_price: float  # fen per GB, from which a bill is seen to rise
    bill_attention: float  # added attention when the bill doubles
    line_value: Floats  # (carriers,) fen a month that a line with each is worth beside its bill
    discount: float  # of a month, 0 to 1; at 1 only the stationary shares count


def pose_problem(
    research: Research,
    me: int,
    old_price: int,
    line_value: Floats,
    discount: float,
    bill_attention: float,
) -> PricingProblem:
    """Return the problem that a carrier's research poses: Mobile in a nest, all others in one.

    Parameters
    ----------
    research : what the carrier knows of demand
    me : the carrier's place among the carriers
    old_price : its list price last month, fen per GB
    line_value : (carriers,) fen a month that a line with each is worth beside its bill
    discount : of a month
    bill_attention : added attention when the bill doubles
    """
    assert research.rivals.shape[1] == len(line_value), "research and view differ in carriers"
    assert len(research.price) > 1, "between one price and itself nothing can be interpolated"
    return PricingProblem(
        me=me,
        weight=_copied(research.weight),
        price=_copied(research.price),
        value=_copied(research.value),
        bill=_copied(research.bill),
        cost=_copied(research.cost),
        rivals=_copied(research.rivals),
        held=_copied(research.held),
        nest=np.minimum(np.arange(research.rivals.shape[1], dtype=np.int64), 1),
        dissimilarity=float(research.dissimilarity),
        attention=float(research.attention),
        switching=float(research.switching),
        renewal=float(research.renewal),
        old_price=float(old_price),
        bill_attention=float(bill_attention),
        line_value=_copied(line_value),
        discount=float(discount),
    )


def _copied(array: NDArray[np.generic]) -> Floats:
    """Return a plain copy: one layout and no read-only flag, so one compiled kernel serves all."""
    return np.array(array, dtype=np.float64, order="C")


@inlined
def inclusive_value(values: Floats, dissimilarity: float) -> float:
    """Return d ln(sum of exp(v / d)): the worth of choosing among offers, utils.

    An offer that cannot be had has the value -inf, and so has the choice among such offers.
    """
    top = values.max()
    if top == -math.inf:
        return top
    total = 0.0
    for v in values:
        total += exp((v - top) / dissimilarity)
    return top + dissimilarity * log(total)


@kernel
def nested_shares(values: Floats, nest: Ints, dissimilarity: float) -> Floats:
    """Return choice probabilities of a nested logit (McFadden 1978): (options,).

    Parameters
    ----------
    values : (options,) utils
    nest : (options,) number of each option's nest, from 0
    dissimilarity : of options within a nest, above 0 up to 1; 1 is the plain logit
    """
    count = values.shape[0]
    top = values.max()
    inside = np.zeros(count)  # by nest
    for j in range(count):
        inside[nest[j]] += exp((values[j] - top) / dissimilarity)
    total = 0.0
    for g in range(count):
        if inside[g] > 0.0:
            total += power(inside[g], dissimilarity)
    shares = np.zeros(count)
    for j in range(count):
        if inside[nest[j]] == 0.0:  # a nest so poor that its share is below the smallest number
            continue
        within = exp((values[j] - top) / dissimilarity) / inside[nest[j]]
        shares[j] = within * power(inside[nest[j]], dissimilarity) / total
    return shares


@kernel
def transitions(
    values: Floats,
    nest: Ints,
    dissimilarity: float,
    attention: Floats,
    switching: float,
    renewal: float,
) -> Floats:
    """Return the chance that a line with carrier h is with carrier j a month later.

    Parameters
    ----------
    values : (carriers,) inclusive values, utils
    nest : (carriers,) number of each carrier's nest
    dissimilarity : of offers in a nest
    attention : (carriers,) chance that a line of that carrier looks
    switching : utils lost by leaving
    renewal : chance that a line is renewed and chooses freely

    Returns
    -------
    (carriers, carriers), rows sum to one
    """
    count = values.shape[0]
    free = nested_shares(values, nest, dissimilarity)
    moves = np.empty((count, count))
    for h in range(count):
        seen = values - switching
        seen[h] = values[h]
        chosen = nested_shares(seen, nest, dissimilarity)
        looks = (1.0 - renewal) * attention[h]
        for j in range(count):
            moves[h, j] = renewal * free[j] + looks * chosen[j]
        moves[h, h] += (1.0 - renewal) * (1.0 - attention[h])
    return moves


@kernel
def stationary_shares(moves: Floats) -> Floats:
    """Return the shares that the moves leave as they are: (carriers,), summing to one.

    By elimination without subtraction (Grassmann, Taksar and Heyman 1985), so that small
    shares are as exact as large ones. A carrier that lines leave and never join ends with
    nothing; lines must not be able to end in two places.
    """
    count = moves.shape[0]
    a, first = moves.copy(), 0  # carriers before the first are left for good
    for k in range(count - 1, 0, -1):
        leaves = 0.0
        for j in range(k):
            leaves += a[k, j]
        if leaves == 0.0:
            first = k
            break
        for i in range(k):
            a[i, k] /= leaves
            for j in range(k):
                a[i, j] += a[i, k] * a[k, j]
    shares = np.zeros(count)
    shares[first] = 1.0
    for k in range(first + 1, count):
        for i in range(first, k):
            shares[k] += shares[i] * a[i, k]
    return shares / shares.sum()


@kernel
def discounted_shares(moves: Floats, held: Floats, discount: float) -> Floats:
    """Return (1 - d) times the sum over t of d^t · held · moves^(t+1): (carriers,).

    The time that lines will spend with each carrier from next month on, weighted by the
    discount factor d of a month, 0 <= d < 1. Solves x (I - d · moves) = (1 - d) held · moves,
    whose matrix is diagonally dominant, so elimination needs no pivots.
    """
    count = moves.shape[0]
    a, x = np.empty((count, count)), np.zeros(count)
    for i in range(count):
        for j in range(count):
            a[j, i] = (1.0 if i == j else 0.0) - discount * moves[i, j]
            x[j] += (1.0 - discount) * held[i] * moves[i, j]
    return solve_into(a, x)


@inlined
def _segment(grid: Floats, price: float) -> int:
    """Return the first point of the grid's segment for a price; the ends reach outward."""
    left = 0
    while left < grid.shape[0] - 2 and grid[left + 1] <= price:
        left += 1
    return left


@inlined
def _offers(problem: PricingProblem, kind: int, price: float, out: Floats) -> tuple[float, float]:
    """Fill in the plans' values; return mean bill and mean margin of a line of this type.

    A plan that cannot be had has the value -inf.
    """
    grid = problem.price
    k = _segment(grid, price)
    right = (price - grid[k]) / (grid[k + 1] - grid[k])
    value, bill, cost = problem.value[kind], problem.bill[kind], problem.cost[kind]
    for plan in range(out.shape[0]):
        out[plan] = -math.inf
        if min(value[k, plan], value[k + 1, plan]) > -math.inf:
            out[plan] = (1.0 - right) * value[k, plan] + right * value[k + 1, plan]
    top = out.max()
    if top == -math.inf:
        return 0.0, 0.0
    total, paid, served = 0.0, 0.0, 0.0
    for plan in range(out.shape[0]):
        w = exp((out[plan] - top) / problem.dissimilarity)
        total += w
        paid += w * ((1.0 - right) * bill[k, plan] + right * bill[k + 1, plan])
        served += w * ((1.0 - right) * cost[k, plan] + right * cost[k + 1, plan])
    return paid / total, (paid - served) / total


@kernel
def long_run_profit(problem: PricingProblem, price: float) -> float:
    """Return what keeping a list price brings, fen a month per line of the market.

    The mean over types of (share of time with the carrier) × (bill - cost + worth of a line),
    plus the worth of the lines that are then with the others.
    """
    carriers = problem.rivals.shape[1]
    plans = np.empty(problem.value.shape[2])
    attention = np.empty(carriers)
    total = 0.0
    for kind in range(problem.weight.shape[0]):
        old_bill, _ = _offers(problem, kind, problem.old_price, plans)
        bill, margin = _offers(problem, kind, price, plans)
        values = problem.rivals[kind].copy()
        values[problem.me] = inclusive_value(plans, problem.dissimilarity)
        attention[:] = problem.attention
        if bill > old_bill > 0.0:
            shock = problem.bill_attention * (bill / old_bill - 1.0)
            attention[problem.me] = min(1.0, problem.attention + shock)
        moves = transitions(
            values,
            problem.nest,
            problem.dissimilarity,
            attention,
            problem.switching,
            problem.renewal,
        )
        if problem.discount < 1.0:
            shares = discounted_shares(moves, problem.held[kind], problem.discount)
        else:
            shares = stationary_shares(moves)
        gain = shares[problem.me] * margin
        for j in range(carriers):
            gain += shares[j] * problem.line_value[j]
        total += problem.weight[kind] * gain
    return total


@inlined
def _best_between(problem: PricingProblem, low: float, high: float) -> tuple[float, float]:
    """Return the best price on a stretch without kinks and its profit, by golden section.

    Types of users may each have a best price of their own: the section starts around the best of
    some prices on the way.
    """
    width = (high - low) / _TRIED
    best, most = 0, -np.inf
    for k in range(1, _TRIED):
        profit = long_run_profit(problem, low + k * width)
        if profit > most:
            best, most = k, profit
    low, high = low + (best - 1) * width, low + (best + 1) * width
    a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_a, at_b = long_run_profit(problem, a), long_run_profit(problem, b)
    for _ in range(_STEPS):
        if at_a < at_b:
            low, a, at_a = a, b, at_b
            b = low + _GOLDEN * (high - low)
            at_b = long_run_profit(problem, b)
        else:
            high, b, at_b = b, a, at_a
            a = high - _GOLDEN * (high - low)
            at_a = long_run_profit(problem, a)
        if high - low < 0.01:  # a hundredth of a fen
            break
    return (a, at_a) if at_a > at_b else (b, at_b)


@kernel
def best_price(problem: PricingProblem, low: float, high: float) -> float:
    """Return the list price between `low` and `high`, fen per GB, of greatest long-run profit.

    Interpolation makes kinks at the grid's prices, and a rising bill one at the old price, so
    every stretch between them is searched by itself and its ends are tried too.
    """
    best, most = low, long_run_profit(problem, low)
    start = low
    for k in range(problem.price.shape[0] + 1):
        stop = high if k == problem.price.shape[0] else min(problem.price[k], high)
        if stop <= start:
            continue
        price, profit = _best_between(problem, start, stop)
        if profit > most:
            best, most = price, profit
        at_stop = long_run_profit(problem, stop)
        if at_stop > most:
            best, most = stop, at_stop
        start = stop
    return best
