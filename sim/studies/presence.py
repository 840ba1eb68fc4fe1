"""Who is at a study: its drivers, known by locks that end with them, and how fast they are.

A driver locks one byte of a file, the byte of its own process number, and the kernel says who holds
which: no list has to be kept right, and nothing outlives a kill -9. Seen on one machine; a driver
elsewhere may not be.
"""

import fcntl
import json
import os
import signal
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sim.store.writer import replace_text
from sim.studies.completing import Tally, Watch

_LOCKS = ".drivers"
_PROGRESS = "progress.json"
_SECONDS_BETWEEN = 1.0
_FLOCK = "hhqqi"  # struct flock on 64-bit Linux: type, whence, start, length, process
_HIGHEST = 2**22  # process number on Linux, and more


@contextmanager
def driving(folder: Path, watch: Watch) -> Iterator[Watch]:
    """Be seen at a study; what is given instead of a watch tells others how far it is as well."""
    descriptor = os.open(folder / _LOCKS, os.O_RDWR | os.O_CREAT, 0o644)
    said = 0.0

    def tell(tally: Tally) -> None:
        nonlocal said
        watch(tally)
        now = time.monotonic()
        if now - said >= _SECONDS_BETWEEN or tally.ended == tally.total:
            said = now
            replace_text(folder / _PROGRESS, json.dumps(Pace.of(tally).__dict__) + "\n")

    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, os.getpid())
        yield tell
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class Pace:
    """How fast a driver is."""

    rate: float  # runs a second, 0 before the first has ended
    left: float | None  # seconds, None before that

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """Return the pace since the first run began."""
        seconds = time.monotonic() - (tally.first or tally.begun)
        if not tally.done or seconds <= 0:
            return cls(0.0, None)
        rate = tally.done / seconds
        return cls(rate, (tally.total - tally.ended) / rate)


def pace(folder: Path) -> Pace:
    """Return what the last driver said of its pace; of several, whoever spoke last."""
    try:
        return Pace(**json.loads((folder / _PROGRESS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Pace(0.0, None)


def drivers(folder: Path) -> list[int]:
    """Return the processes that are at a study now."""
    try:
        descriptor = os.open(folder / _LOCKS, os.O_RDWR)
    except OSError:
        return []
    try:
        return sorted(_holders(descriptor, 0, _HIGHEST))
    finally:
        os.close(descriptor)


def _holders(descriptor: int, first: int, end: int) -> Iterator[int]:
    """Yield the processes that hold locks between two bytes; the kernel names any one of them."""
    if first >= end:
        return
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, first, end - first, 0)
    kind, _, place, _, process = struct.unpack(
        _FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked)
    )
    if kind != fcntl.F_UNLCK:
        yield process
        yield from _holders(descriptor, first, place)
        yield from _holders(descriptor, place + 1, end)


def cancel(folder: Path) -> int:
    """End the processes of this machine that are at a study, and return how many there were.

    Their workers leave with them; what is finished stays, and the study can be gone on with.
    """
    ours = [process for process in drivers(folder) if _has_open(process, folder / _LOCKS)]
    for process in ours:
        os.kill(process, signal.SIGTERM)
    return len(ours)


def _has_open(process: int, file: Path) -> bool:
    """Return whether a process of this machine holds a file: a number may be another machine's."""
    wanted = str(file.resolve())
    try:
        return any(str(link.readlink()) == wanted for link in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return False
