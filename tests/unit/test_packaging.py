"""What is promised to whoever installs the package."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name


@pytest.fixture
def project(root: Path) -> dict[str, Any]:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(settings["project"])


@pytest.fixture
def pins(root: Path) -> dict[str, Requirement]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def needed(requirements: list[str]) -> dict[str, Requirement]:
    """Return what the requirements pull in here, themselves included, by name."""
    found: dict[str, Requirement] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found[name] = requirement
            waiting += [Requirement(text) for text in distribution(name).requires or []]
    return found


def test_constraints_name_no_address(root: Path) -> None:
    assert "://" not in (root / "constraints.txt").read_text(encoding="utf-8")


def test_constraints_pin_exactly(pins: dict[str, Requirement]) -> None:
    loose = [
        name for name, pin in pins.items() if not re.fullmatch(r"==[\w.]+", str(pin.specifier))
    ]

    assert loose == []


def test_all_that_is_installed_is_pinned(
    project: dict[str, Any], pins: dict[str, Requirement]
) -> None:
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["test"], *extras["dev"]]

    assert set(needed(asked)) - set(pins) == set()


def test_pins_meet_what_the_project_asks(
    project: dict[str, Any], pins: dict[str, Requirement]
) -> None:
    asked = [Requirement(text) for text in project["dependencies"]]
    broken = [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(
            str(pins[canonicalize_name(requirement.name)].specifier).removeprefix("==")
        )
    ]

    assert broken == []


def test_chosen_python_is_supported(root: Path, project: dict[str, Any]) -> None:
    chosen = (root / ".python-version").read_text(encoding="utf-8").strip()

    assert SpecifierSet(project["requires-python"]).contains(chosen)


def test_wheel_carries_scenarios_and_data(root: Path, wheel: Path) -> None:
    configs = [path for path in (root / "configs").rglob("*") if path.is_file()]
    expected = {f"sim/configs/{path.relative_to(root / 'configs').as_posix()}" for path in configs}

    inside = set(ZipFile(wheel).namelist())

    assert expected - inside == set()
    assert {"sim/py.typed", "sim/configs/base.yaml", "sim/configs/data/carriers.csv"} <= inside


def test_wheel_carries_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"sim"}
