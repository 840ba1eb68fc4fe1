"""Options that several commands share, and what they mean."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer


def whole_number(text: str | int) -> int:
    """Read a whole number, as 1300000000 or as 1.3e9."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number != number.to_integral_value():
        raise typer.BadParameter(f"'{text}' is not a whole number, such as 20000 or 1.3e9")
    return int(number)


def _rows(text: str | int) -> int:
    """Read a number of rows; the scenario says how many there may be at most."""
    rows = whole_number(text)
    if rows < _FEWEST:
        raise typer.BadParameter(f"{rows} rows are too few; take {_FEWEST} or more")
    return rows


_FEWEST = 1_000

Users = Annotated[
    int | None,
    typer.Option(
        help="Rows of the population, 20000 or 1.3e9; every row draws for itself and stands for "
        "one line or many.",
        parser=_rows,
        metavar="INTEGER",
    ),
]
Fidelity = Annotated[
    str | None,
    typer.Option(
        help="expected: all lines, by expected flows. individual: rows draw. "
        "Expected unless --users is given."
    ),
]
Months = Annotated[
    int | None, typer.Option(help="Months from the branch month on.", min=1, max=240)
]
Workers = Annotated[int | None, typer.Option(help="Processes; all CPUs if not given.", min=1)]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter; may be repeated."),
]
Threads = Annotated[int | None, typer.Option(help="Threads; the results are the same.", min=1)]
Every = Annotated[
    int | None,
    typer.Option(
        "--checkpoint-every",
        metavar="MONTHS",
        help="Keep the state of the run every so many months, to resume or branch it.",
        min=1,
    ),
]
Out = Annotated[Path, typer.Option(help="The results folder.", file_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

RESULTS = Path("results")


def overrides(changes: list[str] | None, users: int | None, months: int | None) -> list[str]:
    """Return all changes to the scenario in one form, path=value."""
    sizes = {"population.users": users, "months": months}
    return [
        *(changes or []),
        *(f"{path}={size}" for path, size in sizes.items() if size is not None),
    ]
