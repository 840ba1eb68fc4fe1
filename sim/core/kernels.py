"""The door to numba: a compilation cache that knows every source file.

Numba's own cache looks only at the file of the compiled function, so a change in a
called function of another file would go on using the old machine code. Here the cache
folder carries a digest over all sources of the package.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast


@cache
def code_digest() -> str:
    """Return a digest over all Python sources of the package, in path order."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return where compiled kernels of exactly this code live."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "backward-traffic-sim" / "numba" / code_digest()


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

import numba  # noqa: E402  the cache folder must be set before numba is imported

numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # if numba came first

prange = numba.prange


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` for one thread; strict IEEE arithmetic, so bits do not vary."""
    return cast(F, numba.njit(cache=True, fastmath=False, error_model="numpy")(function))


def parallel_kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` with threads over `prange`.

    Write only to places that the loop index owns, or add integers block by block: then
    any number of threads gives the same bits.
    """
    jit = numba.njit(cache=True, fastmath=False, error_model="numpy", parallel=True)
    return cast(F, jit(function))


def inlined[F: Callable[..., Any]](function: F) -> F:
    """Compile a small scalar function for use inside kernels."""
    return cast(F, numba.njit(cache=True, fastmath=False, inline="never")(function))


def set_threads(count: int) -> None:
    """Use `count` threads in parallel kernels from now on."""
    numba.set_num_threads(count)


def threads() -> int:
    """Return how many threads parallel kernels use."""
    return int(numba.get_num_threads())
