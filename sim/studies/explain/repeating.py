"""Simulate a run again, with somebody watching."""

from collections.abc import Callable

from sim.core.calendar import month_label
from sim.core.errors import InvariantError
from sim.model import Market
from sim.simulate import tables_of
from sim.store.index import Stored
from sim.studies.explain.asking import Source

type Progress = Callable[[int, int], None]  # months done, months in all


def repeat(market: Market, months: range | None, progress: Progress | None = None) -> None:
    """Step a market to the end of the months asked for, or of the scenario."""
    end = market.scenario.end_month if months is None else months[-1] + 1
    while market.world.month < end:
        market.step()
        if progress:
            progress(market.world.month, end)


# By what is to be known, then by language.
_NOTES = {
    "individual": {
        "en": "A run of expected flows has no single users. It is repeated here with {rows} users "
        "who draw for themselves: near it, not equal to it.",
        "zh": "期望流量的运行没有单个用户。这里用 {rows} 个各自抽样的用户重演："
        "与之接近，但不相等。",
    },
    "other code": {
        "en": "The run was stored by another version of this program; repeated by this one it may "
        "differ.",
        "zh": "该运行由本程序的另一版本保存；用本版本重演可能有所不同。",
    },
    "equal": {
        "en": "The repeated months equal the stored ones.",
        "zh": "重演的各月与已存的相等。",
    },
}


def notes(source: Source, market: Market, language: str = "en") -> list[str]:
    """Return what the reader must know about the repeated run, after it ran.

    A repeated run that differs from the stored one, the program being the same, is an
    `InvariantError`.
    """
    said = []
    repeated = market.world.population.fidelity
    if repeated != source.fidelity:
        rows = f"{len(market.world.population):,}"
        said.append(_NOTES["individual"][language].format(rows=rows))
    if not source.same_code:
        said.append(_NOTES["other code"][language])
    elif source.stored is not None and repeated == source.fidelity:
        _check_agreement(source.stored, market)
        said.append(_NOTES["equal"][language])
    return said


def _check_agreement(run: Stored, market: Market) -> None:
    """Raise where carriers' facts of the repeated months are not those that are stored."""
    table = "carrier_month"
    again = tables_of(market.world)[table]
    stored = run.table(table)
    if not again.equals(stored.iloc[: len(again)]):
        last = month_label(market.world.month - 1)
        raise InvariantError(f"the run in {run.place} repeated to {last} gives other numbers")
