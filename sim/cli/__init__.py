"""The command line: `sim --help` shows what there is.

Heavy packages are imported inside the commands, so that help and mistakes answer at once.
"""

from typing import Annotated

import typer

from sim.cli.batching import batch, retry, status
from sim.cli.benching import bench
from sim.cli.comparing import compare
from sim.cli.continuing import branch, resume
from sim.cli.describing import check, diff, info, list_, schema, version
from sim.cli.errors import Group
from sim.cli.explaining import explain
from sim.cli.keeping import compact, export, prune, query
from sim.cli.reporting import report
from sim.cli.running import run
from sim.cli.sensing import sensitivity
from sim.cli.serving import dashboard
from sim.cli.verifying import verify

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback is for whoever mends the program: plain text
    help="Simulate China's three-carrier market for mobile data, forward and backward.",
)
app.command()(run)
app.command()(resume)
app.command()(branch)
app.command()(compare)
for _command in (batch, status, retry, query, export, compact, prune):
    app.command()(_command)
app.command()(sensitivity)
app.command()(explain)
app.command()(verify)
app.command()(check)
app.command(name="list")(list_)
app.command()(schema)
app.command()(diff)
app.command()(info)
app.command()(dashboard)
app.command()(report)
app.command()(bench)


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    app()
