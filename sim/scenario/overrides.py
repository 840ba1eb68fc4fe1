"""Change single values of a scenario from the command line or a study."""

from collections.abc import Iterable, Mapping

from sim.core.errors import InputError, Problem
from sim.scenario.source import MAX_DEPTH, Node, Value, child, parse

FILE = "--set"  # stands for a file in messages; its lines are the overrides in their order
MAX_PATH = 500

type Overrides = Mapping[str, object] | Iterable[str]


def with_overrides(tree: Node, overrides: Overrides, problems: list[Problem]) -> Node:
    """Return the tree with each override laid over it in turn; add what is wrong with them.

    Each is "path=value" with a YAML value, or an item of a mapping from path to value. Paths
    are full and dotted, such as "orders.0.size".
    """
    items = overrides.items() if isinstance(overrides, Mapping) else overrides
    for line, item in enumerate(items, start=1):
        try:
            path, value = _parsed(item, line)
            tree = _set(tree, _keys(path, line), value, path)
        except InputError as error:
            problems.extend(error.problems)
    return tree


def lay(upper: Node, lower: Node) -> Node:
    """Return `lower` with `upper` laid over it: mappings merge, everything else is replaced.

    A mapping with another `name` is another thing, such as another strategy, and replaces the
    whole, so that old parameters do not stay behind.
    """
    if not (isinstance(upper.value, dict) and isinstance(lower.value, dict)):
        return upper
    if _renames(upper.value, lower.value):
        return upper
    merged = dict(lower.value)
    for key, part in upper.value.items():
        merged[key] = lay(part, merged[key]) if key in merged else part
    return Node(merged, upper.file, upper.line)


def _renames(upper: dict[str, Node], lower: dict[str, Node]) -> bool:
    both = "name" in upper and "name" in lower
    return both and upper["name"].value != lower["name"].value


def _parsed(item: object, line: int) -> tuple[str, Node]:
    """Return path and value of one override; an `InputError` says how to write it."""
    if isinstance(item, tuple):
        return str(item[0]), _from_python(item[1], line)
    path, equals, text = str(item).partition("=")
    if not (equals and path.strip()):
        raise _wrong(line, path, "write it as path=value, such as months=24")
    source = parse(text, FILE, line)
    if source.problems:
        raise InputError(source.problems)
    return path.strip(), source.root


def _keys(path: str, line: int) -> tuple[str, ...]:
    keys = tuple(path.split("."))
    if len(keys) > MAX_DEPTH or len(path) > MAX_PATH:
        raise _wrong(line, path, f"the path is longer than {MAX_DEPTH} parts or {MAX_PATH} letters")
    return keys


def _wrong(line: int, path: str, what: str) -> InputError:
    return InputError([Problem(FILE, line, path[:MAX_PATH] or "override", what)])


def _from_python(value: object, line: int) -> Node:
    """Return Python data as a tree; switches are text, as in a file."""
    converted: Value
    if isinstance(value, bool):
        converted = str(value).lower()
    elif isinstance(value, Mapping):
        converted = {str(key): _from_python(part, line) for key, part in value.items()}
    elif isinstance(value, list | tuple):
        converted = [_from_python(part, line) for part in value]
    else:
        converted = value  # type: ignore[assignment]  # the schema judges whatever it is
    return Node(converted, FILE, line)


def _set(node: Node, keys: tuple[str, ...], value: Node, path: str) -> Node:
    """Return the tree with a value laid over the place that the keys lead to."""
    if not keys:
        return lay(value, node)
    part = child(node, keys[0])
    inner = _under(keys[1:], value) if part is None else _set(part, keys[1:], value, path)
    if isinstance(node.value, dict):
        return lay(Node({keys[0]: inner}, FILE, value.line), node)
    done = path.split(".")[: -len(keys)]
    if not isinstance(node.value, list):
        raise _wrong(value.line, path, f"'{'.'.join(done)}' is a single value, without parts")
    if part is None:
        raise _wrong(value.line, path, f"'{'.'.join(done)}' has items 0 to {len(node.value) - 1}")
    items = [inner if item is part else item for item in node.value]
    return Node(items, FILE, value.line)


def _under(keys: tuple[str, ...], value: Node) -> Node:
    """Return a value wrapped into a mapping for each key."""
    for key in reversed(keys):
        value = Node({key: value}, FILE, value.line)
    return value
