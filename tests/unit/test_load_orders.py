"""The regulator's orders are read from the file of dated events."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.core.errors import InputError
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.shipped import configs_folder

type Load = Callable[[str], Scenario]

HEAD = "date,event,source,order,rule,size\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a scenario whose events are in a file of its own."""

    def with_events(text: str) -> Scenario:
        (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
        scenario = tmp_path / "mine.yaml"
        scenario.write_text("extends: base\ndata: {events: mine.csv}\n", encoding="utf-8")
        return load_scenario(scenario)

    return with_events


def told(load: Load, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(InputError) as stop:
        load(text)
    assert {Path(problem.file).name for problem in stop.value.problems} == {"mine.csv"}
    return [(problem.line, problem.path, problem.what) for problem in stop.value.problems]


def test_the_market_knows_five_orders_each_with_its_source() -> None:
    orders = load_scenario("base").orders

    assert {name: (o.month, o.rule, o.size) for name, o in orders.items()} == {
        "rollover": ("2015-10", "rollover", 0.0),
        "price_cut_2018": ("2018-03", "price_cut", 0.3),
        "roaming": ("2018-07", "roaming", 0.0),
        "price_cut_2019": ("2019-03", "price_cut", 0.2),
        "portability": ("2019-11", "portability", 1.0),
    }
    assert all(order.source for order in orders.values())


def test_an_event_without_a_rule_is_no_order(load: Load) -> None:
    text = HEAD + "2016-01,licences,x,,,\n2017-05-03,free voice,x,mine,rollover,0\n"

    assert {name: o.month for name, o in load(text).orders.items()} == {"mine": "2017-05"}


def test_mistakes_in_the_events_are_told_with_file_and_line(load: Load) -> None:
    text = HEAD + "2017-05,a,x,cut,price_cut,much\n2017-06,b,x,cut,price_cut,0.1\n"

    assert told(load, text) == [
        (2, "size", "'much' is not a number"),
        (3, "order", "the order 'cut' stands twice, in lines 2 and 3; keep one"),
    ]


@pytest.mark.parametrize(
    ("row", "path", "what"),
    [
        ("2017-05,a,x,cut,price_cuts,0.1", "rule",
         "must be 'rollover', 'price_cut', 'roaming' or 'portability', is 'price_cuts'"),
        ("2017H2,a,x,cut,price_cut,0.1", "month", "'2017H2' is not a month such as 2017-01"),
        ("2017-05,a,x,cut,price_cut,-1", "size", "must be at least 0, is -1.0"),
    ],
)  # fmt: skip
def test_what_the_schema_refuses_is_told_at_the_events_line(
    load: Load, row: str, path: str, what: str
) -> None:
    assert told(load, HEAD + row + "\n") == [(2, f"orders.cut.{path}", what)]


def test_a_file_that_is_no_table_of_events_is_told_so(load: Load) -> None:
    assert told(load, "date,event\n2017-05,a\n") == [
        (1, "events", "has no column source, order, rule, size; is it a table of events?")
    ]


def test_identity_follows_the_content_of_the_events_not_their_file(tmp_path: Path) -> None:
    shutil.copy(configs_folder() / "data" / "events.csv", tmp_path / "copy.csv")
    file = tmp_path / "mine.yaml"
    file.write_text("extends: base\ndata: {events: copy.csv}\n", encoding="utf-8")

    base, copied = load_scenario("base"), load_scenario(file)
    changed = load_scenario("base", ["orders.price_cut_2018.size=0.4"])
    earlier = load_scenario("base", ["orders.rollover.month=2015-09"])

    assert copied.digest() == base.digest() != changed.digest()
    assert changed.past_digest() == base.past_digest() != earlier.past_digest()
