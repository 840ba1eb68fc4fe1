"""Stories are told elsewhere: nobody waits for them, and neither many nor bad questions harm."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.core.errors import SimError
from sim.dashboard import storyteller
from sim.dashboard.app import screen
from sim.dashboard.i18n import Words
from sim.dashboard.pages.agents import KINDS, Asked, answer, branches, called
from sim.dashboard.runs import Run
from sim.dashboard.scene import Choices
from sim.dashboard.stories import story, told_so_far
from sim.dashboard.storyteller import Progress, Question, Storyteller


@pytest.fixture
def teller() -> Iterator[Storyteller]:
    one = Storyteller()
    yield one
    one.close()


def said(component: object) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def wait(teller: Storyteller, question: Question, seconds: float = 180.0) -> storyteller.Told:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = teller.ask(question)
        if not isinstance(told, Progress):
            return told
        time.sleep(0.05)
    raise AssertionError("no story came")


def test_a_story_comes_in_both_languages_and_a_dead_process_is_no_end(
    teller: Storyteller, short_results: Path, short_run: Run
):
    first = teller.ask(Question(short_results, short_run.id, "branch", "unicom:BJ"))
    assert isinstance(first, Progress), "asking must not wait"
    told = wait(teller, Question(short_results, short_run.id, "branch", "unicom:BJ"))
    assert {"en", "zh"} == set(told)
    assert "The repeated months equal the stored ones." in told["en"].notes
    text = said(story(told["zh"], "分公司", "sim explain", Words("zh")))
    assert "联通在北京的分公司" in text

    teller._process.kill()
    with pytest.raises(SimError, match=r"died.*sim explain"):
        wait(teller, Question(short_results, short_run.id, "reseller", 1))
    assert (
        wait(teller, Question(short_results, short_run.id, "reseller", 2))["en"].kind == "reseller"
    )
    with pytest.raises(SimError, match="there is no reseller 9999"):
        wait(teller, Question(short_results, short_run.id, "reseller", 9999))


def test_too_many_questions_are_sent_away(teller: Storyteller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Storyteller, "_start", lambda self: None)
    for number in range(storyteller.WAITING):
        found = teller.ask(Question(Path(), "x", "user", number))
        assert found == Progress(before=number)

    assert teller.ask(Question(Path(), "x", "user", 0)) == Progress(before=0)
    with pytest.raises(SimError, match="try again"):
        teller.ask(Question(Path(), "x", "user", -1))


def test_progress_is_told_in_words():
    assert "Other stories come first: 2." in said(told_so_far(Progress(2), Words("en")))
    assert "已重演 3 / 84 个月" in said(told_so_far(Progress(0, 3, 84), Words("zh")))


@pytest.mark.parametrize(
    ("own", "kind", "who"),
    [
        ({}, "user", 1),
        ({"kind": "user", "who": "12"}, "user", 12),
        ({"kind": "user", "who": "99999999"}, "user", 1),
        ({"kind": "user", "who": "unicom:BJ"}, "user", 1),
        ({"kind": "branch", "who": "telecom:XZ"}, "branch", "telecom:XZ"),
        ({"kind": "branch", "who": "../../etc"}, "branch", "mobile:BJ"),
        ({"kind": "emperor", "who": "²"}, "user", 1),
    ],
)
def test_what_is_not_there_takes_its_first_value(short_run: Run, own, kind, who):
    asked = Asked.of(short_run, Choices(own=own))

    assert (asked.kind, asked.who) == (kind, who)


def test_a_member_is_called_by_what_it_is(short_run: Run):
    branch = Asked.of(short_run, Choices(own={"kind": "branch", "who": "unicom:BJ"}))
    user = Asked.of(short_run, Choices(own={"who": "12"}))

    assert called(branch, Words("en")) == "Branch: China Unicom, Beijing"
    assert called(branch, Words("zh")) == "分公司：中国联通，北京"
    assert called(user, Words("en")) == "User 12"


def test_there_is_a_branch_of_each_carrier_in_each_province(short_run: Run):
    assert len(branches(short_run)) == 93


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_offers_every_kind(short_results: Path, kind: str):
    for language in ("en", "zh"):
        parts, _ = screen("/agents", Choices(language=language, own={"kind": kind}), short_results)
        assert f'"value": "{kind}"' in said(parts)


def test_without_runs_there_is_nothing_to_tell(tmp_path: Path):
    parts, _ = screen("/agents", Choices(), tmp_path)

    assert "sim run service_cooperation" in said(parts)
    assert answer(Choices(), tmp_path) == (None, True)
