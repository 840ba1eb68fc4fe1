"""Write the table of cases into the documents: `python -m sim.studies.verify.listing FILE`."""

import re
import sys
from pathlib import Path

from sim.core.errors import SimError
from sim.studies.verify import Case, registered_cases

BEGIN, END = "<!-- cases: begin -->\n", "<!-- cases: end -->\n"
HEADER = "| case | what | kind | what theory is held against | source | `--set` moves |"


def table() -> str:
    """Return all registered cases as a table in Markdown, in their order."""
    rows = [_row(case) for _, case in registered_cases.items()]
    return "\n".join([HEADER, "|---|---|---|---|---|---|", *rows, ""])


def _row(case: Case) -> str:
    parameters = ", ".join(f"`{name}`" for name in case.parameters.model_fields)
    cells = (case.rung.id, case.rung.name, case.kind, case.route, case.rung.source, parameters)
    return f"| {' | '.join(re.sub(r'([|*])', r'\\\1', cell) for cell in cells)} |"


def with_table(document: str) -> str:
    """Return a document with the table between its two marks; a `SimError` if there are none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SimError(f"no lines {BEGIN.strip()} and {END.strip()} to write between")
    return before + begin + table() + end + after


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_table(file.read_text(encoding="utf-8")), encoding="utf-8")
