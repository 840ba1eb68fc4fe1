"""Users as Mesa agents: a subscriber line, or the lines that its row or cell stands for."""

from typing import Any

import numpy as np

from sim.agents.attributes import Column, ColumnAgent, Where
from sim.agents.columns import ColumnSet
from sim.core.errors import SimError
from sim.market.names import CARRIERS
from sim.market.population import Population
from sim.market.segments import BELOW_LTE_CONTROL, NO_DEVICE, ON_LTE, ON_LTE_CONTROL


def _segment(people: Population, where: Where) -> Any:
    if people.rows is not None:
        return people.rows.segment[where]
    return people.cell_of(where) // (people.lines.shape[1] * people.offers)


def _offer(people: Population, where: Where) -> Any:
    return people.cell_of(where) % people.offers


def _level(people: Population, where: Where) -> Any:
    return people.cell_of(where) // people.offers % people.lines.shape[1]


def _set_offer(people: Population, where: Where, offer: Any) -> None:
    if people.rows is None:
        raise SimError("a cell's offer is what it is; run with individual users to change one")
    numbers = np.asarray(offer)
    most = people.offers - 1
    if numbers.dtype.kind not in "iu" or np.any(numbers < 0) or np.any(numbers > most):
        raise SimError(f"offer must be a whole number from 0 to {most}, not {offer!r}")
    level = _level(people, where)
    if np.any((level == NO_DEVICE) & (numbers % people.plans != 0)):
        raise SimError("a line without a data device can only be voice-only")
    people.rows.state[where] = level * people.offers + numbers
    people.lines = people.counted(int(people.lines.sum()))


class User(ColumnAgent):
    """A subscriber line: who they are, what they have, what last month brought them."""

    carrier = Column[Population, str](
        lambda people, where: _offer(people, where) // people.plans, CARRIERS
    )
    plan = Column[Population, str](
        lambda people, where: _offer(people, where) % people.plans,
        lambda people: people.labels.plans,
    )
    province = Column[Population, str](
        lambda people, where: people.segments.province[_segment(people, where)],
        lambda people: people.labels.provinces,
    )
    income_tier = Column[Population, str](
        lambda people, where: people.segments.income[_segment(people, where)],
        lambda people: people.labels.incomes,
    )
    usage_tier = Column[Population, int](
        lambda people, where: people.segments.tier[_segment(people, where)]
    )
    lifestyle = Column[Population, str](
        lambda people, where: people.segments.style[_segment(people, where)],
        lambda people: people.labels.lifestyles,
    )
    segment = Column[Population, int](_segment)
    usage_scale = Column[Population, float](
        lambda people, where: people.segments.theta[_segment(people, where)]
    )
    knows_reseller = Column[Population, bool](
        lambda people, where: people.segments.knows[_segment(people, where)]
    )
    device = Column[Population, bool](lambda people, where: _level(people, where) != NO_DEVICE)
    lte = Column[Population, bool](
        lambda people, where: np.isin(_level(people, where), (ON_LTE, ON_LTE_CONTROL))
    )
    control = Column[Population, bool](
        lambda people, where: _level(people, where) >= BELOW_LTE_CONTROL
    )
    lines = Column[Population, float](lambda people, where: people.lines_of(where))
    # carrier * plans + plan
    offer = Column[Population, int](_offer, write=_set_offer)
    # kB left over from last month
    rollover = Column[Population, int](
        lambda people, where: people.rollover.ravel()[people.cell_of(where)]
    )
    usage = Column[Population, int](  # kB, last month
        lambda people, where: people.usage.ravel()[people.cell_of(where)]
    )
    bill = Column[Population, int](  # fen, last month
        lambda people, where: people.bill.ravel()[people.cell_of(where)]
    )
    shocked = Column[Population, bool](  # paid overage last month
        lambda people, where: people.shocked.ravel()[people.cell_of(where)] > 0
    )


class UserSet(ColumnSet[User, Population]):
    """The users of a model: all of its population, or some of it.

    Under individual fidelity a member is a row, under expected fidelity a cell: the lines of one
    segment in one state.
    """

    agent_class = User
