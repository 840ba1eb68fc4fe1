"""What the documents say is so: commands, names, links, examples, numbers."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pandas as pd
import pytest
from typer.main import get_command
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.market.tables import TABLES
from sim.metrics import metrics, yearly
from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names
from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies
from sim.studies.verify.listing import with_table

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
DOCUMENTS = [*READMES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)
both_readmes = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)


def text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def blocks(document: Path, language: str = r"\w+") -> list[str]:
    """Return the fenced blocks of code in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text(document), re.DOTALL | re.MULTILINE)


def spans(document: Path) -> list[str]:
    """Return the code inside lines."""
    prose = re.sub(r"^```.*?^```", "", text(document), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`]+)`", prose)


def calls(document: Path) -> list[list[str]]:
    """Return every call of `sim` that a document shows, word by word, without `sim`."""
    lines = [line for block in blocks(document, "sh") for line in block.splitlines()]
    lines = [line.removeprefix(".venv/bin/") for line in [*lines, *spans(document)]]
    return [line.split()[1:] for line in lines if line.startswith("sim ")]


def links(document: Path) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text(document))


def files(document: Path) -> list[str]:
    """Return the files that a document links to, in their order."""
    return [link.partition("#")[0] for link in links(document)]


# Commands


def recipe(target: str) -> list[str]:
    """Return the lines that `make` runs for a target, as a reader would type them."""
    found = re.search(
        rf"^{target}:[^\n]*\n((?:\t[^\n]*\n)+)", text(ROOT / "Makefile"), re.MULTILINE
    )
    assert found, target
    return [line.strip().replace("$(BIN)", ".venv/bin") for line in found[1].splitlines()]


def installs() -> list[str]:
    """Return the lines by which `make` installs, first for use and then for tests."""
    makefile = text(ROOT / "Makefile").replace("\\\n", " ")
    line = next(line for line in makefile.splitlines() if "pip install" in line)
    line = line.removeprefix("@").replace("$(BIN)", ".venv/bin")
    words = [
        word for word in line.split() if word not in ("--quiet", "--disable-pip-version-check")
    ]
    packages = re.findall(r"PACKAGE := (\S+)", makefile)
    return [" ".join(words).replace("$(PACKAGE)", package) for package in packages]


@both_readmes
def test_commands_are_those_of_the_makefile(readme: Path) -> None:
    use, tests = installs()
    short, demo, checks, *_ = [block.splitlines() for block in blocks(readme, "sh")]

    assert short == ["make demo", "make test"]
    assert demo == ["python3 -m venv .venv", use, *recipe("demo")]
    assert checks == [tests, *recipe("check"), *recipe("test")]


@every_document
def test_commands_and_options_exist(document: Path) -> None:
    commands: dict[str, Any] = get_command(app).commands
    options = {name: {o for p in c.params for o in p.opts} for name, c in commands.items()}

    for command, *rest in calls(document):
        used = {word for word in rest if word.startswith("--")}
        assert command in options or command == "--help", command
        assert used <= options.get(command, set()), (command, used)


@every_document
def test_no_address_is_given_but_this_machine(document: Path) -> None:
    assert re.findall(r"\w+://(?!127\.0\.0\.1)\S+", text(document)) == []


# Two languages


def test_both_languages_show_the_same_code() -> None:
    english, chinese = READMES

    assert blocks(english) == blocks(chinese)


def test_both_languages_name_the_same_commands_and_files() -> None:
    english, chinese = READMES
    other = {english.name: chinese.name}

    assert {tuple(call) for call in calls(english)} == {tuple(call) for call in calls(chinese)}
    assert sorted(set(spans(english))) == sorted(set(spans(chinese)))
    assert [other.get(file, file) for file in files(chinese)] == files(english)


# Links and names


def anchors(document: Path) -> set[str]:
    """Return the names by which headings can be linked to."""
    headings = re.findall(r"^#+ (.*)", text(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_document
def test_names_of_code_exist(document: Path) -> None:
    for span in spans(document):
        if re.fullmatch(r"sim(\.\w+)+", span) and span != "sim.plugins":
            assert resolve_name(span) is not None
        if re.fullmatch(r"(sim|configs|tests)(/[\w.]+)+/?", span):
            assert (ROOT / span).exists(), span


@both_readmes
def test_every_scenario_is_named(readme: Path) -> None:
    assert set(scenario_names()) - set(spans(readme)) == set()


def test_every_strategy_is_described() -> None:
    registries = (carrier_strategies, reseller_strategies, partner_strategies)
    known = {name for registry in registries for name in registry.names()}

    assert known - set(spans(ROOT / "docs" / "model.md")) == set()


def test_every_claim_that_a_scenario_serves_is_stated() -> None:
    rows = re.findall(r"^\| (H\d+) \|.*\| (.*) \|$", text(ROOT / "docs" / "model.md"), re.MULTILINE)
    said = {claim: set(re.findall(r"`(\w+)`", scenarios)) for claim, scenarios in rows}
    serves = {name: load_scenario(name).about.claims for name in scenario_names()}

    assert set(said) == {f"H{number}" for number in range(1, 11)}
    for claim, scenarios in said.items():
        assert scenarios == {name for name, claims in serves.items() if claim in claims}, claim


def test_every_table_and_metric_is_listed() -> None:
    listed = set(spans(ROOT / "docs" / "results.md"))

    assert {*TABLES, *metrics.names()} - listed == set()
    for name, metric in metrics.items():
        row = f"| `{name}` | {metric.unit} | {metric.kind} | {metric.description} |"
        assert row in text(ROOT / "docs" / "results.md")


def test_every_case_of_verify_is_listed() -> None:
    document = text(ROOT / "docs" / "verification.md")

    assert document == with_table(document), "python -m sim.studies.verify.listing writes it anew"


# Examples


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "<document>", "exec"), names)  # noqa: S102  the documents are our own
    return names


def test_ten_lines_of_python_draw_a_chart(folder: Path) -> None:
    code = blocks(READMES[0], "python")[0]

    names = execute(code)

    assert len([line for line in code.splitlines() if line]) <= 10
    assert names["scenario"].carriers["mobile"].strategy.cut == 0.05
    assert {line.name for line in names["figure"].data} == {"mobile", "unicom", "telecom"}
    assert "<html>" in (folder / "shares.html").read_text(encoding="utf-8")


def test_own_scenario_can_be_checked_and_compared(folder: Path) -> None:
    (folder / "deep_cuts.yaml").write_text(blocks(READMES[0], "yaml")[0], encoding="utf-8")
    small = ["--seeds", "1", "--users", "1000", "--months", "1"]

    for line in blocks(READMES[0], "sh")[3].splitlines():
        arguments = line.split()[1:]
        extra = small if arguments[0] == "compare" else []
        ended = CliRunner().invoke(app, [*arguments, *extra])
        assert ended.exit_code == 0, ended.output

    assert load_scenario("deep_cuts.yaml").carriers["mobile"].strategy.cut == 0.05
    assert (
        load_scenario("deep_cuts.yaml").carriers["unicom"]
        == (load_scenario("price_war").carriers["unicom"])
    )


def install_plugin(folder: Path) -> None:
    """Make the strategy of the README a package that looks installed."""
    (folder / "follow_leader.py").write_text(blocks(READMES[0], "python")[1], encoding="utf-8")
    settings = tomllib.loads(blocks(READMES[0], "toml")[0])
    about = folder / "follow_leader-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: follow-leader\nVersion: 1\n")
    ((group, modules),) = settings["project"]["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {module}" for name, module in modules.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")


def test_own_strategy_joins_from_outside(folder: Path) -> None:
    install_plugin(folder)
    (folder / "follow.yaml").write_text(blocks(READMES[0], "yaml")[1], encoding="utf-8")
    command = ["-m", "sim.cli", "run", "follow.yaml", "--users", "1000", "--months", "2"]
    path = os.pathsep.join([str(folder), str(ROOT)])

    subprocess.run([sys.executable, *command], env=os.environ | {"PYTHONPATH": path}, check=True)

    (file,) = folder.glob("results/runs/*/carrier_month.parquet")
    price = pd.read_parquet(file).pivot(index="month", columns="carrier", values="list_price_fen")
    assert price.loc["2017-02", "unicom"] == int(0.9 * price.loc["2017-01", "mobile"])


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose `results` hold a small comparison."""
    place = tmp_path_factory.mktemp("documents")
    pair = ["business_as_usual", "price_war"]
    sim.compare(pair, seeds=1, users=1_000, months=12, folder=place / "results")
    return place


def test_stored_results_can_be_read_as_described(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(results)
    stored, in_memory, database = blocks(ROOT / "docs" / "results.md", "python")

    read = execute(stored)
    assert list(read["revenue"].columns) == ["mobile", "telecom", "unicom"]
    assert (read["revenue"] > 0).all(axis=None)
    assert set(read["monthly"]["scenario"]) == {"business_as_usual", "price_war"}
    assert {"dou", "postings"} <= set(execute(in_memory))
    leaks = execute(database)["leaks"]
    assert list(leaks.columns) == ["scenario", "year", "bn_gb"]
    assert len(leaks) == 2 * 3


def test_every_key_of_the_json_is_explained(results: Path) -> None:
    (file,) = results.glob("results/comparisons/*/comparison.json")

    keys = set(json.loads(file.read_text(encoding="utf-8")))

    assert keys - set(spans(ROOT / "docs" / "results.md")) == set()


# Numbers


def said_of_history() -> Iterator[tuple[str, int, float]]:
    """Return (metric and carrier, year, simulated value) for each cell of the table."""
    rows = re.findall(r"^\| `([\w:]+)`[^|]*((?:\| [^|]+ / [^|]+ ){4})\|$",
                      text(ROOT / "docs" / "model.md"), re.MULTILINE)  # fmt: skip
    for name, cells in rows:
        for year, cell in zip(range(2015, 2019), cells.split("|")[1:], strict=True):
            yield name, year, float(ast.literal_eval(cell.split("/")[0].strip().replace(",", "_")))


def test_the_history_told_is_the_history_simulated() -> None:
    tables = sim.run(load_scenario("history"), seed=0).tables
    units = {"traffic": 1e9, "data_revenue": 1e9, "subscriber_share": 0.01}

    cells = list(said_of_history())

    assert len(cells) == 4 * 7
    for name, year, said in cells:
        metric, _, carrier = name.partition(":")
        frame = yearly(tables, metric)
        mine = frame["carrier"] == carrier if carrier else frame["carrier"].isna()
        (value,) = frame.loc[mine & (frame["year"] == year), "value"]
        assert value / units.get(metric, 1) == pytest.approx(said, rel=0.1), (name, year)
