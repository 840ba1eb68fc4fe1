"""Say on standard error how far a command is: a bar for people, a line now and then for logs."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sim.studies.completing import Tally, Watch

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


@contextmanager
def runs_progress(what: str) -> "Iterator[Watch]":
    """Give a function that shows how far a study is: runs, rate, time left, failures."""
    if not sys.stderr.isatty():
        yield _run_lines(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = BarColumn(), TextColumn("{task.description}")
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda tally: bar.update(
            task, completed=tally.ended, total=tally.total, description=said(what, tally)
        )


def _run_lines(what: str) -> "Watch":
    last = 0.0

    def say(tally: "Tally") -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            typer.echo(said(what, tally), err=True)

    return say


def said(what: str, tally: "Tally") -> str:
    """Return a line such as "war: 120 of 1,000 runs, 2.2 runs/s, 7 min left, 1 failed"."""
    parts = [f"{what}: {tally.ended:,} of {tally.total:,} runs"]
    seconds = time.monotonic() - (tally.first or tally.begun)
    if tally.done and seconds > 0:
        rate = tally.done / seconds
        parts += [f"{rate:.1f} runs/s", f"{duration((tally.total - tally.ended) / rate)} left"]
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time in words: seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h"


def compile_kernels() -> None:
    """Compile, and say so, when this is the first command after a change of the code.

    Done here, before any bar or worker starts: it takes a minute, and only once.
    """
    from sim.core.kernels import cache_folder
    from sim.simulate import warm_up

    if not any(cache_folder().rglob("*.nbi")):
        typer.echo("Compiling, once for this version of the code; about a minute …", err=True)
        warm_up()
