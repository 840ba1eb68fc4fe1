"""What the dashboard says when there is something to heed, or nothing to show."""

from collections.abc import Callable

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from sim.dashboard.i18n import Words

COMMAND = "sim compare price_war service_cooperation business_as_usual"


def alert(title: str, lines: list[str], colour: str) -> Component:
    """Return a visible note with one line for each thing said."""
    body = html.Ul([html.Li(line) for line in lines]) if len(lines) > 1 else html.P(lines[0])
    return html.Div(
        dmc.Alert(body, title=title, color=colour, variant="light"), className=f"note {colour}"
    )


def empty(
    words: Words,
    what: str = "",
    run: str = COMMAND,
    heading: Callable[[str], Component] = html.H1,
) -> Component:
    """Return a page without results: what to run, ready to copy.

    what : name of the page whose own words say it
    """
    key = f"{what}.empty" if what else "empty.title"
    why = f"{what}.empty.what" if what else "empty.what"
    return html.Section(
        [
            html.Span(className="logo"),
            heading(words(key)),
            html.P(words(why)),
            command(run, words),
        ],
        className="empty",
    )


def command(text: str, words: Words) -> Component:
    """Return a command to run, ready to copy."""
    copy = dmc.CopyButton(
        words("empty.copy"), copiedChildren=words("empty.copied"), value=text, variant="light"
    )
    return html.Div([html.Code(text, tabIndex="0"), copy], className="command")
