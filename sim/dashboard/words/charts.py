"""Words around every chart: its files, its citation."""

EN = {
    "chart.broken": "This chart cannot be drawn",
    "chart.why": "Why",
    "action.all": "Files and citation of “{chart}”",
    "action.csv": "“{chart}”: data as CSV",
    "action.json": "“{chart}”: data and figure as JSON",
    "action.png": "“{chart}”: picture as PNG",
    "action.svg": "“{chart}”: picture as SVG",
    "action.cite": "Copy citation",
    "action.cited": "Copied",
    "cite.what": "Cite as: {program} {version} (code {code}); {scenarios}; {seeds}.",
    "cite.seed": "seed {seeds}",
    "cite.seeds": "seeds {seeds}",
    "cite.chart": "{title} {what} Data: {address}",
    "cite.source": "Source: {origin}.",
    "cite.origin": "Cite as: {program} {version} (code {code}); {origin}.",
}

ZH = {
    "chart.broken": "无法绘制此图",
    "chart.why": "原因",
    "action.all": "“{chart}”的文件和引用",
    "action.csv": "“{chart}”：数据（CSV）",
    "action.json": "“{chart}”：数据和图形（JSON）",
    "action.png": "“{chart}”：图片（PNG）",
    "action.svg": "“{chart}”：图片（SVG）",
    "action.cite": "复制引用",
    "action.cited": "已复制",
    "cite.what": "引用格式：{program} {version}（代码 {code}）；{scenarios}；{seeds}。",
    "cite.seed": "种子 {seeds}",
    "cite.seeds": "种子 {seeds}",
    "cite.chart": "{title}{what}数据：{address}",
    "cite.source": "来源：{origin}。",
    "cite.origin": "引用格式：{program} {version}（代码 {code}）；{origin}。",
}
