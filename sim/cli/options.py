"""Options that several commands share, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

Users = Annotated[
    int | None,
    typer.Option(
        help="Rows of the population, each standing for many lines; every row draws for itself.",
        min=1_000,
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
