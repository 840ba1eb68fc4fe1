"""Runs that are no market: one metric, by a formula, so that answers are known beforehand."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.core.calendar import month_label
from sim.scenario.schema import Scenario
from sim.simulate import RunResult

type Formula = Callable[[Scenario, int], float]  # the metric under a seed
type Together = Callable[[Sequence[Scenario], int, str], list[RunResult]]


class MadeUp(RunResult):
    """A run whose one metric, of Telecom, is the same in every month after the branch."""

    @property
    def measured(self) -> Any:
        return self

    def columns(self, period: str) -> dict[str, Any]:
        facts = self.tables["carrier_month"]
        when = facts["month"] if period == "month" else facts["month"].str[:4].astype(int)
        rows = facts.assign(**{period: when}).drop_duplicates(period)
        return {
            "name": np.full(len(rows), "subscriber_share", dtype=object),
            period: np.asarray(rows[period]),
            "carrier": np.full(len(rows), "telecom", dtype=object),
            "value": rows["value"].to_numpy(),
        }


def together(formula: Formula) -> Together:
    """Return what stands in for `sim.simulate.run_together`."""

    def run(scenarios: Sequence[Scenario], seed: int, fidelity: str) -> list[RunResult]:
        return [_run(scenario, seed, fidelity, formula(scenario, seed)) for scenario in scenarios]

    return run


def _run(scenario: Scenario, seed: int, fidelity: str, value: float) -> MadeUp:
    months = [month_label(m) for m in range(scenario.branch_month, scenario.end_month)]
    facts = pd.DataFrame({"month": months, "carrier": "telecom", "value": value})
    return MadeUp(scenario, seed, fidelity, {"carrier_month": facts})
