"""Write every parameter into a document: `python -m sim.scenario.parameters FILE`.

Meaning, unit, prior range and source are the schema's, values those of the reference market, so
the document cannot say anything else.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.core.registry import Registry
from sim.scenario.load import load_scenario
from sim.scenario.problems import NOT_IN_FILES
from sim.scenario.schema import Scenario
from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies
from sim.strategies.rules import Rule

PREFACE = """\
# Parameters

Every parameter of a scenario file, as `sim schema` knows it: what it means, its unit, its value
in `configs/base.yaml`, the range held plausible beforehand, and where the value comes from. Where
parts of one kind differ, each has its own value; `<plan>` and the like stand for their names. A
value outside its prior range gives a warning, not an error.

This file is written by `python -m sim.scenario.parameters docs/parameters.md`; change the schema
or the base, not the file.
"""

HEADER = "| name | meaning | unit | default | prior range | source |\n|---|---|---|---|---|---|"

STRATEGIES = """\
## Strategies

What each strategy can be told, beside its `name`, with an example. What each one does is
told in [the model](model.md#77-strategies-of-carriers).
"""

KEYS = {
    "income_tiers": "tier", "lifestyles": "lifestyle", "plans": "plan", "sold": "carrier",
    "carriers": "carrier", "orders": "order",
}  # fmt: skip


class Part(NamedTuple):
    """One of the parts that share a row: its name among them, and the part."""

    label: str
    section: BaseModel


class Row(NamedTuple):
    """One line of the table."""

    name: str
    meaning: str
    unit: str
    default: str
    prior: str
    source: str


def document() -> str:
    """Return the parameters of the reference market and of all strategies, in Markdown."""
    base = load_scenario("base")
    return "\n".join([PREFACE, *_sections(base), STRATEGIES, *_strategies()])


def _sections(base: Scenario) -> Iterator[str]:
    """Yield a chapter for what stands alone, then one for each section of the scenario."""
    alone, chapters = [], []
    for name, field in Scenario.model_fields.items():
        if name in (*NOT_IN_FILES, "about"):
            continue
        found = list(_rows(name, field, [Part("", base)], name))
        if len(found) == 1 and found[0].name == name:
            alone += found
        else:
            chapters.append((name, _about(getattr(base, name)), found))
    yield _chapter("The run", "When it begins, branches and ends.", alone)
    for name, about, found in chapters:
        yield _chapter(f"`{name}`", about, found)


def _about(value: Any) -> str:
    """Return the first line of what the schema says about a section."""
    part = next(iter(value.values())) if isinstance(value, Mapping) else value
    return (type(part).__doc__ or "").strip().partition("\n")[0]


def _chapter(title: str, about: str, rows: Sequence[Row]) -> str:
    lines = [f"## {title}", "", about, "", HEADER, *(_line(row) for row in rows), ""]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = (f"`{row.name}`", *row[1:])
    return f"| {' | '.join(cell.replace('|', '\\|') for cell in cells)} |"


def _rows(path: str, field: FieldInfo, parts: Sequence[Part], name: str) -> Iterator[Row]:
    """Yield the rows of one field that all parts have: its own, or those of what it holds."""
    values = [(part.label, getattr(part.section, name)) for part in parts]
    inner, place = _held(path, name, values)
    if not inner:
        yield _row(path, field, values)
        return
    for below, its_field in type(inner[0].section).model_fields.items():
        yield from _rows(f"{place}.{below}", its_field, inner, below)


def _held(path: str, name: str, values: Sequence[tuple[str, Any]]) -> tuple[list[Part], str]:
    """Return the sections that a field holds, one or many in each part, and their path."""
    held: list[Part] = []
    for label, value in values:
        if isinstance(value, Mapping):
            held += [
                Part(f"{label}.{key}".lstrip("."), section)
                for key, section in value.items()
                if isinstance(section, BaseModel)
            ]
            path = f"{path.removesuffix(f'.<{KEYS.get(name)}>')}.<{KEYS.get(name)}>"
        elif isinstance(value, BaseModel) and not isinstance(value, Rule):
            held.append(Part(label, value))
    return held, path


def _row(path: str, field: FieldInfo, values: Sequence[tuple[str, Any]]) -> Row:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    prior = extra.get("prior")
    low_high = f"{_said(prior[0])} to {_said(prior[1])}" if isinstance(prior, list) else ""
    return Row(
        name=path,
        meaning=field.description or "",
        unit=str(extra.get("unit", "")),
        default=_default(values),
        prior=low_high,
        source=str(extra.get("source", "")),
    )


def _default(values: Sequence[tuple[str, Any]]) -> str:
    """Return one value where all parts have the same, else each one's; what is not given last."""
    said = [(label, _said(value)) for label, value in values]
    if len({text for _, text in said}) == 1:
        return said[0][1]
    given = [f"{label}: {text}" for label, text in said if text != _said(None)]
    return "; ".join(given if len(given) == len(said) else [*given, f"else {_said(None)}"])


def _said(value: object) -> str:
    """Return a value as a scenario file would say it, nearly."""
    if isinstance(value, Rule):
        return _listed(value.name, _pairs(value.model_dump(exclude={"name"}), " "))
    if isinstance(value, Mapping):
        return _pairs(value, ": ")
    if isinstance(value, list | tuple):
        return ", ".join(_said(part) for part in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return "none" if value is None else str(value)


def _pairs(parts: Mapping[Any, object], between: str) -> str:
    return ", ".join(f"{key}{between}{_said(part)}" for key, part in parts.items())


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _strategies() -> Iterator[str]:
    """Yield a table of the fields of every carrier's, reseller's and partner's strategy."""
    registries: dict[str, Registry[Any]] = {
        "carriers": carrier_strategies,
        "resellers": reseller_strategies,
        "partners": partner_strategies,
    }
    for whose, registry in registries.items():
        lines = [
            f"### Of {whose}",
            "",
            "| strategy | field | meaning | example |",
            "|---|---|---|---|",
        ]
        for name, rule in registry.items():
            lines += _fields(name, rule)
        yield "\n".join([*lines, ""])


def _fields(name: str, rule: type[Rule]) -> list[str]:
    fields = {key: field for key, field in rule.model_fields.items() if key != "name"}
    if not fields:
        return [f"| `{name}` | – | has no parameters | – |"]
    return [
        f"| `{name}` | `{key}` | {field.description} | {_said((field.examples or ['–'])[-1])} |"
        for key, field in fields.items()
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
