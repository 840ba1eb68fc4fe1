"""What stored analyses of sensitivity say, in a form to be drawn."""

from typing import Any

import pandas as pd

from sim.core.errors import SimError

_STRENGTH = {"morris": ("mu_star", "low", "high"), "sobol": ("total", "total_low", "total_high")}
COLUMNS = ["output", "carrier", "parameter", "mean", "low", "high"]


def strengths(record: dict[str, Any]) -> pd.DataFrame:
    """Return how much each parameter moves each output, against the strongest parameter.

    mean, low, high : Morris's mu_star or Sobol's total share, over that of the strongest
    """
    try:
        names = _STRENGTH[record["method"]]
        rows = [row for output in record["outputs"] for row in _rows(output, names)]
    except (KeyError, TypeError) as error:
        raise SimError(f"record {record.get('id')}: {type(error).__name__}: {error}") from error
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(output: dict[str, Any], names: tuple[str, str, str]) -> list[tuple[Any, ...]]:
    indices = [row for row in output["indices"] if row[names[0]] is not None]
    strongest = max((row[names[0]] for row in indices), default=0.0)
    if strongest <= 0.0:
        return []
    return [
        (output["name"], output["carrier"], row["path"], *(_part(row[n], strongest) for n in names))
        for row in indices
    ]


def _part(value: float | None, whole: float) -> float:
    return float("nan") if value is None else value / whole
