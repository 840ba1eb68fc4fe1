"""Seeds until an interval is narrow enough.

A run costs the same whatever it brings, so seeds are added in growing steps, as many as the
variance seen so far says are needed, and the interval is looked at after each step. Looking
several times makes intervals a little narrower than they say (Chow and Robbins 1965); so there
are some seeds at the least, and steps are few.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sim.core.errors import RequestError
from sim.metrics import metrics
from sim.studies.facts import Output
from sim.studies.statistics import seeds_for

FEWEST = 10  # seeds before an interval is believed
_SPARE = 1.1  # the variance is itself an estimate: aim a little beyond
_GROWTH = 4  # at most so many times the seeds in one step
_PERCENTAGE_POINT = "pp"


@dataclass(frozen=True)
class Target:
    """What is to be known how well: half the 90 % interval of a metric's last-year value.

    For several scenarios it is the interval of the difference from the first.
    """

    output: Output
    half_width: float  # in the metric's unit
    most_seeds: int

    @classmethod
    def named(cls, what: str, half_width: str, most_seeds: int) -> Self:
        """Return the target of texts such as "subscriber_share:telecom" and "0.1pp" or "5"."""
        output = Output.named(what, level=False)
        return cls(output, _size(half_width, metrics.get(output.metric).unit), most_seeds)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """Return the target that `dataclasses.asdict` took apart."""
        return cls(Output(**content["output"]), content["half_width"], content["most_seeds"])


def _size(text: str, unit: str) -> float:
    """Return a half-width in the metric's unit: "0.1pp" of a share is 0.001."""
    points = text.endswith(_PERCENTAGE_POINT)
    try:
        size = float(text.removesuffix(_PERCENTAGE_POINT))
    except ValueError:
        size = math.nan
    if not (math.isfinite(size) and size > 0):
        raise RequestError(
            f"'{text}' is no half-width; write a number in {unit}, such as 0.1pp of a share"
        )
    if points and not unit.startswith("share"):
        raise RequestError(f"percentage points are for shares; write the half-width in {unit}")
    return size / 100 if points else size


def next_seeds(seeds: int, half_width: float, target: Target) -> int:
    """Return how many seeds to have next; as many as there are when it is narrow enough.

    `half_width` is nan where it is not defined yet, with one seed.
    """
    if seeds >= target.most_seeds:
        return seeds
    if seeds >= FEWEST and half_width <= target.half_width:
        return seeds
    if seeds < FEWEST or math.isnan(half_width):
        return min(FEWEST, target.most_seeds) if seeds < FEWEST else seeds
    needed = seeds_for(seeds, target.half_width / (half_width * math.sqrt(_SPARE)))
    return min(max(needed, seeds + 1), seeds * _GROWTH, target.most_seeds)
