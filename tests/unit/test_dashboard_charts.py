"""Charts are functions of a table: what they say and draw is what the table holds."""

import json

import pytest

from sim.dashboard.chart_cards import show
from sim.dashboard.charts import charts, in_order
from sim.dashboard.citing import source
from sim.dashboard.drawing import draw
from sim.dashboard.plot import grid, stack
from sim.dashboard.scene import Choices, Scene
from sim.dashboard.tables import table
from sim.dashboard.texts import LANGUAGES
from sim.dashboard.theme import THEMES
from tests.browser.synthetic import METRICS, SCENARIOS, synthetic

NAMES = [name for name, _ in in_order("compare")]


def scene(seeds: int = 20, narrow: bool = False, **choices: object) -> Scene:
    return Scene.of(synthetic(seeds=seeds), Choices(**choices), narrow=narrow)


def title(name: str, here: Scene) -> str:
    return charts.get(name).title(charts.get(name).rows(here), here)


def figure(name: str, here: Scene) -> dict:
    return charts.get(name).figure(charts.get(name).rows(here), here)


def test_charts_stand_in_their_order():
    assert NAMES == ["over_time", "last_year", "differences"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_metric_can_be_drawn_as_plain_json(name, metric, narrow):
    for language in LANGUAGES:
        for theme in THEMES:
            here = scene(narrow=narrow, metric=metric, language=language, theme=theme)
            drawn = figure(name, here)

            json.dumps(drawn, allow_nan=False)
            assert drawn["data"]
            assert title(name, here)


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_has_values_but_no_interval(name):
    here = scene(seeds=1, metric="profit")
    heading, notes, _, _ = show(name, "chart", here)

    assert heading
    assert "One seed" in notes
    assert "90" not in notes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("nobody", [{"scenarios": ()}, {"carriers": ()}])
def test_a_chart_of_nothing_says_so(name, nobody):
    heading, _, body, _ = show(name, "chart", scene(**nobody))

    assert heading == "Nothing is chosen"
    assert body.figure["data"] == []


def test_lines_have_bands_dashes_and_the_numbers_of_the_table():
    here = scene(metric="profit", carriers=("market", "mobile"))
    found = charts.get("over_time").rows(here)
    data = figure("over_time", here)["data"]
    lines = [trace for trace in data if "fill" not in trace]
    bands = [trace for trace in data if "fill" in trace]

    assert len(lines) == len(bands) == 2 * len(SCENARIOS)
    assert len({line["line"]["dash"] for line in lines}) == len(SCENARIOS)
    assert lines[1]["y"] == found.of(scenario="price_war", entity="market")["mean"].tolist()
    assert len(bands[0]["x"]) == 2 * len(lines[0]["x"])


def test_months_are_shown_as_year_and_month():
    layout = figure("over_time", scene())["layout"]

    for number in ("", "2", "3", "4"):
        assert layout[f"xaxis{number}"]["tickformat"] == "%Y-%m"


def test_small_multiples_stand_in_one_column_where_the_screen_is_narrow():
    wide, narrow = (figure("over_time", scene(narrow=n))["layout"] for n in (False, True))

    assert wide["xaxis2"]["domain"][0] > 0.5
    assert narrow["xaxis2"]["domain"] == (0.0, 1.0)


def test_the_first_title_says_where_scenarios_end():
    here = scene(metric="profit")

    assert title("over_time", here) == (
        "Whole market: in 2021-12 profit is lowest in Price war (7.1) "
        "and highest in Business as usual and Service cooperation (12.1 to 12.8 bn yuan a month)"
    )


def test_a_flow_counts_a_month_in_one_chart_and_the_year_in_another():
    flow, stock = scene(metric="profit"), scene(metric="subscriber_share")

    assert "In bn yuan a month." in show("over_time", "chart", flow)[1]
    assert "In bn yuan. Summed over 2021." in show("last_year", "chart", flow)[1]
    assert "In %. At the end of 2021." in show("last_year", "chart", stock)[1]


def test_without_bands_every_gap_counts():
    here = scene(seeds=1, metric="profit")

    assert "highest in Service cooperation (12.8 bn yuan a month)" in title("over_time", here)


def test_bands_that_overlap_are_not_told_as_a_gap():
    assert "the bands overlap" in title("over_time", scene(metric="leak_volume"))


def test_the_last_year_names_the_carrier_that_always_leads():
    here = scene(metric="subscriber_share")

    assert "highest at China Mobile in every scenario shown" in title("last_year", here)


def test_carriers_whose_intervals_overlap_do_not_lead():
    here = scene(metric="made_up_metric")

    assert title("last_year", here) == (
        "2021: no carrier has clearly the highest made_up_metric in every scenario shown"
    )


def test_carriers_share_an_axis_and_the_market_has_its_own():
    layout = figure("last_year", scene())["layout"]

    assert "matches" not in layout["xaxis"]
    assert "matches" not in layout["xaxis2"]
    assert layout["xaxis3"]["matches"] == layout["xaxis4"]["matches"] == "x2"


def test_differences_leave_the_baseline_out_and_state_what_is_clear():
    here = scene(metric="leak_volume")
    found = charts.get("differences").rows(here)

    assert found.names("scenario") == SCENARIOS[1:]
    assert "no clear difference in leaked volume for Price war and Service cooperation" in title(
        "differences", here
    )


def test_an_unclear_difference_is_hollow_and_a_clear_one_filled():
    unclear = figure("differences", scene(metric="leak_volume", carriers=("mobile",)))
    clear = figure("differences", scene(metric="profit", carriers=("mobile",)))
    panel, mobile = scene().palette.panel, scene().palette.entity("mobile")

    assert unclear["data"][0]["marker"]["color"] == [panel]
    assert clear["data"][0]["marker"]["color"] == [mobile]
    assert unclear["data"][0]["marker"]["line"]["color"] == [mobile]


def test_whiskers_reach_from_low_to_high():
    here = scene(metric="profit", carriers=("unicom",))
    row = charts.get("differences").rows(here).frame.iloc[0]
    whisker = figure("differences", here)["data"][0]["error_x"]

    assert whisker["array"] == [row["high"] - row["mean"]]
    assert whisker["arrayminus"] == [row["mean"] - row["low"]]


def test_a_carrier_has_one_colour_in_every_chart():
    here = scene(carriers=("telecom",))
    green = here.palette.entity("telecom")

    assert figure("last_year", here)["data"][0]["marker"]["color"] == green
    assert figure("differences", here)["data"][0]["marker"]["color"] == [green]
    assert green in figure("over_time", here)["layout"]["annotations"][0]["text"]


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_the_rows_of_the_chart(name):
    here = scene(metric="yuan_per_gb")
    found = charts.get(name).rows(here)
    shown = table(draw(name, here), here)
    records = shown.children.rowData

    assert [row["mean"] for row in records] == found.frame["mean"].tolist()
    assert records[0]["entity"] == "Whole market"
    columns = [column["headerName"] for column in shown.children.columnDefs]
    assert "Mean, yuan per GB" in columns


def test_the_source_names_scenarios_seeds_users_and_fidelity():
    assert source(scene()) == (
        "Source: simulation of Business as usual, Price war and Service cooperation; "
        "seeds 0–19; 20,000 users; every user draws; 2017-01 to 2021-12."
    )


def test_panels_fill_the_plot_without_touching():
    two, four = stack([100, 50], 10), grid(4, 2, 0.5, 0.25)

    assert [panel.up for panel in two] == [(0.375, 1.0), (0.0, 0.3125)]
    assert [panel.across for panel in four] == [(0.0, 0.25), (0.75, 1.0)] * 2
    assert [panel.up for panel in four][::2] == [(0.625, 1.0), (0.0, 0.375)]
