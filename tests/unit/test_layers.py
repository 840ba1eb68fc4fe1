"""Imports point down, and the random numbers come from one place."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_down(root: Path) -> None:
    done = lint_imports(root)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "imported", "contract"),
    [
        ("core/units.py", "sim.scenario.schema", "Imports point down"),
        ("market/names.py", "sim.strategies.rules", "Imports point down"),
        ("strategies/rules.py", "mesa", "Mesa stays behind the agents"),
        ("scenario/schema.py", "duckdb", "A run neither stores nor shows anything"),
    ],
)
def test_a_planted_violation_is_caught(
    copied: Path, file: str, imported: str, contract: str
) -> None:
    with (copied / "sim" / file).open("a", encoding="utf-8") as source:
        source.write(f"\nimport {imported}\n")

    done = lint_imports(copied)

    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


def test_every_module_has_its_layer(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    layers = set(re.findall(r"sim\.(\w+)", " ".join(contract["layers"])))

    modules = {path.stem for path in (root / "sim").glob("*.py")}
    packages = {path.parent.name for path in (root / "sim").glob("*/__init__.py")}

    assert (modules | packages) - {"__init__", "__main__"} <= layers


# The class `random.Random` may be named as a type: Mesa's models have one.
@pytest.mark.parametrize(
    "generator",
    [
        r"\bnp\.random",
        r"numpy\.random",
        r"\bimport random",
        r"from random import (?!Random\b)",
        r"Random\(",
    ],
)
def test_there_is_no_other_source_of_random_numbers(root: Path, generator: str) -> None:
    pattern = re.compile(generator)
    sources = (root / "sim").rglob("*.py")

    assert [file for file in sources if pattern.search(file.read_text(encoding="utf-8"))] == []
