"""What the first page says is what the numbers say, and what they do not say it leaves open."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.dashboard.app import screen
from sim.dashboard.charts import charts, in_order
from sim.dashboard.claims import CLAIMS, Claim
from sim.dashboard.data import comparisons
from sim.dashboard.drawing import draw
from sim.dashboard.evidence import Evidence, speaking
from sim.dashboard.messages import COMMAND
from sim.dashboard.scene import Choices
from sim.dashboard.texts import LANGUAGES
from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names
from sim.studies.comparison import Comparison
from sim.studies.years import yearly_sums
from tests.browser.synthetic import BASELINE, SCENARIOS, synthetic, write_comparison
from tests.unit.test_dashboard_app import said

# Metrics that the synthetic comparison lacks, and those that they are made to look like.
LIKE = {
    "backward_profit": "backward_revenue",
    "sponsored_share": "subscriber_share",
    "traffic": "leak_volume",
    "control_share": "subscriber_share",
    "partner_surplus": "leak_volume",
}
SPEAK = ["h2", "h3", "h4", "h5", "h8", "h10"]  # to which the synthetic scenarios speak


def whole(base: Comparison) -> Comparison:
    """Return a comparison with all the metrics that the claims ask for."""

    def more(frame: pd.DataFrame) -> pd.DataFrame:
        added = [frame[frame["name"] == like].assign(name=name) for name, like in LIKE.items()]
        return pd.concat([frame, *added], ignore_index=True)

    tables = ("metrics", "differences", "monthly")
    return replace(base, **{name: more(getattr(base, name)) for name in tables})


@pytest.fixture
def results(tmp_path: Path) -> Path:
    whole(synthetic()).save(tmp_path)
    return tmp_path


def claim(name: str) -> Claim:
    return next(one for one in CLAIMS if one.id == name)


def seen(name: str, results: Path, language: str = "en") -> Evidence:
    return charts.get(f"claim_{name}").view.open(Choices(language), results)


def finding(name: str, results: Path, language: str = "en") -> str:
    return draw(f"claim_{name}", seen(name, results, language)).title


def test_there_is_a_chart_for_each_of_the_ten_claims():
    assert [one.id for one in CLAIMS] == [f"h{number}" for number in range(1, 11)]
    assert [name for name, _ in in_order("story")] == [f"claim_{one.id}" for one in CLAIMS]


@pytest.mark.parametrize("one", CLAIMS, ids=lambda one: one.id)
def test_a_claim_needs_scenarios_that_were_written_for_it(one: Claim):
    written = {n for n in scenario_names() if one.id.upper() in load_scenario(n).about.claims}

    assert set(one.needs) <= written
    assert set(one.scenarios) <= set(scenario_names())


def test_claims_that_nothing_speaks_to_are_left_open_with_a_command(results: Path):
    text = said(screen("/", Choices(), results)[0])

    stored = comparisons(results)
    assert [one.id for one in CLAIMS if speaking(one, stored, None)] == SPEAK
    assert text.count("Cannot be judged yet") == len(CLAIMS) - len(SPEAK)
    assert "sim compare business_as_usual leak_control" in text


def test_without_results_the_page_says_which_command_makes_some(tmp_path: Path):
    parts, heading = screen("/", Choices(), tmp_path)

    assert COMMAND in said(parts)
    assert heading == "Story · Backward Traffic Simulator"


def test_the_answer_says_who_gains_and_who_loses(results: Path):
    text = said(screen("/", Choices(), results)[0])

    assert "Better off: users. Worse off: China Mobile, China Unicom and China Telecom." in text
    assert "−14.9 bn yuan" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SPEAK)
@pytest.mark.parametrize("seeds", [1, 20])
def test_every_claim_is_drawn_in_both_languages(name, language, seeds, tmp_path: Path):
    whole(synthetic(seeds=seeds)).save(tmp_path)
    drawn = draw(f"claim_{name}", seen(name, tmp_path, language))

    json.dumps(drawn.figure, allow_nan=False)
    assert drawn.figure["data"]
    assert drawn.title.endswith("." if language == "en" else "。")
    assert "nan" not in drawn.title


def test_differences_are_told_with_their_intervals(results: Path):
    assert finding("h5", results) == (
        "Price war, 2021: profit against Business as usual: China Mobile −14.9 bn yuan "
        "(−16.7 to −13.0); China Unicom −12.6 bn yuan (−13.2 to −11.9); "
        "China Telecom −10.2 bn yuan (−10.7 to −9.7)."
    )
    assert finding("h4", results) == (
        "Whole market, 2021: backward revenue against Business as usual: "
        "Service cooperation +428.7 m yuan (+47.2 to +810.2)."
    )


def test_what_is_unclear_is_called_so(results: Path):
    (place,) = results.glob("comparisons/*/comparison.json")
    content = json.loads(place.read_text(encoding="utf-8"))
    for row in content["differences"]:
        row |= {"low": -abs(row["mean"]), "high": 3 * abs(row["mean"])}
    place.write_text(json.dumps(content), encoding="utf-8")
    place.parent.touch()  # a comparison is read again when its folder has changed

    assert finding("h4", results).count("no clear difference") == 1


def test_a_path_is_told_by_its_peak_and_its_end(results: Path):
    assert finding("h2", results).startswith(
        "Price war: data revenue is highest at its end, 43.8 bn yuan a month (42.9 to 44.7)"
    )
    told = finding("h10", results)
    assert "is highest in 2016-01, at 100.0, and falls to 100.0 % (99.8 to 100.2) in" in told
    assert told.endswith("while the price of a GB falls from 46.0 to 5.5 yuan per GB.")


def test_the_newest_comparison_that_speaks_is_taken_unless_another_is_asked_for(results: Path):
    replace(whole(synthetic()), id="newest").save(results)
    replace(whole(synthetic()), id="mute", scenarios=[BASELINE], definitions={
        BASELINE: synthetic().definitions[BASELINE]
    }).save(results)  # fmt: skip
    stored = comparisons(results)

    assert speaking(claim("h4"), stored, None).id == "newest"
    assert speaking(claim("h4"), stored, "a1b2c3d4e5f6").id == "a1b2c3d4e5f6"
    assert speaking(claim("h4"), stored, "mute").id == "newest"


def test_a_comparison_without_the_metric_does_not_speak(tmp_path: Path):
    write_comparison(tmp_path)

    assert speaking(claim("h3"), comparisons(tmp_path), None) is None
    assert speaking(claim("h4"), comparisons(tmp_path), None) is not None


def test_with_the_war_as_baseline_cooperation_is_held_against_it():
    shown = claim("h3").shown(["price_war", "service_cooperation", BASELINE])

    assert shown == ("price_war", "service_cooperation")
    assert claim("h1").shown(["price_war", "leak_control"]) == ()


def test_a_closer_look_leads_to_the_same_numbers(results: Path):
    text = said(screen("/", Choices(), results)[0])

    assert "/compare?comparison=a1b2c3d4e5f6&metric=backward_revenue&scenarios=" in text


def months(first: float, second: float, wide: float) -> Comparison:
    rows = [
        {"name": "backward_revenue", "unit": "yuan", "scenario": BASELINE, "carrier": None}
        | {"month": f"{year}-{month:02}", "mean": mean, "low": mean - wide, "high": mean + wide}
        for year, mean in ((2015, first), (2016, second))
        for month in range(1, 13)
    ]
    base = synthetic()
    mine = base.monthly[base.monthly["name"] != "backward_revenue"]
    return replace(base, monthly=pd.concat([mine, pd.DataFrame(rows)], ignore_index=True))


def test_years_are_sums_of_whole_years_with_all_the_room_of_their_months():
    years = yearly_sums(months(1e6, 3e6, 1e5), "backward_revenue", BASELINE)

    assert years.loc[2015].tolist() == [12e6, 12 * 9e5, 12 * 11e5]
    assert 2016 in years.index
    assert yearly_sums(synthetic(), "profit", SCENARIOS[1]).index.tolist() == list(
        range(2016, 2022)
    )


@pytest.mark.parametrize(
    ("second", "wide", "told"),
    [
        (3e6, 1e4, "at least doubles: 12.0 m yuan (11.9 to 12.1), then 36.0 m yuan"),
        (1.5e6, 1e4, "does not double: 12.0 m yuan"),
        (2e6, 1e5, "whether it doubles is open."),
    ],
)
def test_a_doubling_is_told_as_far_as_the_intervals_allow(second, wide, told, tmp_path: Path):
    months(1e6, second, wide).save(tmp_path)

    assert "From 2015 to 2016 backward revenue" in finding("h8", tmp_path)
    assert told in finding("h8", tmp_path)


def test_every_claim_that_speaks_stands_above_its_chart(results: Path):
    text = said(screen("/", Choices(language="zh"), results)[0])

    for name in SPEAK:
        assert f'"chart": "claim_{name}"' in text
    assert set(SCENARIOS) > set(seen("h4", results).others)
