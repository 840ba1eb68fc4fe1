"""Both languages say everything, and numbers read well in each."""

import re
from itertools import pairwise

import pytest

from sim.core.errors import SimError
from sim.dashboard.i18n import Words
from sim.dashboard.sentences import sentence
from sim.dashboard.texts import LANGUAGES, MESSAGES
from sim.dashboard.units import Scale, scale_for
from sim.dashboard.words import compare, page_words
from sim.metrics import metrics

EN, ZH = Words("en"), Words("zh")
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME_IN_BOTH = {"ARPU", "{scenario} − {baseline}", "%", "GB", "MB", "", "; ", "{year}"}


@pytest.mark.parametrize("key", MESSAGES)
def test_every_message_is_there_in_both_languages_with_the_same_parts(key: str):
    texts = [getattr(MESSAGES[key], language) for language in LANGUAGES]
    parts = [set(re.findall(r"{(\w+)}", text)) for text in texts]

    assert all(texts) or key == "joint.sentences"  # Chinese puts nothing between sentences
    assert all(one == other for one, other in pairwise(parts))


@pytest.mark.parametrize("key", MESSAGES)
def test_chinese_is_chinese_and_english_is_not(key: str):
    message = MESSAGES[key]

    assert not CHINESE.search(message.en)
    assert message.en in SAME_IN_BOTH or CHINESE.search(message.zh) or not message.zh.isalpha()


@pytest.mark.parametrize("key", MESSAGES)
def test_chinese_has_chinese_punctuation(key: str):
    assert not re.search("[\u4e00-\u9fff][,;:?!()]", MESSAGES[key].zh)


def test_words_said_in_one_language_only_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(compare.ZH, "compare.seed")

    with pytest.raises(SimError, match=r"words\.compare: .* compare\.seed"):
        list(page_words())


def test_an_unknown_name_is_shown_as_it_is():
    assert EN.metric("made_up_metric") == "made_up_metric"
    assert ZH.unit("parsecs") == "parsecs"
    assert EN.scenario("price_war") == "price_war"


def test_known_metrics_have_names_in_both_languages():
    assert (EN.metric("subscriber_share"), ZH.metric("subscriber_share")) == (
        "Subscriber share",
        "用户份额",
    )
    assert ZH.metric("yuan_per_gb") == "每GB单价"
    assert ZH.metric("leak_volume") == "侧漏流量"


def test_no_words_are_kept_for_metrics_that_are_gone():
    named = {key.split(".")[1] for key in MESSAGES if key.startswith(("metric.", "inside."))}

    assert named <= set(metrics.names())


def test_a_metric_inside_a_sentence_keeps_its_acronym():
    assert EN.metric_inside("arpu") == "ARPU"
    assert EN.metric_inside("profit") == "profit"
    assert EN.metric_inside("yuan_per_gb") == "the price of a GB"


@pytest.mark.parametrize(
    ("names", "english", "chinese"),
    [
        ([], "", ""),
        (["a"], "a", "“a”"),
        (["a", "b"], "a and b", "“a”和“b”"),
        (["a", "b", "c"], "a, b and c", "“a”、“b”和“c”"),
    ],
)
def test_names_are_listed_as_each_language_lists_them(names, english, chinese):
    assert EN.scenarios(names) == english
    assert ZH.scenarios(names) == chinese


def test_a_year_cut_short_is_told_by_its_months():
    assert (EN.period("2021"), ZH.period("2021")) == ("2021", "2021年")
    assert EN.period("2018-01/2018-06") == "2018-01 to 2018-06"


@pytest.mark.parametrize(
    ("unit", "value", "words", "shown", "label"),
    [
        ("yuan", 4.12e10, EN, "41.2", "bn yuan"),
        ("yuan", 4.12e10, ZH, "412.0", "亿元"),
        ("yuan", 52.0, EN, "52.0", "yuan"),
        ("GB", 2.5e7, EN, "25.0", "m GB"),
        ("GB", 2.5e7, ZH, "2,500", "万GB"),
        ("share", 0.641, EN, "64.1", "%"),
        ("share/month", 0.0123, EN, "1.23", "% a month"),
        ("yuan/month", 52.0, ZH, "52.0", "元/月"),
        ("parsecs", 7.0, ZH, "7.00", "parsecs"),
        ("yuan", 0.0, EN, "0", "yuan"),
    ],
)
def test_a_number_takes_the_scale_that_its_reader_counts_in(unit, value, words, shown, label):
    scale = scale_for(unit, [value, -value / 3, float("nan"), None], words)

    assert scale.number(value * scale.factor) == shown
    assert scale.unit == label


def test_a_difference_of_shares_is_in_percentage_points():
    assert scale_for("share", [0.012], EN, difference=True).unit == "percentage points"


def test_signs_are_true_minus_signs_and_zero_has_none():
    scale = Scale(1.0, "yuan", 1)

    assert (scale.signed(2.0), scale.signed(-2.0)) == ("+2.0", "−2.0")
    assert (scale.number(-0.01), scale.signed(0.01)) == ("0.0", "+0.0")


@pytest.mark.parametrize(
    ("mean", "low", "high", "english"),
    [
        (-4.0, -5.0, -3.0, "a lowers profit by 4.0 yuan (3.0 to 5.0)."),
        (4.0, 3.0, 5.0, "a raises profit by 4.0 yuan (3.0 to 5.0)."),
        (1.0, -1.0, 3.0, "a: no clear difference (−1.0 to +3.0 yuan)."),
        (0.0, 0.0, 0.0, "a: no clear difference (0.0 to 0.0 yuan)."),
        (1.0, float("nan"), float("nan"), "a: +1.0 yuan, from one seed, so without an interval."),
    ],
)
def test_a_difference_is_clear_only_when_its_interval_leaves_zero_out(mean, low, high, english):
    row = {"scenario": "a", "mean": mean, "low": low, "high": high}

    assert sentence(row, "profit", Scale(1.0, "yuan", 1), EN) == english
