"""Say on standard error how far a command is: a bar for people, a line now and then for logs."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

type Progress = Callable[[int, int], None]  # done, in all

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress(what: str, unit: str) -> Iterator[Progress]:
    """Give a function that shows how many units of `what` are done."""
    if not sys.stderr.isatty():
        yield _lines(what, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn(unit)
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(what: str, unit: str) -> Progress:
    last = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            typer.echo(f"{what}: {done} of {total} {unit}", err=True)

    return say


def compile_kernels() -> None:
    """Compile, and say so, when this is the first command after a change of the code.

    Done here, before any bar or worker starts: it takes a minute, and only once.
    """
    from sim.core.kernels import cache_folder
    from sim.simulate import warm_up

    if not any(cache_folder().rglob("*.nbi")):
        typer.echo("Compiling, once for this version of the code; about a minute …", err=True)
        warm_up()
