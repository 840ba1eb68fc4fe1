"""The application: its pages, its answers, and how it starts."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.core.errors import SimError
from sim.dashboard.app import create_app, screen, serve
from sim.dashboard.cards import KEY, finding_cards, notes
from sim.dashboard.messages import COMMAND
from sim.dashboard.once import once
from sim.dashboard.pages import in_order
from sim.dashboard.scene import Choices, Scene
from tests.browser.synthetic import synthetic, write_comparison


def said(component: object) -> str:
    """Return everything on the screen as text, ids and texts alike."""
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_pages_have_addresses_of_their_own():
    paths = [page.path for page in in_order()]

    assert all(path.startswith("/") for path in paths)
    assert len(set(paths)) == len(paths)


def test_the_first_address_shows_a_page(tmp_path: Path):
    _, heading = screen("/", Choices(), tmp_path)

    assert not heading.startswith("There is no page here")


def test_without_results_the_page_says_which_command_makes_some(tmp_path: Path):
    parts, heading = screen("/compare", Choices(), tmp_path)

    assert COMMAND in said(parts)
    assert heading == "Compare · Backward Traffic Simulator"


def test_an_unknown_address_leads_back(tmp_path: Path):
    parts, _ = screen("/nowhere", Choices(language="zh"), tmp_path)

    assert "没有这个页面" in said(parts)


def test_warnings_and_inputs_are_shown_each_once():
    text = said(notes(Scene.of(synthetic(), Choices())))

    assert text.count("outside its prior range") == 1
    assert text.count("lines of the country") == 1
    assert "all scenarios: " in text


def test_a_damaged_comparison_is_shown_as_such_and_others_can_be_chosen(tmp_path: Path):
    broken = write_comparison(tmp_path)
    write_comparison(tmp_path, "whole")
    (broken / "comparison.json").write_text("[]", encoding="utf-8")
    parts, _ = screen("/compare", Choices(comparison=broken.name), tmp_path)

    assert "This comparison cannot be read" in said(parts)
    assert "whole" in said(parts)


def test_there_is_one_card_for_each_key_metric_and_one_line_for_each_scenario():
    scene = Scene.of(synthetic(), Choices())
    text = said(finding_cards(scene))

    for metric, _ in KEY:
        assert f'"data-metric": "{metric}"' in text
    assert text.count('"className": "line"') == len(KEY) * len(scene.others)
    assert "Price war lowers profit by 59.9 bn yuan (56.8 to 62.9)." in text
    assert "no clear difference" in text


def test_without_anything_to_compare_the_cards_say_what_to_choose():
    scene = Scene.of(synthetic(), Choices(scenarios=("business_as_usual",)))

    assert "Choose at least one scenario" in said(finding_cards(scene))


def test_a_second_application_works_as_the_first(tmp_path: Path):
    first, second = create_app(tmp_path), create_app(tmp_path)

    assert first.callback_map.keys() == second.callback_map.keys()
    assert second.server.test_client().get("/").status_code == 200


def test_the_browser_is_told_to_stay_on_this_host(tmp_path: Path):
    answer = create_app(tmp_path).server.test_client().get("/")

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_port_that_is_taken_gives_advice(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SimError, match=rf"cannot listen on 127.0.0.1:{port}.*--port"):
            serve(tmp_path, port=port)


def test_there_is_one_of_a_kind_whichever_thread_asks_first():
    made = []

    @once
    def thing() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: thing(), range(8)))
    assert len(made) == 1
    assert all(one is made[0] for one in given)
