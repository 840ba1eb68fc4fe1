"""What can go wrong, said so that the reader knows what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class SimError(Exception):
    """Stop with a message for a person: no traceback is shown for it."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in an input file: where it stands, what is wrong, what to do."""

    file: str
    line: int
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.what}"


class InputError(SimError):
    """Bad input from outside; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class RequestError(SimError):
    """What was asked cannot be done: the question must change, no file is wrong."""


class InvariantError(SimError):
    """A rule that must always hold was broken: the run cannot be trusted and stops."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the nearest known word, else a list of all."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(names)}" if names else ""
