"""Who pays whom in a month, as a Sankey diagram of the ledger's postings."""

from sim.core.units import FEN_PER_YUAN
from sim.dashboard.charts import Chart, charts
from sim.dashboard.data import MARKET
from sim.dashboard.market_view import MarketView
from sim.dashboard.plot import Figure, sankey
from sim.dashboard.rows import Rows
from sim.dashboard.theme import translucent
from sim.dashboard.units import scale_for
from sim.studies.flows import GROUPS, is_backward, money

type Flow = tuple[str, str, float]  # payer, payee, yuan on the scale

# Where the groups stand, from left to right: money is paid from one column to a later one.
_COLUMN = {"users": 0, "partner": 0, "reseller": 1, "platform": 1, "branch": 2, "carrier": 2}
_LAST = 3
_COLOUR = {"partner": 1, "reseller": 2, "users": 3, "platform": 4, "branch": 5}
_FILLED, _GAP = 0.72, 0.12  # parts of the height: the tallest column, between two groups
_HEIGHT = {True: 520, False: 430}  # pixels, on a narrow screen and on a wide one


def rows(view: MarketView) -> Rows:
    """Return every payment of the month between two groups for a purpose."""
    flows = money(view.run.table("postings"), view.month)
    if view.money == "backward":
        flows = flows[is_backward(flows)].reset_index(drop=True)
    stored = flows.assign(yuan=flows["fen"] / FEN_PER_YUAN)
    words = view.words
    labels = {
        "payer": {group: words(f"group.{group}") for group in GROUPS},
        "payee": {group: words(f"group.{group}") for group in GROUPS},
        "purpose": {name: words.purpose(name) for name in stored["purpose"]},
    }
    scale = scale_for("yuan", stored["yuan"], words)
    columns = ["payer", "payee", "purpose", "yuan"]
    return Rows(stored[columns], "yuan", scale, numbers=("yuan",), labels=labels)


def title(found: Rows, view: MarketView) -> str:
    """Say what partners pay, and what resellers take in; with all money, who pays carriers."""
    frame, words, scale = found.frame, view.words, found.scale

    def paid(**groups: str) -> str:
        return scale.number(float(found.of(**groups)["yuan"].sum()))

    if view.money == "all":
        return words(
            "money_flow.all",
            month=view.month,
            whole=scale.number(float(frame["yuan"].sum())),
            users=paid(payer="users", payee="carrier"),
            network=paid(payer="carrier", payee="suppliers"),
            unit=scale.unit,
        )
    return words(
        "money_flow.backward",
        month=view.month,
        partners=paid(payer="partner"),
        resellers=paid(payee="reseller"),
        branches=paid(payee="branch"),
        unit=scale.unit,
    )


def figure(found: Rows, view: MarketView) -> Figure:
    """Draw one band for each pair of groups and purpose, as thick as what is paid."""
    shown = {*found.names("payer"), *found.names("payee")}
    groups = [group for group in GROUPS if group in shown]
    place = {group: number for number, group in enumerate(groups)}
    frame = found.frame
    colours = {group: _colour(group, view) for group in groups}
    link = {
        "source": [place[group] for group in frame["payer"]],
        "target": [place[group] for group in frame["payee"]],
        "value": frame["yuan"].tolist(),
        "label": [found.labels["purpose"][name] for name in frame["purpose"]],
        "color": [translucent(colours[group], 0.32) for group in frame["payer"]],
        "hovertemplate": "%{label}<br>%{source.label} → %{target.label}<br>"
        f"%{{value:{found.scale.d3_fine}}} {found.scale.unit}<extra></extra>",
    }
    node = {
        "label": [found.labels["payer"][group] for group in groups],
        "color": [colours[group] for group in groups],
        "x": [_across(group) for group in groups],
        "y": _down(groups, found),
        "pad": 26,
        "hovertemplate": f"%{{label}}<br>%{{value:{found.scale.d3}}} {found.scale.unit}"
        "<extra></extra>",
    }
    return sankey(view, _HEIGHT[view.narrow], node, link, valueformat=found.scale.d3)


def _across(group: str) -> float:
    return min(max(_COLUMN.get(group, _LAST) / _LAST, 0.001), 0.999)


def _down(groups: list[str], found: Rows) -> list[float]:
    """Return the middle of each group from the top, in parts of the height.

    A column is centred, the last one stands below: names to its left stay free. In a column
    groups stand as high as those who pay them, on average.
    """
    frame = found.frame
    flows = list(zip(frame["payer"], frame["payee"], frame["yuan"], strict=True))
    size = {group: _size(group, flows) for group in groups}
    columns: dict[int, list[str]] = {}
    for group in groups:
        columns.setdefault(_COLUMN.get(group, _LAST), []).append(group)
    tallest = max(sum(size[group] for group in column) for column in columns.values())
    middle: dict[str, float] = {}
    for number, column in sorted(columns.items()):
        height_of = {group: _height_of_payers(group, flows, middle) for group in column}
        ordered = sorted(column, key=height_of.__getitem__)
        heights = [_FILLED * size[group] / tallest for group in ordered]
        whole = sum(heights) + _GAP * (len(column) - 1)
        top = 1.0 - whole if number == _LAST else 0.5 - whole / 2
        for group, height in zip(ordered, heights, strict=True):
            middle[group] = min(max(top + height / 2, 0.02), 0.98)
            top += height + _GAP
    return [middle[group] for group in groups]


def _size(group: str, flows: list[Flow]) -> float:
    """Return what a group pays or gets, whichever is more."""
    paid = sum(yuan for payer, _, yuan in flows if payer == group)
    return max(paid, sum(yuan for _, payee, yuan in flows if payee == group))


def _height_of_payers(group: str, flows: list[Flow], middle: dict[str, float]) -> float:
    """Return the mean height of those who pay a group and have a place already."""
    paid = [
        (middle[payer], yuan) for payer, payee, yuan in flows if payee == group and payer in middle
    ]
    whole = sum(yuan for _, yuan in paid)
    return sum(height * yuan for height, yuan in paid) / whole if whole else 0.5


def _colour(group: str, view: MarketView) -> str:
    """Return a group's colour; carriers together have the market's."""
    if group == "carrier":
        return view.palette.entity(MARKET)
    return view.palette.scenario(_COLOUR.get(group, 0))


charts.add("money_flow")(Chart("market", 10, MarketView, rows, title, ("money.exact",), figure))
