"""What a comparison was made of, as a table: digests, seeds, code, packages, machine."""

from collections.abc import Iterator
from typing import Any

from dash import html
from dash.development.base_component import Component

from sim.core.kernels import code_digest
from sim.dashboard.citing import seeds
from sim.dashboard.i18n import Words
from sim.scenario.schema import content_digest
from sim.studies.comparison import Comparison

_SHOWN = 12  # digits of a digest


def provenance(comparison: Comparison, about: dict[str, Any], words: Words) -> Component:
    """Return the table; `about` is the manifest beside the comparison."""
    speak = Words(words.language, comparison.titles)
    facts = [
        (words("trust.id"), comparison.id),
        (words("trust.seeds"), seeds(comparison.seeds)),
        (words("trust.fidelity"), words.fidelity(comparison.fidelity)),
        (words("trust.code"), _code(str(about["code"]), words)),
        *_scenarios(comparison.definitions, speak),
        *_packages(about, words),
    ]
    head = html.Thead(html.Tr([html.Th(words("trust.part")), html.Th(words("trust.value"))]))
    body = html.Tbody([_row(name, value) for name, value in facts])
    return html.Div(html.Table([head, body]), className="card sheet")


def _row(name: str, value: str) -> Component:
    row: Component = html.Tr([html.Th(name, scope="row"), html.Td(html.Code(value))])
    return row


def _code(code: str, words: Words) -> str:
    now = code_digest()
    key = "trust.code.same" if code == now else "trust.code.other"
    return words(key, code=code[:_SHOWN], now=now[:_SHOWN])


def _scenarios(definitions: dict[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    for name, content in definitions.items():
        yield words("trust.scenario", name=words.scenario(name)), content_digest(content)


def _packages(about: dict[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    for name, version in about.get("packages", {}).items():
        yield words("trust.package", name=name), str(version)
    machine = about.get("machine", {})
    yield words("trust.machine"), ", ".join(f"{name} {value}" for name, value in machine.items())
