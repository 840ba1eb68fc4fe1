"""What `sim explain` prints for people."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from sim.cli.tables import console
from sim.studies.explain.partners import PartnerMonth
from sim.studies.explain.sentences import number, offer_name, percent
from sim.studies.explain.telling import Story
from sim.studies.explain.users import Option, UserMonth

_SHOWN = 0.005  # a term that is nowhere larger has no column

# Heads of the terms' columns, short for them all to stand side by side. A new carrier and a
# new plan exclude each other: both stand under one head.
_HEADS = {
    "quality": "ξ",
    "service": "serv",
    "peers": "peers",
    "delay": "delay",
    "voice_bill": "voice",
    "line": "line",
    "use": "use",
    "fee": "fee",
    "overage": "over",
    "lte": "4G",
    "appeal": "app",
    "control_fee": "ctrl",
    "new_carrier": "move",
    "new_plan": "move",
}
_LEGEND = (
    "Terms of utility, in utils: ξ quality, serv service, peers, delay, voice the bill without "
    "data, line a line without data, use, fee, over overage, 4G, app appeal, ctrl control fee, "
    "move costs of a new carrier or plan."
)


def story_page(story: Story) -> None:
    """Print who it is, how the run was repeated, and month by month what happened and why."""
    out, run = console(), story.run
    where = f"{run['title']} ({run['scenario']}), seed {run['seed']}"
    out.print(Text(f"{story.name[0].upper()}{story.name[1:]}: {where}", style="bold"))
    out.print(Text(story.about))
    for note in story.notes:
        out.print(Text(note, style="dim"))
    if story.kind == "user":
        out.print(Text(_LEGEND, style="dim"))
    for told in story.told:
        out.print()
        out.print(Text.assemble((f"{told.when}: ", "bold"), told.text))
        table = _table(told.facts)
        if table is not None:
            out.print(table)


def _table(facts: Any) -> Table | None:
    if isinstance(facts, UserMonth) and facts.options:
        return _options_table(facts.options, facts.after.offer)
    if isinstance(facts, PartnerMonth) and facts.decides:
        return _channels_table(facts)
    return None


def _options_table(options: Sequence[Option], chosen: int) -> Table:
    """Return every offer with the terms of its utility, in utils; the chosen one is bold."""
    rows = [_by_head(option) for option in options]
    heads = [head for head in rows[0] if any(abs(row[head]) >= _SHOWN for row in rows)]
    table = _plain(["", *heads, "sum", "chance"])
    for option, row in zip(options, rows, strict=True):
        table.add_row(
            offer_name(option.carrier, option.plan),
            *(number(row[head]) for head in heads),
            number(option.utility),
            percent(option.chance),
            style="bold" if option.offer == chosen else None,
        )
    return table


def _by_head(option: Option) -> dict[str, float]:
    """Return the terms by the heads of their columns."""
    row = dict.fromkeys(_HEADS.values(), 0.0)
    for name, term in option.terms.items():
        row[_HEADS[name]] += term
    return row


def _channels_table(facts: PartnerMonth) -> Table:
    """Return what each channel on each carrier would have cost and earned in a month."""
    heads = ("", "channel", "potential GB", "added", "yuan/GB", "worth", "cost", "fixed", "gain")
    table = _plain(heads, left=2)
    for deal in facts.deals:
        for terms in deal.terms:
            if not terms.open:
                continue
            table.add_row(
                deal.carrier.capitalize(),
                terms.channel,
                number(deal.potential, 0),
                percent(deal.incremental),
                number(terms.rate),
                *(number(yuan, 0) for yuan in (terms.worth, terms.cost, terms.fixed, terms.gain)),
                style="bold" if terms.channel == deal.channel else None,
            )
    return table


def _plain(heads: Iterable[str], left: int = 1) -> Table:
    """Return a table of numbers; only its first column gives way where room is short."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for place, head in enumerate(heads):
        side: JustifyMethod = "left" if place < left else "right"
        table.add_column(head, justify=side, no_wrap=place > 0, min_width=10 if place == 0 else 5)
    return table
