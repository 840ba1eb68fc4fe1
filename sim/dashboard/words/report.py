"""Words of the report."""

EN = {
    "report.scenarios": "Compared: {names}.",
    "report.mute": "This comparison does not speak to {names}.",
}

ZH = {
    "report.scenarios": "所比较的情景：{names}。",
    "report.mute": "该比较不能说明 {names}。",
}
