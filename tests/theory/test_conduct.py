"""Carriers' rules of conduct do what their sources say, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sim.market.views import CarrierView, Research
from sim.market.world import NO_OFFER
from sim.strategies.carrier.adaptive_markup import AdaptiveMarkup
from sim.strategies.carrier.ewa import ExperienceWeightedAttraction
from sim.strategies.carrier.historical import Historical
from sim.strategies.carrier.hold import Hold
from sim.strategies.carrier.price_war import PriceWar
from sim.strategies.carrier.q_learning import QLearning
from sim.strategies.carrier.service_cooperation import ServiceCooperation
from sim.strategies.carrier.trigger import Trigger
from sim.strategies.carrier.user_control import UserControl

VIEW = CarrierView(
    month=30,
    me=1,
    list_price=np.array([50_00, 40_00, 44_00]),
    backward_rate=np.array([30_00, 33_00, 36_00]),
    share=np.array([0.58, 0.22, 0.2]),
    share_before=np.array([0.6, 0.2, 0.2]),
    yuan_per_gb=np.array([30.0, 21.0, 25.0]),
    market_yuan_per_gb=20.0,
    unit_cost=8_00.0,
    unit_cost_before=10_00.0,
    price_ceiling=NO_OFFER,
    observed_yuan_per_gb=18.0,
)


def test_the_markup_grows_with_ones_own_share() -> None:
    """Dosi, Fagiolo and Roventini 2010: the mark-up of 3 grows by 0.04 times 10 % of share."""
    assert AdaptiveMarkup(upsilon=0.04).decide(VIEW).list_price == round(8_00 * (1 + 3 * 1.004))


def test_a_constant_share_passes_the_fall_of_costs_on() -> None:
    steady = replace(VIEW, share=VIEW.share_before)

    assert AdaptiveMarkup(upsilon=0.04).decide(steady).list_price == 32_00


@pytest.mark.parametrize(("ceiling", "price"), [(28_00, 28_00), (5_00, 8_01)])
def test_the_regulators_ceiling_binds_down_to_cost(ceiling: int, price: int) -> None:
    bound = replace(VIEW, price_ceiling=ceiling)

    for rule in (AdaptiveMarkup(upsilon=0.04), ServiceCooperation(upsilon=0.04, service=1.0)):
        assert rule.decide(bound).list_price == price


def test_the_backward_rate_stays_under_the_shared_rule() -> None:
    assert AdaptiveMarkup(upsilon=0.04).decide(VIEW).backward_rate == 33_00


def test_cooperation_adds_service_and_user_control_to_the_shared_rule_and_nothing_else() -> None:
    shared = AdaptiveMarkup(upsilon=0.04).decide(VIEW)
    cooperative = ServiceCooperation(upsilon=0.04, service=0.7).decide(VIEW)

    assert cooperative == replace(shared, service_target=0.7, cooperate=True)
    assert (shared.service_target, shared.cooperate, shared.control) == (0.0, False, False)


def test_a_war_undercuts_the_cheaper_of_ones_own_rule_and_the_cheapest_rival() -> None:
    """Own rule: 32.10. Cheapest rival, costs passed on: 44 x 0.8 = 35.20. Two per cent less."""
    war = PriceWar(upsilon=0.04, cut=0.02)
    at_war = war.decide(VIEW)
    beside_a_cheap_rival = war.decide(replace(VIEW, list_price=np.array([50_00, 40_00, 30_00])))

    assert at_war.list_price == int(round(8_00 * (1 + 3 * 1.004)) * 0.98)
    assert beside_a_cheap_rival.list_price == int(24_00 * 0.98)
    assert at_war.backward_rate == int(30_00 * 0.98)


def test_a_war_never_sells_below_cost() -> None:
    ruined = replace(VIEW, list_price=np.full(3, 5_00), backward_rate=np.full(3, 1))
    decision = PriceWar(upsilon=0.04, cut=0.4).decide(ruined)

    assert (decision.list_price, decision.backward_rate) == (8_01, 8_01)


def test_war_is_always_cheaper_than_the_shared_rule() -> None:
    for me in range(3):
        view = replace(VIEW, me=me)
        peace, war = AdaptiveMarkup(upsilon=0.04), PriceWar(upsilon=0.04, cut=0.02)
        assert war.decide(view).list_price < peace.decide(view).list_price


def test_history_closes_a_part_of_the_gap_to_the_observed_price() -> None:
    """The market paid 18 yuan a GB, where it pays 20 in the simulation: half of the tenth."""
    decision = Historical(upsilon=0.04, gain=0.5).decide(VIEW)

    assert decision.list_price == round(40_00 * 0.95)


def test_carriers_follow_the_observed_price_together() -> None:
    """What its own users pay changes no carrier's step: only the market's price was observed."""
    dear = replace(VIEW, yuan_per_gb=np.array([30.0, 99.0, 25.0]))

    assert Historical(upsilon=0.04, gain=0.5).decide(dear).list_price == round(40_00 * 0.95)


def test_where_nothing_was_observed_history_goes_on_by_the_shared_rule() -> None:
    unseen = replace(VIEW, observed_yuan_per_gb=float("nan"))

    assert Historical(upsilon=0.04, gain=0.5).decide(unseen) == AdaptiveMarkup(upsilon=0.04).decide(
        unseen
    )


def test_user_control_is_a_product_that_cooperation_may_have_too() -> None:
    service, alone = (kind(upsilon=0.04, service=0.7) for kind in (ServiceCooperation, UserControl))
    both = ServiceCooperation(upsilon=0.04, service=0.7, user_control=True)

    assert alone.decide(VIEW) == replace(service.decide(VIEW), cooperate=False, control=True)
    assert both.decide(VIEW) == replace(service.decide(VIEW), control=True)


def test_who_holds_repeats_last_months_prices() -> None:
    decision = Hold().decide(VIEW)

    assert (decision.list_price, decision.backward_rate) == (40_00, 33_00)


# War by trigger ------------------------------------------------------------------------------

LOSS = replace(VIEW, share=np.array([0.6, 0.19, 0.21]))  # a point of lines lost by the viewer


def test_a_triggered_war_is_fought_after_a_loss_and_in_no_other_month() -> None:
    """Unicom gained two points in the view, and lost one in the other."""
    always = PriceWar(upsilon=0.04, cut=0.02)
    triggered = PriceWar(upsilon=0.04, cut=0.02, trigger=0.005)
    peace = AdaptiveMarkup(upsilon=0.04)

    assert triggered.decide(VIEW) == peace.decide(VIEW)
    assert triggered.decide(LOSS) == always.decide(LOSS)
    assert triggered.decide(LOSS).list_price < peace.decide(LOSS).list_price


def test_a_loss_of_just_the_trigger_starts_nothing() -> None:
    exact = replace(VIEW, share=np.array([0.55, 0.25, 0.2]), share_before=np.array([0.5, 0.5, 0.0]))
    at, below = (PriceWar(upsilon=0.04, cut=0.02, trigger=t) for t in (0.25, 0.24))

    assert at.decide(exact).list_price > below.decide(exact).list_price


# Green and Porter ----------------------------------------------------------------------------

TRIGGER = Trigger(upsilon=0.04, signal="share", threshold=0.02, war_months=3, cut=0.02)


def months_at_war(rule: Trigger, views: list[CarrierView]) -> list[int]:
    """Return the months of war ahead, month by month, each month reading the last one's memory."""
    memory, ahead = np.empty(0), []
    for view in views:
        memory = rule.decide(replace(view, memory=memory)).memory
        ahead.append(int(memory[0]))
    return ahead


def test_a_war_lasts_its_months_and_losses_in_it_do_not_prolong_it() -> None:
    views = [VIEW, LOSS, LOSS, VIEW, LOSS, VIEW, LOSS]

    assert months_at_war(TRIGGER, views) == [0, 3, 2, 1, 0, 0, 3]


def test_war_is_fought_as_a_price_war_and_peace_kept_by_the_shared_rule() -> None:
    war, peace = PriceWar(upsilon=0.04, cut=0.02), AdaptiveMarkup(upsilon=0.04)

    assert TRIGGER.decide(LOSS) == war.decide(LOSS)
    assert TRIGGER.decide(VIEW) == peace.decide(VIEW)


@pytest.mark.parametrize(("profit", "ahead"), [(97, 3), (99, 0), (120, 0)])
def test_profit_can_be_the_signal(profit: int, ahead: int) -> None:
    """A fall of 3 % passes the threshold of 2 %, one of 1 % does not."""
    rule = TRIGGER.model_copy(update={"signal": "profit"})
    seen = replace(LOSS, profit=np.array([0, profit, 0]), profit_before=np.array([0, 100, 0]))

    assert rule.decide(seen).memory.tolist() == [ahead]


def test_a_growing_loss_is_no_signal() -> None:
    rule = TRIGGER.model_copy(update={"signal": "profit"})
    losing = replace(VIEW, profit=np.array([0, -90, 0]), profit_before=np.array([0, -50, 0]))

    assert rule.decide(losing).memory.tolist() == [0.0]


# Q-learning ----------------------------------------------------------------------------------

RUNGS = QLearning(
    rungs=3, lowest=1.0, highest=5.0, alpha=0.5, beta=0.1, discount=0.5
)  # 16, 32 and 48 yuan at a cost of 8
Q_VIEW = replace(
    VIEW, profit=np.array([1, 200, 1]), draws=np.full(8, 0.9999), unit_cost_before=8_00.0
)


def test_q_learning_starts_from_earning_the_same_for_ever_and_explores() -> None:
    decision = RUNGS.decide(Q_VIEW)
    months, state, move, scale = decision.memory[:4]

    assert (months, move, scale) == (1.0, 2.0, 200.0)
    assert (
        state == 1 * 3 + 2
    )  # own 40 is nearest to 32, first of two; the cheapest rival's 44 to 48
    assert decision.memory[4:].tolist() == [2.0] * 27
    assert decision.list_price == 48_00


def test_q_learning_moves_the_cell_that_was_played_towards_what_it_brought() -> None:
    """Half of the old 2, half of the reward of 1.5 and half of the best that follows, 2."""
    first = RUNGS.decide(Q_VIEW)
    later = replace(Q_VIEW, profit=np.array([1, 300, 1]), memory=first.memory)
    table = RUNGS.decide(later).memory[4:].reshape(9, 3)
    changed = np.argwhere(table != 2.0)

    assert changed.tolist() == [[5, 2]]
    assert table[5, 2] == pytest.approx(0.5 * 2.0 + 0.5 * (1.5 + 0.5 * 2.0))


def test_an_old_q_learner_plays_what_it_knows_to_be_best() -> None:
    first = RUNGS.decide(Q_VIEW).memory.copy()
    first[0] = 10_000.0
    first[4:].reshape(9, 3)[5, 1] = 3.0

    assert RUNGS.decide(replace(Q_VIEW, memory=first)).list_price == 32_00


# EWA -----------------------------------------------------------------------------------------


def test_the_first_choice_of_ewa_is_even() -> None:
    moves = (-0.05, 0.0, 0.02)
    rule = ExperienceWeightedAttraction(
        moves=moves, phi=0.9, delta=0.5, kappa=0.0, sensitivity=20.0
    )
    nothing = np.zeros((1, 2, 1))
    known = Research(
        weight=np.ones(1),
        alpha=np.ones(1),
        price=np.array([1, 99_99]),
        value=nothing,
        bill=nothing,
        cost=nothing,
        rivals=np.zeros((1, 3)),
        held=np.full((1, 3), 1 / 3),
        attention=1.0,
        switching=0.0,
        renewal=0.0,
        dissimilarity=1.0,
    )
    prices = []
    for draw in (0.3, 0.6, 0.9):
        decision = rule.decide(replace(VIEW, draws=np.array([draw]), research=known))
        prices.append(decision.list_price)
        assert decision.memory[3:].tolist() == [0.0] * 3

    assert prices == [round(40_00 * (1.0 + move)) for move in moves]
