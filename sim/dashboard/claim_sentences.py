"""What the numbers say to a claim, in one sentence with its interval."""

from typing import Any

import pandas as pd

from sim.dashboard.data import MARKET, pick
from sim.dashboard.evidence import Evidence
from sim.dashboard.rows import NUMBERS, Rows
from sim.dashboard.sentences import clear
from sim.dashboard.units import Scale, scale_for
from sim.studies.years import yearly_sums

_MANY = 3  # scenarios that are told as a range


def gaps(found: Rows, scene: Evidence) -> str:
    """Tell differences: of each carrier in the first scenario, or of the market in all."""
    words = scene.words
    frame = found.frame
    single = frame["entity"].nunique() == 1
    rows = frame if single else _telling(found)
    entity = rows["entity"].iloc[0]
    if single and len(rows) >= _MANY and _same_sign(rows):
        return _range(rows, found, scene)
    of = (lambda row: words.scenario(row["scenario"])) if single else _entity(scene)
    told = [_one(of(row), row, found.scale, scene) for row in rows.to_dict("records")]
    return words(
        "story.gaps",
        about=words.entity(entity) if single else words.scenario(rows["scenario"].iloc[0]),
        year=words.period(scene.period),
        metric=words.metric_inside(scene.metric),
        baseline=words.scenario(scene.comparison.baseline),
        told=words("joint.list").join(told),
    )


def _telling(found: Rows) -> pd.DataFrame:
    """Return the first scenario's market, or its carriers where the market is not shown."""
    rows = found.of(scenario=found.names("scenario")[0])
    market = rows[rows["entity"] == MARKET]
    return rows if market.empty else market


def _entity(scene: Evidence) -> Any:
    return lambda row: scene.words.entity(row["entity"])


def _same_sign(rows: pd.DataFrame) -> bool:
    return bool(clear(rows).all()) and rows["mean"].gt(0).nunique() == 1


def _range(rows: pd.DataFrame, found: Rows, scene: Evidence) -> str:
    """Tell many clear differences of one sign by the least and the greatest."""
    words = scene.words
    by_size = rows.iloc[rows["mean"].abs().argsort()].to_dict("records")
    least, most = (
        _one(words.scenario(row["scenario"]), row, found.scale, scene)
        for row in (by_size[0], by_size[-1])
    )
    return words(
        "story.range.up" if rows["mean"].iloc[0] > 0 else "story.range.down",
        entity=words.entity(rows["entity"].iloc[0]),
        year=words.period(scene.period),
        metric=words.metric_inside(scene.metric),
        baseline=words.scenario(scene.comparison.baseline),
        least=least,
        most=most,
    )


def _one(name: str, row: Any, scale: Scale, scene: Evidence) -> str:
    """Return a name with its difference: signed, with interval, or as unclear."""
    parts = {"name": name, "mean": scale.signed(row["mean"]), "unit": scale.unit}
    if pd.isna(row["low"]):
        return scene.words("story.one.single", **parts)
    parts |= {"low": scale.signed(row["low"]), "high": scale.signed(row["high"])}
    unclear = row["low"] <= 0 <= row["high"]
    return scene.words("story.one.unclear" if unclear else "story.one", **parts)


def peak(found: Rows, scene: Evidence) -> str:
    """Tell where a path was highest, where it ends, and another metric between the two."""
    words, claim = scene.words, scene.claim
    scenario = found.names("scenario")[0]
    mine = found.of(scenario=scenario)
    top, last = mine.iloc[int(mine["mean"].argmax())], mine.iloc[-1]
    said = words(
        "story.peak" if top["month"] < last["month"] else "story.rising",
        scenario=words.scenario(scenario),
        metric=words.metric_inside(scene.metric),
        month=top["month"],
        peak=found.scale.number(top["mean"]),
        end=last["month"],
        last=_level(last, found.scale, scene),
    )
    return said + _beside(str(claim.beside), scenario, (top["month"], last["month"]), scene)


def _beside(metric: str, scenario: str, months: tuple[str, str], scene: Evidence) -> str:
    """Return how another metric moved between two months, as a clause with its own full stop."""
    words = scene.words
    rows = pick(scene.comparison.monthly, metric, [scenario], [MARKET]).set_index("month")
    if months[0] == months[1] or not set(months) <= set(rows.index):
        return words("story.stop")
    values = rows["mean"].loc[list(months)].tolist()
    scale = scale_for(str(rows["unit"].iloc[0]), values, words)
    before, after = (scale.number(value * scale.factor) for value in values)
    return words(
        "story.beside.up" if values[1] > values[0] else "story.beside.down",
        metric=words.metric_inside(metric),
        before=before,
        after=after,
        unit=scale.unit,
    )


def _level(row: Any, scale: Scale, scene: Evidence) -> str:
    """Return a value with its unit, and its interval if there is one."""
    parts = {name: scale.number(row[name]) for name in NUMBERS if pd.notna(row[name])}
    key = "story.level" if "low" in parts else "story.level.single"
    return scene.words(key, unit=scale.unit, **parts)


def end(found: Rows, scene: Evidence) -> str:
    """Tell where a path ends."""
    scenario = found.names("scenario")[0]
    last = found.of(scenario=scenario).iloc[-1]
    return scene.words(
        "story.end",
        scenario=scene.words.scenario(scenario),
        metric=scene.words.metric_inside(scene.metric),
        end=last["month"],
        last=_level(last, found.scale, scene),
    )


def doubling(found: Rows, scene: Evidence) -> str:
    """Tell whether the last year of the past is at least twice the one before it."""
    words = scene.words
    years = yearly_sums(scene.comparison, scene.metric, found.names("scenario")[0])
    past = list(years[years.index < int(scene.branch[:4])].iterrows())
    if len(past) < 2:  # a past cut short has no two years to hold against each other
        return end(found, scene)
    (first, before), (last, after) = past[-2:]
    unit = found.unit.partition("/")[0]
    scale = scale_for(unit, [*before, *after], words)
    least, most = after.fillna(after["mean"]), before.fillna(before["mean"])
    key = "open"
    if least["low"] >= 2 * most["high"]:
        key = "yes"
    elif least["high"] < 2 * most["low"]:
        key = "no"
    return words(
        f"story.doubling.{key}",
        metric=words.metric_inside(scene.metric),
        before=_level(before * scale.factor, scale, scene),
        after=_level(after * scale.factor, scale, scene),
        first=words.period(str(first)),
        last=words.period(str(last)),
    )


SENTENCES = {"gaps": gaps, "peak": peak, "end": end, "doubling": doubling}
