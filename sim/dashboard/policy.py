"""What a browser is told about every answer: whose scripts run, and where it may ask.

Scripts come from files of this server, and from inline texts known by their hash: neither
'unsafe-inline' nor 'unsafe-eval'. Styles stay 'unsafe-inline': the component library and the
charts write `style` attributes and sheets as they draw, which no hash can foresee.
"""

import base64
import hashlib
from collections.abc import Sequence

from dash import Dash
from flask import Response

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def install(app: Dash, inline: str) -> None:
    """Set the headers of every answer; `inline` is the one script of the index that is ours.

    To be called when all callbacks are there: those with a script of their own count too.
    """
    hashes = [script_hash(inline), *app.csp_hashes()]
    headers = _HEADERS | {"Content-Security-Policy": content_policy(hashes)}

    def set_headers(response: Response) -> Response:
        response.headers.update(headers)
        return response

    app.server.after_request(set_headers)


def content_policy(hashes: Sequence[str]) -> str:
    """Return the Content-Security-Policy that lets these inline scripts run, and no others."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def script_hash(script: str) -> str:
    """Return what a Content-Security-Policy calls an inline script by."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
