"""One file adds itself; nothing else changes."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from sim.core import registry as registry_module
from sim.core.errors import SimError
from sim.core.registry import PLUGIN_GROUP, Registry

ANIMAL = '''"""An animal."""
from zoo_for_tests import animals

@animals.add("{name}")
class Animal:
    legs = {legs}
'''


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Write a package whose registry knows two animals, each in its own file."""
    folder = tmp_path / "zoo_for_tests"
    folder.mkdir()
    opening = "from sim.core.registry import Registry\n"
    registry = "animals = Registry('animal', 'zoo_for_tests')\n"
    (folder / "__init__.py").write_text(opening + registry, encoding="utf-8")
    (folder / "horse.py").write_text(ANIMAL.format(name="horse", legs=4), encoding="utf-8")
    (folder / "crane.py").write_text(ANIMAL.format(name="crane", legs=2), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        del sys.modules[name]


@pytest.fixture
def animals(zoo: Path) -> "Registry[type]":
    import zoo_for_tests  # type: ignore[import-not-found]  # written by the fixture

    found: Registry[type] = zoo_for_tests.animals
    return found


def test_files_are_found_by_themselves(animals: "Registry[type]") -> None:
    assert animals.names() == ["crane", "horse"]
    assert animals.get("horse").legs == 4  # type: ignore[attr-defined]
    assert [name for name, _ in animals.items()] == ["crane", "horse"]


def test_threads_that_ask_at_once_all_see_everything(zoo: Path, animals: "Registry[type]") -> None:
    slow = "import time\ntime.sleep(0.05)\n"
    (zoo / "zebra.py").write_text(slow + ANIMAL.format(name="zebra", legs=4), encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: animals.names(), range(4)))

    assert seen == [["crane", "horse", "zebra"]] * 4


def test_nothing_is_imported_before_it_is_asked_for(animals: "Registry[type]") -> None:
    assert "zoo_for_tests.horse" not in sys.modules


def test_one_more_file_is_one_more_name(zoo: Path, animals: "Registry[type]") -> None:
    (zoo / "ant.py").write_text(ANIMAL.format(name="ant", legs=6), encoding="utf-8")

    assert animals.names() == ["ant", "crane", "horse"]


def test_an_unknown_name_meets_a_suggestion(animals: "Registry[type]") -> None:
    with pytest.raises(SimError, match="unknown animal 'hors'; did you mean 'horse'"):
        animals.get("hors")


def test_one_name_has_one_definition(animals: "Registry[type]") -> None:
    animals.add("pony")(type)

    with pytest.raises(SimError, match="two definitions of the animal 'pony'"):
        animals.add("pony")(type)


def test_a_package_outside_joins_by_an_entry_point(
    zoo: Path, animals: "Registry[type]", monkeypatch: pytest.MonkeyPatch
) -> None:
    (zoo.parent / "far_zoo_for_tests.py").write_text(
        ANIMAL.format(name="panda", legs=4), encoding="utf-8"
    )
    plugin = EntryPoint("panda", "far_zoo_for_tests", PLUGIN_GROUP)
    installed = {PLUGIN_GROUP: [plugin]}
    monkeypatch.setattr(registry_module, "entry_points", lambda group: installed[group])

    assert "panda" in animals.names()
    del sys.modules["far_zoo_for_tests"]
