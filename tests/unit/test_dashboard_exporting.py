"""Every chart has its data under an address; an address that says anything odd is refused."""

import csv
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.dashboard.app import create_app
from sim.dashboard.charts import charts, in_order
from sim.dashboard.citing import address, citation, seeds
from sim.dashboard.drawing import draw
from sim.dashboard.exporting import LONGEST
from sim.dashboard.framing import WIDTH, framed, wrapped
from sim.dashboard.scene import Choices, Scene
from tests.browser.synthetic import SCENARIOS, synthetic, write_comparison

NAMES = [name for name, _ in in_order("compare")]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    results = tmp_path_factory.mktemp("results")
    write_comparison(results, "0001aaaa", seeds=1)
    write_comparison(results)
    return create_app(results).server.test_client()


def scene(**choices: object) -> Scene:
    return Scene.of(synthetic(), Choices(**choices))


@pytest.mark.parametrize("name", NAMES)
def test_the_address_of_a_chart_gives_its_rows_as_they_are_stored(client, name: str):
    here = scene(metric="profit", carriers=("mobile", "telecom"), language="zh")
    answer = client.get(address(name, "csv", here))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    stored = charts.get(name).rows(here).stored

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [float(row["mean"]) for row in rows] == stored["mean"].tolist()
    assert [row["entity"] for row in rows] == stored["entity"].tolist()
    assert {row["unit"] for row in rows} <= {"yuan", "yuan/month"}


@pytest.mark.parametrize("name", NAMES)
def test_json_has_rows_figure_and_citation_and_leads_to_itself(client, name: str):
    here = scene(metric="profit", theme="dark")
    answer = client.get(address(name, "json", here)).get_json()

    assert answer["schema"] == 1
    assert answer["title"] == draw(name, here).title
    assert len(answer["rows"]) == len(draw(name, here).rows.stored)
    assert answer["figure"]["layout"]["width"] == WIDTH
    assert answer["figure"]["layout"]["paper_bgcolor"] == here.palette.panel
    assert answer["seeds"] == list(range(20))
    assert set(answer["scenarios"]) == set(SCENARIOS)
    assert client.get(answer["address"]).get_json() == answer


def test_what_an_address_leaves_out_is_what_the_page_would_show(client):
    answer = client.get("/export/over_time.json").get_json()

    assert answer["query"]["metric"] == "profit"
    assert answer["query"]["comparison"] == "a1b2c3d4e5f6"
    assert answer["query"]["scenarios"] == ",".join(SCENARIOS)


def test_a_list_may_stand_in_any_order(client):
    answer = client.get("/export/over_time.json?carriers=telecom,market").get_json()

    assert answer["query"]["carriers"] == "market,telecom"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_chosen_is_a_table_without_rows(client, name: str):
    address = f"/export/{name}.csv?scenarios="

    assert client.get(address).text.count("\n") == 1
    assert client.get(address.replace("csv", "json")).get_json()["rows"] == []


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("nothing.csv", 404, "there is no 'nothing.csv'"),
        ("over_time.parquet", 404, "there is no 'over_time.parquet'"),
        ("over_time", 404, "there is no 'over_time'"),
        ("over_time.csv?metric=nonsense", 404, "metric: there is no 'nonsense' here"),
        ("over_time.csv?metric=profit&metric=arpu", 400, "'metric' is said twice"),
        ("over_time.csv?comparison=../../etc", 404, "comparison: there is no '../../etc' here"),
        ("over_time.csv?scenarios=price_war,gone", 404, "there is no 'price_war,gone' here"),
        ("over_time.csv?lang=fr", 404, "lang: there is no 'fr' here"),
        ("over_time.csv?run=1", 404, "this chart has no 'run'; it has comparison"),
        ("over_time.csv?metric=<script>alert(1)</script>", 404, "there is no '<script>"),
        (f"over_time.csv?metric={'a' * LONGEST}", 414, "more than 8,192 bytes"),
    ],
)
def test_what_is_not_there_is_refused_with_a_reason(client, path: str, status: int, why: str):
    answer = client.get(f"/export/{path}")

    assert answer.status_code == status
    assert why in answer.text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../app.py", "..%2f..%2fetc%2fpasswd", "%2e%2e/x.csv"])
def test_no_path_leads_out(client, path: str):
    answer = client.get(f"/export/{path}")

    assert answer.status_code in (200, 404)  # 200: the page, which says that there is none
    assert "root:" not in answer.text
    assert "import" not in answer.text.split("<script", maxsplit=1)[0]


@given(
    st.sampled_from([*NAMES, "x"]),
    st.sampled_from(["csv", "json", "JSON", ""]),
    st.dictionaries(
        st.sampled_from(["lang", "metric", "scenarios", "carriers", "theme", "comparison"])
        | st.text(max_size=8),
        st.sampled_from(["en", "profit", "price_war", "mobile,market", ""]) | st.text(max_size=30),
        max_size=4,
    ),
)
def test_any_query_is_answered_or_refused(client, name: str, kind: str, query: dict[str, str]):
    answer = client.get(f"/export/{name}.{kind}", query_string=query)

    assert answer.status_code in (200, 400, 404, 414)


def test_nothing_stored_is_said(tmp_path: Path):
    answer = create_app(tmp_path).server.test_client().get("/export/over_time.csv")

    assert answer.status_code == 404
    assert "`sim compare` makes one" in answer.text


def test_a_citation_names_program_scenarios_and_seeds():
    here = scene(scenarios=("price_war",))
    (digest,) = here.cited.scenarios.values()

    assert citation(here) == (
        f"Cite as: Backward Traffic Simulator {sim.__version__} (code {here.cited.code[:7]}); "
        f"price_war ({digest}); seeds 0–19."
    )


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((3,), "3"),
        ((0, 1), "0, 1"),
        ((0, 1, 2), "0–2"),
        ((0, 2, 4), "0, 2, 4"),
    ],
)
def test_seeds_that_follow_one_another_are_a_range(numbers, text):
    assert seeds(numbers) == text


def test_an_address_is_short_enough_to_be_answered():
    assert len(urlsplit(address("over_time", "csv", scene())).query) < 300


def test_lines_break_between_words_and_between_chinese_characters():
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("甲乙丙丁", 4) == ["甲乙", "丙丁"]
    assert wrapped("longerthanaline a", 5) == ["longerthanaline", "a"]
    assert "".join(wrapped("价格战 (2021) 使利润下降", 6)).replace(" ", "") == (
        "价格战(2021)使利润下降"
    )


def test_text_from_outside_is_no_markup_in_a_picture():
    here = scene()
    drawn = draw("over_time", here)
    figure = framed(drawn.figure, "<b>bold</b> & more", "", "a < b", here.palette)

    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in figure["layout"]["title"]["text"]
    assert "a &lt; b" in figure["layout"]["annotations"][-1]["text"]
