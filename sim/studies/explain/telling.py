"""Tell a story: repeat the run, watch one, and put what happened into words, in order."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from sim.core.calendar import month_index
from sim.market.population import Fidelity
from sim.studies.explain import chinese, sentences
from sim.studies.explain.asking import Member, Source
from sim.studies.explain.firms import WatchedBranch, WatchedReseller
from sim.studies.explain.partners import WatchedPartner
from sim.studies.explain.repeating import Progress, notes, repeat
from sim.studies.explain.sentences import month_name
from sim.studies.explain.users import WatchedUser

type Watched = WatchedUser | WatchedPartner | WatchedReseller | WatchedBranch


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


class Voice(NamedTuple):
    """How a language tells of a kind of member."""

    about: Callable[[dict[str, Any], Sequence[Any]], str]  # of who it is, and of its months
    sentence: Callable[[Any], str]  # of a month
    quiet: Callable[[Sequence[Any]], str]  # of months in a row in which nothing happened


def _voices(language: Any) -> dict[str, Voice]:
    """Return the voices of a module of sentences, by kind of member."""

    def user(who: dict[str, Any], noted: Sequence[Any]) -> str:
        text: str = language.about_user(who, noted[0])
        return text

    def of_firm(about: Callable[[dict[str, Any]], str]) -> Callable[..., str]:
        return lambda who, _noted: about(who)

    firms = {
        kind: Voice(
            of_firm(getattr(language, f"about_{kind}")),
            getattr(language, f"{kind}_sentence"),
            getattr(language, f"quiet_{kind}"),
        )
        for kind in ("partner", "reseller", "branch")
    }
    return {"user": Voice(user, language.user_sentence, language.quiet_user), **firms}


VOICES = {"en": _voices(sentences), "zh": _voices(chinese)}


def tell(
    source: Source, member: Member, months: range | None = None, progress: Progress | None = None
) -> Story:
    """Return what happened to a member in the months given, or in all that tell something."""
    return tell_all(source, member, months, progress)["en"]


def tell_all(
    source: Source, member: Member, months: range | None = None, progress: Progress | None = None
) -> dict[str, Story]:
    """Return the story in every language; the run is repeated once."""
    market = _watched(source, member, months)
    repeat(market, months, progress)
    return {language: _story(source, member, months, market, language) for language in VOICES}


def _story(
    source: Source, member: Member, months: range | None, market: Watched, language: str
) -> Story:
    people, voice = market.world.population, VOICES[language][member.kind]
    run = {
        "id": source.stored.row.run if source.stored else None,
        "scenario": source.scenario.name,
        "title": source.scenario.about.title,
        "seed": source.seed,
        "fidelity": source.fidelity,
        "repeated_as": people.fidelity,
        "users": None if people.rows is None else len(people),
    }
    noted = market.noted
    also = _ALSO[member.kind](noted)
    return Story(
        kind=member.kind,
        name=member.name,
        run=run,
        notes=notes(source, market, language),
        who=market.who,
        about=voice.about(_spoken(market.who, source, language), noted),
        told=_told(noted, months is not None, voice.sentence, voice.quiet, also),
    )


def _spoken(who: dict[str, Any], source: Source, language: str) -> dict[str, Any]:
    """Return what is known of a member, with the province's name where codes are not said."""
    if language == "en" or "province" not in who:
        return who
    names = {p.code: p.name_zh for p in source.scenario.observed.provinces}
    return who | {"province": names.get(who["province"], who["province"])}


def _watched(source: Source, member: Member, months: range | None) -> Watched:
    """Return a market that notes the months of a member."""
    scenario, seed = source.scenario, source.seed
    if member.kind == "user":
        return WatchedUser(scenario, seed, member.place[0], months)
    if member.kind == "partner":
        return WatchedPartner(scenario, seed, _fidelity(source), member.place[0], months)
    if member.kind == "reseller":
        return WatchedReseller(scenario, seed, _fidelity(source), member.place[0], months)
    carrier, province = member.place
    return WatchedBranch(scenario, seed, _fidelity(source), (carrier, province), months)


def _fidelity(source: Source) -> Fidelity:
    """Return how to repeat a run in which no user needs to be watched: as it was."""
    return "individual" if source.fidelity == "individual" else "expected"


def _each_year(noted: Sequence[Any]) -> set[str]:
    """Return the labels of all Januaries, for what changes slowly."""
    return {month.month for month in noted if month.month.endswith("-01")}


def _decisions(noted: Sequence[Any]) -> set[str]:
    return {month.month for month in noted if month.decides}


def _no_others(_noted: Sequence[Any]) -> set[str]:
    return set()


# Months that are told even without an event, by kind.
_ALSO: dict[str, Callable[[Sequence[Any]], set[str]]] = {
    "user": _no_others,
    "partner": _decisions,
    "reseller": _each_year,
    "branch": _each_year,
}


def _told[M: Noted](
    noted: Sequence[M],
    every: bool,
    sentence: Callable[[M], str],
    quiet: Callable[[Sequence[M]], str],
    also: set[str],
) -> list[Told]:
    """Return the months in words: each one, or those with events and the rest by stretches.

    also : labels of months that are told without an event
    """

    def telling(month: M) -> bool:
        return every or bool(month.events) or month.month in also

    told: list[Told] = []
    for tells, group in groupby(noted, telling):
        months = list(group)
        if tells:
            told += [Told(m.month, m.month, sentence(m), m) for m in months]
        else:
            told.append(Told(months[0].month, months[-1].month, quiet(months), None))
    return told
