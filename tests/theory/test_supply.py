"""Quality, leaks, resale, sponsoring and diffusion reach their closed forms.

Cases are numbered as in test_demand.py; expected values come from independent solutions.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.core.calendar import month_index
from sim.market.names import CARRIERS, DIRECT, NONE, PLATFORM
from sim.market.views import ResellerView
from sim.market.world import NO_OFFER
from sim.mechanisms.diffusion import bass
from sim.mechanisms.inversion import expected_shares, invert_shares
from sim.mechanisms.leakage import branch_prices, branch_sales
from sim.mechanisms.sponsorship import incremental_share
from sim.mechanisms.usage import make_curve
from sim.scenario.load import load_scenario
from sim.scenario.paths import read_paths
from sim.strategies.partner.threshold import Threshold
from sim.strategies.reseller.cournot import Cournot
from tests.theory.partner_market import offered
from tests.theory.small_market import (
    line_market,
    one_line,
    plans,
    rows_of,
    spread_over,
)

# V10 ---------------------------------------------------------------------------------------

SHARES_2016 = np.array([849.0, 264.0, 215.0]) / 1328.0 * 0.95  # 5 % take none
NASH_PRICE = np.array([1.6366861636, 1.3082064612, 1.2954393771])
QUALITY = np.array([2.2609533724, 1.6404461493, 1.5763512964])
SCALE = 0.25  # mu


def test_v10_inversion_of_free_choices_is_berrys() -> None:
    """Berry 1994: a_j = a_0 + p_j + mu ln(s_j / s_0), where all look and moving is free."""
    many_fen = 1_000_000  # prices of the order of 1, to more digits than a fen
    market = line_market((0.0,) * 4, (0.0,) * 4, alpha=1.0 / SCALE / many_fen)
    voice = np.append(np.round(NASH_PRICE * many_fen * 100), 0.0).astype(np.int64)
    market.offers = market.offers._replace(voice=voice)
    found = invert_shares(market.crowd(), np.append(SHARES_2016, 0.05), np.zeros(4))

    assert found[:3] * SCALE == pytest.approx(QUALITY, abs=1e-7)
    assert found[3] == 0.0


def test_inversion_under_inattention_asks_more_of_quality_than_berrys() -> None:
    """Who seldom looks moves little: the same change of shares takes a larger change of quality."""
    now, target = np.array([0.6, 0.25, 0.15]), np.array([0.605, 0.247, 0.148])
    found = []
    for attention in (1.0, 0.05):
        market = line_market((0.0,) * 3, (0.0,) * 3, attention=attention, switching=1.0)
        crowd = spread_over(market, now).crowd()
        stay = invert_shares(crowd, now, np.zeros(3))
        found.append(invert_shares(crowd, target, np.zeros(3)) - stay)

    assert found[1][0] > found[0][0] > 0.0


# V22 ---------------------------------------------------------------------------------------

LEAK = {1: (0.25, 0.75), 5: (0.6833333333, 0.3166666667), 31: (0.859375, 0.140625)}
COST, LOSS = 0.1, 0.8 * 0.5


def sales(branches: int, control: float, substitution: float = 1.0) -> np.ndarray:
    return branch_sales(
        1.0, np.full(branches, COST), np.full(branches, control), LOSS, 1.0, substitution
    )


@pytest.mark.parametrize("branches", LEAK)
def test_v22_branches_left_alone_leak_as_commons_are_overused(branches: int) -> None:
    leaked = sales(branches, control=0.0)
    volume, price = LEAK[branches]

    assert leaked.sum() == pytest.approx(volume, abs=1e-9)
    assert branch_prices(1.0, leaked, 1.0, 1.0) == pytest.approx(np.full(branches, price), abs=1e-9)


@pytest.mark.parametrize("branches", LEAK)
@pytest.mark.parametrize("control", [0.0, 0.3, 0.7, 0.99])
def test_v22_leaks_fall_with_control_as_their_closed_form_says(
    branches: int, control: float
) -> None:
    weight = (1.0 - control) / branches + control
    expected = (1.0 - COST - weight * LOSS) / (1.0 + weight)

    assert sales(branches, control).sum() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("branches", LEAK)
def test_v22_central_control_leaks_what_a_single_seller_would(branches: int) -> None:
    """The centre does not mind which branch sells, so full control is reached as a limit."""
    assert sales(branches, control=1.0 - 1e-9).sum() == pytest.approx(0.25, abs=1e-6)


def test_v22_thirty_one_branches_lose_what_one_would_gain() -> None:
    def gain(branches: int) -> float:
        leaked = sales(branches, control=0.0)
        price = branch_prices(1.0, leaked, 1.0, 1.0)
        return float(((price - COST) * leaked).sum() - LOSS * leaked.sum())

    assert gain(1) == pytest.approx(0.0625, abs=1e-9)
    assert gain(5) == pytest.approx(-0.1252777778, abs=1e-9)
    assert gain(31) == pytest.approx(-0.308837890625, abs=1e-9)


# V20 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resellers", "price"), [(1, 80), (3, 70), (39, 61)])
def test_v20_resellers_add_a_cournot_margin(resellers: int, price: int) -> None:
    """Spengler 1950: w = 0.6 and A = 1 give p = 0.8 with one reseller, 0.7 with three."""
    nothing = np.zeros(resellers, np.int64)
    view = ResellerView(
        month=0,
        wholesale_price=np.full(3, 60),
        list_price=np.full(3, 100),
        handling=np.zeros(resellers),
        active=np.ones(resellers, np.bool_),
        profit=nothing,
        potential_profit=nothing,
        losing_months=nothing,
        capital=nothing + 1,
    )

    assert Cournot(patience=3).decide(view).price.tolist() == [price] * 3


# V42 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eps", "kappa", "price", "rate", "threshold"),
    [
        (0.6, 1.0, 9.0, 9.0, 12.019048479541652),
        (0.8, 1.0, 9.0, 9.0, 10.695051418642866),
        (0.8, 1.0, 9.0, 5.0, 5.941695232579369),
        (1.2, 2.0, 26.0, 15.0, 15.65983213006718),
        (0.8, 3.0, 46.0, 20.0, 22.397382968787532),
    ],
)
def test_v42_a_partner_sponsors_iff_its_value_passes_the_threshold(
    eps: float, kappa: float, price: float, rate: float, threshold: float
) -> None:
    """After Joe-Wong, Ha and Chiang 2015: sponsor iff v > w / (1 - (kappa / (kappa + p))^eps)."""
    curve = make_curve(eps, kappa, 300.0)
    month = one_line(plans((0.0, 0.0), overage=price), theta=1e5, curve=curve).use()
    added = incremental_share(month.sums.by_style, np.ones((1, 1)))[0, 0]

    value = threshold * 100.0 * np.array([1.0 - 1e-6, 1.0 + 1e-6])
    decision = Threshold().decide(offered(value, added, round(rate * 100)))

    assert decision.channel[:, 0].tolist() == [NONE, DIRECT]
    assert decision.fraction[:, 0].tolist() == [0.0, 1.0]


# V24 ---------------------------------------------------------------------------------------

REACH = np.array([0.62, 0.19, 0.19])
BILLION = 10**9


@pytest.mark.parametrize(
    ("member", "joined", "links"),
    [
        ((False, False, False), (0.8387096774, 0.4736842105, 0.4736842105), 0.70),
        ((False, True, True), (0.8387096774, 0.7368421053, 0.7368421053), 0.80),
        ((True, True, True), (0.9, 0.9, 0.9), 0.90),
    ],
)
def test_v24_a_shared_platform_brings_small_carriers_the_partners_of_a_large_one(
    member: tuple[bool, ...], joined: tuple[float, ...], links: float
) -> None:
    """Partners of value b, even on [0, 1], pay 0.1 a platform: join iff b times reach > 0.1."""
    partners = 100_000
    value = (np.arange(partners) + 0.5) / partners
    view = offered(value, added=1.0, rate=0)
    nothing = np.zeros(3, np.int64)
    decision = Threshold().decide(
        replace(
            view,
            potential=np.tile(REACH * BILLION, (partners, 1)),
            direct_rate=nothing,
            platform_rate=nothing,
            platform=np.where(member, 0, -1),
            integration_cost=BILLION // 10,
        )
    )
    share = (decision.channel != NONE).mean(axis=0)

    assert share == pytest.approx(joined, abs=2e-5)
    assert (share * REACH).sum() == pytest.approx(links, abs=2e-5)
    assert ((decision.channel == PLATFORM).any(axis=0) == member).all()


def test_the_platforms_fee_is_weighed_with_its_integration() -> None:
    view = replace(
        offered(np.array([0.9, 1.1]), added=1.0, rate=NO_OFFER),
        potential=np.tile(np.array([0.0, 0.5, 0.5]), (2, 1)) * BILLION,
        platform_rate=np.zeros(3, np.int64),
        platform=np.array([-1, 0, 0]),
        integration_cost=BILLION // 4,
        subscription=3 * BILLION // 4,
    )

    assert Threshold().decide(view).channel.tolist() == [[NONE] * 3, [NONE, PLATFORM, PLATFORM]]


def test_service_that_doubles_the_worth_halves_the_value_that_it_takes() -> None:
    view = replace(
        offered(np.array([4_00.0, 6_00.0]), added=1.0, rate=NO_OFFER),
        platform_rate=np.full(3, 10_00),
        platform=np.array([0, -1, -1]),
        uplift=np.array([1.0, 0.0, 0.0]),
    )

    assert Threshold().decide(view).channel[:, 0].tolist() == [NONE, PLATFORM]


def test_a_budget_caps_the_share_of_traffic_that_a_partner_pays_for() -> None:
    view = replace(
        offered(np.array([60_00.0]), added=1.0, rate=50_00),
        budget=np.array([1_000 * 50_00 / 4.0]),
    )

    assert Threshold().decide(view).fraction.tolist() == [[0.25, 0.0, 0.0]]


# Diffusion ---------------------------------------------------------------------------------


def test_adoptions_of_a_bass_diffusion_peak_when_bass_says() -> None:
    """Bass 1969: the peak is at ln(q/p) / (p+q), when (q - p) / 2q have adopted."""
    p, q = 0.03, 0.38
    peak = math.log(q / p) / (p + q)
    pace = [bass(peak + h, p, q) - bass(peak + h - 0.01, p, q) for h in (-1.0, 0.005, 1.0)]

    assert pace[1] == max(pace)
    assert bass(peak, p, q) == pytest.approx((q - p) / (2.0 * q), abs=1e-12)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("year", [2014, 2015, 2016, 2017])
def test_4g_spreads_in_the_base_scenario_as_it_did(carrier: str, year: int) -> None:
    """Within 4 points of lines at every year's end; December's middle is half a month early."""
    scenario = load_scenario("base")
    observed = scenario.observed
    share = observed.lte_lines[carrier][year] / observed.lines[carrier][year]
    december = month_index(f"{year}-12")
    lte = read_paths(scenario).lte[:, CARRIERS.index(carrier)]
    spread = scenario.carriers[carrier].lte
    at_end = spread.ceiling * bass(
        december + 1 - month_index(spread.launch), spread.innovation, spread.imitation
    )

    assert at_end == pytest.approx(share, abs=0.04)
    if year > 2014:
        assert lte[december] < at_end < lte[december + 1]


# Recovery ----------------------------------------------------------------------------------


def test_known_qualities_are_recovered_from_the_shares_that_users_draw() -> None:
    """Simulated users of known qualities; inversion returns them up to sampling error."""
    rows, quality = 60_000, (0.4, -0.3, 0.0)
    market = line_market(quality, (50.0, 45.0, 48.0), switching=1.0, attention=0.8, lines=rows)
    crowd = spread_over(market, np.full(3, 1.0 / 3.0)).crowd()
    _, slope = expected_shares(crowd, np.array(quality))
    market.draw(rows_of(market.lines))
    found = invert_shares(crowd, market.shares(), np.zeros(3))

    # What four standard errors of a share are in quality, by its slope.
    slack = 4.0 * np.sqrt(0.25 / rows) / np.abs(np.diag(slope)[:2]).min()
    assert slack < 0.1
    assert np.abs(found[:2] - np.array(quality[:2])).max() < slack
