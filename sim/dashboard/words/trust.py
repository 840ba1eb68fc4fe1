"""Words of the page of trust: the ladder, history, sensitivity, provenance."""

EN = {
    "page.trust": "Trust",
    "trust.title": "How far can these numbers be trusted?",
    "trust.lead": (
        "As far as the program agrees with theory where theory has the answer, as the simulated "
        "past resembles the observed one, and as the results hold when doubtful parameters move."
    ),
    "trust.older": (
        "{count} of {all} outcomes are older than the program: its code has changed since. "
        "They are drawn hollow. To renew them:"
    ),
    "trust.never": "{count} of {all} cases were never run here. To run them:",
    "trust.ladder.none": "No case was run yet. To run all:",
    "trust.history.missing": "No comparison is stored yet. The longest past, 2015 to 2018:",
    "trust.history.short": (
        "This comparison replays only the years before its scenarios part. To see 2015 to 2018:"
    ),
    "trust.sensitivity.missing": "No analysis is stored yet. One that takes some minutes:",
    "trust.sensitivity.older": "This analysis is older than the program: its code has changed.",
    "trust.provenance": "What is on screen",
    "trust.provenance.note": "What the comparison was made of; equal parts give equal numbers.",
    "trust.none": "No comparison is stored yet.",
    "trust.part": "Part",
    "trust.value": "Value",
    "trust.id": "Comparison",
    "trust.seeds": "Seeds",
    "trust.fidelity": "Fidelity",
    "trust.code": "Code of the comparison",
    "trust.codes": "several",
    "trust.code.same": "{code}, the same as the program that shows it",
    "trust.code.other": "{code}; the program that shows it is {now}",
    "trust.scenario": "Scenario {name}, digest",
    "trust.package": "Package {name}",
    "trust.machine": "Machine",
    "trust.state.passed": "agrees",
    "trust.state.failed": "does not agree",
    "trust.state.passed.older": "agreed, older code",
    "trust.state.failed.older": "did not agree, older code",
    "trust.kind.market": "whole market",
    "trust.kind.mechanism": "mechanism",
    "trust.kind.reference": "reference solver",
    "trust.role.result": "a result",
    "trust.role.fed_in": "fed in",
    "trust.role.inverted": "inverted to match",
    "trust.ladder.origin": "the ladder of cases, sim verify",
    "trust.ladder.passed": (
        "{cases} of {all} cases agree with theory in all {comparisons} comparisons; the nearest "
        "to failing, {nearest}, uses {used} % of its tolerance"
    ),
    "trust.ladder.failed": "{failed} of {cases} cases do not agree with theory: {names}",
    "trust.ladder.line": "tolerance",
    "trust.ladder.marks": (
        "For each case the comparison nearest to failing: gap over tolerance, on a logarithmic "
        "axis; exact agreement stands at the bottom."
    ),
    "trust.ladder.hollow": "Hollow: found by older code.",
    "trust.ladder.hover": "expected {expected}, got {got}, tolerance {tolerance}",
    "trust.history.none": "Everything in this past was fed in or inverted",
    "trust.history.worst": (
        "Of {count} values that the simulation found by itself, the furthest from observation is "
        "{metric} in {year}: {size} {unit}"
    ),
    "trust.history.marks": (
        "Simulated against observed, as a part of the observed. Hollow: fed in, or inverted to "
        "match, so no test."
    ),
    "trust.sensitivity.origin": (
        "sensitivity of {scenario} ({method}), {points} points, {seeds} seeds"
    ),
    "trust.sensitivity.title": "What moves {metric} most: {names}",
    "trust.sensitivity.marks": (
        "Effect over the parameter's whole prior range, against that of the strongest. "
        "Whisker: {level} % bootstrap interval."
    ),
    "chart.ladder": "Against theory",
    "chart.history": "Against observation",
    "chart.sensitivity": "Against doubtful parameters",
    "column.case": "Case",
    "column.what": "What",
    "column.kind": "Put to the test",
    "column.quantity": "Quantity",
    "column.expected": "Expected",
    "column.got": "Got",
    "column.tolerance": "Tolerance",
    "column.margin": "Gap, {unit}",
    "column.state": "State",
    "column.name": "Series",
    "column.year": "Year",
    "column.observed": "Observed",
    "column.simulated": "Simulated",
    "column.role": "Role",
    "column.metric": "Metric",
    "column.parameter": "Parameter",
    "unit.tolerance": "tolerances",
}

ZH = {
    "page.trust": "可信度",
    "trust.title": "这些数字有多可信？",
    "trust.lead": (
        "要看程序在理论有答案之处是否与理论一致，模拟的过去像不像观测到的过去，"
        "以及存疑的参数变动时结果是否站得住。"
    ),
    "trust.older": (
        "{all} 个结果中有 {count} 个早于当前程序：代码此后有改动。图中为空心。重新验证："
    ),
    "trust.never": "{all} 个算例中有 {count} 个从未在此运行。运行：",
    "trust.ladder.none": "还没有运行过算例。全部运行：",
    "trust.history.missing": "还没有比较结果。最长的历史（2015 至 2018 年）：",
    "trust.history.short": "该比较只重演情景分岔之前的年份。要看 2015 至 2018 年：",
    "trust.sensitivity.missing": "还没有敏感性分析。一次分析需几分钟：",
    "trust.sensitivity.older": "该分析早于当前程序：代码此后有改动。",
    "trust.provenance": "屏幕上的内容从何而来",
    "trust.provenance.note": "该比较由以下各项得出；各项相同，数字就相同。",
    "trust.none": "还没有比较结果。",
    "trust.part": "项目",
    "trust.value": "值",
    "trust.id": "比较",
    "trust.seeds": "随机种子",
    "trust.fidelity": "模拟方式",
    "trust.code": "得出比较的代码",
    "trust.codes": "多个版本",
    "trust.code.same": "{code}，与展示它的程序相同",
    "trust.code.other": "{code}；展示它的程序是 {now}",
    "trust.scenario": "情景 {name} 的摘要",
    "trust.package": "软件包 {name}",
    "trust.machine": "机器",
    "trust.state.passed": "一致",
    "trust.state.failed": "不一致",
    "trust.state.passed.older": "一致（旧代码）",
    "trust.state.failed.older": "不一致（旧代码）",
    "trust.kind.market": "整个市场",
    "trust.kind.mechanism": "机制",
    "trust.kind.reference": "参照求解器",
    "trust.role.result": "结果",
    "trust.role.fed_in": "给定",
    "trust.role.inverted": "反推使之相符",
    "trust.ladder.origin": "理论算例阶梯，sim verify",
    "trust.ladder.passed": (
        "{all} 个算例中有 {cases} 个在全部 {comparisons} 项对比中与理论一致；"
        "最接近失败的是 {nearest}，用去容差的 {used}%"
    ),
    "trust.ladder.failed": "{cases} 个算例中有 {failed} 个与理论不一致：{names}",
    "trust.ladder.line": "容差",
    "trust.ladder.marks": (
        "每个算例取最接近失败的一项：差距与容差之比，对数轴；完全一致的在最下方。"
    ),
    "trust.ladder.hollow": "空心：由旧代码得出。",
    "trust.ladder.hover": "应为 {expected}，得到 {got}，容差 {tolerance}",
    "trust.history.none": "这段历史全部为给定或反推",
    "trust.history.worst": (
        "在模拟自行得出的 {count} 个数值中，与观测相差最大的是 {year} 年的{metric}：{size} {unit}"
    ),
    "trust.history.marks": "模拟与观测之差，占观测值的比例。空心：给定或反推，不算检验。",
    "trust.sensitivity.origin": "{scenario} 的敏感性（{method}），{points} 个点，{seeds} 个种子",
    "trust.sensitivity.title": "对{metric}影响最大的是：{names}",
    "trust.sensitivity.marks": (
        "参数在整个先验范围内的影响，与影响最大的参数相比。须线：{level}% 自助法区间。"
    ),
    "chart.ladder": "与理论对照",
    "chart.history": "与观测对照",
    "chart.sensitivity": "存疑的参数",
    "column.case": "算例",
    "column.what": "内容",
    "column.kind": "检验对象",
    "column.quantity": "量",
    "column.expected": "应为",
    "column.got": "得到",
    "column.tolerance": "容差",
    "column.margin": "差距，{unit}",
    "column.state": "状态",
    "column.name": "序列",
    "column.year": "年份",
    "column.observed": "观测",
    "column.simulated": "模拟",
    "column.role": "性质",
    "column.metric": "指标",
    "column.parameter": "参数",
    "unit.tolerance": "倍容差",
}
