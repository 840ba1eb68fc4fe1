"""Words of the page of the market."""

EN = {
    "page.market": "The market",
    "market.facts": "{start} to {end} · seed {seed} · {users} · {fidelity}",
    "market.choose": "Choose a run and what to see of it",
    "market.empty": "No run yet",
    "market.empty.what": "Run a scenario, then reload this page:",
    "market.which": (
        "One stored run, month by month. `sim run` stores one; `sim compare` stores those "
        "of every scenario and seed it compares, `sim batch` those of a study."
    ),
    "choice.study": "Runs of",
    "choice.study.alone": "sim run and sim compare",
    "choice.study.label": "Study {name}",
    "run.lacking": (
        "This run was stored without {tables}, which this page needs; this command stores the "
        "same run with all its tables, among those of sim run:"
    ),
    "choice.run": "Run",
    "choice.run.label": "{scenario} · seed {seed} · {id}",
    "choice.money": "Money shown",
    "choice.map": "On the map",
    "choice.carrier": "Of",
    "money.backward": "backward and leaks",
    "money.all": "all",
    "money.exact": (
        "Every posting of the ledger in this month, summed; not a fen is missing. "
        "Network: the carriers' costs."
    ),
    "map.leak_price": "Leak price",
    "map.share": "Share of lines",
    "map.use": "Data use per line",
    "map.inside.leak_price": "the leak price",
    "map.inside.share": "the share of lines",
    "map.inside.use": "data use per line",
    "chart.nothing.market": "Nothing in this month",
    "chart.nothing.what.market": "Nobody paid, or nobody moved, in this month.",
    "time.play": "Play",
    "time.month": "Month",
    "time.bar": "Month shown",
    "chart.money_flow": "Money",
    "chart.switching": "Who left whom",
    "chart.provinces": "Provinces",
    "money_flow.all": (
        "{month}: {whole} {unit} change hands; users pay carriers {users}, "
        "carriers pay {network} for their networks"
    ),
    "money_flow.backward": (
        "{month}: partners pay {partners} {unit}; resellers take in {resellers}, "
        "branches {branches}"
    ),
    "switching.found": (
        "{month}: {moved} {unit} change carrier; {winner} gains most ({gain}), "
        "{loser} loses most ({loss})"
    ),
    "switching.both": (
        "Left: the carrier left; right: the carrier joined. "
        "New or replaced lines, which choose freely, are counted too."
    ),
    "provinces.range": (
        "{month}, {entity}: {measure} is lowest in {low} ({low_value}) and highest in {high} "
        "({high_value} {unit})"
    ),
    "provinces.leaders": "{month}, provinces by their largest carrier: {list}",
    "provinces.leads": "{entity} {count}",
    "provinces.none": "{month}: {measure} is known nowhere",
    "provinces.tiles": "Each province stands about where it lies; the darker, the higher.",
    "group.users": "Users",
    "group.partner": "Partners",
    "group.reseller": "Resellers",
    "group.platform": "Platform",
    "group.branch": "Branches",
    "group.carrier": "Carriers",
    "group.suppliers": "Network and suppliers",
    "purpose.plan_fee": "plan fee",
    "purpose.overage": "overage",
    "purpose.voice_and_messages": "voice and messages",
    "purpose.user_control": "user control",
    "purpose.top-up": "top-up",
    "purpose.sponsored_traffic": "sponsored traffic",
    "purpose.subscription": "subscription",
    "purpose.integration": "integration",
    "purpose.platform_revenue": "platform revenue",
    "purpose.wholesale": "wholesale",
    "purpose.handling": "handling",
    "purpose.overheads": "overheads",
    "purpose.lines": "costs of lines",
    "purpose.traffic": "costs of traffic",
    "purpose.service": "costs of service",
    "purpose.capacity": "capacity",
    "column.payer": "Payer",
    "column.payee": "Payee",
    "column.purpose": "Purpose",
    "column.yuan": "Paid, {unit}",
    "column.origin": "Left",
    "column.destination": "Joined",
    "column.lines": "Lines, {unit}",
    "column.renewed": "New or replaced, {unit}",
    "column.province": "Province",
    "column.value": "Value, {unit}",
}

ZH = {
    "page.market": "市场",
    "market.facts": "{start} 至 {end} · 种子 {seed} · {users} · {fidelity}",
    "market.choose": "选择一次运行和要看的内容",
    "market.empty": "还没有运行结果",
    "market.empty.what": "先运行一个情景，然后刷新本页：",
    "market.which": (
        "逐月查看一次已存的运行。`sim run` 保存一次运行；`sim compare` 保存每个情景和种子的运行，"
        "`sim batch` 保存一项研究的运行。"
    ),
    "choice.study": "运行来自",
    "choice.study.alone": "sim run 和 sim compare",
    "choice.study.label": "研究 {name}",
    "run.lacking": (
        "这次运行没有保存本页需要的 {tables}；下面的命令保存同一次运行的所有表，"
        "可在 sim run 的运行中找到："
    ),
    "choice.run": "运行",
    "choice.run.label": "{scenario} · 种子 {seed} · {id}",
    "choice.money": "显示的资金",
    "choice.map": "地图指标",
    "choice.carrier": "对象",
    "money.backward": "后向和侧漏",
    "money.all": "全部",
    "money.exact": "当月账本全部分录之和，一分不差。网络：运营商的成本。",
    "map.leak_price": "侧漏价格",
    "map.share": "用户份额",
    "map.use": "户均流量",
    "map.inside.leak_price": "侧漏价格",
    "map.inside.share": "用户份额",
    "map.inside.use": "户均流量",
    "chart.nothing.market": "本月没有",
    "chart.nothing.what.market": "本月没有付款，或没有人转网。",
    "time.play": "播放",
    "time.month": "月份",
    "time.bar": "所示月份",
    "chart.money_flow": "资金流向",
    "chart.switching": "谁离开了谁",
    "chart.provinces": "各省",
    "money_flow.all": (
        "{month}：共转移 {whole} {unit}；用户付给运营商 {users}，运营商为网络支付 {network}"
    ),
    "money_flow.backward": (
        "{month}：合作伙伴支付 {partners} {unit}；中间商收入 {resellers}，分公司收入 {branches}"
    ),
    "switching.found": (
        "{month}：{moved} {unit}更换运营商；{winner}净增最多（{gain}），{loser}净减最多（{loss}）"
    ),
    "switching.both": "左侧是离开的运营商，右侧是转入的运营商。也包括可自由选择的新增或更换线路。",
    "provinces.range": (
        "{month}，{entity}：{measure}最低在{low}（{low_value}）"
        "，最高在{high}（{high_value} {unit}）"
    ),
    "provinces.leaders": "{month}，各省份额最大的运营商：{list}",
    "provinces.leads": "{entity} {count} 省",
    "provinces.none": "{month}：各省都没有{measure}",
    "provinces.tiles": "每个省大致在其地理位置上；颜色越深，数值越高。",
    "group.users": "用户",
    "group.partner": "合作伙伴",
    "group.reseller": "中间商",
    "group.platform": "平台",
    "group.branch": "分公司",
    "group.carrier": "运营商",
    "group.suppliers": "网络和供应商",
    "purpose.plan_fee": "套餐费",
    "purpose.overage": "超额流量费",
    "purpose.voice_and_messages": "语音和短信",
    "purpose.user_control": "用户自主控制",
    "purpose.top-up": "加油包",
    "purpose.sponsored_traffic": "后向流量",
    "purpose.subscription": "订阅费",
    "purpose.integration": "接入费",
    "purpose.platform_revenue": "平台收入",
    "purpose.wholesale": "批发",
    "purpose.handling": "经办成本",
    "purpose.overheads": "固定开支",
    "purpose.lines": "线路成本",
    "purpose.traffic": "流量成本",
    "purpose.service": "服务成本",
    "purpose.capacity": "容量",
    "column.payer": "付款方",
    "column.payee": "收款方",
    "column.purpose": "用途",
    "column.yuan": "金额，{unit}",
    "column.origin": "离开",
    "column.destination": "转入",
    "column.lines": "线路，{unit}",
    "column.renewed": "新增或更换，{unit}",
    "column.province": "省份",
    "column.value": "数值，{unit}",
}
