"""Draw a figure into an SVG or PNG file, in a Chromium of this machine; nothing is fetched."""

from pathlib import Path
from typing import Any

from sim.core.errors import SimError
from sim.dashboard.plot import Figure

PICTURES = ("svg", "png")
_SHARPNESS = 2  # pixels of a PNG for each of the figure


def write_picture(figure: Figure, kind: str, file: Path) -> None:
    """Write a figure of fixed size; `kind` is one of `PICTURES`.

    Raises
    ------
    SimError
        if the extra `export` or Chromium is missing, or the picture cannot be drawn.
    """
    _write(_drawn(figure, kind), file)


def write_text(text: str, file: Path) -> None:
    """Write one line of text; a `SimError` says why it cannot be written."""
    _write(f"{text}\n".encode(), file)


def _write(content: bytes, file: Path) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise SimError(f"{file} cannot be written: {error.strerror or error}") from error


def _drawn(figure: Figure, kind: str) -> bytes:
    kaleido = _kaleido()
    layout = figure["layout"]
    size = {"width": layout["width"], "height": layout["height"]}
    options = {"format": kind, "scale": _SHARPNESS if kind == "png" else 1, **size}
    from choreographer.errors import BrowserFailedError, ChromeNotFoundError

    try:
        # One shot: a server that finds no Chromium would wait for ever. MathJax would be fetched
        # from the web; plotly.js is that of the package.
        picture: bytes = kaleido.calc_fig_sync(figure, options, kopts={"mathjax": False})
    except (ChromeNotFoundError, BrowserFailedError) as error:
        raise SimError(
            "no Chromium could be started; install it, or set BROWSER_PATH to it; "
            "--format json needs none"
        ) from error
    return picture


def _kaleido() -> Any:
    try:
        import kaleido
    except ImportError as error:
        raise SimError(
            "pictures need the extra `export`: pip install 'backward-traffic-sim[export]'; "
            "--format json needs nothing"
        ) from error
    return kaleido
