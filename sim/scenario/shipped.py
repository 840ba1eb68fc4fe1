"""Where the scenarios and data that come with the package are."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from sim.core.errors import InputError, Problem, SimError, did_you_mean

BASE = "base"


def configs_folder() -> Path:
    """Return the folder of configurations: the package's own, else the checkout's."""
    package = Path(str(files("sim")))
    for folder in (package / "configs", package.parent / "configs"):
        if folder.is_dir():
            return folder
    raise SimError(f"no folder 'configs' in {package} or beside it; install the package again")


def scenario_names() -> list[str]:
    """Return the names of the scenarios that ship, in alphabetical order, without the base."""
    return list(_shipped())


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in (configs_folder() / "scenarios").glob("*.yaml")))


def scenario_file(name: str) -> Path:
    """Return the file of a shipped scenario or of the base; an `InputError` suggests names."""
    if name == BASE:
        return configs_folder() / f"{BASE}.yaml"
    if name not in scenario_names():
        raise InputError([Problem(name, 1, "scenario", unknown_scenario(name))])
    return configs_folder() / "scenarios" / f"{name}.yaml"


def unknown_scenario(name: str) -> str:
    """Return the sentence for a name that no shipped scenario has."""
    known = (BASE, *scenario_names())
    return f"no scenario of this name ships{did_you_mean(name, known)}"


def is_path(text: str) -> bool:
    """Return whether a text means a file rather than the name of a shipped scenario."""
    return text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text
