"""Compiled code is never older than its sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.core.kernels import (
    cache_folder,
    kernel,
    kernel_digest,
    kernel_sources,
    parallel_kernel,
    prange,
)

CALLEE = """
from sim.core.kernels import inlined

@inlined
def rate(x):
    return {factor} * x
"""
CALLER = """
from sim.core.kernels import kernel
from sim.callee import rate

@kernel
def charge(x):
    return rate(x) + 1.0

print(charge(10.0))
"""


@kernel
def total(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    result = 0.0
    for value in values:
        result += value
    return result


@parallel_kernel
def doubled(values: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> None:
    for i in prange(values.shape[0]):
        values[i] *= 2


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    """Return a folder with the package's foundations, free to be changed."""
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").touch()
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "sim" / "core", tmp_path / "sim" / "core", ignore=skip)
    return tmp_path


def python(folder: Path, *arguments: str) -> str:
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_digest_changes_with_any_source(copied: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from sim.core.kernels import code_digest\n"
        "def digest():\n"
        "    code_digest.cache_clear()\n"
        "    return code_digest()\n"
        "first, units = digest(), Path('sim/core/units.py')\n"
        "text = units.read_text()\n"
        "units.write_text(text + '# one more line')\n"
        "changed = digest()\n"
        "units.write_text(text)\n"
        "back = digest()\n"
        "units.rename('sim/core/moved.py')\n"
        "print(first == back, first != changed, first != digest())"
    )

    assert python(copied, "-c", script).split() == ["True", "True", "True"]


def test_a_changed_callee_is_compiled_anew(copied: Path) -> None:
    (copied / "sim" / "caller.py").write_text(CALLER, encoding="utf-8")
    results = []
    for factor in (2.0, 3.0):
        callee = CALLEE.format(factor=factor)
        (copied / "sim" / "callee.py").write_text(callee, encoding="utf-8")
        results.append(python(copied, "-m", "sim.caller").strip())

    assert results == ["21.0", "31.0"]
    assert len(list((copied / "cache").glob("*/numba/*"))) == 2


def test_a_page_changed_beside_the_kernels_compiles_nothing_anew(copied: Path) -> None:
    for name, text in (("caller", CALLER), ("callee", CALLEE.format(factor=2.0))):
        (copied / "sim" / f"{name}.py").write_text(text, encoding="utf-8")
    for page in ("first = 1", "first = 2"):
        (copied / "sim" / "page.py").write_text(page, encoding="utf-8")
        python(copied, "-m", "sim.caller")

    assert len(list((copied / "cache").glob("*/numba/*"))) == 1


def test_a_copy_in_another_place_has_a_folder_of_its_own(copied: Path) -> None:
    script = "from sim.core.kernels import cache_folder; print(cache_folder().name)"
    there = copied / "there"
    shutil.copytree(copied / "sim", there / "sim")
    names = {python(folder, "-c", script).strip() for folder in (copied, there)}

    assert len(names) == 2
    assert len({name.partition("-")[0] for name in names}) == 1


def test_neither_a_parameter_nor_a_strategy_compiles_the_kernels_anew() -> None:
    files = kernel_sources()

    assert "flows.py" in {file.name for file in files}
    assert "schema.py" not in {file.name for file in files}
    assert "strategies" not in {file.parent.name for file in files}


def test_compiled_kernels_go_to_the_folder_of_this_code() -> None:
    import numba

    assert os.environ["NUMBA_CACHE_DIR"] == str(cache_folder())
    assert str(cache_folder()) == numba.config.CACHE_DIR
    assert cache_folder().name.startswith(kernel_digest())
    if not numba.config.DISABLE_JIT:
        assert Path(total.stats.cache_path).is_relative_to(cache_folder())  # type: ignore[attr-defined]


def test_sums_keep_their_order() -> None:
    """Strict IEEE arithmetic: a reordered sum would find the one that is lost here."""
    assert total(np.array([1e16, 1.0, -1e16])) == 0.0


def test_a_parallel_kernel_does_every_row_once() -> None:
    values = np.arange(1000)
    doubled(values)

    assert np.array_equal(values, 2 * np.arange(1000))
