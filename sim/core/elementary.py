"""Exponential, logarithm and power by plain arithmetic: the same bits on every processor.

The C library chooses its own routines by the processor it meets, and numpy does the same, so the
last bit of an exponential may differ between two machines. These use nothing but the operations
that IEEE 754 fixes, in one order, and no branches, so that the compiler can do several at a time.

The method is the classical one: reduce to a small interval around zero, where a polynomial is
exact to the last bit or two, and put the binary exponent back (Cody and Waite 1980; Muller 2016).
"""

import math
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numba import config, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from sim.core.kernels import inlined, kernel
from sim.core.vector_code import FLOATS, WHOLES, called, repeated
from sim.core.vectors import Vector, least, most, pick

_LN2_HIGH = 6.93147180369123816490e-01  # its last 21 bits are zero, so that k times it is exact
_LN2_LOW = 1.90821492927058770002e-10
_PER_LN2 = 1.44269504088896338700

# Adding it rounds to the nearest whole number, which then stands in the lowest bits.
_ROUNDER = 6755399441055744.0  # 1.5 * 2^52
_ROUNDER_BITS = 0x4338000000000000

_LEAST, _MOST = -708.0, 709.0  # beyond, the result is no normal number
_NORMAL = 2.2250738585072014e-308
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD  # 2^-1/2

# log(1 + f) = f - (f²/2 - s (f²/2 + R(s²))) with s = f / (2 + f): the minimax coefficients of R by
# Tang (1990), as in every C library since.
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)


def _read(typing_context: Any, x: Any) -> Any:  # noqa: ARG001  the signature that numba asks for
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(signature.return_type)
        return builder.bitcast(arguments[0], kind)

    return (WHOLES(FLOATS) if x == FLOATS else types.int64(types.float64)), build


def _write(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(signature.return_type)
        return builder.bitcast(arguments[0], kind)

    return (FLOATS(WHOLES) if x == WHOLES else types.float64(types.int64)), build


def _fused(typing_context: Any, x: Any, y: Any, z: Any) -> Any:  # noqa: ARG001
    kind = FLOATS if FLOATS in (x, y, z) else types.float64

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        if kind == FLOATS:
            arguments = [repeated(builder, one) for one in arguments]
        return called(builder, "fma", arguments)

    return kind(*(one if one == FLOATS else types.float64 for one in (x, y, z))), build


def _fused_plainly(x: Any, y: Any, z: Any) -> Any:
    if any(isinstance(one, np.ndarray) for one in (x, y, z)):
        return np.array([_fused_once(*each) for each in np.broadcast(x, y, z)])
    return _fused_once(x, y, z)


def _fused_once(x: float, y: float, z: float) -> float:
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return x * y + z
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    return float(exact) if exact else x * y + z  # for the sign of zero


def _read_plainly(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return x.view(np.int64)
    return int(struct.unpack("<q", struct.pack("<d", x))[0])


def _write_plainly(bits: Any) -> Any:
    if isinstance(bits, np.ndarray):
        return bits.view(np.float64)
    return float(struct.unpack("<d", struct.pack("<Q", bits & 0xFFFF_FFFF_FFFF_FFFF))[0])


# The 64 bits of a float as a whole number, and back; where nothing is compiled, by plain Python.
_PLAIN = bool(config.DISABLE_JIT)  # type: ignore[attr-defined]
_bits_of: Callable[[Vector], Any] = _read_plainly if _PLAIN else cast(Any, intrinsic(_read))
# x y + z, rounded once: IEEE 754 fixes it like a sum, and where a processor lacks it, it is done in
# software with the same bits.
_fma: Callable[[Vector, Vector, Vector], Vector] = (
    _fused_plainly if _PLAIN else cast(Any, intrinsic(_fused))
)
_from_bits: Callable[[Any], Vector] = _write_plainly if _PLAIN else cast(Any, intrinsic(_write))


@inlined
def exp(x: Vector) -> Vector:
    """Return e to the x, to 3e-16 of it; 0 below -708, where the result is no normal number."""
    inside = least(most(x, _LEAST), _MOST)
    shifted = _fma(inside, _PER_LN2, _ROUNDER)
    k = shifted - _ROUNDER
    r = _fma(-k, _LN2_LOW, _fma(-k, _LN2_HIGH, inside))  # within half of log 2
    # The series of e^r - 1 - r, by fours; its first term left out is below 1e-16 of e^r.
    r2 = r * r
    r4 = r2 * r2
    low = _fma(r2, _fma(r, 1.0 / 120.0, 1.0 / 24.0), _fma(r, 1.0 / 6.0, 0.5))
    middle = _fma(r2, _fma(r, 1.0 / 362880.0, 1.0 / 40320.0), _fma(r, 1.0 / 5040.0, 1.0 / 720.0))
    high = _fma(
        r2, _fma(r, 1.0 / 6227020800.0, 1.0 / 479001600.0),
        _fma(r, 1.0 / 39916800.0, 1.0 / 3628800.0),
    )  # fmt: skip
    near = _fma(_fma(r4, _fma(r4, high, middle), low), r2, r) + 1.0
    out = _from_bits(_bits_of(near) + (_bits_of(shifted) << 52))
    out = pick(x < _LEAST, 0.0, out)
    out = pick(x > _MOST, np.inf, out)
    return pick(x != x, x, out)  # noqa: PLR0124  only what is no number differs from itself


@inlined
def log(x: Vector) -> Vector:
    """Return the natural logarithm, to 3e-16; -inf at 0 and for what is too small to be normal."""
    bits = _bits_of(x)
    k = (bits - _ROOT_HALF_BITS) >> 52
    f = _from_bits(bits - (k << 52)) - 1.0  # x = 2^k (1 + f), 1 + f within a root of 2 from 1
    whole = _from_bits(k + _ROUNDER_BITS) - _ROUNDER
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = _fma(w, _fma(w, _fma(w, _LOG[6], _LOG[4]), _LOG[2]), _LOG[0])
    even = _fma(w, _fma(w, _LOG[5], _LOG[3]), _LOG[1])
    half = 0.5 * f * f
    rest = _fma(s, _fma(z, _fma(z, even, odd), half), whole * _LN2_LOW)
    out = whole * _LN2_HIGH - ((half - rest) - f)
    out = pick(x < _NORMAL, -np.inf, out)
    out = pick(x < 0.0, np.nan, out)
    return pick(x < np.inf, out, x)  # infinity and what is no number stay what they are


@inlined
def power(x: Vector, exponent: Vector) -> Vector:
    """Return x to the exponent for x >= 0; its relative error is 3e-16 |exponent · log x| or so.

    0 to a positive exponent is 0, to a negative one infinite.
    """
    return exp(exponent * log(x))


@kernel
def exponential(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return e to the x, element by element."""
    out = np.empty_like(x)
    flat_in, flat_out = x.ravel(), out.ravel()
    for i in range(flat_in.size):
        flat_out[i] = exp(flat_in[i])
    return out
