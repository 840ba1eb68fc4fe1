"""The story of one user, partner, reseller or branch, month by month.

Runs store no rows of single members: they would outweigh all else by far. A story is told by
repeating the run under its own random numbers and watching the one that was asked about. Draws are
addressed, so watching changes nothing.

`sim.studies.explain.asking` finds the run and checks the question, `repeating` simulates it again,
`users`, `partners` and `firms` watch, and `sentences` puts facts into words.
"""

from sim.core.errors import RequestError


class ExplainError(RequestError):
    """What was asked cannot be told: the question must change."""
