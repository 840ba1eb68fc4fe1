"""Levers: the parameters that a reader may move on a page, each with its range and its place.

What a parameter means, its unit and its source are the schema's; the range is the one held
plausible beforehand, where there is one. A new lever is a line here,
and its name and meaning in the page's words.
"""

from sim.market.names import CARRIERS
from sim.strategies import carrier_strategies
from sim.studies.lever_kinds import NONE, Conduct, Lever, Number, Option, Switch, Theme

THEMES: tuple[Theme, ...] = ("prices", "leaks", "cooperation", "service", "regulation", "users")

# What the scenarios that ship have carriers do, and user control; these come first.
USUAL_CONDUCT = (
    "adaptive_markup",
    "price_war",
    "service_cooperation",
    "price_war_with_service",
    "obstruct",
    "user_control",
)


def _conducts() -> list[Lever]:
    said = "m ← m·(1 + υ·Δf/f),  price = (1 + m)·c"
    names = tuple(
        dict.fromkeys([*USUAL_CONDUCT, *(name for name, _ in carrier_strategies.items())])
    )
    return [
        Conduct(
            f"conduct_{c}", "prices", (f"carriers.{c}.strategy",), "7.7", said, True, options=names
        )
        for c in CARRIERS
    ]


LEVERS: tuple[Lever, ...] = (
    *_conducts(),
    Number(
        "cut", "prices", ("carriers.*.strategy.cut",), "7.7",
        "price = (1 − cut) · min(own mark-up price, cheapest rival · c(t)/c(t−1))", True,
        low=0.005, high=0.1, step=0.005,
    ),
    Number(
        "upsilon", "prices", ("carriers.*.strategy.upsilon",), "7.7", "m ← m·(1 + υ·Δf/f)",
        low=0.0, high=0.5, step=0.01,
    ),
    Number(
        "line_cost", "prices", ("network.line_cost",), "7.14", "cost = line cost · lines + c·GB",
        step=1.0,
    ),
    Number(
        "gb_cost_fall", "prices", ("network.gb_cost_fall",), "7.14",
        "c(t) = c₀ · (1 − fall)^(t/12)", step=0.01,
    ),
    Switch(
        "leaks", "leaks", ("leakage.enabled",), "7.9", "w_b = A − b·l_b − d·Σ l", True,
    ),
    Number(
        "leak_control", "leaks", ("carriers.*.leak_control_branched",), "7.9",
        "max (1 − k)·[(w_b − c_b)·l_b − δ·m·L/M] + k·[Σ(w − c)·l − δ·m·L]", True,
        low=0.0, high=1.0, step=0.05,
    ),
    Number(
        "delta", "leaks", ("leakage.delta",), "7.9", "retail GB lost = δ · leaked GB", step=0.05,
    ),
    Number(
        "cross_national", "leaks", ("leakage.cross_national",), "7.9",
        "w_b = A − b·l_b − d·Σ l", low=0.05, high=1.0, step=0.05,
    ),
    Number(
        "access", "leaks", ("resale.access",), "7.10", "p = min(overage, reseller's price)",
        low=0.0, high=0.2, step=0.01,
    ),
    Option(
        "split", "cooperation", ("sharing.rule",), "7.12",
        "φ_j = Σ |S|!(2 − |S|)!/3! · [v(S + j) − v(S)]", True,
        options=("proportional", "equal", "shapley"),
    ),
    Number(
        "block", "cooperation", ("carriers.*.strategy.block",), "7.12",
        "worth of a GB · (1 − block)", True, low=0.0, high=1.0, step=0.05,
    ),
    Option(
        "joins_mobile", "cooperation", ("carriers.mobile.strategy.joins",), "7.12",
        "member from the month on", True,
        options=(NONE, "2018-01", "2019-01", "2020-01"),
    ),
    Option(
        "exit_patience", "cooperation", ("carriers.*.strategy.exit_patience",), "7.12",
        "leaves after n months with π(alone) > π(inside)", options=(NONE, "3", "6", "12"),
    ),
    Number(
        "integration_cost", "cooperation", ("sponsorship.integration_cost",), "7.11",
        "joins if Σ max(platform − best alternative, 0) > F + fee", low=0.0, high=200_000.0,
        step=10_000.0,
    ),
    Switch(
        "sponsoring", "service", ("sponsorship.enabled",), "7.11",
        "worth = v̂ · dilution · incremental · X", True,
    ),
    Number(
        "service", "service", ("carriers.*.strategy.service",), "7.12",
        "service ← service + build rate · (target − service)", True, low=0.0, high=1.0, step=0.05,
    ),
    Number(
        "uplift", "service", ("service.uplift",), "7.12",
        "(1 − share) · worth · (1 + uplift · service)", True, low=0.0, high=1.5, step=0.05,
    ),
    Number(
        "rate", "service", ("service.rate",), "7.12", "platform price = rate · direct price",
        True, low=0.3, high=1.2, step=0.05,
    ),
    Number(
        "revenue_share", "service", ("service.revenue_share",), "7.12",
        "(1 − share) · worth · (1 + uplift · service)", step=0.05,
    ),
    Number(
        "subscription", "service", ("service.subscription",), "7.12",
        "joins if Σ max(platform − best alternative, 0) > F + fee", low=0.0, high=200_000.0,
        step=10_000.0,
    ),
    Number(
        "build_rate", "service", ("service.build_rate",), "7.12",
        "service ← service + build rate · (target − service)", low=0.01, high=0.25, step=0.01,
    ),
    Number(
        "value_median", "service", ("sponsorship.value_median",), "7.11",
        "worth = v̂ · dilution · incremental · X", True, step=0.2,
    ),
    Number(
        "value_dilution", "service", ("sponsorship.value_dilution",), "7.11",
        "dilution = growth^(−g)", step=0.05,
    ),
    Number(
        "price_cut_2018", "regulation", ("orders.price_cut_2018.size",), "7.8",
        "list price ≤ (1 − z) · last December's", True, low=0.0, high=0.6, step=0.05,
    ),
    Number(
        "price_cut_2019", "regulation", ("orders.price_cut_2019.size",), "7.8",
        "list price ≤ (1 − z) · last December's", True, low=0.0, high=0.6, step=0.05,
    ),
    Switch(
        "roaming", "regulation", ("orders.roaming",), "7.8", "r = 0 from July 2018", True,
    ),
    Switch(
        "portability", "regulation", ("orders.portability",), "7.8", "γ ← γ − 1 from Nov 2019",
        True,
    ),
    Switch(
        "rollover", "regulation", ("orders.rollover",), "7.2", "Q = allowance + what was left",
    ),
    Number(
        "elasticity", "users", ("demand.elasticity",), "7.2", "x(q) = Θ·(κ + q)^(−ε)", True,
        step=0.01,
    ),
    Number(
        "price_sensitivity", "users", ("demand.price_sensitivity",), "7.4",
        "V = … + α·(worth − fee)", True, step=0.002,
    ),
    Number(
        "attention", "users", ("demand.attention",), "7.4", "λ_i = min(1, λ + bill shock)", True,
        step=0.005,
    ),
    Number(
        "switching_cost", "users", ("demand.switching_cost",), "7.4",
        "a_j = exp(−γ/d)·Σ exp(V_jk/d)", True, step=0.1,
    ),
    Switch(
        "control", "users", ("user_control.enabled",), "7.15",
        "usable = 1 − b·(1 − part)", True,
    ),
    Number(
        "control_fee", "users", ("user_control.fee",), "7.15",
        "takes it up by logit on the gain, fee included", True, low=0.0, high=10.0, step=0.5,
    ),
    Number(
        "kappa", "users", ("demand.kappa",), "7.2", "x(q) = Θ·(κ + q)^(−ε)", step=0.5,
    ),
    Number(
        "peer_effect", "users", ("demand.peer_effect",), "7.4", "V = … + J·share in the province",
        step=0.1,
    ),
    Number(
        "dissimilarity", "users", ("demand.dissimilarity",), "7.4",
        "P_j = (a_j/S_g)·S_g^d / Σ S_h^d", step=0.05,
    ),
    Number(
        "usage_trend", "users", ("demand.usage_trend",), "7.2", "Θ ∝ exp(trend · t)", step=0.01,
    ),
    Number(
        "lte_usage", "users", ("demand.lte_usage",), "7.2", "Θ · (4G factor)", step=0.1,
    ),
    Number(
        "delay_cost", "users", ("demand.delay_cost",), "7.14", "V = … − ψ/(1 − load)", step=0.01,
    ),
)  # fmt: skip

BY_NAME: dict[str, Lever] = {lever.name: lever for lever in LEVERS}
