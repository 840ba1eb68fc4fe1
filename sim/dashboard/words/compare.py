"""Words of the page of compared scenarios."""

EN = {
    "page.compare": "Compare",
    "compare.against": "against {baseline}",
    "compare.facts": "{start} to {end} · {seeds} · {users} · {fidelity}",
    "compare.users": "{count} users",
    "compare.all_lines": "all lines of the country",
    "compare.seeds": "{count} seeds",
    "compare.study": "Study {name}",
    "compare.seed": "one seed",
    "compare.findings": "What changes, and by how much",
    "compare.findings.note": (
        "{year}, difference against {baseline} under the same random draws, "
        "with the {level} % interval for the mean over {seeds} seeds."
    ),
    "compare.choose": "Choose what to see",
    "compare.findings.single": (
        "{year}, difference against {baseline} under the same random draws; one seed, no interval."
    ),
}

ZH = {
    "page.compare": "比较",
    "compare.against": "对照：{baseline}",
    "compare.facts": "{start} 至 {end} · {seeds} · {users} · {fidelity}",
    "compare.users": "{count} 个用户",
    "compare.all_lines": "全国所有线路",
    "compare.seeds": "{count} 个随机种子",
    "compare.study": "研究 {name}",
    "compare.seed": "1 个随机种子",
    "compare.findings": "什么变了，变了多少",
    "compare.findings.note": (
        "{year}，同一组随机数下与“{baseline}”之差，以及 {seeds} 个种子均值的 {level}% 区间。"
    ),
    "compare.choose": "选择要看的内容",
    "compare.findings.single": "{year}，同一组随机数下与“{baseline}”之差；只有一个种子，没有区间。",
}
