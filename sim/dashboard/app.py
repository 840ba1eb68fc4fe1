"""The dashboard as a web application: one shell, pages by file, nothing from other hosts."""

import socket
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import Response

from sim.core.errors import SimError
from sim.dashboard import chart_cards
from sim.dashboard.aria import aria
from sim.dashboard.clientside import in_browser
from sim.dashboard.controls import choice
from sim.dashboard.exporting import routes
from sim.dashboard.i18n import Words
from sim.dashboard.pages import Page, in_order
from sim.dashboard.scene import Choices
from sim.dashboard.texts import LANGUAGES
from sim.dashboard.theme import THEMES, mantine_theme

RESULTS = Path("results")
HOST, PORT = "127.0.0.1", 8050

_LANGUAGE_NAMES = {"en": "EN", "zh": "中文"}
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# The script stands before everything else, so that a dark page is never white first.
_INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="assets/logo.svg" type="image/svg+xml">
    {%css%}
    <script>
      (function () {
        var key = "mantine-color-scheme-value";
        var theme = new URLSearchParams(location.search).get("theme") || localStorage.getItem(key);
        if (theme !== "light" && theme !== "dark") {
          theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
        }
        localStorage.setItem(key, theme);
        document.documentElement.setAttribute("data-mantine-color-scheme", theme);
      })();
    </script>
  </head>
  <body>
    {%app_entry%}
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>"""


def create_app(results: Path | None = None) -> Dash:
    """Return the application over a results folder; it reads, and never writes there."""
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
    app.layout = _shell()
    app.server.after_request(_stay_home)
    routes(app, folder)
    _shell_callbacks(app, folder)
    chart_cards.callbacks(app, folder)
    for page in in_order():
        page.callbacks(app, folder)
    return app


def _stay_home(response: Response) -> Response:
    """Let the browser itself refuse any request to another host."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


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
    )
    in_browser(
        app,
        "narrow",
        Output("narrow", "data"),
        Input("url", "pathname"),
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
    page = _page(path)
    body = _missing(words) if page is None else page.layout(choices, results)
    name = words("page.missing" if page is None else page.title)
    parts = [
        html.A(words("app.skip"), href="#main", className="skip"),
        _header(words, choices, path),
        html.Main(body, id="main", tabIndex="-1"),
        html.Footer(words("app.footer"), className="foot"),
    ]
    return parts, f"{name} · {words('app.title')}"


def _page(path: str) -> Page | None:
    """Return the page at an address; "/" without a page of its own shows the first."""
    found = (one for one in in_order() if one.path == path)
    return next(found, in_order()[0] if path == "/" else None)


def _header(words: Words, choices: Choices, path: str) -> Component:
    brand = dcc.Link(
        [
            html.Img(src="assets/logo.svg", alt="", className="logo"),
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
    """Serve the dashboard until it is interrupted; a `SimError` if it cannot listen there."""
    from waitress import create_server

    app = create_app(results)
    with _listener(host, port) as listener:
        print(f"http://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201  where to look
        create_server(app.server, sockets=[listener], threads=8).run()


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
