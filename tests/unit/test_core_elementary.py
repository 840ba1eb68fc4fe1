"""Elementary functions are exact to the last bit or two, and the same on every processor."""

import ast
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.elementary import exp, exponential, log, power

CLOSE = 4e-16


@given(st.floats(-707.9, 708.9))
def test_exponentials_are_exact_to_the_last_bits(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=CLOSE)


@given(st.floats(2.3e-308, 1.7e308))
def test_logarithms_are_exact_to_the_last_bits(x: float) -> None:
    assert log(x) == pytest.approx(math.log(x), rel=CLOSE, abs=1e-300)


@given(st.floats(1e-100, 1e100), st.floats(-3.0, 3.0))
def test_powers_lose_no_more_than_their_size_explains(x: float, exponent: float) -> None:
    error = CLOSE * (1.0 + abs(exponent * math.log(x)))

    assert power(x, exponent) == pytest.approx(math.pow(x, exponent), rel=error)


@given(st.floats(0.5, 2.0))
def test_the_logarithm_undoes_the_exponential(x: float) -> None:
    assert log(exp(x)) == pytest.approx(x, rel=1e-15)


def test_whole_exponents_of_one_and_zero_are_exact() -> None:
    assert (exp(0.0), log(1.0), power(1.0, 0.8), power(7.0, 0.0)) == (1.0, 0.0, 1.0, 1.0)


def test_the_edges_are_what_the_definitions_say() -> None:
    assert exp(-math.inf) == exp(-709.0) == 0.0
    assert exp(math.inf) == exp(710.0) == log(math.inf) == math.inf
    assert log(0.0) == -math.inf
    assert power(0.0, 0.8) == 0.0
    assert power(0.0, -0.8) == math.inf


@pytest.mark.parametrize("value", [exp(math.nan), log(math.nan), log(-1.0), power(-2.0, 0.5)])
def test_what_is_no_number_stays_none(value: float) -> None:
    assert math.isnan(value)


@pytest.mark.parametrize(
    "setting",
    [
        {"NUMBA_DISABLE_JIT": "1"},
        # As on a processor of another generation.
        {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    ],
)  # fmt: skip
def test_bits_are_the_same_on_another_processor_and_uncompiled(
    setting: dict[str, str], root: Path, tmp_path: Path
) -> None:
    points = np.linspace(-40.0, 40.0, 999)
    code = (
        "import numpy as np\n"
        "from sim.core.elementary import exponential, power\n"
        "x = np.linspace(-40.0, 40.0, 999)\n"
        "print(exponential(x).tobytes().hex(), power(7.1, 0.83).hex())"
    )
    environment = os.environ | setting | {"XDG_CACHE_HOME": str(tmp_path)}
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert out.stdout.split() == [exponential(points).tobytes().hex(), power(7.1, 0.83).hex()]


# What a run is made of, but for two files whose formulas only the ladder asks for.
PARTS = ("agents", "market", "mechanisms", "model", "scenario", "strategies")
OF_THE_LADDER = {"collusion.py", "punishment.py"}
OF_THE_MACHINE = {"exp", "expm1", "log", "log10", "log1p", "log2", "pow", "power", "sin", "tanh"}


def is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def taken_from_the_machine(tree: ast.AST) -> list[int]:
    """Return the lines that take a power, or a function of mathematics, from a library."""
    lines = []
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                if not (is_whole(base) or is_whole(exponent)):
                    lines.append(node.lineno)
            case ast.Attribute(value=ast.Name(id="math" | "np"), attr=name):
                if name in OF_THE_MACHINE:
                    lines.append(node.lineno)
    return lines


def test_a_run_takes_no_power_and_no_logarithm_from_the_machine(root: Path) -> None:
    """Libraries of mathematics differ in the last bit, so runs would between machines."""
    files = [file for part in PARTS for file in (root / "sim" / part).rglob("*.py")]
    found = [
        f"{file.name}:{line}"
        for file in files
        if file.name not in OF_THE_LADDER
        for line in taken_from_the_machine(ast.parse(file.read_text(encoding="utf-8")))
    ]

    assert len(files) > 50
    assert found == []
    assert taken_from_the_machine(ast.parse("math.exp(x); 2**n; x ** 0.5; np.log(y)")) == [1, 1, 1]
