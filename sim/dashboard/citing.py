"""Where numbers come from, and how they are cited: scenarios, seeds, version, address."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlencode

import sim
from sim.dashboard.i18n import Words
from sim.dashboard.view import Query, View

_SHOWN = 7  # digits of the program's digest, enough to tell versions apart


def source(view: View) -> str:
    """Return where the numbers come from: scenarios, seeds, users, fidelity, months."""
    cited, words = view.cited, view.words
    if cited.origin:
        return words("cite.source", origin=cited.origin)
    return words(
        "chart.source",
        scenarios=words.scenarios(list(cited.scenarios)),
        seeds=_said_seeds(cited.seeds, words),
        users=users(cited.users, words),
        fidelity=words.fidelity(cited.fidelity),
        months=words.span(*cited.months),
    )


def users(count: int | None, words: Words) -> str:
    """Return who was simulated: so many rows, or every line of the country."""
    if count is None:
        return words("compare.all_lines")
    return words("compare.users", count=f"{count:,}")


def _said_seeds(numbers: Sequence[int], words: Words) -> str:
    return words("cite.seed" if len(numbers) == 1 else "cite.seeds", seeds=seeds(numbers))


def seeds(numbers: Sequence[int]) -> str:
    """Return seeds as a range, or one by one where they are none."""
    run = list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))
    return (
        f"{numbers[0]}–{numbers[-1]}" if run and len(numbers) > 2 else ", ".join(map(str, numbers))
    )


def citation(view: View) -> str:
    """Return what identifies the numbers: program, scenarios by digest, seeds."""
    cited, words = view.cited, view.words
    program = {
        "program": words("app.title"),
        "version": _version(),
        "code": cited.code[:_SHOWN],
    }
    if cited.origin:
        return words("cite.origin", origin=cited.origin, **program)
    return words(
        "cite.what",
        **program,
        scenarios=words("joint.names").join(
            f"{name} ({digest})" for name, digest in cited.scenarios.items()
        ),
        seeds=_said_seeds(cited.seeds, words),
    )


@cache
def _version() -> str:
    return sim.__version__  # read from the installed package: milliseconds


def whole_citation(chart: str, title: str, view: View) -> str:
    """Return the citation of one chart, with its finding and the address of its data."""
    return view.words(
        "cite.chart",
        title=title,
        what=citation(view),
        address=address(chart, "csv", view),
    )


def address(chart: str, kind: str, view: View) -> str:
    """Return the address of a chart's data, as csv or json, with the query of the view."""
    return f"/export/{chart}.{kind}?{urlencode(plain(view.query) | look(view), safe=',')}"


def look(view: View) -> dict[str, str]:
    """Return language and theme, which every page has."""
    return {"lang": view.words.language, "theme": view.palette.name}


def plain(query: Query) -> dict[str, str]:
    """Return choices as texts, a list with commas."""
    return {
        name: value if isinstance(value, str) else ",".join(value) for name, value in query.items()
    }
