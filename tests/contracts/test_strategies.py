"""Every strategy keeps the contract; a new file is tested by being there.

Strategies are built from the examples of their own fields.
"""

import os
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.core.errors import SimError
from sim.core.streams import Streams
from sim.market.names import CHANNELS, NONE, PLATFORM, RESELLER
from sim.market.views import CarrierView, PartnerView, Research, ResellerView
from sim.market.world import NO_OFFER
from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies
from sim.strategies.rules import Rule

CARRIER_NAMES = carrier_strategies.names()
RESELLER_NAMES = reseller_strategies.names()
PARTNER_NAMES = partner_strategies.names()
KINDS = (carrier_strategies, reseller_strategies, partner_strategies)
RULES = [(kind.kind, name, rule) for kind in KINDS for name, rule in kind.items()]
every_rule = pytest.mark.parametrize("rule", [r for *_, r in RULES], ids=[n for _, n, _ in RULES])

SEEDS = st.integers(0, 10**6)


def example[R: Rule](rule: type[R]) -> R:
    """Return a strategy built from the first example of each of its fields."""
    parameters = {
        name: field.examples[0]
        for name, field in rule.model_fields.items()
        if name != "name" and field.examples
    }
    return rule(**parameters)


def whole(u: np.ndarray, low: int, high: int) -> np.ndarray:
    """Return draws as whole numbers spread evenly in logs."""
    return np.floor(low * (high / low) ** u).astype(np.int64)


def frozen(view: Any) -> Any:
    for field in fields(view):
        value = getattr(view, field.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return view


def carrier_view(seed: int) -> CarrierView:
    u = Streams(seed).uniform("view", 0, 60)
    cost = float(whole(u[0:1], 1, 10_00)[0]) + float(u[1])
    share, before = u[2:5] + 0.01, u[5:8] + 0.01
    me, list_price = int(u[9] * 3), whole(u[10:13], 2, 200_00)
    return frozen(
        CarrierView(
            month=int(u[8] * 120),
            me=me,
            list_price=list_price,
            backward_rate=whole(u[13:16], 2, 80_00),
            share=share / share.sum(),
            share_before=before / before.sum(),
            yuan_per_gb=0.01 + 200.0 * u[16:19],
            market_yuan_per_gb=0.01 + 200.0 * float(u[51]),
            unit_cost=cost * (1.0 - 0.1 * float(u[19])),
            unit_cost_before=cost,
            price_ceiling=NO_OFFER if u[20] < 0.5 else int(whole(u[21:22], 1, 200_00)[0]),
            observed_yuan_per_gb=float("nan") if u[22] < 0.5 else 200.0 * float(u[23]) + 0.01,
            profit=(1e12 * (u[40:43] - 0.3)).astype(np.int64),
            profit_before=(1e12 * (u[43:46] - 0.3)).astype(np.int64),
            line_margin=60_00.0 * (u[46:49] - 0.3),
            variable_cost=int(1e11 * u[49]),
            draws=Streams(seed).uniform("draws", 0, 8),
            research=carrier_research(seed, int(list_price[me])),
        )
    )


def carrier_research(seed: int, own_price: int) -> Research:
    """Return what might be known: two types, three prices, two plans."""
    u = Streams(seed).uniform("research", 0, 60)
    low, high = max(own_price // 2, 1), own_price * 2
    weight, held = u[:2] + 0.01, u[2:8].reshape(2, 3) + 0.01
    return frozen(
        Research(
            weight=weight / weight.sum(),
            alpha=0.0003 + 0.0006 * u[8:10],
            price=np.array([low, own_price, high]),
            value=8.0 * (u[10:22].reshape(2, 3, 2) - 0.5),
            bill=100_00.0 * u[22:34].reshape(2, 3, 2),
            cost=40_00.0 * u[34:46].reshape(2, 3, 2),
            rivals=8.0 * (u[46:52].reshape(2, 3) - 0.5),
            held=held / held.sum(axis=1, keepdims=True),
            attention=float(u[52]),
            switching=6.0 * float(u[53]),
            renewal=0.001 + 0.05 * float(u[54]),
            dissimilarity=0.3 + 0.7 * float(u[55]),
        )
    )


def reseller_view(seed: int) -> ResellerView:
    streams = Streams(seed)
    count = 1 + seed % 60
    u = streams.uniform("view", 0, 6 * count).reshape(6, count)
    prices = streams.uniform("prices", 0, 6)
    return frozen(
        ResellerView(
            month=seed % 120,
            wholesale_price=np.where(prices[:3] < 0.1, NO_OFFER, whole(prices[:3], 1, 80_00)),
            list_price=whole(prices[3:], 1, 80_00),
            handling=0.02 * u[5],
            active=u[0] < 0.5,
            profit=(2e8 * (u[1] - 0.5)).astype(np.int64),
            potential_profit=(2e8 * (u[2] - 0.5)).astype(np.int64),
            losing_months=(8.0 * u[3]).astype(np.int64),
            capital=(4e8 * (u[4] - 0.2)).astype(np.int64),
        )
    )


def partner_view(seed: int) -> PartnerView:
    streams = Streams(seed)
    count = seed % 40
    u = streams.uniform("view", 0, 9 * max(count, 1)).reshape(9, -1)[:, :count]
    rates = streams.uniform("rates", 0, 15)
    return frozen(
        PartnerView(
            month=seed % 120,
            value=np.exp(8.0 * u[0]),
            budget=np.exp(24.0 * u[1]),
            potential=1e7 * u[2:5].T.copy(),
            incremental=u[5:8].T.copy(),
            direct_rate=whole(rates[:3], 1, 80_00),
            platform_rate=whole(rates[3:6], 1, 80_00),
            platform_share=0.5 * float(rates[13]),
            reseller_price=np.where(rates[6:9] < 0.3, NO_OFFER, whole(rates[6:9], 1, 80_00)),
            direct_only=u[8] < 0.3,
            delivered=float(rates[9]),
            platform=np.where(rates[10:13] < 0.6, 0, np.where(rates[6:9] < 0.6, [1, 2, 3], -1)),
            block=np.where(rates[3:6] < 0.5, rates[:3], 0.0),
            uplift=rates[10:13].copy(),
            integration_cost=int(1e7 * rates[13]),
            subscription=int(1e7 * rates[14]),
        )
    )


def facts(answer: Any) -> dict[str, Any]:
    return {k: v.tolist() if hasattr(v, "tolist") else v for k, v in asdict(answer).items()}


def decided(rule: type[Any], view: Any) -> Any:
    """Return the decision; it must come twice, from twins too, and leave the view as it was."""
    before = repr(facts(view))
    strategy = example(rule)
    decision = strategy.decide(view)
    assert facts(strategy.decide(view)) == facts(decision)
    assert facts(example(rule).decide(view)) == facts(decision)
    assert repr(facts(view)) == before
    return decision


@pytest.mark.parametrize("name", CARRIER_NAMES)
@given(seed=SEEDS)
def test_a_carrier_posts_positive_whole_prices_and_a_service_level(name: str, seed: int) -> None:
    decision = decided(carrier_strategies.get(name), carrier_view(seed))

    assert type(decision.list_price) is int
    assert type(decision.backward_rate) is int
    assert decision.list_price > 0
    assert decision.backward_rate > 0
    assert 0.0 <= decision.service_target <= 1.0
    assert type(decision.control) is bool
    assert type(decision.cooperate) is type(decision.own_platform) is bool
    assert not (decision.cooperate and decision.own_platform)
    assert 0.0 <= decision.block <= 1.0


@pytest.mark.parametrize("name", CARRIER_NAMES)
@given(seed=SEEDS)
def test_what_a_carrier_writes_down_it_can_read_next_month(name: str, seed: int) -> None:
    """Memory is a row of finite numbers, and a year of it is as valid as a month."""
    rule, view = carrier_strategies.get(name), carrier_view(seed)
    for month in range(12):
        decision = decided(rule, view)
        assert decision.memory.dtype == np.float64
        assert decision.memory.ndim == 1
        assert np.isfinite(decision.memory).all()
        view = frozen(
            replace(
                view,
                month=view.month + 1,
                memory=decision.memory,
                draws=Streams(seed).uniform("draws", month + 1, 8),
            )
        )
    assert decision.list_price > 0


def test_the_rules_that_need_research_say_so_and_stop_without_it() -> None:
    needing = {n: r for n, r in carrier_strategies.items() if r.needs_research}
    view = replace(carrier_view(0), research=None)

    assert set(needing) == {"best_response", "cartel", "ewa"}
    for name, rule in needing.items():
        with pytest.raises(SimError, match=f"'{name}' needs market research"):
            example(rule).decide(view)
    for name in set(CARRIER_NAMES) - set(needing):
        assert example(carrier_strategies.get(name)).decide(view).list_price > 0


@pytest.mark.parametrize("name", RESELLER_NAMES)
@given(seed=SEEDS)
def test_resellers_post_a_positive_whole_price_for_each_carrier(name: str, seed: int) -> None:
    view = reseller_view(seed)
    decision = decided(reseller_strategies.get(name), view)

    assert decision.price.shape == (3,)
    assert decision.price.dtype == np.int64
    assert (decision.price > 0).all()
    assert decision.sales.shape == (len(view.active), 3)
    assert (decision.sales >= 0).all()
    assert not decision.sales[~decision.active].any()
    assert decision.sales.any(axis=0).all() == decision.active.any()
    assert decision.active.shape == view.active.shape
    assert decision.active.dtype == np.bool_


@pytest.mark.parametrize("name", PARTNER_NAMES)
@given(seed=SEEDS)
def test_partners_choose_a_channel_that_is_open_to_them_and_stay_in_budget(
    name: str, seed: int
) -> None:
    view = partner_view(seed)
    decision = decided(partner_strategies.get(name), view)
    channel, fraction = decision.channel, decision.fraction

    assert channel.shape == fraction.shape == view.potential.shape
    assert channel.dtype == np.int8
    assert ((channel >= 0) & (channel < len(CHANNELS))).all()
    assert ((fraction >= 0.0) & (fraction <= 1.0)).all()
    assert not fraction[channel == NONE].any()
    assert not (channel[:, view.platform < 0] == PLATFORM).any()
    assert not (channel[view.direct_only] == RESELLER).any()
    assert not (channel[:, view.reseller_price >= NO_OFFER] == RESELLER).any()
    free = np.zeros(3, np.int64)
    rates = np.stack([free, view.direct_rate, view.platform_rate, view.reseller_price])
    spent = (rates[channel, np.arange(3)] * view.potential * fraction).sum(axis=1)
    assert (spent <= np.maximum(view.budget, 1.0) * (1.0 + 1e-9)).all()


@every_rule
def test_every_parameter_of_a_strategy_has_a_meaning_and_an_example(rule: type[Rule]) -> None:
    for name, field in rule.model_fields.items():
        if name != "name":
            assert field.description
            assert field.examples


@every_rule
def test_a_strategy_knows_its_name_and_cites_or_explains_itself(rule: type[Rule]) -> None:
    names = {r: name for _, name, r in RULES}

    assert example(rule).name == names[rule]
    assert rule.__doc__


@every_rule
def test_a_strategy_cannot_be_changed_nor_given_what_it_does_not_know(rule: type[Rule]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        example(rule).name = "other"
    with pytest.raises(ValidationError, match="Extra inputs"):
        rule(surprise=1)


def test_strategies_reach_neither_the_model_nor_mesa(root: Path) -> None:
    script = (
        "import sys; from sim.strategies import *; import sim.strategies as s; "
        "[k.names() for k in (s.carrier_strategies, s.reseller_strategies, s.partner_strategies)]; "
        "known = [m for m in sys.modules if m.startswith(('sim.model', 'sim.agents', 'mesa'))]; "
        "sys.exit(str(known) if known else 0)"
    )
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
