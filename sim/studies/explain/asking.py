"""What is to be told, found and checked before anything is simulated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.core.calendar import month_index, month_label
from sim.core.errors import InputError, did_you_mean
from sim.core.kernels import code_digest
from sim.market.names import CARRIERS
from sim.scenario.load import load_scenario
from sim.scenario.overrides import Overrides
from sim.scenario.schema import Scenario
from sim.scenario.shipped import is_path, scenario_names
from sim.store.index import Index, Stored
from sim.store.reader import read_manifest
from sim.studies.explain import ExplainError


@dataclass(frozen=True)
class Source:
    """A run to be repeated: what it was made of, and where it is stored, if it is."""

    scenario: Scenario
    seed: int
    fidelity: str
    stored: Stored | None = None
    same_code: bool = True  # the program that stored it is this one


def find_source(
    name: str,
    folder: Path,
    seed: int | None = None,
    overrides: Overrides | None = None,
    users: int | None = None,
) -> Source:
    """Return the run meant by a scenario's name or file, or by the id of a stored run.

    The beginning of an id is enough where no other begins so. Seed, overrides and users are a
    scenario's; a stored run has its own, and an `ExplainError` says so.
    """
    if name in scenario_names() or is_path(name):
        scenario = load_scenario(name, overrides)
        return Source(scenario, seed or 0, "expected" if users is None else "individual")
    stored = _stored(name, folder)
    if seed is not None or overrides:
        raise ExplainError(
            f"'{name}' is a stored run with its own seed and parameters; leave --seed, --set and "
            "--users out, or name a scenario"
        )
    about = read_manifest(stored.place)
    if stored.row.branched_from is not None:
        raise ExplainError(
            f"'{name}' is a branch of run {stored.row.branched_from} and cannot be repeated from "
            "the start; name that run, or the scenario"
        )
    return Source(
        scenario=_scenario(stored),
        seed=stored.row.seed,
        fidelity=stored.row.fidelity,
        stored=stored,
        same_code=about["code"] == code_digest(),
    )


def _stored(name: str, folder: Path) -> Stored:
    """Return the one stored run whose id begins so."""
    runs = Index(folder).refresh().runs
    found = [run for run, stored in runs.items() if run.startswith(name) and stored.is_done]
    if len(found) == 1:
        return runs[found[0]]
    if found:
        ids = ", ".join(found)
        raise ExplainError(f"'{name}' begins the ids of {len(found)} runs; write more: {ids}")
    known = [*scenario_names(), *runs]
    raise ExplainError(
        f"'{name}' is neither a scenario nor the beginning of a stored run's id in {folder}"
        f"{did_you_mean(name, known)}"
    )


def _scenario(stored: Stored) -> Scenario:
    """Return the scenario of a stored run; an `ExplainError` if it is of another version."""
    try:
        return stored.scenario()
    except InputError as error:
        raise ExplainError(
            f"the run in {stored.place} is of another version of this program, which cannot repeat "
            f"it; name the scenario instead ({error.problems[0]})"
        ) from error


def chosen_months(text: str | None, scenario: Scenario) -> range | None:
    """Return the months of "2017-01:2017-06" or of one label; None for none given."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    try:
        months = range(month_index(first), month_index(last if colon else first) + 1)
    except ValueError as error:
        raise ExplainError(f"--months: {error}; write 2017-01:2017-06") from error
    end = scenario.end_month
    if not months or months[0] < 0 or months[-1] >= end:
        raise ExplainError(
            f"--months: '{text}' is outside the run, which goes from {month_label(0)} to "
            f"{month_label(end - 1)}; write the earlier month first"
        )
    return months


@dataclass(frozen=True)
class Member:
    """Whom the story is about: kind, name, and place in the market's columns."""

    kind: str
    name: str
    place: tuple[int, ...]  # row; carrier and branch, by number


def find_member(scenario: Scenario, kind: str, which: int | str) -> Member:
    """Return user, partner or reseller `which`, numbered from 1, or a branch such as "unicom:BJ".

    An `ExplainError` says which there are.
    """
    if isinstance(which, str):
        return _branch(which, [b for place in scenario.observed.provinces for b in place.branches])
    count = {
        "user": scenario.population.users,
        "partner": scenario.sponsorship.partners,
        "reseller": scenario.resale.resellers,
    }[kind]
    if count == 0:
        raise ExplainError(f"there is no {kind} in this scenario")
    if not 1 <= which <= count:
        raise ExplainError(f"there is no {kind} {which}: they are numbered from 1 to {count:,}")
    return Member(kind, f"{kind} {which}", (which - 1,))


def _branch(text: str, provinces: Sequence[str]) -> Member:
    carrier, colon, province = text.partition(":")
    if not colon:
        raise ExplainError(f"--branch: '{text}' is no branch; write carrier:province, unicom:BJ")
    if carrier not in CARRIERS:
        raise ExplainError(f"--branch: no carrier '{carrier}'{did_you_mean(carrier, CARRIERS)}")
    if province not in provinces:
        known = ", ".join(provinces)
        raise ExplainError(f"--branch: no province '{province}'; known: {known}")
    place = CARRIERS.index(carrier), provinces.index(province)
    return Member("branch", f"branch {text}", place)
