"""Verification: the ladder of cases in which theory says what must come out.

A case is one function in one file of `sim.studies.verify.cases`, found by being there. It takes
its parameters and returns checks; each check holds what theory expects at these parameters and
what an independent route gives. `sim verify` runs the cases and prints them.

    class Line(Parameters):
        t: float = given("transport cost per unit of distance", gt=0)
        c: float = given("unit cost")

    @case("V13", kind="reference")
    def hotelling(p: Line) -> Iterator[Check]:
        \"\"\"Two shops at the ends of a line; the price by iterated best replies.\"\"\"
        yield Check("hotelling_p", expected=p.c + p.t, got=price(p), tolerance=1e-6)

**Case.** Name and source are those of the ladder (`configs/ladder.json`). The kind says what was
put to the test: `market` is the whole market in a limit, `mechanism` a function of
`sim.mechanisms` or `sim.strategies`, `reference` a small solver that nothing else uses. The
first line of the docstring says by which route `got` is found.

**Parameters.** `given` takes its value from the case's `config` in the ladder, under its own name
or at a path (`at="logit.mu"`, `at="covered.theta.0"`; a mapping becomes a tuple of its values).
`chosen` has a value of its own: what the ladder leaves unsaid, seeds, sizes of samples. Bounds
are pydantic's (`gt`, `le`, …); where theory needs more, a `model_validator` raises a
`ValueError` that says so. Every parameter can be moved by `--set`; theory and simulation move
together, so `expected` must be computed from the parameters, never written down.

**Check.** The quantity is its path among the ladder's `expected` values, `*` for any part:
`rows.*.gamma_star` is a whole column, and `expected` and `got` are then sequences in the ladder's
order. With unmoved parameters two comparisons are made: `got` is held against the stored value
within the tolerance, and `expected` must equal the stored value to `stored_to` (one row of its
own). A quantity that the ladder does not hold is compared with `expected` alone. A test demands
that a case checks every stored number or names it in `left_out` with the reason.

**Tools.** `sim.studies.verify.solvers` searches for best replies, fixed points and roots;
`sim.studies.verify.mixing.sampled` makes the check of a sample's mean.

**Longer versions.** `@case("V38", "mechanism", full={"sessions": 1000})` says which parameters
`sim verify --full` sets.

**Random numbers** are addressed draws of `sim.core.streams`, at seed 0 unless moved, and
tolerances are three standard errors: nobody searches for a seed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from sim.core.errors import RequestError
from sim.core.registry import Registry
from sim.studies.verify.ladder import Rung, rung

type Kind = Literal["market", "mechanism", "reference"]
type Numbers = float | Sequence[float] | NDArray[Any]  # one value, or those of a quantity with many

_AT = "at"


class VerifyError(RequestError):
    """What was asked cannot be verified: the question must change."""


class Parameters(BaseModel):
    """What a case depends on: frozen, closed, each field made by `given` or `chosen`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def given(meaning: str, at: str | None = None, **bounds: Any) -> Any:
    """Return a parameter whose value stands in the ladder's `config`, under its name or `at`."""
    return Field(description=meaning, json_schema_extra={_AT: at}, **bounds)


def chosen(meaning: str, value: object, **bounds: Any) -> Any:
    """Return a parameter that the ladder does not hold, with its value."""
    return Field(default=value, description=meaning, validate_default=True, **bounds)


@dataclass(frozen=True)
class Check:
    """One quantity: what theory expects, what came out, and how far apart they may be."""

    quantity: str
    expected: Numbers
    got: Numbers
    tolerance: Numbers


@dataclass(frozen=True)
class Case:
    """A rung of the ladder and the function that climbs it."""

    rung: Rung
    kind: Kind
    checks: Callable[[Any], Iterable[Check]]
    parameters: type[Parameters]
    full: Mapping[str, object] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)  # quantity: why it has no check
    stored_to: float = 1e-9  # gap allowed between theory and stored values, relative above 1

    @property
    def route(self) -> str:
        """Return the sentence that says how `got` is found."""
        return (self.checks.__doc__ or "").strip().partition("\n")[0]

    def given(self) -> dict[str, object]:
        """Return the values that the ladder holds for the parameters."""
        places = {
            name: extra.get(_AT) or name
            for name, known in self.parameters.model_fields.items()
            if isinstance(extra := known.json_schema_extra, dict)
        }
        return {name: self.rung.configured(str(place)) for name, place in places.items()}


registered_cases: Registry[Case] = Registry("case", "sim.studies.verify.cases")


def case[P: Parameters](
    name: str,
    kind: Kind,
    *,
    full: Mapping[str, object] | None = None,
    left_out: Mapping[str, str] | None = None,
    stored_to: float = 1e-9,
) -> Callable[[Callable[[P], Iterable[Check]]], Callable[[P], Iterable[Check]]]:
    """Return a decorator that registers a function of parameters as the case `name`."""

    def register(checks: Callable[[P], Iterable[Check]]) -> Callable[[P], Iterable[Check]]:
        parameters = next(iter(get_type_hints(checks).values()))
        made = Case(rung(name), kind, checks, parameters, full or {}, left_out or {}, stored_to)
        registered_cases.add(name)(made)
        return checks

    return register
