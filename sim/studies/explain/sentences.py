"""Facts in plain words: short sentences with the numbers that decided."""

from collections.abc import Sequence
from typing import Any

from sim.core.calendar import year_of
from sim.core.units import MONTHS_PER_YEAR
from sim.studies.explain.firms import BranchMonth, ResellerMonth
from sim.studies.explain.partners import CarrierDeal, PartnerMonth
from sim.studies.explain.users import (
    JOINED,
    LEVELS,
    LOOKED,
    QUIET,
    RENEWED,
    Option,
    State,
    Use,
    UserMonth,
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MOST_DIGITS = 12


# Numbers and names


def month_name(month: int) -> str:
    """Return a month in words: March 2017."""
    return f"{_MONTHS[month % MONTHS_PER_YEAR]} {year_of(month)}"


def offer_name(carrier: str, plan: str) -> str:
    """Return an offer as people say it: Unicom internet card."""
    return f"{carrier.capitalize()} {plan.replace('_', ' ')}"


def number(value: float, digits: int = 2) -> str:
    """Return a number with a true minus sign, and none before zero."""
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def money(yuan: float) -> str:
    """Return an amount of yuan, in millions where it is large."""
    if abs(yuan) >= 1e6:
        return f"{number(yuan / 1e6)} m yuan"
    return f"{number(yuan, 0 if abs(yuan) >= 1e3 else 2)} yuan"


def held_against(draw: float, below: float) -> str:
    """Return a draw and its threshold, with as many digits as tell them apart."""
    digits = 3
    while f"{draw:.{digits}f}" == f"{below:.{digits}f}" and digits < _MOST_DIGITS:
        digits += 1
    sign = "<" if draw < below else "≥"
    return f"draw {draw:.{digits}f} {sign} {below:.{digits}f}"


def percent(share: float) -> str:
    """Return a share as per cent: 31 %, 9.9 %."""
    return f"{share * 100:.{0 if share >= 0.1 or share == 0.0 else 1}f} %"


def span(values: Sequence[float], digits: int = 2) -> str:
    """Return the range of values: 0.11 to 0.15, or one number where they look alike."""
    low, high = number(min(values), digits), number(max(values), digits)
    return low if low == high else f"{low} to {high}"


# Users


def about_user(who: dict[str, Any], first: UserMonth) -> str:
    """Return who a user is and how the user began."""
    knows = "knows a reseller" if who["knows_reseller"] else "knows no reseller"
    state = f"{offer_name(first.before.carrier, first.before.plan)}, {LEVELS[first.before.level]}"
    return (
        f"Stands for {first.lines:,} lines in {who['province']}. Income {who['income_tier']}, "
        f"usage tier {who['usage_tier']} of {who['usage_tiers']} "
        f"({number(who['usage_scale'])} times the country's level), lifestyle "
        f"{who['lifestyle'].replace('_', ' ')}; a yuan is worth "
        f"{number(who['price_sensitivity'], 3)} utils; {knows}. Before {first.month}: {state}."
    )


def user_sentence(month: UserMonth) -> str:
    """Return what a user did in a month, and why."""
    found = [_upgraded(month), _came_to_look(month), _chose(month), _took_control(month)]
    return " ".join([*filter(None, found), _used(month.use, month.after)])


def _upgraded(month: UserMonth) -> str:
    draws = month.draws
    if draws.upgrade >= draws.upgrade_below:
        return ""
    what = "a first data device" if month.before.level == 0 else "4G"
    return f"Got {what} ({held_against(draws.upgrade, draws.upgrade_below)})."


def _came_to_look(month: UserMonth) -> str:
    draws = month.draws
    seen = f"Saw {len(month.options)} offers;"
    if month.way == JOINED:
        return f"Looked, as all do with a first device. {seen}"
    if month.way == RENEWED:
        why = held_against(draws.attention, draws.renews_below)
        return f"The line was new or replaced and chose freely ({why}). {seen}"
    why = held_against(draws.attention, draws.looks_below)
    if month.way == LOOKED:
        shocked = " after a bill shock" if month.shocked > 0.0 else ""
        return f"Looked{shocked} ({why}). {seen}"
    return f"Did not look ({why})."


def _chose(month: UserMonth) -> str:
    if month.way == QUIET:
        return ""
    best, chosen = month.best, month.chosen
    draw = f"draw {month.draws.choice:.3f}"
    said = f"best: {_worth(best)}."
    if chosen is best:
        return f"{said} {'Kept' if chosen.held else 'Chose'} it ({draw})."
    return f"{said} {'Kept' if chosen.held else 'Chose'} {_worth(chosen)} ({draw})."


def _worth(option: Option) -> str:
    name = offer_name(option.carrier, option.plan)
    return f"{name}, utility {number(option.utility)}, chance {percent(option.chance)}"


def _took_control(month: UserMonth) -> str:
    draws = month.draws
    if draws.control >= draws.control_below:
        return ""
    return f"Took up control over traffic ({held_against(draws.control, draws.control_below)})."


def _used(use: Use, state: State) -> str:
    name = offer_name(state.carrier, state.plan)
    if use.total == 0.0:
        return f"On {name}: no data, bill {number(use.bill)} yuan."
    source = " from a reseller" if use.from_reseller and use.beyond > 0.0 else ""
    parts = [
        f"{number(use.within)} within the allowance",
        f"{number(use.beyond)} beyond{source}",
        f"{number(use.sponsored)} sponsored",
    ]
    if use.rolled_in > 0.0:
        parts.append(f"{number(use.rolled_in)} were left over from last month")
    bill = [f"fee {number(use.fee)}", f"overage {number(use.overage)}"]
    bill += [f"control {number(use.control_fee)}"] if use.control_fee else []
    shock = " A bill shock." if use.shock else ""
    return (
        f"On {name}: used {number(use.total)} GB ({', '.join(parts)}); bill {number(use.bill)} "
        f"yuan ({', '.join([*bill, f'without data {number(use.voice)}'])}).{shock}"
    )


def quiet_user(months: Sequence[UserMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    state = months[0].after
    used = [m.use.total for m in months]
    shocks = sum(m.use.shock for m in months)
    paid = f"; paid overage in {shocks} months" if shocks else ""
    volume = f"used {span(used)} GB" if max(used) > 0.0 else "used no data"
    return (
        f"Did not look; {offer_name(state.carrier, state.plan)}, {LEVELS[state.level]}. A month: "
        f"{volume}, bill {span([m.use.bill for m in months])} yuan{paid}."
    )


# Partners


def about_partner(who: dict[str, Any]) -> str:
    """Return who a partner is."""
    invoice = "; needs an invoice and so buys from carriers alone" if who["direct_only"] else ""
    return (
        f"A partner in {who['category']} with {number(100 * who['reach'])} % of its traffic. An "
        f"added GB is worth {number(who['value_yuan_per_gb'])} yuan in 2015; it believes "
        f"{number(who['estimate_yuan_per_gb'])}. Budget {money(who['budget_yuan'])} a "
        f"month{invoice}."
    )


def partner_sentence(month: PartnerMonth) -> str:
    """Return what a partner weighed, agreed and got in a month."""
    said = []
    if "learned of the offer" in month.events:
        said.append("Learned of the offer.")
    if month.decides:
        said.append(f"Decided: {'; '.join(_decided(deal) for deal in month.deals)}.")
    if month.ended:
        said.append(f"Contracts ended ({', '.join(month.ended)}).")
    return " ".join([*said, _sponsored(month)])


def _decided(deal: CarrierDeal) -> str:
    name = deal.carrier.capitalize()
    if deal.channel == "none":
        return f"{name} not (the best, {deal.best.channel}: gain {money(deal.best.gain)})"
    part = "" if deal.fraction >= 1.0 else f", {percent(deal.fraction)} of its traffic by budget"
    return f"{name} by {deal.channel} (gain {money(deal.taken.gain)}{part})"


def _sponsored(month: PartnerMonth) -> str:
    if month.sponsored == 0.0:
        return "Sponsored nothing." if month.aware else "Does not know of the offer."
    return (
        f"Sponsored {number(month.sponsored, 0)} GB for {money(month.paid)} and fees of "
        f"{money(month.fees)}; the use it added is worth {money(month.worth)}."
    )


def quiet_partner(months: Sequence[PartnerMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    if not months[0].aware:
        return "Does not know of the offer."
    volume = [month.sponsored for month in months]
    if max(volume) == 0.0:
        return "Contract of sponsoring nothing."
    return f"Contracts run on; sponsored {span(volume, 0)} GB a month."


# Resellers and branches


def about_reseller(who: dict[str, Any]) -> str:
    """Return who a reseller is."""
    return f"A reseller with fixed costs of {money(who['fixed_cost_yuan'])} a month."


def about_branch(who: dict[str, Any]) -> str:
    """Return which branch it is."""
    return (
        f"{who['carrier'].capitalize()}'s branch in {who['province']}; selling costs it "
        f"{number(100 * who['selling_cost'])} % of the list price."
    )


def reseller_sentence(month: ResellerMonth) -> str:
    """Return how a reseller stood in a month."""
    events = f"{', '.join(month.events).capitalize()}. " if month.events else ""
    if not month.active:
        return f"{events}Out of business; {month.competitors} others are in it."
    trade = [
        f"{carrier.capitalize()} bought at {number(bought)}, sold at {number(sold)}"
        for carrier, (bought, sold) in month.trade.items()
    ]
    losing = f", {month.losing_months} months of loss in a row" if month.losing_months else ""
    prices = f"{'; '.join(trade)} yuan a GB. " if trade else "Nothing to buy. "
    return (
        f"{events}{month.competitors} others in business. {prices}All together earned a margin of "
        f"{money(month.gross_margin)}; own profit {money(month.profit)}, capital "
        f"{money(month.capital)}{losing}."
    )


def quiet_reseller(months: Sequence[ResellerMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    if not months[0].active:
        return "Out of business."
    profit = [month.profit for month in months]
    return (
        f"In business; profit {money(min(profit))} to {money(max(profit))} a month, capital "
        f"{money(months[-1].capital)} at the end."
    )


def branch_sentence(month: BranchMonth) -> str:
    """Return what a branch sold in a month, and the condition that it solved."""
    events = f"{', '.join(month.events).capitalize()}. " if month.events else ""
    first, *rest = (number(value) for value in month.terms.values())
    names = [name.replace("_", " ") for name in month.terms]
    terms = [f"{names[0]} {first}"]
    terms += [
        f"{'− ' if text.startswith('−') else '+ '}{name} {text.lstrip('−')}"
        for name, text in zip(names[1:], rest, strict=True)
    ]
    total = number(sum(month.terms.values()))
    condition = f"Worth of one more GB, yuan: {' '.join(terms)} = {total}."
    if month.price is None:
        return f"{events}Sold nothing below list (control {number(month.control)}). {condition}"
    return (
        f"{events}Sold {number(month.sold, 0)} GB at {number(month.price)} yuan (list "
        f"{number(month.list_price)}, control {number(month.control)}), received "
        f"{money(month.received)}. {condition}"
    )


def quiet_branch(months: Sequence[BranchMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    prices = [month.price for month in months if month.price is not None]
    if not prices:
        return "Sold nothing below list."
    volume = [month.sold for month in months]
    return f"Sold {span(volume, 0)} GB a month at {span(prices)} yuan a GB."
