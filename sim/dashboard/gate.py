"""Who may come in: this machine alone, or whoever holds the token.

On loopback the name asked for must be loopback too, or a page elsewhere could have its own name
resolve to 127.0.0.1 and read results through the reader's browser (DNS rebinding). On any other
address a token is demanded: in the address at first, then in a cookie. A request that changes
something must come from a page of this server.
"""

import ipaddress
import secrets
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, redirect, request

from sim.dashboard.texts import LANGUAGES, MESSAGES

TOKEN = "token"  # noqa: S105  the name of the parameter, not a secret
_READING = ("GET", "HEAD", "OPTIONS")
_COOKIE = "sim-dashboard-{port}"  # cookies do not know ports: two dashboards on one host differ


def new_token() -> str:
    """Return 256 random bits, as they may stand in an address."""
    return secrets.token_urlsafe(32)


def is_loopback(host: str) -> bool:
    """Say whether an address or name is this machine and nothing else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def install(server: Flask, token: str | None) -> None:
    """Turn away whoever may not come in; without a token, all but this machine."""

    @server.before_request
    def admit() -> Response | None:
        if token is None and not is_loopback(_host()):
            return refusal("gate.host", 403)
        if request.method not in _READING and not _from_here():
            return refusal("gate.origin", 403)
        return None if token is None else _by_token(token)


def refusal(key: str, status: int) -> Response:
    """Return an answer that says why not, in all languages."""
    text = "\n\n".join(getattr(MESSAGES[key], language) for language in LANGUAGES)
    return Response(f"{text}\n", status, mimetype="text/plain")


def _host() -> str:
    """Return the name that was asked for, without port; empty if there is none."""
    try:
        return urlsplit(f"//{request.environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:  # such as brackets that hold no address
        return ""


def _from_here() -> bool:
    """Say whether a page of this server asks, or no page at all."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.environ.get("HTTP_HOST")


def _by_token(token: str) -> Response | None:
    name = _COOKIE.format(port=request.environ.get("SERVER_PORT", ""))
    if _same(request.args.get(TOKEN), token):
        answer: Response = redirect(_without_token(), 303)  # type: ignore[assignment]  # of flask
        answer.set_cookie(name, token, httponly=True, samesite="Lax")
        return answer
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if _same(request.cookies.get(name), token) or _same(bearer, token):
        return None
    return refusal("gate.token", 401)


def _same(given: str | None, token: str) -> bool:
    """Compare in a time that does not tell how much of it is right."""
    return given is not None and secrets.compare_digest(given.encode(), token.encode())


def _without_token() -> str:
    """Return the same address on this host without the token: it is not to be copied on."""
    rest = [pair for pair in request.args.items(multi=True) if pair[0] != TOKEN]
    path = "/" + quote(request.path.lstrip("/"))  # "//name" would be another host
    return f"{path}?{urlencode(rest)}" if rest else path
