"""Answers of one scenario, or of two under the same seeds, as means with their intervals."""

from collections.abc import Sequence

import numpy as np

from sim.studies.facts import CHANGES_ONLY
from sim.studies.live import Answer, Floats
from sim.studies.statistics import Interval, interval, paired_difference


def by_month(answers: Sequence[Answer], against: Sequence[Answer], metric: str) -> Interval:
    """Return a metric month by month, each (months, 1 + carriers).

    The seeds of both are the same. A metric of which only changes count is its difference.
    """
    values = _flat([answer.monthly[metric] for answer in answers])
    if metric in CHANGES_ONLY:
        found = paired_difference(values, _flat([answer.monthly[metric] for answer in against]))
    else:
        found = interval(values)
    shape = answers[0].monthly[metric].shape
    return Interval(*(part.reshape(shape) for part in found))


def last_year(answers: Sequence[Answer], metric: str) -> Interval:
    """Return a metric over the last calendar year, each (1 + carriers,)."""
    return interval(np.array([answer.yearly[metric] for answer in answers]))


def change(answers: Sequence[Answer], against: Sequence[Answer], metric: str) -> Interval:
    """Return the paired difference over the last calendar year, each (1 + carriers,)."""
    pair = (np.array([one.yearly[metric] for one in group]) for group in (answers, against))
    return paired_difference(*pair)


def _flat(values: Sequence[Floats]) -> Floats:
    return np.array([one.ravel() for one in values])
