"""The market of one run: sums are the ledger's, and every choice can be drawn and addressed."""

import json
import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from flask.testing import FlaskClient

from sim.core.errors import SimError
from sim.dashboard.app import create_app, screen
from sim.dashboard.charts import charts, in_order
from sim.dashboard.citing import address
from sim.dashboard.drawing import draw
from sim.dashboard.market_view import MONEY, MarketView, months_of
from sim.dashboard.runs import COMMAND, Run, runs
from sim.dashboard.scene import Choices
from sim.dashboard.theme import blended
from sim.market.names import CARRIERS
from sim.studies.flows import MEASURES, by_province, leaders, money, moves

NAMES = [name for name, _ in in_order("market")]
MONTH = "2017-03"


@pytest.fixture(scope="module")
def client(short_results: Path) -> FlaskClient:
    return create_app(short_results).server.test_client()


def view(short_run: Run, language: str = "en", narrow: bool = False, **own: str) -> MarketView:
    choices = Choices(language=language, own={"month": MONTH} | own)
    return MarketView.of(short_run, choices, narrow=narrow)


def test_money_is_the_ledgers_to_the_fen(short_run: Run):
    postings = short_run.table("postings")
    flows = money(postings, MONTH)

    assert flows["fen"].dtype == "int64"
    assert flows["fen"].sum() == postings.loc[postings["month"] == MONTH, "fen"].sum()
    shown = charts.get("money_flow").rows(view(short_run, money="all")).stored
    assert (shown["yuan"] * 100).round().astype("int64").sum() == flows["fen"].sum()


def test_backward_money_leaves_out_what_users_pay_carriers(short_run: Run):
    here = charts.get("money_flow").rows(view(short_run)).stored
    all_ = charts.get("money_flow").rows(view(short_run, money="all")).stored

    pairs = set(zip(here["payer"], here["payee"], strict=True))
    assert ("users", "carrier") not in pairs
    assert ("partner", "platform") in pairs
    assert pairs < set(zip(all_["payer"], all_["payee"], strict=True))


def test_every_band_goes_from_payer_to_payee(short_run: Run):
    drawn = draw("money_flow", view(short_run, money="all"))
    (sankey,) = drawn.figure["data"]
    labels = sankey["node"]["label"]
    link, rows = sankey["link"], drawn.rows.frame

    assert link["value"] == rows["yuan"].tolist()
    names = drawn.rows.labels["payer"]
    assert [labels[i] for i in link["source"]] == [names[group] for group in rows["payer"]]
    assert [labels[i] for i in link["target"]] == [names[group] for group in rows["payee"]]
    assert all(0 < y < 1 for y in sankey["node"]["y"])


def test_moves_are_lines_between_different_carriers():
    switches = pd.DataFrame(
        {
            "month": ["2017-01"] * 4,
            "origin": ["mobile", "mobile", "unicom", "unicom"],
            "destination": ["mobile", "unicom", "mobile", "unicom"],
            "looked": [100, 5, 7, 50],
            "renewed": [10, 1, 0, 3],
        }
    )
    found = moves(switches, "2017-01")

    assert found["origin"].tolist() == ["mobile", "unicom"]
    assert found["lines"].tolist() == [6, 7]
    assert found["renewed"].tolist() == [1, 0]


def test_who_gains_is_who_is_joined_more_than_left(short_run: Run):
    found = moves(short_run.table("switches"), MONTH)
    net = {
        c: found.loc[found["destination"] == c, "lines"].sum()
        - found.loc[found["origin"] == c, "lines"].sum()
        for c in CARRIERS
    }
    title = draw("switching", view(short_run)).title

    assert sum(net.values()) == 0
    names = {"mobile": "China Mobile", "unicom": "China Unicom", "telecom": "China Telecom"}
    assert f"{names[max(net, key=net.get)]} gains most" in title
    assert f"{names[min(net, key=net.get)]} loses most" in title


def places(**columns: list[object]) -> pd.DataFrame:
    rows = {"month": ["2017-01"] * 3, "province": ["BJ"] * 3, "carrier": list(CARRIERS)}
    return pd.DataFrame(rows | columns)


def market(frame: pd.DataFrame, measure: str) -> float:
    found = by_province(frame, "2017-01", measure)
    return float(found.loc[found["carrier"] == "market", "value"].iloc[0])


def test_the_leak_price_of_all_is_the_mean_of_what_is_posted():
    frame = places(wholesale_price_fen=[1000.0, float("nan"), 2000.0])

    assert market(frame, "leak_price") == 15.0
    assert pd.isna(market(places(wholesale_price_fen=[float("nan")] * 3), "leak_price"))


def test_data_use_of_all_is_that_of_the_mean_line():
    frame = places(used_kb=[3_000_000, 1_000_000, 0], lines=[10, 0, 10])

    assert market(frame, "use") == pytest.approx(200.0)


def test_the_share_of_all_is_the_largest_carriers():
    frame = places(lines=[20, 50, 30])

    assert market(frame, "share") == 0.5
    assert leaders(frame) == {"BJ": "unicom"}


def test_shares_of_a_province_sum_to_one(short_run: Run):
    found = by_province(short_run.table("province_carrier_month"), MONTH, "share")
    whole = found[found["carrier"] != "market"].groupby("province")["value"].sum()

    assert len(whole) == 31
    assert whole.tolist() == pytest.approx([1.0] * 31)


def test_every_province_has_a_tile_of_its_own(short_run: Run):
    tiles = {(p["tile_row"], p["tile_col"]) for p in short_run.provinces}
    ground = draw("provinces", view(short_run)).figure["data"][0]

    assert len(tiles) == 31
    assert set(zip(ground["y"], ground["x"], strict=True)) == tiles


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_choice_can_be_drawn_as_plain_json(short_run: Run, name: str, narrow: bool):
    for measure, entity, language in product(MEASURES, ("market", "telecom"), ("en", "zh")):
        for which in MONEY:
            own = {"map": measure, "carrier": entity, "money": which}
            drawn = draw(name, view(short_run, language, narrow, **own))

            json.dumps(drawn.figure, allow_nan=False)
            assert drawn.title
            assert drawn.figure["data"]


@pytest.mark.parametrize("name", NAMES)
def test_the_address_of_a_chart_shows_the_same_month_again(
    client: FlaskClient, short_run: Run, name: str
):
    here = view(short_run, map="share", carrier="unicom", money="all")
    answer = client.get(address(name, "json", here)).get_json()

    assert answer["query"]["month"] == MONTH
    assert answer["title"] == draw(name, here).title
    assert answer["seeds"] == [7]


@pytest.mark.parametrize(
    "query",
    ["run=../../etc", "month=1999-01", "month=2017-3", "money=mine", "map=x", "metric=profit"],
)
def test_what_a_run_does_not_have_is_refused(client: FlaskClient, query: str):
    assert client.get(f"/export/money_flow.csv?{query}").status_code == 404


def test_a_month_in_which_nobody_pays_says_so(short_run: Run):
    here = view(short_run)
    nobody = replace(here, month="1999-01")

    assert draw("money_flow", nobody).title == "Nothing in this month"
    assert "Nobody paid" in json.dumps(draw("money_flow", nobody).figure)


def copied(results: Path, to: Path) -> Path:
    """Copy a results folder with one run, and return the run's place."""
    shutil.copytree(results, to, dirs_exist_ok=True)
    (place,) = (to / "runs").iterdir()
    return place


def test_a_run_that_kept_no_table_says_so(short_results: Path, tmp_path: Path):
    place = copied(short_results, tmp_path)
    (place / "postings.parquet").unlink()
    about = json.loads((place / "manifest.json").read_text("utf-8"))
    del about["files"]["postings.parquet"]
    (place / "manifest.json").write_text(json.dumps(about), "utf-8")
    (found,) = runs(tmp_path)

    with pytest.raises(SimError, match="without the table 'postings'"):
        draw("money_flow", view(found))
    answer = create_app(tmp_path).server.test_client().get("/export/money_flow.csv")
    assert (answer.status_code, "without the table" in answer.text) == (404, True)


def test_a_folder_that_is_no_run_is_passed_over(short_results: Path, tmp_path: Path):
    whole = copied(short_results, tmp_path)
    (tmp_path / "runs" / "empty").mkdir()
    for name, text in (("broken", "{"), ("list", "[]"), ("other", '{"schema": 1, "id": "x"}')):
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "manifest.json").write_text(text, "utf-8")

    assert [run.id for run in runs(tmp_path)] == [whole.name]


def test_months_go_from_the_first_to_the_last(short_run: Run):
    months = months_of(short_run)

    assert (months[0], months[-1], len(months)) == ("2015-01", "2017-06", 30)
    assert set(short_run.table("postings")["month"]) == set(months)


def test_without_runs_the_page_says_which_command_makes_one(tmp_path: Path):
    parts, heading = screen("/market", Choices(), tmp_path)
    text = json.dumps(parts, default=lambda part: part.to_plotly_json())

    assert COMMAND in text
    assert heading.startswith("The market")


def test_a_colour_over_a_ground_lies_between():
    assert blended("#000000", "#ffffff", 0.5) == "#808080"
    assert blended("#102030", "#ffffff", 0.0) == "#102030"
