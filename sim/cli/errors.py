"""What ends a command, and with which exit code.

0 done, 1 a check or a run failed, 2 bad input, 130 interrupted.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from sim.core.errors import InputError, RequestError, SimError

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


class Group(TyperGroup):
    """Commands whose errors are told to people: no traceback for what they can mend."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (InputError, RequestError) as error:
            raise _ended(str(error), BAD_INPUT) from error
        except SimError as error:
            raise _ended(f"Failed: {error}", FAILED) from error
        except BaseException as error:
            if not _interrupted(error):
                raise
            said = (
                "Interrupted: what was finished is stored, nothing half-written is left; "
                "give the same command again to go on."
            )
            raise _ended(said, INTERRUPTED) from error


def _ended(said: str, code: int) -> typer.Exit:
    typer.echo(said, err=True)
    return typer.Exit(code)


def _interrupted(error: BaseException | None) -> bool:
    """Return whether Ctrl-C is at the root: numba, when compiling, makes other errors of it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
