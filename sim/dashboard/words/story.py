"""Words of the first page: the question, the answer so far, the essay's claims."""

EN = {
    "page.story": "Story",
    "story.eyebrow": "The question",
    "story.question": (
        "Price war or service-based cooperation: who gains, who loses, by how much, "
        "and how sure are we?"
    ),
    "story.lead": (
        "In 2016 China's three mobile carriers sold data by the gigabyte, and prices fell. An "
        "essay of that year hoped for backward traffic: data that an app, a shop or a bank pays "
        "for, so that its users need not. It made ten claims. Here is what a simulated market "
        "says to them."
    ),
    "story.answer": "The answer so far",
    "story.answer.none": "No stored comparison holds one scenario against another yet.",
    "story.gain": "Better off: {names}.",
    "story.lose": "Worse off: {names}.",
    "story.unclear": "No clear difference: {names}.",
    "story.line.profit": "{entity}, profit",
    "story.line.users": "Users, consumer surplus",
    "story.line.partners": "Partners, surplus",
    "story.line.backward": "Backward revenue of all",
    "story.who.users": "users",
    "story.who.partners": "partners",
    "story.claims": "Claim by claim",
    "story.claims.note": (
        "Each claim beside the numbers that speak to it, from the newest stored comparison that "
        "can. A number is no verdict: what is still missing is said below it."
    ),
    "story.missing": "Still open",
    "story.mute": "Cannot be judged yet: no stored comparison speaks to it.",
    "story.mute.run": "This one would:",
    "story.closer": "Look closer",
    "story.gaps": "{about}, {year}: {metric} against {baseline}: {told}.",
    "story.range.up": (
        "{entity}, {year}: every scenario shown raises {metric} against {baseline}, least "
        "{least}, most {most}."
    ),
    "story.range.down": (
        "{entity}, {year}: every scenario shown lowers {metric} against {baseline}, least "
        "{least}, most {most}."
    ),
    "story.one": "{name} {mean} {unit} ({low} to {high})",
    "story.one.unclear": "{name} no clear difference ({low} to {high} {unit})",
    "story.one.single": "{name} {mean} {unit}, from one seed",
    "story.peak": (
        "{scenario}: {metric} is highest in {month}, at {peak}, and falls to {last} in {end}"
    ),
    "story.rising": "{scenario}: {metric} is highest at its end, {last} in {end}",
    "story.beside.up": ", while {metric} rises from {before} to {after} {unit}.",
    "story.beside.down": ", while {metric} falls from {before} to {after} {unit}.",
    "story.stop": ".",
    "story.level": "{mean} {unit} ({low} to {high})",
    "story.level.single": "{mean} {unit}",
    "story.end": "{scenario}: {metric} reaches {last} in {end}.",
    "story.doubling.yes": (
        "From {first} to {last} {metric} at least doubles: {before}, then {after}."
    ),
    "story.doubling.no": "From {first} to {last} {metric} does not double: {before}, then {after}.",
    "story.doubling.open": (
        "From {first} to {last} {metric} goes from {before} to {after}: whether it doubles is open."
    ),
    "claim.h1": "Leaks ruin the carriers' own business: resellers of every size take the spread.",
    "claim.h1.open": (
        "Partial control, branch by branch, and who would pay for it; a range of leak sizes."
    ),
    "claim.h2": "Growth by volume alone cannot last while the price keeps falling.",
    "claim.h2.open": "Whether revenue would have stopped without the war too, at which price.",
    "claim.h3": (
        "Backward traffic is a service, not cheaper traffic: sold as a service it earns more."
    ),
    "claim.h3.open": "Other prices of the service; what partners would pay once it is calibrated.",
    "claim.h4": (
        "If the carriers compete head-on instead of sitting down together, the breakthrough of "
        "backward traffic is harder."
    ),
    "claim.h4.open": "How many partners and categories a breakthrough is; costs of the platform.",
    "claim.h5": "A price war is the leader's most effective obstruction.",
    "claim.h5.open": (
        "Whether the war is a best reply at all, against blocking and joining: that needs the game "
        "between strategies."
    ),
    "claim.h6": "Telecom and Unicom gain from working together more closely.",
    "claim.h6.open": "The alliance without the leader's reply, and whether the split holds.",
    "claim.h7": "The product that lets users control their traffic is the star.",
    "claim.h7.open": "Adoption that is fitted to data; rivals that copy the product.",
    "claim.h8": "Backward revenue at least doubled from 2015 to 2016.",
    "claim.h8.open": "The calibrated history: partners' values are not fitted to 2016 yet.",
    "claim.h9": "The leader's closedness hurts everyone's breakthrough, its own too.",
    "claim.h9.open": "Degrees of openness between shut and joined.",
    "claim.h10": (
        "Falling prices press on backward innovation: cheap data is worth less as a gift."
    ),
    "claim.h10.open": "Partners whose worth of a user grows as data gets cheap.",
    "chart.claim_h1": "Leaks closed: profit",
    "chart.claim_h2": "Prices that fall: data revenue",
    "chart.claim_h3": "Sold as a service: backward profit",
    "chart.claim_h4": "With and without an understanding: backward revenue",
    "chart.claim_h5": "Who pays for a price war: profit",
    "chart.claim_h6": "Two work together: their profit",
    "chart.claim_h7": "Users in control: share of data lines",
    "chart.claim_h8": "2015 and 2016: backward revenue",
    "chart.claim_h9": "The leader shut and open: backward revenue",
    "chart.claim_h10": "Prices that fall: sponsored share",
}

ZH = {
    "page.story": "故事",
    "story.eyebrow": "问题",
    "story.question": "价格战，还是服务型合作：谁得，谁失，多少，我们有多大把握？",
    "story.lead": (
        "2016 年，中国三家运营商按流量卖流量，价格不断下降。当年的一篇文章寄望于后向流量："
        "由应用、商家或银行为用户付费的流量。文章提出十条论断。"
        "下面是模拟市场对它们的回答。"
    ),
    "story.answer": "目前的回答",
    "story.answer.none": "已存的比较结果中还没有两个情景的对照。",
    "story.gain": "受益：{names}。",
    "story.lose": "受损：{names}。",
    "story.unclear": "差异不明显：{names}。",
    "story.line.profit": "{entity}，利润",
    "story.line.users": "用户，消费者剩余",
    "story.line.partners": "合作伙伴，剩余",
    "story.line.backward": "全市场后向收入",
    "story.who.users": "用户",
    "story.who.partners": "合作伙伴",
    "story.claims": "逐条看论断",
    "story.claims.note": (
        "每条论断旁是能说明它的数字，取自能回答它的最新一次比较。数字不是定论：还缺什么写在下面。"
    ),
    "story.missing": "尚待回答",
    "story.mute": "尚无法判断：还没有能说明它的比较结果。",
    "story.mute.run": "运行这条命令即可：",
    "story.closer": "仔细看",
    "story.gaps": "{about}，{year}：{metric}与“{baseline}”之差：{told}。",
    "story.range.up": (
        "{entity}，{year}：与“{baseline}”相比，所示情景的{metric}都上升，最少为{least}，"
        "最多为{most}。"
    ),
    "story.range.down": (
        "{entity}，{year}：与“{baseline}”相比，所示情景的{metric}都下降，最少为{least}，"
        "最多为{most}。"
    ),
    "story.one": "{name} {mean} {unit}（{low} 至 {high}）",
    "story.one.unclear": "{name}差异不明显（{low} 至 {high} {unit}）",
    "story.one.single": "{name} {mean} {unit}（只有一个种子）",
    "story.peak": "{scenario}：{metric}在 {month} 最高，为 {peak}，到 {end} 降至 {last}",
    "story.rising": "{scenario}：{metric}在末期最高，{end} 为 {last}",
    "story.beside.up": "；同期{metric}由 {before} 升至 {after} {unit}。",
    "story.beside.down": "；同期{metric}由 {before} 降至 {after} {unit}。",
    "story.stop": "。",
    "story.level": "{mean} {unit}（{low} 至 {high}）",
    "story.level.single": "{mean} {unit}",
    "story.end": "{scenario}：{metric}在 {end} 达到 {last}。",
    "story.doubling.yes": "从{first}到{last}，{metric}至少翻了一番：由 {before} 到 {after}。",
    "story.doubling.no": "从{first}到{last}，{metric}没有翻番：由 {before} 到 {after}。",
    "story.doubling.open": (
        "从{first}到{last}，{metric}由 {before} 到 {after}：是否翻番尚不能确定。"
    ),
    "claim.h1": "侧漏毁了运营商自己的生意：大大小小的中间商赚走差价。",
    "claim.h1.open": "部分管控、逐省管控，以及由谁承担成本；不同规模的侧漏。",
    "claim.h2": "价格不断下降时，只靠量的增长不能持久。",
    "claim.h2.open": "没有价格战时收入是否也会停止增长，在什么价格下停止。",
    "claim.h3": "后向流量是服务，不是更便宜的流量：当作服务来卖，挣得更多。",
    "claim.h3.open": "服务的其他价格；校准之后合作伙伴愿意付多少。",
    "claim.h4": "三家若不坐下来谈，而是正面竞争，后向流量更难突破。",
    "claim.h4.open": "多少伙伴和品类才算突破；平台的成本。",
    "claim.h5": "价格战是龙头最有效的阻击手段。",
    "claim.h5.open": "与封闭和加入相比，价格战究竟是不是最优反应：这需要策略之间的博弈。",
    "claim.h6": "电信和联通加强合作，双方都受益。",
    "claim.h6.open": "龙头不反击时的联盟，以及分成能否稳定。",
    "claim.h7": "让用户自己掌控流量的产品是明星。",
    "claim.h7.open": "用数据拟合的普及过程；对手的模仿。",
    "claim.h8": "2015 到 2016 年，后向收入至少翻了一番。",
    "claim.h8.open": "校准后的历史：合作伙伴的价值尚未按 2016 年拟合。",
    "claim.h9": "龙头的封闭伤害所有人的突破，也伤害自己。",
    "claim.h9.open": "封闭与加入之间不同程度的开放。",
    "claim.h10": "价格下降挤压后向创新：流量便宜了，作为礼物就不值钱了。",
    "claim.h10.open": "流量便宜后用户价值反而上升的合作伙伴。",
    "chart.claim_h1": "堵住侧漏：利润",
    "chart.claim_h2": "价格下降：流量收入",
    "chart.claim_h3": "当作服务来卖：后向利润",
    "chart.claim_h4": "有无默契：后向收入",
    "chart.claim_h5": "谁为价格战买单：利润",
    "chart.claim_h6": "两家合作：各自的利润",
    "chart.claim_h7": "用户掌控：数据用户占比",
    "chart.claim_h8": "2015 与 2016：后向收入",
    "chart.claim_h9": "龙头封闭与开放：后向收入",
    "chart.claim_h10": "价格下降：后向流量占比",
}
