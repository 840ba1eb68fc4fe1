"""`sim dashboard`: the web pages over what is stored."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import RESULTS


def dashboard(
    folder: Annotated[Path, typer.Argument(help="The results folder.", file_okay=False)] = RESULTS,
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65_535)
    ] = 8050,
    host: Annotated[
        str, typer.Option(help="Address to listen on; all but loopback ask for a token.")
    ] = "127.0.0.1",
) -> None:
    """Show stored comparisons in the browser, until Ctrl-C."""
    from sim.dashboard.app import serve
    from sim.dashboard.gate import is_loopback

    if not is_loopback(host):
        typer.echo("Whoever has this address can read the results; it is not encrypted.", err=True)
    typer.echo("Open this address in a browser; Ctrl-C ends it.", err=True)
    serve(folder, host, port)
