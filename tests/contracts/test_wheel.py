"""The package works where it is installed, without its checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPARE = ("compare", "price_war", "service_cooperation")
SMALL = ("--seeds", "2", "--users", "1000", "--months", "12")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the installed package and nothing of the checkout."""
    target = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True)
    return target


def sim(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "sim.cli", *arguments]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_compare_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = sim(installed, tmp_path, *COMPARE, *SMALL)

    assert done.returncode == 0, done.stderr
    assert "service_cooperation" in done.stdout


def test_compare_as_json_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = sim(installed, tmp_path, *COMPARE, *SMALL, "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scenarios"] == ["price_war", "service_cooperation"]


def test_nothing_is_read_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = "import sim; print(sim.__file__)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == str(installed / "sim" / "__init__.py")
