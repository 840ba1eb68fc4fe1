"""Words of the page of the live market."""

EN = {
    "page.explore": "Explore",
    "explore.title": "What if?",
    "explore.lead": (
        "Move a lever: the market of 2015 to 2021 is simulated again while you look, and set "
        "against a scenario that ships."
    ),
    "explore.yours": "Your scenario",
    "explore.preset": "Start from",
    "explore.against": "Compare with",
    "explore.metric": "Metric",
    "explore.whose": "Whose",
    "explore.whose.all": "All",
    "explore.view": "Levers",
    "explore.view.basic": "Basic",
    "explore.view.expert": "All of them",
    "explore.undo": "Undo",
    "explore.reset": "Reset",
    "explore.levers": "Levers",
    "explore.results": "What comes of it",
    "explore.on": "On",
    "explore.off": "Off",
    "explore.lost": "The server does not answer. The next move asks again.",
    "explore.idle": "–",
    "explore.idle.note": "moves nothing here: no carrier does this",
    "explore.range": "{low} to {high}",
    "explore.range.prior": "{low} to {high}, the range held plausible beforehand",
    "explore.about": "About: {what}",
    "explore.about.range": "Range",
    "explore.about.source": "Source",
    "explore.about.equation": "Equation",
    "explore.about.parameter": "Parameter",
    "explore.about.model": "Model",
    "explore.about.section": "docs/model.md, section {section}",
    "explore.about.past": "It also changes 2015 and 2016, which are then simulated anew.",
    "explore.level": "{entity}, {year}: {metric} is {value} {unit}, as in {against}",
    "explore.up": (
        "{entity}, {year}: {metric} is {value} {unit}, {size} {size_unit} more than in {against}"
    ),
    "explore.down": (
        "{entity}, {year}: {metric} is {value} {unit}, {size} {size_unit} less than in {against}"
    ),
    "explore.same": (
        "{entity}, {year}: {metric} is {value} {unit}, not clearly different from {against}"
    ),
    "explore.nothing": "{entity}, {year}: no change in {metric}, for this is {against} itself",
    "explore.change.up": (
        "{entity}, {year}: {metric} is {size} {size_unit} higher than in {against}"
    ),
    "explore.change.down": (
        "{entity}, {year}: {metric} is {size} {size_unit} lower than in {against}"
    ),
    "explore.change.same": "{entity}, {year}: {metric} is not clearly different from {against}",
    "explore.changes_only": "Difference from {against}: only changes of it mean anything.",
    "explore.status.first": "One seed; more are being simulated for the band …",
    "explore.status.some": "{seeds} of {all} seeds; the band still sharpens …",
    "explore.status.all": "{seeds} seeds.",
    "explore.status.past": "The past was simulated anew.",
    "explore.status.seconds": "Answered in {seconds} s.",
    "explore.wait": "Starting the simulator …",
    "explore.coarse": (
        "Expected flows, coarse places: users of four regions in place of 31 provinces, one income "
        "in each. The market's profit, data revenue, price and use are within 3 % of the full "
        "model, leaks mostly within 5 %; backward revenue and sponsored traffic, of which there is "
        "little, may be off by more than half: see docs/dashboard.md. The command without "
        "data.provinces and "
        "population.merge_incomes gives the full model's."
    ),
    "explore.mistakes": "Some of the address could not be read",
    "explore.mistake.preset": "There is no scenario “{text}”; Business as usual is shown.",
    "explore.mistake.lever": "{lever}: “{text}” is not possible; it takes {range}.",
    "explore.mistake.other": "There is no “{text}” for {name}.",
    "explore.failed": "This market cannot be simulated",
    "explore.tiles": "The last year against {against}",
    "explore.tile.same": "as in {against}",
    "chart.explored": "Month by month",
    "chart.causes": "Why it changed",
    "column.cause": "Change",
    "explore.why": "Why did it change?",
    "explore.why.title": "{cause} accounts for {part} of {whole} {unit} in {metric} ({entity})",
    "explore.why.note": (
        "Each change is switched on alone and in every combination; a bar is its mean effect over "
        "all orders (Shapley 1953). The bars sum to the whole."
    ),
    "explore.why.unclear": "No change by itself clearly moves {metric} ({entity})",
    "explore.why.nothing": "Nothing differs from {against}: move a lever or start from another.",
    "explore.why.soon": "The changes are being switched on one at a time …",
    "explore.why.wait": "Switching the changes on one at a time: {done} of {all} runs …",
    "explore.why.failed": "The changes cannot be made one at a time: {why}",
    "explore.became": "{what}: {now}",
    "explore.of": "{what} ({owner})",
    "explore.cause.whole": "All together",
    "explore.cause.others": "Everything else",
    "explore.cause.months": "Length of the run",
    "explore.cause.demand": "Users",
    "explore.cause.leakage": "Leaks",
    "explore.cause.sponsorship": "Partners",
    "explore.cause.orders": "The regulator's orders",
    "explore.cause.service": "Service",
    "explore.cause.network": "Network",
    "explore.cause.carriers.strategy": "Conduct of the carriers",
    "explore.cause.carriers.leak_control_branched": "Control over branches",
    "explore.cause.orders.halving_2017": "Prices halved in 2017",
    "explore.cause.orders.halving_2018": "Prices halved in 2018",
    "explore.cause.orders.halving_2019": "Prices halved in 2019",
    "explore.again": "Do it again",
    "explore.again.what": (
        "This command and this file make exactly the scenario on the screen, digest {digest}. "
        "Leave out data.provinces and population.merge_incomes for the full model."
    ),
    "explore.command": "Command",
    "explore.file": "File",
    "explore.copy": "Copy",
    "explore.copied": "Copied",
    "explore.copy.command": "Copy the command",
    "explore.copy.file": "Copy the file",
}

ZH = {
    "page.explore": "探索",
    "explore.title": "如果……会怎样？",
    "explore.lead": "移动一个控制项：2015 至 2021 年的市场随即重新模拟，并与一个内置情景对照。",
    "explore.yours": "你的情景",
    "explore.preset": "出发情景",
    "explore.against": "对照情景",
    "explore.metric": "指标",
    "explore.whose": "对象",
    "explore.whose.all": "全部",
    "explore.view": "控制项",
    "explore.view.basic": "基本",
    "explore.view.expert": "全部",
    "explore.undo": "撤销",
    "explore.reset": "重置",
    "explore.levers": "控制项",
    "explore.results": "结果如何",
    "explore.on": "开",
    "explore.off": "关",
    "explore.lost": "服务器没有回应；再移动一次就会重新询问。",
    "explore.idle": "–",
    "explore.idle.note": "此处不起作用：没有运营商这样做",
    "explore.range": "{low} 至 {high}",
    "explore.range.prior": "{low} 至 {high}，即事先认为合理的范围",
    "explore.about": "说明：{what}",
    "explore.about.range": "范围",
    "explore.about.source": "来源",
    "explore.about.equation": "公式",
    "explore.about.parameter": "参数",
    "explore.about.model": "模型",
    "explore.about.section": "docs/model.md，第 {section} 节",
    "explore.about.past": "它也改变 2015 和 2016 年，因此这两年会重新模拟。",
    "explore.level": "{entity}，{year}：{metric}为 {value} {unit}，与“{against}”相同",
    "explore.up": (
        "{entity}，{year}：{metric}为 {value} {unit}，比“{against}”高 {size} {size_unit}"
    ),
    "explore.down": (
        "{entity}，{year}：{metric}为 {value} {unit}，比“{against}”低 {size} {size_unit}"
    ),
    "explore.same": "{entity}，{year}：{metric}为 {value} {unit}，与“{against}”无明显差异",
    "explore.nothing": "{entity}，{year}：{metric}没有变化，因为这就是“{against}”",
    "explore.change.up": "{entity}，{year}：{metric}比“{against}”高 {size} {size_unit}",
    "explore.change.down": "{entity}，{year}：{metric}比“{against}”低 {size} {size_unit}",
    "explore.change.same": "{entity}，{year}：{metric}与“{against}”无明显差异",
    "explore.changes_only": "与“{against}”之差：该指标只有变化才有意义。",
    "explore.status.first": "1 个种子；正在模拟更多种子以给出色带……",
    "explore.status.some": "{seeds}/{all} 个种子；色带仍在收窄……",
    "explore.status.all": "{seeds} 个种子。",
    "explore.status.past": "过去已重新模拟。",
    "explore.status.seconds": "用时 {seconds} 秒。",
    "explore.wait": "正在启动模拟器……",
    "explore.coarse": (
        "期望流量，地域较粗：用户分四大区域而非 31 个省份，区域内人人取平均收入。全市场的利润、"
        "流量收入、价格和用量与完整模型相差不到 3%，泄漏量大多不到 5%；"
        "后向流量收入和赞助流量本来很少，可能相差一半以上；见 docs/dashboard.md；"
        "去掉 data.provinces 和 population.merge_incomes 的命令给出完整模型的结果。"
    ),
    "explore.mistakes": "地址中有些内容无法识别",
    "explore.mistake.preset": "没有情景“{text}”；显示照旧经营。",
    "explore.mistake.lever": "{lever}：不能取“{text}”；可取 {range}。",
    "explore.mistake.other": "{name} 没有“{text}”这一项。",
    "explore.failed": "无法模拟这个市场",
    "explore.tiles": "最后一年，与“{against}”对照",
    "explore.tile.same": "与“{against}”相同",
    "chart.explored": "逐月走势",
    "chart.causes": "为什么变了",
    "column.cause": "变化",
    "explore.why": "为什么变了？",
    "explore.why.title": "{entity}{metric}的变化 {whole} {unit} 中，“{cause}”占 {part}",
    "explore.why.note": (
        "每项变化单独以及以各种组合开启；每条为其在所有次序下的平均效应（Shapley 1953）。"
        "各条之和等于总变化。"
    ),
    "explore.why.unclear": "没有哪一项变化单独明显改变{entity}{metric}",
    "explore.why.nothing": "与“{against}”没有差别：请移动控制项或换一个出发情景。",
    "explore.why.soon": "正在逐项开启各变化……",
    "explore.why.wait": "正在逐项开启各变化：已完成 {done}/{all} 次模拟……",
    "explore.why.failed": "这些变化无法逐项开启：{why}",
    "explore.became": "{what}：{now}",
    "explore.of": "{what}（{owner}）",
    "explore.cause.whole": "全部合计",
    "explore.cause.others": "其余",
    "explore.cause.months": "模拟长度",
    "explore.cause.demand": "用户",
    "explore.cause.leakage": "侧漏",
    "explore.cause.sponsorship": "合作伙伴",
    "explore.cause.orders": "监管命令",
    "explore.cause.service": "服务",
    "explore.cause.network": "网络",
    "explore.cause.carriers.strategy": "运营商的行为",
    "explore.cause.carriers.leak_control_branched": "对分公司的管控",
    "explore.cause.orders.halving_2017": "2017 年价格减半",
    "explore.cause.orders.halving_2018": "2018 年价格减半",
    "explore.cause.orders.halving_2019": "2019 年价格减半",
    "explore.again": "重现",
    "explore.again.what": (
        "这条命令和这个文件恰好生成屏幕上的情景，摘要 {digest}。"
        "去掉 data.provinces 和 population.merge_incomes 即为完整模型。"
    ),
    "explore.command": "命令",
    "explore.file": "文件",
    "explore.copy": "复制",
    "explore.copied": "已复制",
    "explore.copy.command": "复制命令",
    "explore.copy.file": "复制文件",
}
