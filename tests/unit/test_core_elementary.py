"""Elementary functions are exact to the last bit or two, and the same on every processor."""

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
