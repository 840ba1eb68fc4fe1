"""`sim bench`: how fast and how small, beside plainer programs on the same machine."""

import json
from typing import Annotated

import typer

from sim.cli.options import Json
from sim.cli.progress import compile_kernels, progress


def bench(
    users: Annotated[
        int | None, typer.Option(help="Rows of the individual runs.", min=1_000)
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller, rougher measurements.")] = False,
    as_json: Json = False,
) -> None:
    """Measure speed, memory and start-up, side by side with plain Mesa and plain numpy."""
    from sim.studies.bench import QUICK, WHOLE, bench_rows
    from sim.studies.bench import bench as measure

    compile_kernels()
    with progress("Measuring", "measurements") as show:
        content = measure(QUICK if quick else WHOLE, users, show)
    if None in content["ratio"].values():
        typer.echo("Ratios need the checkout, where the folder benchmarks/ is.", err=True)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
        return
    from sim.cli.tables import console, plain_table

    console().print(plain_table("Measured on this machine", ("", ""), bench_rows(content)))
