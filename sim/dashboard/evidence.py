"""What is stored about a claim: the newest comparison that can speak to it, seen as a scene."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self

from sim.core.errors import SimError
from sim.dashboard.claims import Claim
from sim.dashboard.data import Stored, comparisons
from sim.dashboard.scene import Choices, Scene
from sim.studies.comparison import Comparison


class Evidence(Scene):
    """The scene of one claim; every claim has a class of its own."""

    claim: ClassVar[Claim]

    @classmethod
    def open(cls, choices: Choices, results: Path, *, narrow: bool = False) -> Self:
        """Return the scene of the comparison chosen if it speaks, else of the newest that does."""
        found = speaking(cls.claim, comparisons(results), choices.comparison)
        if found is None:
            raise SimError(f"no comparison speaks to {cls.claim.id.upper()} yet")
        return cls.seen(found.load(), choices, narrow=narrow)

    @classmethod
    def seen(cls, comparison: Comparison, choices: Choices, *, narrow: bool = False) -> Self:
        """Return the scene of a comparison; a `SimError` if it does not speak to the claim."""
        claim = cls.claim
        shown = claim.shown(comparison.scenarios)
        if not shown or not measures(comparison, claim):
            raise SimError(f"the comparison {comparison.id} does not speak to {claim.id.upper()}")
        seen = replace(
            choices, metric=claim.metric, scenarios=shown, carriers=claim.entities, own={}
        )
        return cls.of(comparison, seen, narrow=narrow)

    @property
    def name(self) -> str:
        """Return the claim: files saved are called by it."""
        return self.claim.id


def speaking(claim: Claim, stored: Sequence[Stored], wanted: str | None) -> Stored | None:
    """Return the comparison wanted if it speaks to a claim, else the newest that does."""
    first = sorted(stored, key=lambda one: one.id != wanted)  # the others stay newest first
    return next((one for one in first if claim.shown(one.scenarios) and _knows(one, claim)), None)


def _knows(one: Stored, claim: Claim) -> bool:
    """Say whether a comparison can be read and has the claim's metric: older ones have fewer."""
    try:
        return measures(one.load(), claim)
    except SimError:
        return False


def measures(comparison: Comparison, claim: Claim) -> bool:
    """Say whether a comparison has the claim's metric."""
    return bool((comparison.monthly["name"] == claim.metric).any())
