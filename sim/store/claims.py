"""Claims: two processes on one results folder share the work instead of doing it twice.

A claim is a lock on one byte of one file, at a place made of the run's id. The kernel drops it
when its process ends, however it ends: no claim outlives a kill -9.
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_FILE = ".claims"
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP)  # without them, work may be done twice, no worse
_PLACES = 2**62  # bytes that a lock may name; two ids in one place only make one wait


@contextmanager
def claimed(folder: Path, runs: Sequence[str]) -> Iterator[set[str]]:
    """Claim runs by their ids, hexadecimal, and give those that no other process has."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield {run for run in runs if _locked(descriptor, int(run, 16) % _PLACES)}
    finally:
        os.close(descriptor)  # drops the locks


def _locked(descriptor: int, place: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):  # which of the two differs between file systems
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
