"""Words for those who may not come in."""

EN = {
    "gate.host": (
        "This dashboard answers to 127.0.0.1 and localhost alone. To be reached under another "
        "name, start it with --host and that address; it then asks for a token."
    ),
    "gate.token": (
        "This dashboard asks for a token. Open the whole address that the terminal printed when "
        "the dashboard started; it ends with the token."
    ),
    "gate.origin": "This request came from a page of another site.",
}

ZH = {
    "gate.host": (
        "本看板只接受对 127.0.0.1 和 localhost 的访问。"
        "若要用其他名称访问，请用 --host 加该地址启动，届时需要令牌。"
    ),
    "gate.token": "本看板需要令牌。请打开启动时终端打印的完整地址，其末尾就是令牌。",
    "gate.origin": "该请求来自其他网站的页面。",
}
