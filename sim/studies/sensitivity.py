"""Which parameters move a result: designs over prior ranges, and what the results of one say.

Screening by elementary effects (Morris 1991; Campolongo, Cariboni and Saltelli 2007) finds the few
parameters that matter with few runs; Sobol indices (Sobol 2001; Saltelli et al. 2010) then share
the variance of a result out among them. Designs and indices are those of SALib (Iwanaga, Usher and
Herman 2022). They know nothing of markets: any function of the points will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from types import ModuleType
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.errors import RequestError, SimError, did_you_mean
from sim.core.streams import Streams
from sim.scenario.schema import Scenario
from sim.studies.statistics import CONFIDENCE

type Floats = NDArray[np.float64]
type Method = Literal["morris", "sobol"]

METHODS: tuple[Method, ...] = ("morris", "sobol")
LEVELS = 4  # of a parameter on Morris's grid
RESAMPLES = 1_000  # of the bootstrap


class SensitivityError(RequestError):
    """What was asked cannot be analysed: the question must change."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that is varied over its prior range, evenly."""

    path: str
    low: float
    high: float
    value: float = nan  # in the scenario as it is
    whole: bool = False  # only whole numbers will do

    def at(self, point: float) -> float | int:
        """Return the value that a design's point stands for."""
        return round(point) if self.whole else float(point)


@dataclass(frozen=True)
class Design:
    """Where to evaluate: points in the parameters' units, in the order that the method needs."""

    method: Method
    parameters: tuple[Parameter, ...]
    points: Floats  # (points, parameters)
    seed: int

    @property
    def problem(self) -> dict[str, Any]:
        """Return the parameters as SALib takes them."""
        return {
            "num_vars": len(self.parameters),
            "names": [parameter.path for parameter in self.parameters],
            "bounds": [[parameter.low, parameter.high] for parameter in self.parameters],
        }


# -------------------------------------------------------------------------------- parameters


def priors(scenario: Scenario, wanted: Sequence[str] = ()) -> tuple[Parameter, ...]:
    """Return the parameters with a prior range, or those wanted: by path, or a section's all.

    A `SensitivityError` suggests what was meant by a path that has none.
    """
    known = {
        path: Parameter(path, *range_, value=value, whole=isinstance(value, int))
        for path, value, range_ in scenario.priors()
    }
    for name in wanted:
        if not any(_covers(name, path) for path in known):
            said = f"'{name}' has no prior range{did_you_mean(name, known)}"
            raise SensitivityError(f"{said}; `sim sensitivity` varies what has one")
    return tuple(
        parameter
        for path, parameter in known.items()
        if not wanted or any(_covers(name, path) for name in wanted)
    )


def _covers(name: str, path: str) -> bool:
    return path == name or path.startswith(f"{name}.")


# ------------------------------------------------------------------------------------ designs


def morris_design(parameters: Sequence[Parameter], trajectories: int, seed: int = 0) -> Design:
    """Return trajectories over a grid, each of which moves every parameter once.

    points : (trajectories * (parameters + 1), parameters)
    """
    empty = Design("morris", tuple(parameters), np.empty((0, len(parameters))), seed)
    morris = _salib("sample.morris")
    points = morris.sample(empty.problem, trajectories, num_levels=LEVELS, seed=_draws(empty))
    return Design("morris", empty.parameters, points, seed)


def sobol_design(parameters: Sequence[Parameter], samples: int, seed: int = 0) -> Design:
    """Return two scrambled Sobol samples, and the first with each column from the second.

    samples : a power of two, for which Sobol's points are even
    points : (samples * (parameters + 2), parameters)
    """
    if samples < 2 or samples & (samples - 1):
        raise SensitivityError(f"the number of samples must be a power of 2, is {samples}")
    empty = Design("sobol", tuple(parameters), np.empty((0, len(parameters))), seed)
    sobol = _salib("sample.sobol")
    points = sobol.sample(empty.problem, samples, calc_second_order=False, seed=_draws(empty))
    return Design("sobol", empty.parameters, points, seed)


def _draws(design: Design) -> int:
    """Return the seed of SALib's own draws; never 0, which it takes for none."""
    return int(Streams(design.seed).key(f"sensitivity.{design.method}") >> np.uint64(33)) + 1


def _salib(module: str) -> ModuleType:
    """Import a module of SALib; it comes with an extra, for little else needs it."""
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        raise SensitivityError(
            "`sim sensitivity` needs SALib: pip install 'backward-traffic-sim[analysis]'"
        ) from error


# ------------------------------------------------------------------------------------ indices


def indices(design: Design, outputs: Floats) -> pd.DataFrame:
    """Return what each parameter does to an output, the strongest first.

    Parameters
    ----------
    outputs : (points,) at the design's points, in its order

    Returns
    -------
    One row a parameter, in `path`, with 90 % bootstrap intervals. By Morris, in units of the
    output: `mu_star`, the mean size of an elementary effect, over the whole prior range; `low` and
    `high` of it; `mu`, the mean with sign; `sigma`, the standard deviation, large where effects are
    not linear or depend on others. By Sobol, as shares of the variance: `first`, `first_low`,
    `first_high`, by the parameter alone; `total`, `total_low`, `total_high`, with all that it does
    together with others; nan where the output never varies.
    """
    if outputs.shape != (len(design.points),):
        raise ValueError(f"{outputs.shape} outputs for {len(design.points)} points")
    if not np.isfinite(outputs).all():
        raise SimError(f"undefined at {int((~np.isfinite(outputs)).sum())} of the design's points")
    analyse, strength = (_morris, "mu_star") if design.method == "morris" else (_sobol, "total")
    columns = analyse(design, outputs)
    frame = pd.DataFrame({"path": [p.path for p in design.parameters], **columns})
    return frame.sort_values(strength, ascending=False, kind="stable", ignore_index=True)


def _morris(design: Design, outputs: Floats) -> dict[str, Floats]:
    found = _salib("analyze.morris").analyze(
        design.problem, design.points, outputs, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
        num_levels=LEVELS, seed=_draws(design),
    )  # fmt: skip
    size, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    return {
        "mu_star": size,
        "low": np.maximum(size - half, 0.0),
        "high": size + half,
        "mu": np.asarray(found["mu"]),
        "sigma": np.asarray(found["sigma"]),
    }


def _sobol(design: Design, outputs: Floats) -> dict[str, Floats]:
    names = ("first", "first_low", "first_high", "total", "total_low", "total_high")
    if np.ptp(outputs) == 0.0:  # no variance to share out
        return {name: np.full(len(design.parameters), nan) for name in names}
    found = _salib("analyze.sobol").analyze(
        design.problem, outputs, calc_second_order=False, num_resamples=RESAMPLES,
        conf_level=CONFIDENCE, keep_resamples=True, seed=_draws(design),
    )  # fmt: skip
    return dict(zip(names, (*_with_bounds(found, "S1"), *_with_bounds(found, "ST")), strict=True))


def _with_bounds(found: dict[str, Any], index: str) -> tuple[Floats, Floats, Floats]:
    """Return an index and the percentiles of its resamples: (parameters,) each."""
    resamples = np.asarray(found[f"{index}_conf_all"])  # (resamples, parameters)
    low, high = np.quantile(resamples, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2], axis=0)
    return np.asarray(found[index]), low, high


# -------------------------------------------------------------------------------- seed noise


class Split(NamedTuple):
    """The variance of an output over points and seeds, as shares of the whole; they sum to 1."""

    parameters: float  # by the point, whatever the seed
    seeds: float  # by the seed, whatever the point
    both: float  # by what a seed does at some points more than at others


def split(outputs: Floats) -> Split:
    """Return how the variance of an output parts into parameters and seeds.

    All points are run under the same seeds, so this is a two-way layout with one value a cell
    (Scheffé 1959, ch. 7): components of variance by the mean squares, one below 0 being taken for 0
    (Searle, Casella and McCulloch 1992). With one seed, or where nothing varies, all are nan.

    outputs : (points, seeds)
    """
    points, seeds = outputs.shape
    if seeds < 2 or points < 2:
        return Split(nan, nan, nan)
    by_point, by_seed = outputs.mean(axis=1), outputs.mean(axis=0)
    rest = outputs - by_point[:, None] - by_seed[None, :] + outputs.mean()
    both = float((rest * rest).sum()) / ((points - 1) * (seeds - 1))
    parts = (
        max(float(by_point.var(ddof=1)) - both / seeds, 0.0),
        max(float(by_seed.var(ddof=1)) - both / points, 0.0),
        both,
    )
    whole = sum(parts)
    return Split(*(part / whole if whole > 0.0 else nan for part in parts))
