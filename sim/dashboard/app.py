"""The dashboard as a web application: one shell, pages by file, nothing from other hosts."""

import socket
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard import chart_cards, door, gate, policy
from sim.dashboard.aria import aria
from sim.dashboard.clientside import in_browser
from sim.dashboard.controls import choice
from sim.dashboard.exporting import routes
from sim.dashboard.i18n import Words
from sim.dashboard.live_view import the_desk
from sim.dashboard.pages import in_order
from sim.dashboard.scene import Choices
from sim.dashboard.texts import LANGUAGES
from sim.dashboard.theme import THEMES, mantine_theme
from sim.studies.desk import Ask
from sim.studies.positions import Position

RESULTS = Path("results")
HOST, PORT = "127.0.0.1", 8050
THREADS = 24  # most of them wait for the simulator
_OTHER_HEADERS = 2**13  # bytes, beside the address
_SOON = 3.0  # seconds for a first page, before those that nobody has asked for are made ready
_KEPT = 3600  # seconds that a browser keeps assets; those that change have another address then

_LANGUAGE_NAMES = {"en": "EN", "zh": "中文"}
# It stands before everything else, so that a dark page is never white first.
_THEME_FIRST = """
(function () {
  var key = "mantine-color-scheme-value";
  var theme = new URLSearchParams(location.search).get("theme") || localStorage.getItem(key);
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  localStorage.setItem(key, theme);
  document.documentElement.setAttribute("data-mantine-color-scheme", theme);
})();
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="assets/logo.svg" type="image/svg+xml">
    {%css%}
    <script>{theme_first}</script>
  </head>
  <body>
    {%app_entry%}
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>"""
_INDEX = _PAGE.replace("{theme_first}", _THEME_FIRST)


def create_app(results: Path | None = None, token: str | None = None) -> Dash:
    """Return the application over a results folder; it writes studies alone.

    With a token it answers to whoever shows it, without one to this machine alone.
    """
    folder = results or RESULTS
    app = Dash(
        __name__,
        title=Words("en")("app.title"),
        update_title="",
        index_string=_INDEX,
        suppress_callback_exceptions=True,  # a page's parts are there only while it is shown
        enable_mcp=False,
        add_log_handler=False,
    )
    app.server.config["SEND_FILE_MAX_AGE_DEFAULT"] = _KEPT
    gate.install(app.server, token)
    door.install(app)
    app.layout = _shell()
    routes(app, folder)
    _shell_callbacks(app, folder)
    chart_cards.callbacks(app, folder)
    for page in in_order():
        page.callbacks(app, folder)
    policy.install(app, _THEME_FIRST)
    return app


def _shell() -> Component:
    shell: Component = dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="choices"),
            dcc.Store(id="route"),
            dcc.Store(id="narrow"),
            dcc.Store(id="heading"),
            html.Div(id="screen"),
        ],
        id="provider",
        theme=mantine_theme(),
        defaultColorScheme="auto",
    )
    return shell


def _shell_callbacks(app: Dash, results: Path) -> None:
    in_browser(
        app,
        "collect",
        Output("choices", "data"),
        Input("url", "search"),
        Input(choice(ALL), "value"),
        State("choices", "data"),
    )
    in_browser(
        app,
        "route",
        Output("route", "data"),
        Input("choices", "data"),
        Input("url", "pathname"),
        State("route", "data"),
    )
    in_browser(
        app,
        "theme",
        Output("provider", "forceColorScheme"),
        Input("choices", "data"),
        State("provider", "forceColorScheme"),
    )
    in_browser(
        app,
        "narrow",
        Output("narrow", "data"),
        Input("narrow", "id"),  # once: each page would have its charts drawn again as it is left
    )
    in_browser(app, "heading", Input("heading", "data"))

    @app.callback(
        Output("screen", "children"),
        Output("heading", "data"),
        Input("route", "data"),
        State("choices", "data"),
    )
    def show_page(route: dict[str, Any], said: dict[str, Any]) -> tuple[list[Component], str]:
        return screen(str(route["path"]), Choices.read(said), results)


def screen(path: str, choices: Choices, results: Path) -> tuple[list[Component], str]:
    """Return everything on the screen for an address, and the title of the window."""
    words = Words(choices.language)
    page = next((one for one in in_order() if one.path == path), None)
    body = _missing(words) if page is None else page.layout(choices, results)
    name = words("page.missing" if page is None else page.title)
    parts = [
        html.A(words("app.skip"), href="#main", className="skip"),
        _header(words, choices, path),
        html.Main(body, id="main", tabIndex="-1"),
        html.Footer(words("app.footer"), className="foot"),
    ]
    return parts, f"{name} · {words('app.title')}"


def _header(words: Words, choices: Choices, path: str) -> Component:
    brand = dcc.Link(
        [
            html.Span(className="logo"),
            html.Span(
                [
                    html.Span(words("app.title"), className="brand-name"),
                    html.Span(words("app.tagline"), className="brand-line"),
                ]
            ),
        ],
        href="/",
        className="brand",
    )
    return html.Header(
        html.Div([brand, _menu(words, path), _switches(words, choices)], className="bar")
    )


def _menu(words: Words, path: str) -> Component | None:
    """Return links to the pages, once there is more than one."""
    links = [
        dcc.Link(words(page.title), href=page.path, className="on" if page.path == path else "")
        for page in in_order()
    ]
    return html.Nav(links, **aria(label=words("app.pages"))) if len(links) > 1 else None


def _switches(words: Words, choices: Choices) -> Component:
    languages = [{"value": code, "label": _LANGUAGE_NAMES[code]} for code in LANGUAGES]
    themes = [{"value": name, "label": words(f"app.theme.{name}")} for name in THEMES]
    return html.Div(
        [
            _switch("lang", languages, choices.language, words("app.language")),
            _switch("theme", themes, choices.theme, words("app.theme")),
        ],
        className="switches",
    )


def _switch(name: str, data: list[dict[str, str]], value: str, label: str) -> Component:
    switch: Component = dmc.SegmentedControl(
        id=choice(name), data=data, value=value, size="xs", radius="xl", **aria(label=label)
    )
    return switch


def _missing(words: Words) -> Component:
    return html.Section(
        [html.H1(words("page.missing")), dcc.Link(words("page.home"), href="/")], className="empty"
    )


def serve(results: Path | None = None, host: str = HOST, port: int = PORT) -> None:
    """Serve the dashboard until it is interrupted; a `SimError` if it cannot listen there.

    On any address but loopback it asks for a token, which stands in the address it prints.
    """
    from waitress import create_server

    token = None if gate.is_loopback(host) else gate.new_token()
    app = create_app(results, token)
    ready = Timer(_SOON, _get_ready, [results or RESULTS])
    ready.daemon = True
    with _listener(host, port) as listener:
        the_desk().start()
        ready.start()
        print(_address(host, listener.getsockname()[1], token), flush=True)  # noqa: T201
        create_server(
            app.server,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_header_size=door.HEADER_BYTES + _OTHER_HEADERS,
            max_request_body_size=door.BODY_BYTES,
        ).run()


def _get_ready(results: Path) -> None:
    """Make every page and the first market once, or the first reader waits for what all share.

    What goes wrong is told on the page itself, to who asks for it.
    """
    for page in in_order():
        with suppress(SimError, OSError):
            page.layout(Choices(), results)
    with suppress(SimError):
        the_desk().ask(__name__, Ask(Position().text, 0))


def _address(host: str, port: int, token: str | None) -> str:
    """Return where to look; a server on all addresses is shown under this machine's name."""
    name = socket.gethostname() if host in ("", "0.0.0.0", "::") else host  # noqa: S104  compared
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}" + ("" if token is None else f"/?{gate.TOKEN}={token}")


def _listener(host: str, port: int) -> socket.socket:
    """Return a listening socket; waitress, left to open it, would leave it open on failure."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SimError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; "
            f"choose another port, such as --port {port + 1}"
        ) from error
