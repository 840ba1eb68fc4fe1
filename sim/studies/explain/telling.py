"""Tell a story: repeat the run, watch one, and put what happened into words, in order."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from sim.core.calendar import month_index
from sim.market.population import Fidelity
from sim.model import Market
from sim.studies.explain.asking import Member, Source
from sim.studies.explain.firms import WatchedBranch, WatchedReseller
from sim.studies.explain.partners import WatchedPartner
from sim.studies.explain.repeating import Progress, notes, repeat
from sim.studies.explain.sentences import (
    about_branch,
    about_partner,
    about_reseller,
    about_user,
    branch_sentence,
    month_name,
    partner_sentence,
    quiet_branch,
    quiet_partner,
    quiet_reseller,
    quiet_user,
    reseller_sentence,
    user_sentence,
)
from sim.studies.explain.users import WatchedUser


class Noted(Protocol):
    """What the months of every kind of member have."""

    @property
    def month(self) -> str:
        """Return the month's label."""

    @property
    def events(self) -> tuple[str, ...]:
        """Return what happened."""


@dataclass(frozen=True)
class Told:
    """A month, or months in a row in which nothing happened, in words."""

    first: str  # label
    last: str
    text: str
    facts: Any  # of the month; None for months in which nothing happened

    @property
    def when(self) -> str:
        """Return the month, or the months, in words."""
        first = month_name(month_index(self.first))
        if self.first == self.last:
            return first
        count = month_index(self.last) - month_index(self.first) + 1
        return f"{first} to {month_name(month_index(self.last))}, {count} months"


@dataclass(frozen=True)
class Story:
    """Who it is about, in words and numbers, and what happened."""

    kind: str
    name: str
    run: dict[str, Any]
    notes: list[str]
    who: dict[str, Any]
    about: str
    told: list[Told]

    def content(self) -> dict[str, Any]:
        """Return the story as it goes into JSON."""
        told = [
            {"first": t.first, "last": t.last, "text": t.text}
            | {"facts": None if t.facts is None else asdict(t.facts)}
            for t in self.told
        ]
        return asdict(self) | {"told": told}


def tell(
    source: Source, member: Member, months: range | None = None, progress: Progress | None = None
) -> Story:
    """Return what happened to a member in the months given, or in all that tell something."""
    market, written = _TELLERS[member.kind](source, member, months, progress)
    people = market.world.population
    run = {
        "id": source.stored.row.run if source.stored else None,
        "scenario": source.scenario.name,
        "title": source.scenario.about.title,
        "seed": source.seed,
        "fidelity": source.fidelity,
        "repeated_as": people.fidelity,
        "users": None if people.rows is None else len(people),
    }
    return Story(
        member.kind, member.name, run, notes(source, market), written.who, written.about,
        written.told,
    )  # fmt: skip


class _Written(NamedTuple):
    """A story without its run."""

    who: dict[str, Any]
    about: str
    told: list[Told]


def _user(
    source: Source, member: Member, months: range | None, progress: Progress | None
) -> tuple[Market, _Written]:
    market = WatchedUser(source.scenario, source.seed, member.place[0], months)
    repeat(market, months, progress)
    told = _told(market.noted, months is not None, user_sentence, quiet_user)
    return market, _Written(market.who, about_user(market.who, market.noted[0]), told)


def _partner(
    source: Source, member: Member, months: range | None, progress: Progress | None
) -> tuple[Market, _Written]:
    market = WatchedPartner(
        source.scenario, source.seed, _fidelity(source), member.place[0], months
    )
    repeat(market, months, progress)
    decisions = {month.month for month in market.noted if month.decides}
    told = _told(market.noted, months is not None, partner_sentence, quiet_partner, decisions)
    return market, _Written(market.who, about_partner(market.who), told)


def _reseller(
    source: Source, member: Member, months: range | None, progress: Progress | None
) -> tuple[Market, _Written]:
    market = WatchedReseller(
        source.scenario, source.seed, _fidelity(source), member.place[0], months
    )
    repeat(market, months, progress)
    told = _told(
        market.noted,
        months is not None,
        reseller_sentence,
        quiet_reseller,
        _each_year(market.noted),
    )
    return market, _Written(market.who, about_reseller(market.who), told)


def _branch(
    source: Source, member: Member, months: range | None, progress: Progress | None
) -> tuple[Market, _Written]:
    carrier, province = member.place
    market = WatchedBranch(
        source.scenario, source.seed, _fidelity(source), (carrier, province), months
    )
    repeat(market, months, progress)
    told = _told(
        market.noted, months is not None, branch_sentence, quiet_branch, _each_year(market.noted)
    )
    return market, _Written(market.who, about_branch(market.who), told)


_TELLERS = {"user": _user, "partner": _partner, "reseller": _reseller, "branch": _branch}


def _fidelity(source: Source) -> Fidelity:
    """Return how to repeat a run in which no user needs to be watched: as it was."""
    return "individual" if source.fidelity == "individual" else "expected"


def _each_year(noted: Sequence[Noted]) -> set[str]:
    """Return the labels of all Januaries, for what changes slowly."""
    return {month.month for month in noted if month.month.endswith("-01")}


def _told[M: Noted](
    noted: Sequence[M],
    every: bool,
    sentence: Callable[[M], str],
    quiet: Callable[[Sequence[M]], str],
    also: set[str] | None = None,
) -> list[Told]:
    """Return the months in words: each one, or those with events and the rest by stretches.

    also : labels of months that are told without an event
    """

    def telling(month: M) -> bool:
        return every or bool(month.events) or month.month in (also or ())

    told: list[Told] = []
    for tells, group in groupby(noted, telling):
        months = list(group)
        if tells:
            told += [Told(m.month, m.month, sentence(m), m) for m in months]
        else:
            told.append(Told(months[0].month, months[-1].month, quiet(months), None))
    return told
