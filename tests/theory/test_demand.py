"""Use and choice reach their closed forms; the cases are numbered V01, V02, ...

Expected values come from independent numerical solutions (quadrature, eigenvectors, root
finding) of the sources that each test names.
"""

import numpy as np
import pytest

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.mechanisms.allocation import usable_part
from sim.mechanisms.congestion import delay
from sim.mechanisms.inversion import expected_shares
from sim.mechanisms.usage import BILLED, USED, make_curve
from tests.theory.small_market import (
    COUNTRY,
    Floats,
    SmallMarket,
    joined,
    levels,
    line_market,
    lognormal,
    one_line,
    plans,
    rows_of,
    sampling_error,
    segments,
    spread_over,
    standing,
)

ROWS = 50_000

# V01, McFadden 1974; Train 2009, chapter 3. The last "carrier" is the outside option.
XI, PRICE = (1.0, 0.3, 0.2, -1.0), (60.0, 50.0, 48.0, 0.0)
LOGIT_SHARES = np.array([0.3806523996, 0.2308773511, 0.2174321009, 0.1710381484])
LOGSUM = 0.7658686572
OWN_ELASTICITIES = np.array([-0.7432171204, -0.7691226489, -0.7512651832])
CROSS_ELASTICITIES = np.array([0.4567828796, 0.2308773511, 0.2087348168])

# V04, after Dubé, Hitsch and Rossi 2010: utilities less prices, a switching cost of 3 utils.
VALUES = (-0.20, -0.70, -0.76)
STATIONARY = np.array([0.5734975789, 0.2249954838, 0.2015069373])
CHURN = np.array([0.0553884400, 0.1142389843, 0.1228274695])
EIGENVALUE = 0.8703188170

# V05, after Hortaçsu, Madanizadeh and Puller 2017: 5 % look each month; all begin with one.
AFTER_24 = np.array([0.6171017860, 0.1971908578, 0.1857073562])
INATTENTIVE_CHURN = 0.0321387320


def free_shares(market: SmallMarket) -> Floats:
    """Return the exact probabilities of users who all choose freely."""
    return market.next_shares()


# V01 ---------------------------------------------------------------------------------------


def test_v01_probabilities_are_those_of_the_multinomial_logit() -> None:
    assert free_shares(line_market(XI, PRICE)) == pytest.approx(LOGIT_SHARES, abs=1e-9)


def test_v01_expected_flows_have_the_shares_of_the_multinomial_logit() -> None:
    market = line_market(XI, PRICE)
    market.flow()

    assert market.shares() == pytest.approx(LOGIT_SHARES, abs=1e-9)


def test_v01_users_who_draw_have_the_shares_of_the_multinomial_logit() -> None:
    market = line_market(XI, PRICE, lines=ROWS)
    market.draw(rows_of(market.lines))

    assert (np.abs(market.shares() - LOGIT_SHARES) < sampling_error(LOGIT_SHARES, ROWS)).all()


def test_v01_price_elasticities_are_those_of_the_multinomial_logit() -> None:
    market = line_market(XI, PRICE)
    share, slope = expected_shares(market.crowd(), market.tastes.xi)

    by_price = -0.02 * slope * np.array(PRICE)[None, :] / share[:, None]
    assert np.diag(by_price)[:3] == pytest.approx(OWN_ELASTICITIES, abs=1e-8)
    # The elasticity of any rival's share to carrier j's price is alpha p_j s_j.
    assert by_price[3, :3] == pytest.approx(CROSS_ELASTICITIES, abs=1e-8)


def test_v01_consumer_surplus_is_the_logsum_over_the_worth_of_a_yuan() -> None:
    market = line_market(XI, PRICE, lines=1)

    assert market.surplus().tolist() == [round(LOGSUM / 0.02 * FEN_PER_YUAN), 0, 0, 0]


# V02 ---------------------------------------------------------------------------------------


def test_v02_unequal_price_sensitivity_gives_the_shares_of_the_mixed_logit() -> None:
    """Log-normal price sensitivity (Berry, Levinsohn and Pakes 1995; Nevo 2001)."""
    alone = line_market(XI, PRICE)
    people = joined(*(segments(alpha=float(a)) for a in lognormal(250, 0.02, 0.5)))
    lines = standing(people, alone.offers, 0, lines=COUNTRY // 250)
    mixed = SmallMarket(people, alone.offers, lines, alone.levels, alone.tastes)

    expected = np.array([0.3619104407, 0.2212058644, 0.2089016298, 0.2079820652])
    assert free_shares(mixed) == pytest.approx(expected, abs=1e-4)


# V03 ---------------------------------------------------------------------------------------


# McFadden 1978; Train 2009, chapter 4: the second and third carrier share a nest.
NESTED_SHARES = np.array([0.4269569776, 0.2001214814, 0.1810774045, 0.1918441365])
NESTED_ELASTICITIES = np.array(
    [
        [-0.6876516267, 0.2001214811, 0.1738343083],
        [0.5123483734, -1.1165590598, 0.4778476283],
        [0.5123483738, 0.5501076061, -1.1221523724],
    ]
)
UNICOM_TO_TELECOM = 0.4457963432


def nested_market() -> SmallMarket:
    return line_market(XI, PRICE, dissimilarity=0.6, nest=(0, 1, 1, 2))


def test_v03_carriers_in_a_nest_have_the_shares_of_the_nested_logit() -> None:
    market = nested_market()
    assert free_shares(market) == pytest.approx(NESTED_SHARES, abs=1e-9)

    market.flow()
    assert market.shares() == pytest.approx(NESTED_SHARES, abs=1e-9)


def test_v03_price_elasticities_are_those_of_the_nested_logit() -> None:
    market = nested_market()
    share, slope = expected_shares(market.crowd(), market.tastes.xi)

    by_price = -0.02 * slope * np.array(PRICE)[None, :] / share[:, None]
    assert by_price[:3, :3] == pytest.approx(NESTED_ELASTICITIES, abs=1e-8)


def test_v03_who_leaves_goes_first_to_the_other_carrier_of_the_nest() -> None:
    market = nested_market()
    _, slope = expected_shares(market.crowd(), market.tastes.xi)

    assert -slope[2, 1] / slope[1, 1] == pytest.approx(UNICOM_TO_TELECOM, abs=1e-8)


def test_v03_users_who_draw_have_the_shares_of_the_nested_logit() -> None:
    market = nested_market()
    market.lines = np.sign(market.lines) * ROWS
    market.draw(rows_of(market.lines))

    assert (np.abs(market.shares() - NESTED_SHARES) < sampling_error(NESTED_SHARES, ROWS)).all()


# V04 ---------------------------------------------------------------------------------------


def switching_market(lines: int = COUNTRY) -> SmallMarket:
    return line_market(VALUES, (0.0, 0.0, 0.0), switching=3.0, lines=lines)


def test_v04_stationary_shares_under_switching_costs_stay_as_they_are() -> None:
    market = spread_over(switching_market(), STATIONARY)
    market.flow()

    assert market.shares() == pytest.approx(STATIONARY, abs=1e-9)


def test_v04_each_carrier_loses_the_users_that_its_stationary_share_implies() -> None:
    market = spread_over(switching_market(), STATIONARY)
    before = market.by_carrier()
    flows = market.flow().flows.sum(axis=0)

    assert 1.0 - np.diag(flows) / before == pytest.approx(CHURN, abs=1e-9)


def test_v04_shares_near_their_goal_by_the_second_eigenvalue_a_month() -> None:
    market, gaps = switching_market(), []
    for _ in range(60):
        market.flow()
        gaps.append(np.abs(market.shares() - STATIONARY).max())

    assert gaps[-1] / gaps[-2] == pytest.approx(EIGENVALUE, abs=1e-3)


def test_v04_users_who_draw_reach_the_stationary_shares() -> None:
    market = switching_market(ROWS)
    rows = rows_of(market.lines)
    for month in range(60):  # twelve half-lives from all with the first carrier
        moved = market.draw(rows, month)

    assert (np.abs(market.shares() - STATIONARY) < sampling_error(STATIONARY, ROWS)).all()
    left = ROWS - np.trace(moved.flows.sum(axis=0))
    churn = STATIONARY @ CHURN
    assert abs(left / ROWS - churn) < sampling_error(np.array(churn), ROWS)


# V05 ---------------------------------------------------------------------------------------


def inattentive_market(lines: int = COUNTRY) -> SmallMarket:
    return line_market(VALUES, (0.0, 0.0, 0.0), attention=0.05, lines=lines)


def test_v05_shares_of_inattentive_users_follow_their_closed_path() -> None:
    market = inattentive_market()
    for _ in range(24):
        market.flow()

    assert market.shares() == pytest.approx(AFTER_24, abs=1e-9)


def test_v05_users_who_seldom_look_follow_the_path_too() -> None:
    market = inattentive_market(ROWS)
    rows = rows_of(market.lines)
    for month in range(24):
        market.draw(rows, month)
    assert (np.abs(market.shares() - AFTER_24) < sampling_error(AFTER_24, ROWS)).all()

    for month in range(24, 144):  # to the end of the path
        moved = market.draw(rows, month)
    left = ROWS - np.trace(moved.flows.sum(axis=0))
    assert abs(left / ROWS - INATTENTIVE_CHURN) < sampling_error(np.array(INATTENTIVE_CHURN), ROWS)


# V06, V07 ----------------------------------------------------------------------------------


def test_v06_a_population_under_a_three_part_tariff_bunches_at_the_allowance() -> None:
    """Nevo, Turner and Williams 2016: 31 % use exactly what the plan includes."""
    count = 200_000
    people = segments(*lognormal(count, 0.12, 0.9))
    offers = plans((20.0, 1.0), overage=0.29)
    market = SmallMarket(
        people, offers, standing(people, offers, 1), curve=make_curve(0.6, 0.05, 300.0)
    )
    month = market.use()
    usage = month.usage.sum(axis=(1, 2))

    assert (usage < KB_PER_GB).mean() == pytest.approx(0.6400878134, abs=2e-5)
    assert (usage == KB_PER_GB).mean() == pytest.approx(0.3090595323, abs=2e-5)
    assert (usage > KB_PER_GB).mean() == pytest.approx(0.0508526543, abs=2e-5)
    assert usage.mean() / KB_PER_GB == pytest.approx(0.7076824896, abs=2e-4)
    assert month.total(BILLED) / count / KB_PER_GB == pytest.approx(0.0284293091, abs=2e-4)


def pays_for_all(eps: float, price: float, theta: float = 1.0) -> tuple[float, float]:
    """Return GB and yuan of a line without effort cost that pays for every GB."""
    curve = make_curve(eps, 1e-12, 300.0)
    month = one_line(plans((0.0, 0.0), overage=price), theta=theta, curve=curve).use()
    return month.usage.sum() / KB_PER_GB, month.bill.sum() / FEN_PER_YUAN


def test_v07_a_price_cut_raises_use_and_lowers_revenue_where_demand_is_inelastic() -> None:
    before, after = pays_for_all(0.8, 26.0, theta=4e3), pays_for_all(0.8, 9.0, theta=4e3)

    assert after[0] / before[0] == pytest.approx(2.336601606, rel=1e-6)
    assert after[1] / before[1] == pytest.approx(0.8088236328, rel=1e-6)


def test_v07_users_gain_the_area_under_their_demand() -> None:
    curve, alpha = make_curve(0.8, 1e-12, 300.0), 0.06
    worth = [
        one_line(plans((0.0, 0.0), overage=price), theta=4.0, curve=curve, alpha=alpha)
        .weights().top[0, 1] / alpha
        for price in (26.0, 9.0)
    ]  # fmt: skip

    assert worth[1] - worth[0] == pytest.approx(7.335992354, abs=1e-6)


@pytest.mark.parametrize("eps", [0.5, 0.7, 0.9, 0.99])
def test_revenue_from_a_gb_changes_by_the_price_ratio_to_one_less_the_elasticity(
    eps: float,
) -> None:
    """V07: neutral as the elasticity nears 1; below, a price war destroys value."""
    before, after = pays_for_all(eps, 26.0, theta=1e4), pays_for_all(eps, 9.0, theta=1e4)

    assert after[1] / before[1] == pytest.approx((9.0 / 26.0) ** (1.0 - eps), rel=1e-5)


# V28, V42: what sponsoring adds ------------------------------------------------------------


@pytest.mark.parametrize(
    ("eps", "paid_by_partner", "multiplier"),
    [(1.5, 0.4, 2.151657415), (2.0, 0.2, 1.5625), (2.0, 0.6, 6.25), (3.0, 0.7, 37.03703704)],
)
def test_v28_use_grows_as_a_partner_pays_a_part_of_the_price(
    eps: float, paid_by_partner: float, multiplier: float
) -> None:
    """Joe-Wong, Ha and Chiang 2015: use grows by (1 - gamma)^(-eps)."""
    full, _ = pays_for_all(eps, 100.0, theta=1e6)
    reduced, _ = pays_for_all(eps, 100.0 * (1.0 - paid_by_partner), theta=1e6)

    assert reduced / full == pytest.approx(multiplier, rel=1e-4)


@pytest.mark.parametrize(
    ("eps", "kappa", "price", "multiplier"),
    [
        (0.6, 1.0, 9.0, 3.981071706),
        (0.8, 1.0, 9.0, 6.309573445),
        (1.2, 2.0, 26.0, 23.73305484),
        (0.8, 3.0, 46.0, 9.342430167),
    ],
)
def test_v42_fully_sponsored_use_grows_by_price_over_effort_cost(
    eps: float, kappa: float, price: float, multiplier: float
) -> None:
    offers, curve = plans((0.0, 0.0), overage=price), make_curve(eps, kappa, 300.0)
    paid, given = (
        one_line(offers, theta=1e4, month=levels(sponsored=share), curve=curve).use().total(USED)
        for share in (0.0, 1.0)
    )

    assert given / paid == pytest.approx(multiplier, rel=1e-6)


# V40 ---------------------------------------------------------------------------------------


def test_v40_a_bound_allowance_is_worth_to_a_line_what_its_usable_part_is() -> None:
    """A line that may decide itself what it uses gains a quota larger by one over the part."""
    part = usable_part([0.7, 0.3], [0.5, 0.5], 0.7)
    bound = one_line(plans((30.0, 1.0), overage=60.0), theta=90.0, month=levels(usable=part))
    smaller = one_line(plans((30.0, part), overage=60.0), theta=90.0)
    free = one_line(plans((30.0, 1.0), overage=60.0), theta=90.0)

    assert part < 1.0
    # The smaller plan is sold in whole kilobytes.
    assert bound.weights().top[0, 1] == pytest.approx(smaller.weights().top[0, 1], abs=1e-6)
    assert bound.weights().top[0, 1] < free.weights().top[0, 1]


# V32, V33: feedback ------------------------------------------------------------------------


def test_v32_congested_carriers_settle_where_delay_and_choice_agree() -> None:
    """Acemoglu and Ozdaglar 2007: logit users shun the queue 1 / (K - share)."""
    capacity = np.array([1.0, 0.5, 0.5])
    market = line_market((1.0, 0.3, 0.2, -1.0), (0.0,) * 4)
    uncongested = np.array([0.4804805841, 0.2385995968, 0.2158938431])
    assert free_shares(market)[:3] == pytest.approx(uncongested, abs=1e-9)

    wait = np.zeros(3)
    for _ in range(200):
        place = np.append(-0.3 * wait, 0.0)[:, None]
        market.tastes = market.tastes._replace(place=place)
        share = free_shares(market)[:3]
        wait = 0.5 * wait + 0.5 * delay(share / capacity) / capacity

    assert share == pytest.approx([0.5148811054, 0.1837675765, 0.1720247017], abs=1e-8)
    assert wait == pytest.approx([2.0613503437, 3.1622310862, 3.0490101091], abs=1e-7)


@pytest.mark.parametrize(
    ("strength", "bias", "lead"),
    [(0.8, 0.0, 0.0), (1.2, 0.0, 0.6585696604), (1.5, 0.0, 0.8585596366), (1.2, 0.1, 0.7728916434)],
)
def test_v33_peers_tip_the_market_only_above_the_critical_strength(
    strength: float, bias: float, lead: float
) -> None:
    """Brock and Durlauf 2001: m = tanh(beta h + beta J m); J here is per unit share."""
    market = line_market((2.0 * bias, 0.0), (0.0, 0.0))
    share = np.array([0.75, 0.25])
    for _ in range(400):
        market.tastes = market.tastes._replace(place=(2.0 * strength * share)[:, None])
        share = free_shares(market)

    assert share[0] - share[1] == pytest.approx(lead, abs=1e-8)


# V39 ---------------------------------------------------------------------------------------


def test_v39_sampling_error_falls_with_the_root_of_the_number_of_users() -> None:
    sizes = np.array([250, 1_000, 4_000, 16_000])
    errors = []
    for size in sizes:
        market = line_market(XI, PRICE, renewal=1.0, lines=int(size))
        rows, gaps = rows_of(market.lines), []
        for month in range(400):
            market.draw(rows, month)
            gaps.append(market.shares() - LOGIT_SHARES)
        errors.append(np.sqrt(np.square(gaps).mean()))

    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.05)
