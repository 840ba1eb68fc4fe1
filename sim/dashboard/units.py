"""The one place where stored numbers become numbers to read: scale, unit, digits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import floor, isfinite, log10
from typing import Any

from sim.dashboard.i18n import Words
from sim.dashboard.texts import Language

_STEPS: dict[Language, tuple[int, ...]] = {"en": (12, 9, 6), "zh": (12, 8, 4)}
_COUNTED = ("yuan", "GB", "lines")
_SHARES = ("share", "0-1", "fraction")
_A_MONTH = "/month"
_SIGNIFICANT = 3


@dataclass(frozen=True)
class Scale:
    """How one chart shows its numbers: stored value × `factor`, in `unit`."""

    factor: float
    unit: str
    decimals: int

    @property
    def d3(self) -> str:
        """Return the d3 format of a number on this scale."""
        return f",.{self.decimals}f"

    @property
    def d3_fine(self) -> str:
        """Return the d3 format with a digit more, for tables."""
        return f",.{self.decimals + 1}f"

    def number(self, shown: float) -> str:
        """Return a number that is already on this scale as text, with a true minus sign."""
        text = f"{shown:,.{self.decimals}f}"
        return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")

    def signed(self, shown: float) -> str:
        """Return the number with its sign, also when it is positive."""
        text = self.number(shown)
        return text if text.startswith("−") or shown <= 0 else f"+{text}"


def scale_for(unit: str, values: Iterable[Any], words: Words, *, difference: bool = False) -> Scale:
    """Return the scale on which the largest of `values` reads well in this language.

    Chinese counts in 万 and 亿, English in millions and billions. A share is shown in
    per cent, a difference of shares in percentage points; "…/month" keeps its "a month".
    """
    base, month, _ = unit.partition(_A_MONTH)
    if month:
        scale = scale_for(base, values, words, difference=difference)
        return replace(scale, unit=words("unit.a_month", unit=scale.unit))
    largest = max((abs(v) for v in values if v is not None and isfinite(v)), default=0.0)
    if unit in _SHARES:
        name = "percentage_points" if difference else "percent"
        return Scale(100.0, words.unit(name), _digits(largest * 100.0))
    power = _power(largest, words.language) if unit in _COUNTED else 0
    name = f"{unit}.e{power}" if power else unit
    return Scale(10.0**-power, words.unit(name), _digits(largest / 10.0**power))


def _power(largest: float, language: Language) -> int:
    return next((power for power in _STEPS[language] if largest >= 10.0**power), 0)


def _digits(largest: float) -> int:
    if largest <= 0:
        return 0
    magnitude = floor(log10(largest))
    return min(max(_SIGNIFICANT - 1 - magnitude, 1 if magnitude < _SIGNIFICANT else 0), 6)
