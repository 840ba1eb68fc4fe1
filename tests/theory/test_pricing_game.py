"""Carriers' strategies under logit demand: limits of theory, and what slow users change.

The cases V08 to V12 and V26 of `sim verify` reach the closed forms; here are the conclusions
that are drawn from them, and the way from one month to the long run.
"""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from sim.market.views import CarrierView, Research
from sim.mechanisms.pricing import nested_shares, stationary_shares, transitions
from sim.strategies.carrier import best_response
from sim.strategies.carrier.best_response import BestResponse
from sim.strategies.carrier.ewa import ExperienceWeightedAttraction
from sim.studies.verify.logit_game import ALONE, UNIT, LogitGame, together, with_side_revenue
from sim.studies.verify.running import run_case

DUOPOLY = LogitGame((2.0, 2.0), (1.0, 1.0), 0.25, 0.0)
CARRIERS_2016 = LogitGame(
    (2.2609533724426707, 1.6404461492647868, 1.5763512964000816), (1.0, 1.0, 1.0), 0.25, 0.0
)


def rule(**changes: object) -> BestResponse:
    return BestResponse.model_validate(ALONE.model_dump(exclude={"name"}) | changes)


def view(firm: int = 0, prices: tuple[float, ...] = (1.4, 1.5), **changes: object) -> CarrierView:
    """Return what a firm of the duopoly sees, with its research changed."""
    seen = DUOPOLY._view(firm, np.round(np.array(prices) * UNIT))
    assert seen.research is not None
    return replace(seen, research=replace(seen.research, **changes))  # type: ignore[arg-type]


# Limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["V08", "V09", "V10", "V11", "V12", "V26"])
def test_a_rule_that_misses_the_best_price_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = best_response.best_price
    monkeypatch.setattr(best_response, "best_price", lambda *given: 0.999 * best(*given))

    assert not all(row.passed for row in run_case(name))


def test_a_price_cartel_without_side_payments_leaves_unicom_and_telecom_below_nash() -> None:
    """V10: Mobile alone gains, so no threat of Nash holds the other two to it."""
    nash = CARRIERS_2016.profits(CARRIERS_2016.rest([ALONE] * 3))
    cartel = CARRIERS_2016.profits(CARRIERS_2016.rest([together(0, 1, 2)] * 3))

    assert (cartel > nash).tolist() == [True, False, False]
    assert cartel.sum() > nash.sum()


def test_telecom_and_unicom_gain_by_pricing_together_and_mobile_gains_for_nothing() -> None:
    nash = CARRIERS_2016.profits(CARRIERS_2016.rest([ALONE] * 3))
    pair = CARRIERS_2016.profits(CARRIERS_2016.rest([ALONE, together(1, 2), together(1, 2)]))

    assert (pair > nash).all()
    assert pair[1:].sum() / nash[1:].sum() == pytest.approx(1.107, abs=5e-4)


def test_side_revenue_of_one_takes_from_the_others_and_of_all_from_nobody() -> None:
    """V26, covered market: what all get is passed on whole; what one gets is not."""
    game = LogitGame((2.0,) * 3, (1.0,) * 3, 0.25, None)
    before = game.profits(game.rest([ALONE] * 3))
    all_paid, one_paid = (with_side_revenue(game, r) for r in ((0.2,) * 3, (0.2, 0.0, 0.0)))
    shared = all_paid.profits(all_paid.rest([ALONE] * 3))
    first, *others = one_paid.profits(one_paid.rest([ALONE] * 3))

    assert shared == pytest.approx(before, abs=1e-6)
    assert first > before[0] > max(others)


# From one month to the long run --------------------------------------------------------------


def test_v03_nested_shares() -> None:
    """McFadden 1978; outside option in a nest of its own."""
    values = np.array([1.0, 0.3, 0.2, -1.0]) - 0.02 * np.array([60.0, 50.0, 48.0, 0.0])
    shares = nested_shares(values, np.array([0, 1, 1, 2]), 0.6)

    expected = [0.42695697761406015, 0.200121481393956, 0.18107740451803847, 0.19184413647394538]
    assert shares == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("attention", [1.0, 0.3, 0.02])
def test_v04_stationary_shares_under_switching_costs(attention: float) -> None:
    """pi ∝ exp(v) D, D = sum of exp(v) + exp(v) (exp(gamma) - 1), however seldom users look."""
    v, gamma = np.array([-0.2, -0.7, -0.76]), 3.0
    moves = transitions(v, np.array([0, 1, 1]), 1.0, np.full(3, attention), gamma, 0.0)
    weight = np.exp(v) * (np.exp(v).sum() + np.exp(v) * (np.exp(gamma) - 1.0))

    assert stationary_shares(moves) == pytest.approx(weight / weight.sum(), abs=1e-12)


@pytest.mark.parametrize("attention", [0.5, 0.04])
def test_in_the_long_run_inattention_alone_changes_no_price(attention: float) -> None:
    """Who moves freely when looking ends where free choice ends, so Bertrand's price stands."""
    slow = rule().decide(view(attention=attention)).list_price
    quick = rule().decide(view()).list_price

    assert slow == pytest.approx(quick, abs=2)


def test_locked_in_users_are_harvested_and_missing_ones_invested_in() -> None:
    """Klemperer 1987: with costs of moving, a firm with many users charges more."""
    slow = {"attention": 0.05, "switching": 2.0, "renewal": 0.02}
    prices = [
        rule(discount=0.97, bill_attention=0.25)
        .decide(view(**slow, held=np.array([[share, 0.9 - share, 0.1]])))
        .list_price
        for share in (0.1, 0.4, 0.8)
    ]

    assert prices[0] < prices[1] < prices[2]


def test_the_more_the_future_counts_the_less_is_harvested() -> None:
    slow = {"attention": 0.05, "switching": 1.0, "held": np.array([[0.8, 0.1, 0.1]])}
    hasty, patient = (
        rule(discount=d, bill_attention=0.25).decide(view(**slow)).list_price for d in (0.9, 0.999)
    )

    assert hasty > patient


def test_a_discounted_future_without_waking_bills_is_refused() -> None:
    """Nobody who does not look would leave, so the highest price allowed would be best."""
    with pytest.raises(ValidationError, match="highest allowed"):
        rule(discount=0.97)


def test_bills_that_wake_users_hold_prices_down() -> None:
    slow = {"attention": 0.02, "switching": 1.0, "held": np.array([[0.8, 0.1, 0.1]])}
    asleep, awake = (
        rule(discount=0.97, bill_attention=wakes).decide(view(**slow)).list_price
        for wakes in (0.1, 1.0)
    )

    assert awake < asleep


def test_a_weight_on_share_is_like_a_lower_cost() -> None:
    """A line worth a tenth more is a line that costs a tenth less."""
    weighted = rule(share_weight=0.1 * UNIT).decide(view()).list_price
    cheaper = rule().decide(view(cost=np.full((1, 3, 1), 0.9 * UNIT))).list_price

    assert weighted == pytest.approx(cheaper, abs=2)


def test_close_rivals_in_a_nest_price_closer_to_cost() -> None:
    """Unicom, beside Telecom in its nest, faces more elastic demand than under plain logit."""
    game = LogitGame((2.0,) * 3, (1.0,) * 3, 0.25, None)
    seen = game._view(1, np.full(3, 1.4 * UNIT))
    assert seen.research is not None
    nested = replace(seen, research=replace(seen.research, dissimilarity=0.5))

    assert rule().best(nested) < rule().best(seen)


# Plans, steps and ceilings -------------------------------------------------------------------


def test_a_plan_is_kept_until_it_ends() -> None:
    yearly = rule(plan_months=12)
    first = yearly.decide(view())
    moved = view(prices=(1.4, 1.9))
    goal = first.memory[0]
    later = [
        yearly.decide(replace(moved, memory=np.array([goal, left]))) for left in (11.0, 1.0, 0.0)
    ]

    assert first.memory[1] == 11.0
    assert [d.memory[1] for d in later] == [10.0, 0.0, 11.0]
    assert later[0].list_price == later[1].list_price == first.list_price
    assert later[2].list_price > first.list_price


def test_the_price_moves_by_no_more_than_a_step() -> None:
    seen = view(prices=(1.2, 1.9))
    goal = rule().decide(seen).list_price
    stepped = rule(step=0.02).decide(seen)

    assert goal > 1.25 * UNIT
    assert stepped.list_price == round(1.224 * UNIT)
    assert stepped.memory[0] == pytest.approx(goal, abs=1)


def test_the_ceiling_binds() -> None:
    bound = replace(view(), price_ceiling=round(1.3 * UNIT))

    assert rule().decide(bound).list_price == round(1.3 * UNIT)


# Learning ------------------------------------------------------------------------------------


def learner(**changes: object) -> ExperienceWeightedAttraction:
    known = {
        "moves": (-0.05, -0.02, 0.0, 0.02),
        "phi": 0.5,
        "delta": 1.0,
        "kappa": 0.0,
        "sensitivity": 50.0 * 100.0 / UNIT,
    }
    return ExperienceWeightedAttraction.model_validate(known | changes)


def test_ewa_judges_each_move_by_what_it_would_have_earned() -> None:
    """By the duopoly's formula: gains on the price at which the last choice was made."""
    seen = view(prices=(1.4, 1.5))
    assert isinstance(seen.research, Research)
    payoff = learner().payoffs(seen, seen.research, 1.4 * UNIT)
    moved = [1.4 * (1.0 + move) for move in learner().moves]
    earned = [DUOPOLY.earned(np.array([price, 1.5]))[0] for price in moved]

    still = DUOPOLY.earned(np.array([1.4, 1.5]))[0]
    assert payoff * 100.0 / UNIT == pytest.approx(np.array(earned) - still, abs=1e-9)


def test_ewa_learners_settle_near_nash() -> None:
    """Two of them, with full weight on what was forgone, from far apart."""
    keen = learner(moves=(-0.03, 0.0, 0.03), sensitivity=5_000.0 * 100.0 / UNIT)
    prices, memories = np.array([1.2, 1.9]), [np.empty(0), np.empty(0)]
    draws = np.resize(np.array([0.13, 0.71, 0.37, 0.92, 0.58]), (400, 2))
    late = []
    for month in range(400):
        decided = []
        for firm in range(2):
            seen = DUOPOLY._view(firm, np.round(prices * UNIT))
            seen = replace(seen, memory=memories[firm], draws=draws[month, firm : firm + 1])
            decided.append(keen.decide(seen))
        prices = np.array([d.list_price for d in decided]) / UNIT
        memories = [d.memory for d in decided]
        late.append(prices)
    nash = DUOPOLY.equilibrium([[0], [1]])

    assert np.mean(late[200:], axis=0) == pytest.approx(nash, rel=0.06)
