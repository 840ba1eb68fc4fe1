"""Whatever an address or a call says, the dashboard answers with a page or a refusal.

`SIM_FUZZ=10000 python -m pytest tests/properties/test_dashboard_requests.py` tries that many.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from dash import Dash
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.dashboard.app import create_app
from sim.dashboard.charts import charts
from sim.dashboard.pages import in_order
from sim.studies.desk import Desk
from sim.studies.levers import LEVERS
from tests.browser.synthetic import METRICS, SCENARIOS, write_comparison

TRIES = settings(max_examples=int(os.environ.get("SIM_FUZZ", "40")))
CALL = "/_dash-update-component"
SECRET = "nobody shall read this"  # noqa: S105  what a file outside the results holds
LISTS = ("scenarios", "carriers")  # as in assets/choices.js

PATHS = st.sampled_from(
    [page.path for page in in_order()] + [f"/export/{name}.json" for name in charts.names()]
)
NAMES = st.one_of(
    st.sampled_from(["lang", "theme", "comparison", "metric", "token", "view", *LISTS]),
    st.sampled_from(["run", "month", "money", "map", "carrier", "who", "whose", "against"]),
    st.sampled_from(["seeds", "preset", *(lever.name for lever in LEVERS)]),
    st.text(max_size=12),
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from([*METRICS, *SCENARIOS, "market", "mobile", "en", "zh", "dark", "a1b2c3d4e5f6"]),
    st.sampled_from(
        [
            "../secret.txt",
            "../../../../etc/passwd",
            "..%2f..%2fsecret.txt",
            "file:///etc/passwd",
            "<script>alert(1)</script>",
            "'; drop table runs; --",
            "!!python/object/apply:os.system ['true']",
            "{{7*7}}",
            "%s%s%n",
            "a\0b",
            "\ud800",
            "NaN",
            "1e999",
            "-1",
            "null",
            "[[[[",
        ]
    ),
)
QUERIES = st.one_of(
    st.lists(st.tuples(NAMES, VALUES), max_size=6).map(
        lambda pairs: "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    ),
    st.binary(max_size=60).map(lambda bits: bits.decode("latin-1")),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside),
    max_leaves=8,
)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="module", autouse=True)
def nothing_is_simulated() -> Iterator[None]:
    """Let the live market take every question and answer none: what is asked is tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Desk, "start", lambda _desk: None)
        patch.setattr(Desk, "ask", lambda _desk, _reader, _ask: None)
        patch.setattr(Desk, "wish", lambda _desk, _reader, _asks: None)
        yield


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Dash:
    """Return a dashboard with a file beside its results folder."""
    folder = tmp_path_factory.mktemp("dashboard")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    write_comparison(folder / "results")
    return create_app(folder / "results")


def said(query: str) -> dict[str, Any]:
    """Return the choices that a browser reads from an address."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return {
        name: [one for one in value.split(",") if one] if name in LISTS else value
        for name, value in pairs
    }


def calls(app: Dash) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield output and parts of every call that the server answers."""
    yield from ((name, call) for name, call in app.callback_map.items() if "callback" in call)


def body(output: str, call: dict[str, Any], values: dict[str, Any], chart: str) -> dict[str, Any]:
    """Return a call of the right shape with these values, by component and property."""

    def named(name: str) -> Any:
        if not name.startswith("{"):
            return name
        return {key: chart if isinstance(v, list) else v for key, v in json.loads(name).items()}

    def part(known: dict[str, Any]) -> Any:
        prop, name = known["property"], named(known["id"])
        mine = values | {"id": values.get("id", name)}
        one = {"id": name, "property": prop, "value": mine.get(f"{name}.{prop}", mine.get(prop))}
        return [one] if '["ALL"]' in known["id"] else one

    def asked(known: str) -> dict[str, Any]:
        name, _, prop = known.rpartition(".")
        return {"id": named(name), "property": prop}

    many = output.startswith("..")
    outputs = [asked(one) for one in (output[2:-2].split("...") if many else [output])]
    return {
        "output": output,
        "outputs": outputs if many else outputs[0],
        "inputs": [part(known) for known in call["inputs"]],
        "state": [part(known) for known in call["state"]],
        "changedPropIds": ["choices.data"],
    }


def check(answer: Any) -> None:
    """An answer is a page or a refusal, says nothing of the program's insides, opens no file."""
    with answer:
        assert answer.status_code < 500, answer.text
        assert "Traceback" not in answer.text
        assert SECRET not in answer.text
        assert "root:x:" not in answer.text


@TRIES
@given(PATHS, QUERIES)
@example("/compare", "comparison=../secret.txt&metric=<script>&scenarios=,,&lang=zh")
def test_any_address_gives_a_page(app: Dash, path: str, query: str):
    check(app.server.test_client().get(path, query_string=query))
    choices = said(query)
    route = {"path": path, "lang": choices.get("lang"), "comparison": choices.get("comparison")}
    values = {"choices.data": choices, "route.data": route, "narrow.data": False}
    for output, call in calls(app):
        for chart in charts.names()[:1]:
            check(app.server.test_client().post(CALL, json=body(output, call, values, chart)))


@TRIES
@given(st.text(max_size=60))
def test_any_path_gives_a_page_or_none(app: Dash, path: str):
    place = {"PATH_INFO": "/" + path.encode("utf-8", "surrogatepass").decode("latin-1")}

    check(app.server.test_client().get("/", environ_overrides=place))


@TRIES
@given(st.data())
def test_any_call_gives_an_answer_or_a_refusal(app: Dash, data: st.DataObject):
    output, call = data.draw(st.sampled_from(list(calls(app))))
    values = data.draw(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("choices.data", "route.data", "value", "id"), JSON)
        )
    )
    sent = body(output, call, values, data.draw(st.sampled_from(charts.names()) | st.text()))
    spoilt = data.draw(st.dictionaries(st.sampled_from(sorted(sent)), JSON, max_size=2))

    check(app.server.test_client().post(CALL, json=sent | spoilt))


@TRIES
@given(
    QUERIES, st.dictionaries(st.sampled_from(["turn", "said", "reader", "seen", "narrow"]), JSON)
)
def test_any_question_of_the_live_market_gives_an_answer(app: Dash, query: str, spoilt: Any):
    question = {"turn": 1, "said": said(query)} | spoilt

    check(app.server.test_client().post("/explore/answer", json=question))


@TRIES
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused(app: Dash, content: bytes):
    answer = app.server.test_client().post(CALL, data=content, content_type="application/json")

    check(answer)
    assert answer.status_code == 400
