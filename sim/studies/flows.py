"""Who pays whom, who leaves whom, and what differs between provinces: sums over recorded tables."""

from collections.abc import Callable

import pandas as pd

from sim.core.units import FEN_PER_YUAN, KB_PER_GB, MB_PER_GB

# Groups of the ledger, from those who pay at first to those who are paid at last.
GROUPS = ("users", "partner", "reseller", "platform", "branch", "carrier", "suppliers")
BACKWARD = frozenset({"partner", "reseller", "platform", "branch"})

MARKET = "market"


def money(postings: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return what each group pays each other in a month, exactly: payer, payee, purpose, fen.

    In the order of `GROUPS`; what is nothing is left out.
    """
    found = postings[(postings["month"] == month) & (postings["fen"] != 0)]
    order = {group: place for place, group in enumerate(GROUPS)}
    places = found.assign(
        payer=found["payer"].map(order), payee=found["payee"].map(order)
    ).sort_values(["payer", "payee", "purpose"], kind="stable")
    columns = ["payer", "payee", "purpose", "fen"]
    return found.loc[places.index, columns].reset_index(drop=True)


def is_backward(flows: pd.DataFrame) -> "pd.Series[bool]":
    """Say which flows of `money` go to or come from partners, resellers, platforms or branches."""
    return flows["payer"].isin(BACKWARD) | flows["payee"].isin(BACKWARD)


def moves(switches: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the lines that went from one carrier to another in a month.

    Columns origin, destination, lines, and of those `renewed`: new or replaced lines, which choose
    freely.
    """
    found = switches[switches["month"] == month]
    found = found[found["origin"] != found["destination"]]
    lines = found["looked"] + found["renewed"]
    return found.assign(lines=lines)[["origin", "destination", "lines", "renewed"]].reset_index(
        drop=True
    )


def leak_price(places: pd.DataFrame) -> pd.DataFrame:
    """Return the price that branches post, yuan per GB; the market's is their mean."""
    posted = places["wholesale_price_fen"]
    found = places.assign(part=posted.fillna(0.0) / FEN_PER_YUAN, whole=posted.notna().astype(int))
    return _ratio(found)


def data_use(places: pd.DataFrame) -> pd.DataFrame:
    """Return data use per line, with or without data: MB a month."""
    used = places["used_kb"] / KB_PER_GB * MB_PER_GB
    return _ratio(places.assign(part=used, whole=places["lines"]))


def share(places: pd.DataFrame) -> pd.DataFrame:
    """Return each carrier's share of a province's lines; the market's is that of the largest."""
    whole = places.groupby("province")["lines"].transform("sum")
    each = places.assign(value=(places["lines"] / whole).where(whole > 0))
    each = each[["province", "carrier", "value"]]
    most = each.groupby("province", sort=False)[["value"]].max().reset_index()
    return pd.concat([most.assign(carrier=MARKET), each], ignore_index=True)


def leaders(places: pd.DataFrame) -> dict[str, str]:
    """Return the carrier with most lines of each province."""
    first = places.sort_values("lines", ascending=False, kind="stable").groupby("province")
    return dict(first["carrier"].first())


def _ratio(places: pd.DataFrame) -> pd.DataFrame:
    """Return part over whole of each carrier and of the market by province; nan over nothing."""
    keys, columns = ["province", "carrier"], ["part", "whole"]
    each = places[[*keys, *columns]]
    market = each.groupby("province", sort=False, as_index=False)[columns].sum()
    rows = pd.concat([market.assign(carrier=MARKET), each], ignore_index=True)
    return rows.assign(value=rows["part"] / rows["whole"].where(rows["whole"] > 0))[
        [*keys, "value"]
    ]


MEASURES: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "leak_price": ("yuan/GB", leak_price),
    "share": ("share", share),
    "use": ("MB/month", data_use),
}


def by_province(places: pd.DataFrame, month: str, measure: str) -> pd.DataFrame:
    """Return a measure of `MEASURES` in a month: province, carrier ("market" for all), value."""
    found: pd.DataFrame = MEASURES[measure][1](places[places["month"] == month])
    return found
