"""Facts in plain Chinese; the same facts in the same order as `sim.studies.explain.sentences`."""

from collections.abc import Sequence
from typing import Any

from sim.studies.explain.firms import BranchMonth, ResellerMonth
from sim.studies.explain.partners import CarrierDeal, PartnerMonth
from sim.studies.explain.sentences import held_against, number, percent, span
from sim.studies.explain.users import (
    JOINED,
    LOOKED,
    QUIET,
    RENEWED,
    Option,
    State,
    Use,
    UserMonth,
)

CARRIER = {"mobile": "移动", "unicom": "联通", "telecom": "电信"}
CHANNEL = {"none": "不赞助", "direct": "直接采购", "platform": "平台", "reseller": "中间商"}
CATEGORY = {
    "video": "视频", "music": "音乐", "social": "社交", "games": "游戏", "shopping": "购物",
    "news": "资讯", "travel": "出行", "finance": "金融",
}  # fmt: skip
PLAN = {"voice_only": "无流量套餐", "internet_card": "互联网卡", "unlimited": "不限量套餐"}
INCOME = {"low": "低", "middle": "中", "high": "高"}
LIFESTYLE = {"viewer": "观看型", "networker": "社交型", "bargain_hunter": "比价型"}
LEVELS = ("没有数据终端", "4G以下上网", "4G上网", "4G以下上网，自主控制", "4G上网，自主控制")
EVENT = {
    "entered": "入市",
    "left": "退出",
    "out of capital": "资本耗尽",
    "began to sell": "开始低价出售",
    "stopped selling": "停止低价出售",
}
TERM = {
    "list_price": "目录价",
    "traffic_cost": "流量成本",
    "selling_cost": "销售成本",
    "lost_retail": "损失的零售",
    "own_sales": "自身销量",
    "other_branches": "其他分公司",
}


def month_name(label: str) -> str:
    """Return a month's label in words: 2017年3月."""
    year, month = label.split("-")
    return f"{year}年{int(month)}月"


def when(first: str, last: str) -> str:
    """Return a month, or months in a row, in words."""
    return month_name(first) if first == last else f"{month_name(first)}至{month_name(last)}"


def offer_name(carrier: str, plan: str) -> str:
    """Return an offer as people say it: 联通互联网卡."""
    fee = plan.removeprefix("p")
    return CARRIER[carrier] + (PLAN.get(plan) or (f"{fee}元套餐" if fee.isdigit() else plan))


def money(yuan: float) -> str:
    """Return an amount of yuan, in 万 or 亿 where it is large."""
    for size, unit in ((1e8, "亿元"), (1e4, "万元")):
        if abs(yuan) >= size:
            return f"{number(yuan / size)} {unit}"
    return f"{number(yuan, 0 if abs(yuan) >= 1e3 else 2)} 元"


def drawn(draw: float, below: float) -> str:
    """Return a draw and its threshold, with as many digits as tell them apart."""
    return held_against(draw, below).replace("draw", "随机数")


def about_user(who: dict[str, Any], first: UserMonth) -> str:
    """Return who a user is and how the user began."""
    knows = "认识中间商" if who["knows_reseller"] else "不认识中间商"
    state = f"{offer_name(first.before.carrier, first.before.plan)}，{LEVELS[first.before.level]}"
    return (
        f"代表{who['province']}的 {first.lines:,} 户。收入{_of(INCOME, who['income_tier'])}，"
        f"用量第 {who['usage_tier']} 档（共 {who['usage_tiers']} 档，为全国水平的 "
        f"{number(who['usage_scale'])} 倍），生活方式：{_of(LIFESTYLE, who['lifestyle'])}；每元值 "
        f"{number(who['price_sensitivity'], 3)} 效用；{knows}。"
        f"{month_name(first.month)}之前：{state}。"
    )


def _of(names: dict[str, str], name: str) -> str:
    return names.get(name, name.replace("_", " "))


def user_sentence(month: UserMonth) -> str:
    """Return what a user did in a month, and why."""
    found = [_upgraded(month), _came_to_look(month), _chose(month), _took_control(month)]
    return "".join([*found, _used(month.use, month.after)])


def _upgraded(month: UserMonth) -> str:
    draws = month.draws
    if draws.upgrade >= draws.upgrade_below:
        return ""
    what = "第一台数据终端" if month.before.level == 0 else "4G"
    return f"有了{what}（{drawn(draws.upgrade, draws.upgrade_below)}）。"


def _came_to_look(month: UserMonth) -> str:
    draws, seen = month.draws, f"看到 {len(month.options)} 个套餐；"
    if month.way == JOINED:
        return f"有了第一台终端，因此看了一遍。{seen}"
    if month.way == RENEWED:
        why = drawn(draws.attention, draws.renews_below)
        return f"线路是新增或更换的，可自由选择（{why}）。{seen}"
    why = drawn(draws.attention, draws.looks_below)
    if month.way == LOOKED:
        shocked = "超额账单之后" if month.shocked > 0.0 else ""
        return f"{shocked}看了一遍（{why}）。{seen}"
    return f"没有看（{why}）。"


def _chose(month: UserMonth) -> str:
    if month.way == QUIET:
        return ""
    best, chosen = month.best, month.chosen
    verb, draw = "保留" if chosen.held else "选择", f"（随机数 {month.draws.choice:.3f}）"
    if chosen is best:
        return f"最好的是{_worth(best)}。{verb}了它{draw}。"
    return f"最好的是{_worth(best)}。{verb}了{_worth(chosen)}{draw}。"


def _worth(option: Option) -> str:
    name = offer_name(option.carrier, option.plan)
    return f"{name}，效用 {number(option.utility)}，概率 {percent(option.chance)}"


def _took_control(month: UserMonth) -> str:
    draws = month.draws
    if draws.control >= draws.control_below:
        return ""
    return f"开通了流量自主控制（{drawn(draws.control, draws.control_below)}）。"


def _used(use: Use, state: State) -> str:
    name = offer_name(state.carrier, state.plan)
    if use.total == 0.0:
        return f"用{name}：没有流量，账单 {number(use.bill)} 元。"
    source = "（购自中间商）" if use.from_reseller and use.beyond > 0.0 else ""
    parts = [
        f"套餐内 {number(use.within)}",
        f"套餐外 {number(use.beyond)}{source}",
        f"后向 {number(use.sponsored)}",
    ]
    if use.rolled_in > 0.0:
        parts.append(f"其中上月结转 {number(use.rolled_in)}")
    bill = [f"套餐费 {number(use.fee)}", f"超额 {number(use.overage)}"]
    bill += [f"自主控制 {number(use.control_fee)}"] if use.control_fee else []
    shock = "超额账单。" if use.shock else ""
    return (
        f"用{name}：用了 {number(use.total)} GB（{'，'.join(parts)}）；账单 {number(use.bill)} 元"
        f"（{'，'.join([*bill, f'不含流量部分 {number(use.voice)}'])}）。{shock}"
    )


def quiet_user(months: Sequence[UserMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    state = months[0].after
    used = [m.use.total for m in months]
    shocks = sum(m.use.shock for m in months)
    paid = f"；其中 {shocks} 个月付了超额费" if shocks else ""
    volume = f"用 {_span(used)} GB" if max(used) > 0.0 else "不用流量"
    return (
        f"没有看；{offer_name(state.carrier, state.plan)}，{LEVELS[state.level]}。每月{volume}，"
        f"账单 {_span([m.use.bill for m in months])} 元{paid}。"
    )


def _span(values: Sequence[float], digits: int = 2) -> str:
    return span(values, digits).replace(" to ", " 至 ")


def about_partner(who: dict[str, Any]) -> str:
    """Return who a partner is."""
    invoice = "；需要发票，只向运营商采购" if who["direct_only"] else ""
    return (
        f"{_of(CATEGORY, who['category'])}类合作伙伴，占该类流量的 {number(100 * who['reach'])}%。"
        f"2015年每增加 1 GB 值 {number(who['value_yuan_per_gb'])} 元；它自己估计为 "
        f"{number(who['estimate_yuan_per_gb'])} 元。每月预算 {money(who['budget_yuan'])}{invoice}。"
    )


def partner_sentence(month: PartnerMonth) -> str:
    """Return what a partner weighed, agreed and got in a month."""
    said = []
    if "learned of the offer" in month.events:
        said.append("得知了后向流量。")
    if month.decides:
        said.append(f"作出决定：{'；'.join(_decided(deal) for deal in month.deals)}。")
    if month.ended:
        said.append("合同到期。")
    return "".join([*said, _sponsored(month)])


def _decided(deal: CarrierDeal) -> str:
    name = CARRIER[deal.carrier]
    if deal.channel == "none":
        best = deal.best
        return f"{name}不赞助（最好的是{CHANNEL[best.channel]}：收益 {money(best.gain)}）"
    part = "" if deal.fraction >= 1.0 else f"，受预算限制只赞助 {percent(deal.fraction)} 的流量"
    return f"{name}经{CHANNEL[deal.channel]}（收益 {money(deal.taken.gain)}{part}）"


def _sponsored(month: PartnerMonth) -> str:
    if month.sponsored == 0.0:
        return "没有赞助。" if month.aware else "还不知道后向流量。"
    return (
        f"赞助了 {number(month.sponsored, 0)} GB，付 {money(month.paid)} 和费用 "
        f"{money(month.fees)}；由此增加的使用值 {money(month.worth)}。"
    )


def quiet_partner(months: Sequence[PartnerMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    if not months[0].aware:
        return "还不知道后向流量。"
    volume = [month.sponsored for month in months]
    if max(volume) == 0.0:
        return "约定不赞助。"
    return f"合同继续；每月赞助 {_span(volume, 0)} GB。"


def about_reseller(who: dict[str, Any]) -> str:
    """Return who a reseller is."""
    return f"中间商，每月固定开支 {money(who['fixed_cost_yuan'])}。"


def about_branch(who: dict[str, Any]) -> str:
    """Return which branch it is."""
    cost = number(100 * who["selling_cost"])
    return f"{CARRIER[who['carrier']]}在{who['province']}的分公司；销售成本为目录价的 {cost}%。"


def _events(events: Sequence[str]) -> str:
    return "".join(f"{EVENT.get(event, event)}。" for event in events)


def reseller_sentence(month: ResellerMonth) -> str:
    """Return how a reseller stood in a month."""
    events = _events(month.events)
    if not month.active:
        return f"{events}不在经营；另有 {month.competitors} 家在经营。"
    trade = [
        f"{CARRIER[carrier]}进价 {number(bought)}，售价 {number(sold)}"
        for carrier, (bought, sold) in month.trade.items()
    ]
    losing = f"，已连续亏损 {month.losing_months} 个月" if month.losing_months else ""
    prices = f"{'；'.join(trade)}（元/GB）。" if trade else "无货可进。"
    return (
        f"{events}另有 {month.competitors} 家在经营。{prices}全行业毛利 "
        f"{money(month.gross_margin)}；自身利润 {money(month.profit)}，资本 "
        f"{money(month.capital)}{losing}。"
    )


def quiet_reseller(months: Sequence[ResellerMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    if not months[0].active:
        return "不在经营。"
    profit = [month.profit for month in months]
    return (
        f"在经营；每月利润 {money(min(profit))} 至 {money(max(profit))}，期末资本 "
        f"{money(months[-1].capital)}。"
    )


def branch_sentence(month: BranchMonth) -> str:
    """Return what a branch sold in a month, and the condition that it solved."""
    events, control = _events(month.events), number(month.control)
    terms = "，".join(f"{_of(TERM, name)} {number(value)}" for name, value in month.terms.items())
    total = number(sum(month.terms.values()))
    condition = f"再多卖 1 GB 的价值（元）：{terms}；合计 {total}。"
    if month.price is None:
        return f"{events}没有低于目录价出售（管控 {control}）。{condition}"
    return (
        f"{events}以 {number(month.price)} 元售出 {number(month.sold, 0)} GB（目录价 "
        f"{number(month.list_price)}，管控 {control}），收入 {money(month.received)}。{condition}"
    )


def quiet_branch(months: Sequence[BranchMonth]) -> str:
    """Return what months have in common in which nothing happened."""
    prices = [month.price for month in months if month.price is not None]
    if not prices:
        return "没有低于目录价出售。"
    volume = [month.sold for month in months]
    return f"每月售出 {_span(volume, 0)} GB，每 GB {_span(prices)} 元。"
