"""Every word on the screen, in English and Chinese, and the names of things in both.

Here stands what several pages say; what one page says stands in `words/<page>.py`.
"""

from typing import Literal, NamedTuple

from sim.core.errors import SimError
from sim.dashboard.words import page_words

type Language = Literal["en", "zh"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Message(NamedTuple):
    """One text in all languages; the field names are the language codes."""

    en: str
    zh: str


MESSAGES: dict[str, Message] = {
    "app.title": Message("Backward Traffic Simulator", "后向流量模拟器"),
    "app.tagline": Message(
        "Three carriers, one data market, many possible futures",
        "三家运营商，一个流量市场，多种可能的未来",
    ),
    "app.skip": Message("Skip to the findings", "跳到结论"),
    "app.pages": Message("Pages", "页面"),
    "app.language": Message("Language", "语言"),
    "app.theme": Message("Colour theme", "配色主题"),
    "app.theme.light": Message("Light", "浅色"),
    "app.theme.dark": Message("Dark", "深色"),
    "app.footer": Message(
        "Simulated, not observed: a model's answer to “what if”, under its assumptions.",
        "以上为模拟结果，并非观测数据：是模型在其假设下对“如果……会怎样”的回答。",
    ),
    "page.missing": Message("There is no page here", "没有这个页面"),
    "page.home": Message("Go to the first page", "回到首页"),
    "choice.comparison": Message("Comparison", "比较结果"),
    "choice.metric": Message("Metric", "指标"),
    "choice.scenarios": Message("Scenarios", "情景"),
    "choice.carriers": Message("Carriers", "运营商"),
    "choice.view": Message("Show “{chart}” as", "“{chart}”的显示方式"),
    "choice.chart": Message("Chart", "图"),
    "choice.table": Message("Table", "表"),
    "choice.pick": Message("Show {metric} in the charts", "在图中显示{metric}"),
    "baseline": Message("baseline", "基准"),
    "note.warnings": Message("Read with care", "请谨慎解读"),
    "note.fed_in": Message("Fed in from history, not simulated", "由历史数据给定，非模拟得出"),
    "note.all": Message("all scenarios", "所有情景"),
    "note.broken": Message("This comparison cannot be read", "无法读取该比较结果"),
    "empty.title": Message("No comparison yet", "还没有比较结果"),
    "empty.what": Message(
        "Run a few scenarios against each other, then reload this page:",
        "先让几个情景相互比较，然后刷新本页：",
    ),
    "empty.copy": Message("Copy the command", "复制命令"),
    "empty.copied": Message("Copied", "已复制"),
    "finding.up": Message(
        "{scenario} raises {metric} by {size} {unit} ({low} to {high}).",
        "“{scenario}”使{metric}上升 {size} {unit}（{low} 至 {high}）。",
    ),
    "finding.down": Message(
        "{scenario} lowers {metric} by {size} {unit} ({low} to {high}).",
        "“{scenario}”使{metric}下降 {size} {unit}（{low} 至 {high}）。",
    ),
    "finding.none": Message(
        "{scenario}: no clear difference ({low} to {high} {unit}).",
        "“{scenario}”：差异不明显（{low} 至 {high} {unit}）。",
    ),
    "finding.single": Message(
        "{scenario}: {mean} {unit}, from one seed, so without an interval.",
        "“{scenario}”：{mean} {unit}；只有一个种子，没有区间。",
    ),
    "finding.metric_of": Message("{metric} of {entity}", "{entity}的{metric}"),
    "chart.over_time": Message("Month by month", "逐月走势"),
    "chart.last_year": Message("The last year", "最后一年"),
    "chart.differences": Message("Against the baseline", "与基准之差"),
    "chart.nothing": Message("Nothing is chosen", "没有可显示的内容"),
    "chart.nothing.what": Message(
        "Choose at least one scenario and one carrier that this metric is known for.",
        "请至少选择一个情景和一家有该指标的运营商。",
    ),
    "chart.unit": Message("In {unit}.", "单位：{unit}。"),
    "chart.band": Message(
        "Band: {level} % interval for the mean over {seeds} seeds.",
        "色带：{seeds} 个种子均值的 {level}% 区间。",
    ),
    "chart.whisker": Message(
        "Whisker: {level} % interval for the mean over {seeds} seeds.",
        "须线：{seeds} 个种子均值的 {level}% 区间。",
    ),
    "chart.single": Message(
        "One seed: there is no interval.",
        "只有一个种子：没有区间。",
    ),
    "chart.hollow": Message(
        "Hollow: the interval covers zero, no clear difference.",
        "空心：区间包含零，差异不明显。",
    ),
    "chart.sum": Message("Summed over {year}.", "{year}合计。"),
    "chart.mean": Message("Over {year}.", "{year}。"),
    "chart.end": Message("At the end of {year}.", "{year}末。"),
    "chart.own_axis": Message(
        "The market has an axis of its own.",
        "全市场使用单独的坐标轴。",
    ),
    "chart.source": Message(
        "Source: simulation of {scenarios}; {seeds}; {users}; {fidelity}; {months}.",
        "来源：模拟情景{scenarios}；{seeds}；{users}；{fidelity}；{months}。",
    ),
    "chart.year": Message("{year}, compared", "{year}，比较期"),
    "chart.branch": Message("scenarios part", "情景分岔"),
    "over_time.gap": Message(
        "{entity}: in {month} {metric} is lowest in {low} ({low_value}) "
        "and highest in {high} ({high_value} {unit})",
        "{entity}：{month}，{metric}在{low}中最低（{low_value}），"
        "在{high}中最高（{high_value} {unit}）",
    ),
    "over_time.close": Message(
        "{entity}: in {month} {metric} is between {low_value} and {high_value} {unit} "
        "in all scenarios shown, and the bands overlap",
        "{entity}：{month}，所示各情景的{metric}都在 {low_value} 至 {high_value} {unit} 之间，"
        "色带相互重叠",
    ),
    "over_time.one": Message(
        "{entity}: in {month} {metric} is {low_value} {unit} in {low}",
        "{entity}：{month}，{metric}在{low}中为 {low_value} {unit}",
    ),
    "last_year.leader": Message(
        "{year}: {metric} is highest at {entity} in every scenario shown, "
        "{low_value} to {high_value} {unit}",
        "{year}：所示各情景中，{entity}的{metric}都最高，为 {low_value} 至 {high_value} {unit}",
    ),
    "last_year.depends": Message(
        "{year}: which carrier has the highest {metric} depends on the scenario",
        "{year}：哪家运营商的{metric}最高，取决于情景",
    ),
    "last_year.unclear": Message(
        "{year}: no carrier has clearly the highest {metric} in every scenario shown",
        "{year}：没有一家运营商的{metric}在所示各情景中都明显最高",
    ),
    "last_year.range": Message(
        "{year}, {entity}: {metric} is {low_value} to {high_value} {unit}",
        "{year}，{entity}：{metric}为 {low_value} 至 {high_value} {unit}",
    ),
    "differences.found": Message(
        "{entity}, {year}: {findings}",
        "{entity}，{year}：{findings}",
    ),
    "differences.up": Message(
        "{scenario} raises {metric} by {size} {unit}",
        "“{scenario}”使{metric}上升 {size} {unit}",
    ),
    "differences.down": Message(
        "{scenario} lowers {metric} by {size} {unit}",
        "“{scenario}”使{metric}下降 {size} {unit}",
    ),
    "differences.none": Message(
        "no clear difference in {metric} for {scenarios}",
        "{scenarios}的{metric}差异不明显",
    ),
    "differences.single": Message(
        "{metric} against {baseline}, from one seed",
        "{metric}与“{baseline}”之差（只有一个种子）",
    ),
    "differences.head": Message("{scenario} − {baseline}", "{scenario} − {baseline}"),
    "period": Message("{year}", "{year}年"),
    "period.part": Message("{first} to {last}", "{first} 至 {last}"),
    "column.scenario": Message("Scenario", "情景"),
    "column.entity": Message("Carrier", "运营商"),
    "column.month": Message("Month", "月份"),
    "column.period": Message("Year", "年份"),
    "column.mean": Message("Mean, {unit}", "均值，{unit}"),
    "column.low": Message("Low, {unit}", "下限，{unit}"),
    "column.high": Message("High, {unit}", "上限，{unit}"),
    "column.variance_reduction": Message("Variance reduction", "方差缩减倍数"),
    "range": Message("{low} to {high}", "{low} 至 {high}"),
    "joint.sentences": Message(" ", ""),
    "joint.list": Message("; ", "；"),
    "joint.names": Message(", ", "、"),
    "joint.last": Message(" and ", "和"),
    "fidelity.individual": Message("every user draws", "逐个用户抽样"),
    "fidelity.expected": Message("expected flows", "期望流量"),
    "entity.market": Message("Whole market", "全市场"),
    "entity.mobile": Message("China Mobile", "中国移动"),
    "entity.unicom": Message("China Unicom", "中国联通"),
    "entity.telecom": Message("China Telecom", "中国电信"),
    "metric.subscriber_share": Message("Subscriber share", "用户份额"),
    "metric.subscribers": Message("Subscribers", "用户数"),
    "metric.arpu": Message("ARPU", "ARPU"),
    "metric.yuan_per_gb": Message("Price of a GB", "每GB单价"),
    "metric.dou": Message("Data use per line", "户均流量（DOU）"),
    "metric.traffic": Message("Traffic", "流量"),
    "metric.data_revenue": Message("Data revenue", "流量收入"),
    "metric.backward_revenue": Message("Backward revenue", "后向流量收入"),
    "metric.sponsored_share": Message("Sponsored share of traffic", "后向流量占比"),
    "metric.leak_volume": Message("Leaked volume", "侧漏流量"),
    "metric.leak_price": Message("Leak price", "侧漏价格"),
    "metric.reseller_value_share": Message("Resellers' share of value", "中间商价值占比"),
    "metric.partners": Message("Partners", "合作伙伴数"),
    "metric.partner_surplus": Message("Partner surplus", "合作伙伴剩余"),
    "metric.consumer_surplus": Message("Consumer surplus (change)", "消费者剩余（变化）"),
    "metric.profit": Message("Profit", "利润"),
    "metric.data_line_share": Message("Share of lines with data", "数据用户占比"),
    "metric.wholesale_revenue": Message("Wholesale revenue", "批发收入"),
    "metric.revenue_per_sponsored_gb": Message("Revenue per sponsored GB", "后向每GB收入"),
    "metric.resellers": Message("Resellers", "中间商数"),
    "metric.hhi": Message("Concentration (HHI)", "集中度（HHI）"),
    "metric.churn": Message("Churn", "离网率"),
    "metric.port_in": Message("Lines that came", "转入用户"),
    "metric.port_out": Message("Lines that left", "转出用户"),
    "metric.sponsors": Message("Partners in the market", "市场合作伙伴数"),
    "metric.partners_joined": Message("Partners on a platform", "平台合作伙伴数"),
    "metric.categories": Message("Categories covered", "覆盖内容品类"),
    "metric.service_revenue": Message("Service revenue", "服务收入"),
    "metric.platform_revenue": Message("Revenue of the shared platform", "共享平台收入"),
    "metric.backward_profit": Message("Backward profit", "后向流量利润"),
    "metric.partner_return": Message("Partners' return", "合作伙伴回报率"),
    "metric.control_share": Message("Share of data lines in control", "自主控制用户占比"),
    "metric.control_revenue": Message("Revenue from control", "自主控制收入"),
    "metric.lerner_index": Message("Lerner index", "勒纳指数"),
    "metric.stable_months": Message("Stable months", "稳定月数"),
    "metric.war_months": Message("Months of war", "价格战月数"),
    "metric.fight_months": Message("Months of fight", "缠斗月数"),
    "metric.chaos_months": Message("Months of chaos", "混战月数"),
    "inside.yuan_per_gb": Message("the price of a GB", "每GB单价"),
    "inside.subscriber_share": Message("the subscriber share", "用户份额"),
    "inside.control_share": Message(
        "the share of data lines in control of their traffic", "自主控制流量的用户占比"
    ),
    "inside.leak_price": Message("the leak price", "侧漏价格"),
    "inside.consumer_surplus": Message("consumer surplus", "消费者剩余"),
    "inside.hhi": Message("concentration (HHI)", "集中度（HHI）"),
    "inside.reseller_value_share": Message("resellers' share of value", "中间商价值占比"),
    "inside.data_line_share": Message("the share of lines with data", "数据用户占比"),
    "inside.revenue_per_sponsored_gb": Message("revenue per sponsored GB", "后向每GB收入"),
    "inside.sponsored_share": Message("the sponsored share of traffic", "后向流量占比"),
    "unit.yuan": Message("yuan", "元"),
    "unit.yuan.e3": Message("thousand yuan", "千元"),
    "unit.yuan.e4": Message("10,000 yuan", "万元"),
    "unit.yuan.e6": Message("m yuan", "百万元"),
    "unit.yuan.e8": Message("100 m yuan", "亿元"),
    "unit.yuan.e9": Message("bn yuan", "十亿元"),
    "unit.yuan.e12": Message("tn yuan", "万亿元"),
    "unit.GB": Message("GB", "GB"),
    "unit.GB.e3": Message("thousand GB", "千GB"),
    "unit.GB.e4": Message("10,000 GB", "万GB"),
    "unit.GB.e6": Message("m GB", "百万GB"),
    "unit.GB.e8": Message("100 m GB", "亿GB"),
    "unit.GB.e9": Message("bn GB", "十亿GB"),
    "unit.GB.e12": Message("tn GB", "万亿GB"),
    "unit.lines": Message("lines", "户"),
    "unit.lines.e3": Message("thousand lines", "千户"),
    "unit.lines.e4": Message("10,000 lines", "万户"),
    "unit.lines.e6": Message("m lines", "百万户"),
    "unit.lines.e8": Message("100 m lines", "亿户"),
    "unit.lines.e9": Message("bn lines", "十亿户"),
    "unit.lines.e12": Message("tn lines", "万亿户"),
    "unit.percent": Message("%", "%"),
    "unit.percentage_points": Message("percentage points", "个百分点"),
    "unit.points": Message("points", "点"),
    "unit.MB": Message("MB", "MB"),
    "unit.a_month": Message("{unit} a month", "{unit}/月"),
    "unit.yuan/GB": Message("yuan per GB", "元/GB"),
    "unit.partners": Message("partners", "家"),
    "unit.categories": Message("categories", "类"),
    "unit.months": Message("months", "个月"),
    "unit.resellers": Message("resellers", "家"),
}

for _key, _en, _zh in page_words():
    if _key in MESSAGES:
        raise SimError(f"two texts for '{_key}'")
    MESSAGES[_key] = Message(_en, _zh)
