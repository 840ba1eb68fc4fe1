"""The door to numba: a compilation cache that knows every source that a kernel depends on.

Numba's own cache looks only at the file of the compiled function, so a change in a
called function of another file would go on using the old machine code. Here the cache
folder carries a digest over the sources of all files with kernels and of whatever they import.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast

_PACKAGE = Path(__file__).resolve().parents[1]
_DECORATED = re.compile(r"^@(?:parallel_)?(?:kernel|inlined)\b", re.MULTILINE)
# Of a whole module alone: what a function imports for itself no kernel can reach.
_IMPORT = re.compile(r"^from (sim[\w.]*) import (\([^)]*\)|.*)$", re.MULTILINE)


@cache
def code_digest() -> str:
    """Return a digest over all Python sources of the package, in path order."""
    return _digest(_PACKAGE.rglob("*.py"))


@cache
def kernel_digest() -> str:
    """Return a digest over the sources that machine code can depend on, in path order."""
    return _digest(kernel_sources())


def kernel_sources() -> set[Path]:
    """Return the files that hold kernels, all that they import, and so on.

    A change elsewhere, in a page, a strategy or a parameter, need not compile the kernels again.
    """
    waiting = [f for f in _PACKAGE.rglob("*.py") if _DECORATED.search(f.read_text("utf-8"))]
    known = set(waiting) | {Path(__file__).resolve()}
    while waiting:
        for file in _imported(waiting.pop()) - known:
            known.add(file)
            waiting.append(file)
    return known


def _imported(file: Path) -> set[Path]:
    """Return the package's files that a file imports."""
    found = set()
    for module, names in _IMPORT.findall(file.read_text("utf-8")):
        words = re.findall(r"\w+", names)
        for dotted in [module, *(f"{module}.{word}" for word in words)]:
            place = _PACKAGE.parent.joinpath(*dotted.split("."))
            found |= {f for f in (place.with_suffix(".py"), place / "__init__.py") if f.is_file()}
    return found


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(_PACKAGE)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return where compiled kernels of exactly this code live, installed in this place.

    Numba finds compiled code by the path of its source: in a folder for each place one sees
    whether there is any.
    """
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    place = hashlib.sha256(str(_PACKAGE).encode()).hexdigest()[:8]
    return Path(base) / "backward-traffic-sim" / "numba" / f"{kernel_digest()}-{place}"


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

import numba  # noqa: E402  the cache folder must be set before numba is imported
import numpy as np  # noqa: E402

numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # if numba came first

prange = numba.prange


def _quiet[F: Callable[..., Any]](function: F) -> F:
    """Return a function that divides by zero as silently without the compiler as with it."""
    if not numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return function
    return np.errstate(divide="ignore", invalid="ignore", over="ignore")(function)


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` for one thread; strict IEEE arithmetic, so bits do not vary."""
    return cast(F, numba.njit(cache=True, fastmath=False, error_model="numpy")(_quiet(function)))


def parallel_kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` with threads over `prange`.

    Write only to places that the loop index owns, or add integers block by block: then
    any number of threads gives the same bits.
    """
    jit = numba.njit(cache=True, fastmath=False, error_model="numpy", parallel=True)
    return cast(F, jit(_quiet(function)))


def inlined[F: Callable[..., Any]](function: F) -> F:
    """Compile a small scalar function for use inside kernels; LLVM puts it where it is called."""
    jit = numba.njit(cache=True, fastmath=False, error_model="numpy", forceinline=True)
    return cast(F, jit(function))


def set_threads(count: int) -> None:
    """Use `count` threads in parallel kernels from now on."""
    numba.set_num_threads(count)


def threads() -> int:
    """Return how many threads parallel kernels use."""
    return int(numba.get_num_threads())
