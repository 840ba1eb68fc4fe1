"""Partners as Mesa agents: an app or a company that sponsors its users' traffic."""

from sim.agents.attributes import Column, ColumnAgent
from sim.agents.columns import ColumnSet
from sim.market.names import CATEGORIES, CHANNELS, NONE
from sim.market.partners import PartnerBook


class Partner(ColumnAgent):
    """One partner; `channels` and `fractions` have a part for each carrier."""

    category = Column[PartnerBook, str](lambda book, where: book.category[where], CATEGORIES)
    reach = Column[PartnerBook, float](lambda book, where: book.reach[where])
    value = Column[PartnerBook, float](lambda book, where: book.value[where])
    estimate = Column[PartnerBook, float](lambda book, where: book.estimate[where])
    budget = Column[PartnerBook, float](lambda book, where: book.budget[where])
    direct_only = Column[PartnerBook, bool](lambda book, where: book.direct_only[where])
    aware = Column[PartnerBook, bool](lambda book, where: book.aware[where])
    channels = Column[PartnerBook, tuple[str, ...]](
        lambda book, where: book.channel[where], CHANNELS
    )
    fractions = Column[PartnerBook, tuple[float, ...]](lambda book, where: book.fraction[where])
    sponsoring = Column[PartnerBook, bool](
        lambda book, where: ((book.channel[where] != NONE) & (book.fraction[where] > 0)).any(-1)
    )


class PartnerSet(ColumnSet[Partner, PartnerBook]):
    """The partners of a model, all or some."""

    agent_class = Partner
