"""Chinese says what English says: the same numbers of the same facts."""

import re
from dataclasses import replace

import pytest

from sim.scenario.load import load_scenario
from sim.studies.explain import chinese, sentences
from sim.studies.explain.asking import Source, find_member
from sim.studies.explain.telling import Story, tell_all

WORDS = re.compile("[A-Za-z]{2,}")
KNOWN = {"GB", "utils"}  # as they are in Chinese too
MEMBERS = [("user", 3), ("partner", 1), ("reseller", 2), ("branch", "unicom:BJ")]


@pytest.fixture(scope="module")
def source() -> Source:
    changes = {"months": 1, "population.users": 1_000, "sponsorship.partners": 50}
    return Source(load_scenario("service_cooperation", changes), seed=1, fidelity="expected")


@pytest.fixture(scope="module", params=MEMBERS, ids=[kind for kind, _ in MEMBERS])
def told(request: pytest.FixtureRequest, source: Source) -> dict[str, Story]:
    return tell_all(source, find_member(source.scenario, *request.param))


def test_both_languages_tell_of_the_same_months(told: dict[str, Story]):
    en, zh = told["en"], told["zh"]

    assert [(t.first, t.last, t.facts) for t in en.told] == [
        (t.first, t.last, t.facts) for t in zh.told
    ]
    assert en.who == zh.who
    assert len(en.notes) == len(zh.notes)


def test_chinese_has_no_english_words(told: dict[str, Story]):
    zh = told["zh"]

    for text in (zh.about, *zh.notes, *(t.text for t in zh.told)):
        assert set(WORDS.findall(text)) <= KNOWN, text


def test_chinese_has_chinese_punctuation(told: dict[str, Story]):
    for one in told["zh"].told:
        assert not re.search("[\u4e00-\u9fff][,;:?!()]", one.text), one.text
        assert one.text.endswith("。")


def test_a_months_name_is_read_from_its_label():
    assert chinese.month_name("2017-03") == "2017年3月"
    assert chinese.when("2017-03", "2017-03") == "2017年3月"
    assert chinese.when("2017-03", "2018-12") == "2017年3月至2018年12月"


@pytest.mark.parametrize(
    ("yuan", "text"),
    [(3.5, "3.50 元"), (-2_500.0, "−2,500 元"), (25_000.0, "2.50 万元"), (3.2e8, "3.20 亿元")],
)
def test_money_is_counted_in_ten_thousands_and_hundred_millions(yuan: float, text: str):
    assert chinese.money(yuan) == text


def test_offers_have_the_names_that_people_use():
    assert chinese.offer_name("unicom", "internet_card") == "联通互联网卡"
    assert chinese.offer_name("mobile", "p30") == "移动30元套餐"
    assert chinese.offer_name("telecom", "new_plan") == "电信new_plan"


def test_draws_are_the_same_in_both_languages():
    assert chinese.drawn(0.25, 0.5) == "随机数 0.250 < 0.500"
    assert sentences.held_against(0.25, 0.5) == "draw 0.250 < 0.500"


def test_a_reseller_out_of_business_says_so(source: Source):
    story = tell_all(source, find_member(source.scenario, "reseller", 1))["zh"]
    month = next(told.facts for told in story.told if told.facts is not None)

    assert chinese.quiet_reseller([replace(month, active=False)]) == "不在经营。"
    assert "不在经营" in chinese.reseller_sentence(replace(month, active=False))
