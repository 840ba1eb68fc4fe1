"""Users as Mesa agents: one subscriber line, or the lines that its row stands for."""

from typing import Any

import numpy as np

from sim.agents.attributes import Column, ColumnAgent, Where
from sim.agents.columns import ColumnSet
from sim.core.errors import SimError
from sim.market.names import CARRIERS
from sim.market.population import Population


def _set_offer(people: Population, where: Where, offer: Any) -> None:
    _check_whole("offer", offer, len(CARRIERS) * people.plans - 1)
    people.offer[where] = offer


def _set_rollover(people: Population, where: Where, volume: Any) -> None:
    _check_whole("rollover", volume, int(np.iinfo(np.int64).max))
    people.rollover[where] = volume


def _check_whole(name: str, value: Any, most: int) -> None:
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iu" or np.any(numbers < 0) or np.any(numbers > most):
        raise SimError(f"{name} must be a whole number from 0 to {most}, not {value!r}")


class User(ColumnAgent):
    """A subscriber line: who they are, what they have, what last month brought them."""

    carrier = Column[Population, str](
        lambda people, where: people.offer[where] // people.plans, CARRIERS
    )
    plan = Column[Population, str](
        lambda people, where: people.offer[where] % people.plans,
        lambda people: people.labels.plans,
    )
    province = Column[Population, str](
        lambda people, where: people.province[where], lambda people: people.labels.provinces
    )
    income_tier = Column[Population, str](
        lambda people, where: people.income[where], lambda people: people.labels.incomes
    )
    lifestyle = Column[Population, str](
        lambda people, where: people.lifestyle[where], lambda people: people.labels.lifestyles
    )
    segment = Column[Population, int](lambda people, where: people.segment[where])
    usage_scale = Column[Population, float](lambda people, where: people.theta[where])
    lte_rank = Column[Population, float](lambda people, where: people.lte_rank[where])
    device_rank = Column[Population, float](lambda people, where: people.device_rank[where])
    knows_reseller = Column[Population, bool](lambda people, where: people.knows_reseller[where])
    lines = Column[Population, int](lambda people, where: people.lines[where])
    # carrier * plans + plan
    offer = Column[Population, int](lambda people, where: people.offer[where], write=_set_offer)
    # kB left over from last month
    rollover = Column[Population, int](
        lambda people, where: people.rollover[where], write=_set_rollover
    )
    usage = Column[Population, int](lambda people, where: people.usage[where])  # kB, last month
    bill = Column[Population, int](lambda people, where: people.bill[where])  # fen, last month
    shocked = Column[Population, bool](lambda people, where: people.shocked[where])


class UserSet(ColumnSet[User, Population]):
    """The users of a model: all of its population, or some of it."""

    agent_class = User
