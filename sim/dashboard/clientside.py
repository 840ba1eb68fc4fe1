"""Callbacks that run in the browser, in `assets/choices.js`: they need no answer from here."""

from typing import Any

from dash import ClientsideFunction, Dash


def in_browser(app: Dash, function: str, *dependencies: Any, **options: Any) -> None:
    """Add a callback whose function is `function` of `assets/choices.js`."""
    call = ClientsideFunction("choices", function)
    app.clientside_callback(call, *dependencies, **options)  # type: ignore[no-untyped-call]  # dash's own
