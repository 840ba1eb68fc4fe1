"""The whole market, configured to the limits in which theory knows the answer."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN
from sim.mechanisms.usage import SPONSORED
from sim.model import Market
from sim.studies.verify.ladder import rung
from sim.studies.verify.limits import UNIT, YUAN, Limit, market_of, stepped
from tests.theory.small_market import one_thread

type Floats = NDArray[np.float64]

MU = 0.25
BEST = {
    "name": "best_response", "discount": 1.0, "share_weight": 0.0, "bill_attention": 0.0,
    "plan_months": 1, "step": 0.3,
}  # fmt: skip
CARTEL = {**BEST, "name": "cartel", "members": ["mobile", "unicom", "telecom"]}

# Own use comes to a stop at a kilobyte: what partners give is all that is used, and all new.
NOTHING_OF_ONES_OWN = {"line": {"fee": YUAN, "allowance": 0.0, "throttled": 1e-6}}


@pytest.fixture(scope="module", autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


def partners(count: int, value: float, rate: float, **more: object) -> dict[str, object]:
    """Return partners alike who know of the offer at once; value and rate in yuan per GB."""
    alike = {
        "partners": count, "size_log_sd": 0.0, "value_median": value, "value_log_sd": 0.0,
        "value_dilution": 0.0, "estimate_noise": 0.0, "budget_median": 1e15, "budget_log_sd": 0.0,
        "direct_only": 1.0, "integration_cost": 0.0, "list_price": rate, "discount": 1.0,
        "innovation": 0.9, "launch": "2000-01",
    }  # fmt: skip
    return alike | more


def stored(case: str, quantity: str) -> Floats:
    """Return the values that the ladder holds for a quantity: (values,)."""
    return np.array(list(rung(case).stored(quantity).values()))


def prices(market: Market) -> Floats:
    """Return the prices of a line in the case's units."""
    return np.asarray(market.world.carriers.list_price / UNIT)


def profits(market: Market) -> Floats:
    """Return last month's profits per line of the country, in the case's units."""
    people = market.world.population
    return np.asarray(market.world.carriers.profit / UNIT / (people.lines.sum() / people.unit))


# conduct, as in case V10


def three_carriers(strategy: dict[str, object]) -> Market:
    """Return the market of V10 after its carriers have long answered each other."""
    case = rung("V10")
    quality = np.array(case.configured("a")) / MU
    limit = Limit(
        alpha=1 / MU, quality=tuple(quality.tolist()), price=(1.3, 1.3, 1.3), outside=0.0, cost=1.0,
        start=(0.6, 0.2, 0.2), strategy=strategy,
    )  # fmt: skip
    return stepped(market_of(limit), 60)


@pytest.fixture(scope="module")
def nash() -> Market:
    return three_carriers(BEST)


def test_best_responding_carriers_settle_at_the_nash_prices_of_2016(nash: Market) -> None:
    assert prices(nash) == pytest.approx(stored("V10", "all_separate.p"), abs=1e-6)
    assert profits(nash) == pytest.approx(stored("V10", "all_separate.profit"), abs=1e-6)


def test_a_price_cartel_without_side_payments_leaves_unicom_and_telecom_below_nash(
    nash: Market,
) -> None:
    cartel = three_carriers(CARTEL)

    assert prices(cartel) == pytest.approx(stored("V10", "all_joint.p"), abs=1e-6)
    assert profits(cartel)[0] > 1.5 * profits(nash)[0]
    assert (profits(cartel)[1:] < 0.97 * profits(nash)[1:]).all()


# waterbed, as in case V26


def sponsored_lines(rates: tuple[float, float, float], outside: float | None = None) -> Market:
    """Return best-responding carriers whose partners would pay up to half a unit a line.

    Quality is that of the case less its cost, and so are prices: no line then costs nothing.
    """
    limit = Limit(
        alpha=1 / MU, quality=(1 / MU,) * 3, price=(0.3, 0.3, 0.3), outside=outside,
        strategy=BEST,
        changes={
            "retail": {"plans": NOTHING_OF_ONES_OWN},
            "sponsorship": partners(8, 0.5 * YUAN, 0.2 * YUAN),
        },
    )  # fmt: skip
    market = market_of(limit)
    market.world.carriers.backward_rate[:] = [round(rate * UNIT) for rate in rates]
    return stepped(market, 80)


TOO_DEAR = 0.6  # units per GB: no partner pays it


def test_sponsor_revenue_that_all_have_is_competed_away_to_users() -> None:
    without, with_it = sponsored_lines((TOO_DEAR,) * 3), sponsored_lines((0.2, 0.2, 0.2))

    assert with_it.sums.by_place[:, :, SPONSORED].sum() > 0
    waterbed = (prices(without) - prices(with_it)) / 0.2
    assert waterbed == pytest.approx(np.ones(3), abs=1e-5)
    assert profits(with_it) == pytest.approx(profits(without), abs=1e-5)


def test_with_the_choice_of_no_line_a_little_of_it_stays() -> None:
    without, with_it = sponsored_lines((TOO_DEAR,) * 3, 0.0), sponsored_lines((0.2,) * 3, 0.0)

    waterbed = (prices(without) - prices(with_it)) / 0.2
    assert waterbed == pytest.approx(
        np.full(3, stored("V26", "outside_option.waterbed")[0]), abs=1e-5
    )
    assert (waterbed >= 0.95).all()


def test_a_lead_in_sponsoring_that_one_has_alone_is_not_competed_away() -> None:
    market = sponsored_lines((0.2, TOO_DEAR, TOO_DEAR), 0.0)

    expected = stored("V26", "only_firm1_has_side_revenue.profit")
    assert profits(market) == pytest.approx(expected, abs=1e-6)


# leaks, as in case V22

CHOKE = 100.0  # yuan per GB, list price of a backward GB


def leaking(control: float) -> Market:
    """Return 31 homogeneous branches a carrier, and partners of every value up to list.

    A line uses half of what it would; a thousandth of traffic is the partners' category, so
    sponsoring hardly moves what a GB brings: 0.6 of list, at a cost of 0.1.
    """
    limit = Limit(
        provinces=31,
        control=control,
        price=(0.3 * CHOKE / YUAN,) * 3,
        changes={
            "population": {
                "lifestyles": {
                    "everyone": {
                        "share": 1.0, "roaming": 0.0, "mix": {"video": 0.001, "music": 0.999},
                    },
                }
            },
            "network": {"gb_cost": 0.1 * CHOKE},
            "retail": {
                "plans": {"line": {"fee": 0.3 * CHOKE, "allowance": 0.0, "throttled": 0.5}},
                "reference_price": 0.3 * CHOKE,
            },
            "opening": {"usage": 1.0, "list_price": 0.3 * CHOKE},
            "leakage": {
                "control_spread": 0.0, "cost_spread": 0.0, "cross": 1.0, "cross_national": 1.0,
                "delta": 0.8,
            },
            "resale": {
                "resellers": 1_000, "active": 1_000, "fixed_cost": 0.0, "handling_spread": 0.0,
                "failure": 0.0, "capital": 1e12,
            },
            "sponsorship": partners(40_000, 1.0, CHOKE, direct_only=0.0),
        },
    )  # fmt: skip
    market = market_of(limit)
    book = market.world.partners
    ranks = np.flatnonzero(book.category == 0)
    # Half of what is sponsored is new: with values up to twice list, demand is linear up to list.
    book.value[ranks] = (np.arange(len(ranks)) + 0.5) / len(ranks) * 2.0 * CHOKE * FEN_PER_YUAN
    book.value[book.category != 0] = 0.0
    book.estimate[:] = book.value
    return market


def test_31_branches_without_control_leak_more_than_headquarters_by_the_factor_of_theory() -> None:
    commons, central = leaking(0.0), leaking(1.0)
    leaks = []
    for market in (commons, central):
        stepped(market, 6)  # every partner's contract has come up, and use has settled
        leaks.append(market.leak_charges.volume.sum(axis=1))

    factor = stored("V22", "31.L_decentralised")[0] / stored("V22", "central.L")[0]
    assert leaks[0] / leaks[1] == pytest.approx(np.full(3, factor), rel=0.005)
    choke = CHOKE * FEN_PER_YUAN
    for market, at in ((commons, "31"), (central, "central")):
        posted = market.world.branches.price / choke
        assert posted == pytest.approx(
            np.full(posted.shape, stored("V22", f"{at}.w")[0]), abs=0.002
        )


# sponsoring, as in case V42

METER = {"elasticity": 0.8, "kappa": 1.0, "choke_price": 300.0}


def metered_lines(overage: float, value: float) -> Market:
    """Return users who pay for every GB, and one partner a category; yuan."""
    limit = Limit(
        price=(1.0 / YUAN,) * 3,
        changes={
            "demand": METER,
            "retail": {
                "plans": {"line": {"fee": 1.0, "allowance": 0.0, "overage": overage}},
                "reference_price": 1.0,
            },
            "opening": {"usage": 1.0, "list_price": 1.0},
            "network": {"gb_cost": 0.1},
            "sponsorship": partners(8, value, 5.0),
        },
    )  # fmt: skip
    return stepped(market_of(limit), 4)


def sponsors(market: Market) -> bool:
    return bool(market.sums.by_place[:, :, SPONSORED].sum() > 0)


def test_a_partner_sponsors_from_the_threshold_of_its_value_on() -> None:
    threshold = stored("V42", "rows.2.threshold_v")[0]  # eps 0.8, kappa 1, price 9, rate 5

    assert sponsors(metered_lines(9.0, 1.001 * threshold))
    assert not sponsors(metered_lines(9.0, 0.999 * threshold))


def test_sponsoring_stops_as_the_price_that_users_pay_falls_below_its_threshold() -> None:
    value, rate, eps, kappa = 6.0, 5.0, METER["elasticity"], METER["kappa"]
    # v = w / (1 - (kappa / (kappa + p))^eps), solved for p
    edge = kappa * ((1.0 - rate / value) ** (-1.0 / eps) - 1.0)

    assert sponsors(metered_lines(1.01 * edge, value))
    assert not sponsors(metered_lines(0.99 * edge, value))


# platforms, as in case V24


def integrating(shared: bool) -> Floats:
    """Return the share of a category's partners that each carrier has: (carriers,)."""
    count, cost = 20_000, 0.1
    together = {
        "name": "service_cooperation", "upsilon": 0.0, "service": 0.0, "exit_patience": None,
    }  # fmt: skip
    limit = Limit(
        start=(0.62, 0.19, 0.19),
        attention=0.0,
        cost=0.1,
        strategies={"unicom": together, "telecom": together} if shared else {},
        changes={
            "retail": {"plans": NOTHING_OF_ONES_OWN},
            "sponsorship": partners(count, 1.0, 0.01),
            "service": {"uplift": 0.0, "rate": 1.0, "subscription": 0.0, "revenue_share": 0.0},
        },
    )
    market = market_of(limit)
    book, inside = market.world.partners, np.flatnonzero(market.world.partners.category == 0)
    people = market.world.population
    reached = people.lines.sum() / people.unit / len(inside)  # GB of a partner on all carriers
    value = (np.arange(len(inside)) + 0.5) / len(inside)  # yuan per GB
    book.value[:] = 0.0
    book.value[inside] = value * FEN_PER_YUAN
    book.estimate[:] = book.value
    settings = market.scenario.sponsorship.model_copy(update={"integration_cost": cost * reached})
    market._settings = market.scenario.model_copy(update={"sponsorship": settings})
    stepped(market, 6)
    owed = market.sponsor_charges
    volume = owed.volume[np.isin(owed.partner, inside)]
    joined = (volume > 0).sum(axis=0) / len(inside)
    return np.asarray(joined)


def test_one_shared_platform_brings_more_partners_than_two() -> None:
    separate, shared = integrating(shared=False), integrating(shared=True)

    # The rate of 0.01 yuan stands for none: it costs a hundredth of the highest value.
    assert separate == pytest.approx(stored("V24", "join_share_separate"), abs=0.012)
    together = stored("V24", "join_share_TU_shared")[0]
    assert shared[1:] == pytest.approx(np.full(2, together), abs=0.012)
    assert (shared[1:] > separate[1:] + 0.2).all()
