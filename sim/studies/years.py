"""Years of a comparison's months: sums with intervals that are certainly wide enough."""

import pandas as pd

from sim.studies.comparison import Comparison


def yearly_sums(comparison: Comparison, metric: str, scenario: str) -> pd.DataFrame:
    """Return a flow of the whole market summed over whole years: mean, low, high by year.

    Only the months' intervals are stored. A spread of a sum is at most the sum of the spreads, so
    the sums of the months' bounds hold the interval of the year, and may be wider than it.
    """
    frame = comparison.monthly
    mine = (frame["name"] == metric) & (frame["scenario"] == scenario) & frame["carrier"].isna()
    months = frame[mine].assign(year=frame["month"].str[:4].astype(int))
    numbers = ["mean", "low", "high"]
    years = months.groupby("year")[numbers].sum(min_count=1)
    return years[months.groupby("year").size() == 12]
