"""The shell contract: exit codes, and what goes to which stream."""

import json
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.core.errors import SimError
from sim.studies.verify.standing import standing

COMMANDS = (
    "run",
    "resume",
    "branch",
    "compare",
    "sensitivity",
    "explain",
    "check",
    "list",
    "schema",
    "diff",
    "info",
    "dashboard",
    "report",
    "verify",
    "bench",
)
SMALL = ("--months", "2", "--set", "population.usage_tiers=1")
FEW = ("--users", "1000", "--months", "2")
PAIR = ("business_as_usual", "price_war")


def sim(*arguments, cwd=None):
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "sim.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def printed(*arguments):
    """Return the one JSON object on standard output; fail if anything else is there."""
    ended = sim(*arguments)
    assert ended.returncode == 0, ended.stderr
    content = json.loads(ended.stdout)
    assert content["schema"] == 1
    return content


def untimed(content):
    return {key: part for key, part in content.items() if key != "timing"}


LOADED = """
import sys
from sim.cli import main
sys.argv = ["sim", *sys.argv[1:]]
try:
    main()
finally:
    heavy = {"numba", "numpy", "pandas", "mesa", "scipy", "pyarrow", "duckdb", "dash"}
    print("loaded:", sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"], ["run"]], ids=" ".join)
def test_help_and_mistakes_load_nothing_heavy(arguments):
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=False
    )

    assert "loaded: []" in ended.stdout


PUBLIC = """
import sys
import sim
before = set(sys.modules)
found = {name: getattr(sim, name) for name in sim.__all__}
print(sorted({"numpy", "pandas", "pydantic"} & before), found["compare"].__module__)
"""


def test_public_names_are_loaded_on_first_use():
    ended = subprocess.run(
        [sys.executable, "-c", PUBLIC], capture_output=True, text=True, check=False
    )

    assert ended.stdout == "[] sim.studies.compare\n", ended.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    ended = CliRunner().invoke(app, [command, "--help"])

    assert ended.exit_code == 0
    assert "Usage" in ended.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "prise_war"], "did you mean 'price_war'?"),
        (["run", "price_war", "--users", "1.3e9x"], "'1.3e9x' is not a whole number"),
        (["run", "price_war", "--users", "20000.5"], "'20000.5' is not a whole number"),
        (["run", "price_war", "--users", "3e9"], "at most 2e+09"),
        (["run", "price_war", "--users", "10"], "--users"),
        (["run", "price_war", "--months", "-1"], "--months"),
        (["run", "price_war", "--seed", "-1"], "--seed"),
        (["run", "price_war", "--set", "demand.kapa=3"], "did you mean 'kappa'?"),
        (["run", "price_war", "--set", "demand.kappa"], "path=value"),
        (["compare", *PAIR, "--seeds", "0"], "--seeds"),
        (["compare", "history", "price_war"], "differ in months"),
        (["compare", "price_war", "price_war"], "same name"),
        (["check", "no_such_file.yaml"], "no such file"),
        (["diff", "history", "prise_war"], "did you mean 'price_war'?"),
        (["verify", "V113"], "did you mean 'V13'?"),
        (["verify", "V13", "--set", "tt=1"], "V13 has no parameter 'tt'; did you mean 't'?"),
        (["verify", "V13", "--set", "t"], "write it as name=value"),
        (["verify", "V13", "--set", "t=-1"], "t: Input should be greater than 0"),
        (["verify", "V13", "--set", "t=far"], "valid number"),
        (["verify", "V25", "--set", "t1=0.1"], "the market tips"),
        (["verify", "--set", "t=1"], "name exactly one"),
        (["verify", "V13", "V14", "--set", "c=1"], "name exactly one"),
        (["simulate"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_ends_with_2_and_says_what_is_wrong(arguments, said):
    ended = CliRunner().invoke(app, arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
    assert ended.stdout == ""


def test_every_problem_has_its_line(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("extends: base\nmonths: none\ndemand:\n  kapa: 3\n")

    ended = sim("check", file)

    assert ended.returncode == 2
    problems = ended.stderr.splitlines()
    assert [problem.removeprefix(str(file)).split(" ")[0] for problem in problems] == [":2:", ":4:"]


def test_a_failure_ends_with_1_and_without_a_traceback(monkeypatch):
    def fail(*_):
        raise SimError("the books do not balance")

    monkeypatch.setattr("sim.scenario.load.load_scenario", fail)
    ended = CliRunner().invoke(app, ["diff", "history", "price_war"])

    assert ended.exit_code == 1
    assert ended.stderr == "Failed: the books do not balance\n"


def interrupt(*_):
    raise KeyboardInterrupt


def interrupt_the_compiler(*_):
    """Do what numba does with Ctrl-C while it compiles."""
    try:
        raise KeyboardInterrupt
    finally:
        raise RuntimeError("no compiled object yet")


@pytest.mark.parametrize("interrupt", [interrupt, interrupt_the_compiler])
def test_ctrl_c_ends_with_130_and_a_sentence(monkeypatch, interrupt):
    monkeypatch.setattr("sim.scenario.load.load_scenario", interrupt)
    ended = CliRunner().invoke(app, ["diff", "history", "price_war"])

    assert ended.exit_code == 130
    assert ended.stderr.startswith("Interrupted")
    assert "Traceback" not in ended.stderr


def test_check_accepts_what_ships_and_warns_of_the_implausible(tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text("extends: price_war\ndemand:\n  kappa: 1\n")

    content = printed("check", "price_war", file, "--json")

    assert [each["ok"] for each in content["files"]] == [True, True]
    assert content["files"][0]["warnings"] == []
    assert "demand.kappa" in content["files"][1]["warnings"][0]


def test_list_names_what_is_registered():
    content = printed("list", "--json")

    assert "price_war" in [each["name"] for each in content["scenarios"]]
    assert {"carrier", "reseller", "partner"} == {each["kind"] for each in content["strategies"]}
    assert "subscriber_share" in [each["name"] for each in content["metrics"]]
    assert all(each["description"] for part in ("strategies", "metrics") for each in content[part])


def test_diff_tells_each_value_that_differs():
    content = printed("diff", "business_as_usual", "price_war", "--json")

    paths = {each["path"]: (each["a"], each["b"]) for each in content["differences"]}
    assert paths["carriers.mobile.strategy.name"] == ("adaptive_markup", "price_war")


def test_schema_describes_scenario_files():
    ended = sim("schema")

    assert "demand" in json.loads(ended.stdout)["properties"]


def test_info_serves_a_bug_report():
    content = printed("info", "--json")

    assert content["packages"]["numba"]
    assert content["machine"]["cpus"] >= 1
    assert ended_with_version(content["version"])


def ended_with_version(version):
    return sim("--version").stdout == f"sim {version}\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def compared(results):
    """A comparison made by two worker processes."""
    options = (*SMALL, "--seeds", "2", "--workers", "2")
    return printed("compare", *PAIR, *options, "--out", results, "--json")


def test_run_prints_its_last_year_and_is_not_run_again(tmp_path):
    first = printed("run", "price_war", *SMALL, "--out", tmp_path, "--json")
    again = printed("run", "price_war", *SMALL, "--out", tmp_path, "--json")

    assert (first["timing"]["cached"], again["timing"]["cached"]) == (False, True)
    assert untimed(first) == untimed(again)
    shares = {m["carrier"]: m["value"] for m in first["metrics"] if m["name"] == "subscriber_share"}
    assert sum(shares[carrier] for carrier in ("mobile", "unicom", "telecom")) == pytest.approx(1)
    assert "consumer_surplus" not in {m["name"] for m in first["metrics"]}


@pytest.mark.parametrize("size", [SMALL, FEW], ids=["expected", "individual"])
def test_threads_do_not_move_the_results(tmp_path, size):
    one, two = (
        printed("run", "price_war", *size, "--threads", n, "--out", tmp_path / str(n), "--json")
        for n in (1, 2)
    )

    assert not two["timing"]["cached"]
    assert untimed(one) == untimed(two)


def test_workers_and_stored_runs_do_not_move_the_results(tmp_path, compared):
    printed("run", "price_war", *SMALL, "--seed", "1", "--out", tmp_path, "--json")

    alone = printed(
        "compare", *PAIR, *SMALL, "--seeds", "2", "--workers", "1", "--out", tmp_path, "--json"
    )

    assert alone["timing"]["runs_simulated"] == 3  # the fourth was there
    assert json.dumps(untimed(alone)) == json.dumps(untimed(compared))


def test_compare_speaks_to_people_on_100_columns(results, compared):
    ended = sim("compare", *PAIR, *SMALL, "--seeds", "2", "--out", results)

    assert ended.returncode == 0
    for said in (
        "Subscriber share, %",
        "China Unicom",
        "Price war − Business as usual",
        "not comp",
    ):
        assert said in ended.stdout
    assert f"sim dashboard {results}" in ended.stdout.replace("\n", " ")
    assert max(map(len, ended.stdout.splitlines())) <= 100


CHECKED = {"id", "name", "kind", "quantity", "expected", "got", "tolerance", "passed"}


def test_verify_prints_every_quantity_as_json(tmp_path):
    content = printed("verify", "V14", "v13", "--json", "--out", tmp_path)

    assert set(content) == {"schema", "cases", "passed", "failed"}
    assert [each["id"] for each in content["cases"]] == ["V13"] * 7 + ["V14"] * 9
    assert all(set(each) == CHECKED for each in content["cases"])
    numbers = [each[name] for each in content["cases"] for name in ("expected", "got", "tolerance")]
    assert all(isinstance(number, float) for number in numbers)
    assert (content["passed"], content["failed"]) == (16, 0)


def test_verify_speaks_to_people_on_100_columns():
    ended = sim("verify", "V13", "--set", "t=1")

    assert ended.returncode == 0
    assert "hotelling_p" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "6 passed, 0 failed"
    assert max(map(len, ended.stdout.splitlines())) <= 100


def test_verify_ends_with_1_when_theory_is_missed(monkeypatch, tmp_path):
    case = import_module("sim.studies.verify.cases.v14_vertical")
    monkeypatch.setattr(case, "_sold", lambda p, prices: np.array([0.5, 0.5]))

    ended = CliRunner().invoke(app, ["verify", "V14", "--json", "--out", str(tmp_path)])

    assert ended.exit_code == 1
    content = json.loads(ended.stdout)
    failed = {each["quantity"] for each in content["cases"] if not each["passed"]}
    assert {"uncovered_pH", "uncovered_profitH"} <= failed
    assert content["failed"] == len(failed)
    stored = {each.id: each for each in standing(tmp_path)}
    assert not stored["V14"].passed
    assert stored["V14"].worst.quantity in failed
