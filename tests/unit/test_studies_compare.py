import json
import math

import numpy as np
import pandas as pd
import pytest

from sim.core.errors import InputError, SimError
from sim.market.tables import TABLES
from sim.scenario.load import load_scenario
from sim.simulate import RunResult
from sim.studies import compare as module
from sim.studies import jobs
from sim.studies.compare import compare
from sim.studies.comparison import Comparison
from sim.studies.history import observations
from sim.studies.question import ComparisonError

CARRIERS = ("mobile", "unicom", "telecom", "")
MONTHS = ("2017-01", "2017-02")
NAMES = ("consumer_surplus", "subscriber_share")
EFFECT = {"business_as_usual": 0.0, "price_war": 10.0, "alliance": 20.0}
NOISE = {0: 1.0, 1: 5.0, 2: 3.0}  # of a seed, common to all scenarios


def value(result):
    """What every metric of a made-up run is; the price war is a little noisy by itself."""
    own = 0.1 * result.seed if result.scenario.name == "price_war" else 0.0
    return EFFECT[result.scenario.name] + NOISE[result.seed] + own


class MadeUp(RunResult):
    """A run whose metrics are sums that can be done by hand."""

    @property
    def measured(self):
        return self

    def columns(self, period):
        frame = self.by(period)
        carrier = frame["carrier"].astype(object)
        whose = {"carrier": carrier.where(carrier.notna(), None)}
        return {name: np.asarray(whose.get(name, frame[name])) for name in frame}

    def by(self, period):
        if period == "month":
            return self.facts("month", MONTHS)
        last = 2017 + (self.scenario.months - 1) // 12
        return pd.concat([self.past(), self.facts("year", [last])], ignore_index=True)

    def facts(self, period, when):
        rows = [(n, w, c or None, value(self)) for n in NAMES for c in CARRIERS for w in when]
        return pd.DataFrame(rows, columns=["name", period, "carrier", "value"])

    def past(self):
        """Every observed value, off by the seed in per cent."""
        rows = pd.DataFrame(observations(self.scenario))
        value = rows["observed"] * (1 + self.seed / 100)
        carrier = rows["carrier"].astype(object).where(rows["carrier"] != "", None)
        return rows[["name", "year"]].assign(carrier=carrier, value=value)


@pytest.fixture(autouse=True)
def made_up_runs(monkeypatch):
    """Replace the market by sums; return the runs that were made."""
    made = []

    def run_together(scenarios, seed, fidelity):
        made.extend((scenario.name, seed) for scenario in scenarios)
        tables = {name: pd.DataFrame({"month": list(MONTHS), "lines": [1, 2]}) for name in TABLES}
        return [MadeUp(scenario, seed, fidelity, tables) for scenario in scenarios]

    monkeypatch.setattr(jobs, "run_together", run_together)
    monkeypatch.setattr(jobs, "warm_up", lambda: None)
    return made


PAIR = ["business_as_usual", "price_war"]


def ask(scenarios=PAIR, seeds=3, **options):
    return compare(scenarios, seeds, workers=1, **{"months": 2, **options})


def row(frame, **wanted):
    for column, value in wanted.items():
        have = frame[column]
        frame = frame[have.isna() if value is None else have == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_levels_and_paired_differences_by_hand():
    found = ask()

    level = row(found.metrics, name="subscriber_share", scenario="price_war", carrier="mobile")
    change = row(found.differences, name="subscriber_share", carrier="mobile")
    half = 2.919986 * 0.1 / math.sqrt(3)
    assert level["mean"] == pytest.approx(13.1)
    assert change["mean"] == pytest.approx(10.1)
    assert change["high"] - change["mean"] == pytest.approx(half, rel=1e-5)
    # var a = var(1, 5.1, 3.2), var b = var(1, 5, 3) = 4, var(a - b) = 0.01
    assert change["variance_reduction"] == pytest.approx((4.21 + 4) / 0.01)
    assert found.variance_reduction == pytest.approx((4.21 + 4) / 0.01)


def test_consumer_surplus_is_told_as_a_change_alone():
    found = ask()

    surplus = found.metrics[found.metrics["name"] == "consumer_surplus"]
    baseline = surplus[surplus["scenario"] == "business_as_usual"]
    change = row(surplus, scenario="price_war", carrier=None)
    paired = row(found.differences, name="consumer_surplus", carrier=None)
    assert baseline[["mean", "low", "high"]].isna().all(axis=None)
    assert change["mean"] == paired["mean"] == pytest.approx(10.1)
    assert change["low"] == paired["low"]


def test_monthly_bands_have_every_month_of_every_scenario():
    found = ask()

    shares = found.monthly[found.monthly["name"] == "subscriber_share"]
    assert len(shares) == len(PAIR) * len(CARRIERS) * len(MONTHS)
    assert row(shares, scenario="price_war", carrier="unicom", month="2017-02")[
        "mean"
    ] == pytest.approx(13.1)


def test_the_json_has_the_promised_form():
    content = json.loads(ask().to_json())

    assert list(content) == [
        "schema", "scenarios", "baseline", "seeds", "fidelity", "users", "start", "months",
        "metrics", "differences", "variance_reduction", "history", "warnings", "fed_in", "timing",
    ]  # fmt: skip
    assert content["schema"] == 1
    assert content["scenarios"] == PAIR
    assert content["baseline"] == "business_as_usual"
    assert content["seeds"] == [0, 1, 2]
    assert (content["users"], content["start"], content["months"]) == (None, "2015-01", 2)
    assert list(content["metrics"][0]) == [
        "name", "unit", "scenario", "carrier", "period", "mean", "low", "high",
    ]  # fmt: skip
    assert list(content["differences"][0]) == [
        "name", "unit", "scenario", "carrier", "mean", "low", "high", "variance_reduction",
    ]  # fmt: skip
    assert {each["carrier"] for each in content["metrics"]} == {*CARRIERS[:3], None}
    assert content["metrics"][0]["mean"] is None  # surplus of the baseline
    assert content["metrics"][0]["period"] == "2017-01/2017-02"
    assert set(content["fed_in"]) == set(PAIR)


def test_a_whole_last_year_is_told_by_its_number():
    assert set(ask(months=24).metrics["period"]) == {"2018"}


def test_equal_calls_give_equal_bytes_but_for_the_timing():
    first, second = (json.loads(ask().to_json()) for _ in range(2))

    assert first.pop("timing").keys() == second.pop("timing").keys()
    assert json.dumps(first) == json.dumps(second)


def test_one_scenario_has_no_differences():
    found = ask(["price_war"])

    assert found.differences.empty
    assert found.variance_reduction is None
    assert json.loads(found.to_json())["differences"] == []


def test_one_seed_has_no_intervals_in_the_json():
    content = json.loads(ask(seeds=[2]).to_json())

    share = [each for each in content["metrics"] if each["name"] == "subscriber_share"]
    assert content["seeds"] == [2]
    assert {each["low"] for each in share} == {None}
    assert content["variance_reduction"] is None


def test_a_warning_is_told_once_for_all_it_is_about():
    found = ask(overrides={"demand.kappa": 1})

    assert found.warnings == [
        "business_as_usual, price_war: demand.kappa = 1 is outside its prior range 2 to 20"
    ]


def test_loaded_scenarios_are_resized_like_named_ones():
    loaded = [load_scenario(name) for name in PAIR]

    found = ask(loaded, users=1_000)

    assert (found.users, found.months) == (1_000, 2)


def test_scenarios_given_by_content_equal_those_given_by_name():
    by_name = json.loads(ask().to_json())
    by_content = json.loads(ask([load_scenario(name) for name in PAIR]).to_json())

    del by_name["timing"], by_content["timing"]
    assert by_name == by_content


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"seeds": 0}, "at least one seed"),
        ({"seeds": [1, 1]}, "named twice"),
        ({"scenarios": []}, "at least one scenario"),
        ({"scenarios": ["price_war", "price_war"]}, "same name"),
        ({"scenarios": ["history", "price_war"], "months": None}, "differ in months: history has"),
        ({"fidelity": "approximate"}, "unknown fidelity"),
    ],
)
def test_what_cannot_be_compared_is_refused(question, answer):
    with pytest.raises(ComparisonError, match=answer):
        ask(**question)


def test_a_wrong_override_is_bad_input():
    with pytest.raises(InputError, match="kapa"):
        ask(overrides=["demand.kapa=3"])


def test_a_stored_comparison_reads_as_it_was_written(tmp_path):
    written = ask(folder=tmp_path)

    read = Comparison.load(tmp_path / "comparisons" / written.id)

    assert read.to_json() == written.to_json()
    assert read.titles["price_war"] == {"en": "Price war", "zh": "价格战"}
    for name in ("metrics", "differences", "monthly"):
        pd.testing.assert_frame_equal(getattr(read, name), getattr(written, name))


def test_what_is_stored_is_not_computed_again(tmp_path, made_up_runs):
    first = ask(folder=tmp_path)
    again = ask(folder=tmp_path)
    ask(["business_as_usual", "alliance"], folder=tmp_path)

    assert again.timing["cached"]
    assert not first.timing["cached"]
    assert again.metrics.equals(first.metrics)
    assert sorted(made_up_runs) == sorted(
        (name, seed) for name in EFFECT for seed in (0, 1, 2)
    )  # each run once, the baseline's shared by both comparisons


def test_progress_is_told_in_runs_and_ends_at_the_whole():
    told = []

    ask(progress=lambda finished, runs: told.append((finished, runs)))

    assert told[0] == (0, 6)
    assert told[-1] == (6, 6)
    assert told == sorted(told)


def test_a_comparison_with_a_run_that_fails_says_which_error(monkeypatch):
    def fail(scenarios, seed, fidelity):
        raise ValueError("prices below zero")

    monkeypatch.setattr(jobs, "run_together", fail)

    with pytest.raises(SimError, match="6 of 6 runs failed; the first: ValueError: prices below"):
        ask()


def test_scenarios_that_differ_in_name_alone_share_their_runs(made_up_runs, monkeypatch):
    monkeypatch.setitem(EFFECT, "twin", 0.0)
    base = load_scenario("business_as_usual")

    found = ask([base, base.model_copy(update={"name": "twin"})])

    assert len(made_up_runs) == 3
    assert set(found.differences["mean"]) == {0.0}


def test_the_public_name_is_the_function():
    import sim

    assert sim.compare is module.compare


def test_the_simulated_past_stands_beside_what_was_observed():
    found = ask()

    price = row(found.history, name="yuan_per_gb", year=2016)
    share = row(found.history, name="subscriber_share", carrier="telecom", year=2016)
    assert price["observed"] == pytest.approx(432.9 / 9.36)
    assert price["mean"] == pytest.approx(price["observed"] * 1.01)  # seeds 0, 1 and 2
    assert (price["role"], share["role"]) == ("fed in", "inverted")
    assert set(found.history["year"]) == {2015, 2016}


def test_a_past_that_scenarios_share_is_shown_once():
    assert set(ask().history["scenario"]) == {PAIR[0]}


def test_history_replays_the_observed_years_and_2018_is_never_fed_in():
    replayed = {(d.name, d.year): d.role for d in observations(load_scenario("history"))}

    assert replayed["yuan_per_gb", 2017] == "fed in"
    assert replayed["yuan_per_gb", 2018] == "result"
    assert replayed["subscriber_share", 2017] == "result"
    assert replayed["dou", 2015] == "result"
