"""The door through which scenarios enter: a name or a file in, a checked `Scenario` out."""

import csv
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from sim.core.errors import InputError, Problem, did_you_mean
from sim.scenario.observed import read_observed
from sim.scenario.orders import in_force, read_orders
from sim.scenario.overrides import Overrides, lay, with_overrides
from sim.scenario.problems import NOT_IN_FILES, problems_in
from sim.scenario.schema import Observed, Scenario
from sim.scenario.shipped import BASE, configs_folder, is_path, scenario_file, scenario_names
from sim.scenario.source import Node, child, hindrance, plain, read_source


def load_scenario(name_or_path: str | Path, overrides: Overrides | None = None) -> Scenario:
    """Return a shipped scenario by its name, or the one in a file, complete and checked.

    The scenario's `name` is the stem of its file; its `observed` facts come from the files
    under `data`, looked up beside the scenario first and then among those that ship. So do its
    `orders`: the file of events names some, a scenario changes them, switches them off or adds.
    Overrides are texts such as "carriers.mobile.strategy.cut=0.05", or a mapping from such
    paths to values. An `InputError` carries every problem found.
    """
    file = _file(name_or_path)
    problems: list[Problem] = []
    layers = [_own_keys(layer, problems) for layer in _layers(file, problems)]
    tree = layers[-1]
    for layer in reversed(layers[:-1]):
        tree = lay(layer, tree)
    tree = _own_keys(with_overrides(tree, overrides or (), problems), problems)
    folders = [*(Path(layer.file).parent for layer in layers), configs_folder() / "data"]
    observed = _observed(tree, folders, problems)
    tree = in_force(lay(tree, _orders(tree, folders, problems)))
    return _validated(file.stem, tree, observed, problems)


def from_json(text: str) -> Scenario:
    """Return the scenario whose JSON was stored or sent; an `InputError` says why it is none."""
    try:
        return Scenario.model_validate_json(text)
    except ValidationError as error:
        raise InputError(problems_in(error, Node(None, "scenario JSON", 1))) from None


def _file(name_or_path: str | Path) -> Path:
    """Return the file of a scenario; an `InputError` suggests what was meant."""
    if not is_path(str(name_or_path)):
        return scenario_file(str(name_or_path))
    file = Path(name_or_path)
    reason = _hindrance(file)
    if reason:
        raise InputError([Problem(str(file), 1, "file", reason)])
    return file


def _hindrance(file: Path) -> str | None:
    """Return why a file cannot be read, with a hint at scenarios that ship under a like name."""
    reason = hindrance(file)
    return reason and f"{reason}{did_you_mean(file.stem, (BASE, *scenario_names()))}"


def _layers(file: Path, problems: list[Problem]) -> list[Node]:
    """Return the file and those that it extends, nearest first; add what is wrong in them."""
    layers: list[Node] = []
    chain = [file]
    while True:
        source = read_source(chain[-1])
        problems.extend(source.problems)
        layer, extends = _split(source.root)
        layers.append(layer)
        if extends is None:
            return layers
        chain.append(_extended(extends, chain, problems))


def _split(root: Node) -> tuple[Node, Node | None]:
    """Return a file's tree without `extends`, and that."""
    parts = dict(root.value) if isinstance(root.value, dict) else {}
    extends = parts.pop("extends", None)
    return Node(parts, root.file, root.line), extends


def _extended(extends: Node, chain: list[Path], problems: list[Problem]) -> Path:
    """Return the file that the last of the chain extends; stop at a circle."""

    def stop(what: str) -> InputError:
        return InputError([*problems, Problem(extends.file, extends.line, "extends", what)])

    if not isinstance(extends.value, str):
        raise stop("must be the name of a scenario or the path of a file")
    if is_path(extends.value):
        file = chain[-1].parent / extends.value
        reason = _hindrance(file)
        if reason:
            raise stop(f"{file}: {reason}")
    else:
        try:
            file = scenario_file(extends.value)
        except InputError as error:
            raise stop(error.problems[0].what) from None
    if file.resolve() in [earlier.resolve() for earlier in chain]:
        raise stop(f"goes in a circle: {' -> '.join(map(str, [*chain, file]))}")
    return file


def _own_keys(tree: Node, problems: list[Problem]) -> Node:
    """Return the tree without the keys that are not a file's to set; add them to the problems."""
    if not isinstance(tree.value, dict):
        return tree
    for key, what in NOT_IN_FILES.items():
        if key in tree.value:
            problems.append(Problem(tree.value[key].file, tree.value[key].line, key, what))
    parts = {key: part for key, part in tree.value.items() if key not in NOT_IN_FILES}
    return Node(parts, tree.file, tree.line)


def _observed(tree: Node, folders: Iterable[Path], problems: list[Problem]) -> Observed | None:
    """Return what the data files say, or None and the reasons among the problems."""
    data = child(tree, "data")
    if data is None:
        return None
    places = list(folders)
    facts = ("carriers", "industry", "provinces")
    carriers, industry, provinces = (_data_file(data, key, places, problems) for key in facts)
    if carriers is None or industry is None or provinces is None:
        return None
    try:
        return read_observed(carriers, industry, provinces)
    except InputError as error:
        problems.extend(error.problems)
    except (OSError, ValueError, LookupError, TypeError, csv.Error) as error:
        what = f"the files cannot be read as observed facts: {error!r:.200}"
        problems.append(Problem(data.file, data.line, "data", what))
    return None


def _orders(tree: Node, folders: Iterable[Path], problems: list[Problem]) -> Node:
    """Return the orders of the events file as the lowest layer of a tree."""
    data = child(tree, "data")
    file = _data_file(data, "events", list(folders), problems) if data else None
    if file is None:
        return Node({}, tree.file, tree.line)
    try:
        return Node({"orders": read_orders(file)}, str(file), 1)
    except InputError as error:
        problems.extend(error.problems)
    return Node({}, tree.file, tree.line)


def _data_file(data: Node, key: str, folders: list[Path], problems: list[Problem]) -> Path | None:
    """Return the file named under a key of `data`; None, with the reason, if there is none."""
    named = child(data, key)
    if named is None or not isinstance(named.value, str):
        return None  # the schema says so
    for folder in folders:
        if hindrance(folder / named.value) is None:
            return folder / named.value
    hint = did_you_mean(named.value, (file.name for file in folders[-1].glob("*.csv")))
    what = f"no file '{named.value}' beside the scenario or in {folders[-1]}{hint}"
    problems.append(Problem(named.file, named.line, f"data.{key}", what))
    return None


def _validated(
    name: str, tree: Node, observed: Observed | None, problems: list[Problem]
) -> Scenario:
    """Return the scenario that a tree makes, or raise with all its problems."""
    try:
        scenario = Scenario.model_validate({**plain(tree), "name": name, "observed": observed})
    except ValidationError as error:
        found = problems_in(error, tree)
        explained = [] if observed else [p for p in found if p.path == "observed"]
        raise InputError([*problems, *(p for p in found if p not in explained)]) from None
    if problems:
        raise InputError(problems)
    return scenario
