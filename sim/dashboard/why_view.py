"""Why the number of the live market's title changed: what causes are told from, seed by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from sim.dashboard.data import ENTITIES
from sim.dashboard.live_view import STAGES, Asked, LiveView, answers, now
from sim.dashboard.scene import Choices
from sim.studies.attribution import Attribution, Made, over_seeds, shapley
from sim.studies.live import Answer
from sim.studies.statistics import Interval

WHY_SEEDS = STAGES[1]  # up to 64 runs each

type Steps = Mapping[Made, Answer]  # every set of the changes, under one seed


@dataclass(frozen=True)
class WhyView(LiveView):
    """The live market under as many seeds as have every set of the changes."""

    steps: tuple[Steps, ...] = ()  # one a seed; none where there is nothing to compare

    @classmethod
    def told(
        cls, asked: Asked, choices: Choices, steps: Sequence[Steps], *, narrow: bool = False
    ) -> Self:
        """Return the view of the seeds that are complete, at least one."""
        all_of_them = frozenset(asked.changes.causes)
        found = [(one[all_of_them], one[frozenset()]) for one in steps]
        view = cls.of(asked, choices, found, narrow=narrow)
        return replace(view, steps=tuple(steps))

    @classmethod
    def simulated(cls, asked: Asked, choices: Choices, *, narrow: bool) -> Self:
        """Return the view with as many seeds as are asked for, at most `WHY_SEEDS`."""
        seeds = min(asked.seeds, WHY_SEEDS)
        if asked.is_reference:
            return cls.of(asked, choices, answers(asked, seeds), narrow=narrow)
        steps = [{made: now(ask) for made, ask in one.items()} for one in asked.steps(seeds)]
        return cls.told(asked, choices, steps, narrow=narrow)

    @property
    def causes(self) -> list[str]:
        """Return the names of the changes."""
        return list(self.asked.changes.causes)

    @cached_property
    def attributions(self) -> list[Attribution]:
        """Return why the number of the title changed, seed by seed; exact."""
        place, metric = ENTITIES.index(self.whole), self.asked.metric

        def tell(steps: Steps) -> Attribution:
            return shapley(self.causes, lambda made: float(steps[made].yearly[metric][place]))

        return [tell(steps) for steps in self.steps]

    @property
    def parts(self) -> Interval:
        """Return each cause's part and, last, the whole: (causes + 1,)."""
        return over_seeds(self.attributions)
