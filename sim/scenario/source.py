"""Read YAML as a tree in which every value knows the file and line that set it.

A scenario may come from anywhere, so limits hold before anything is built: size, depth,
number of values, no anchors, aliases or tags. The tree is built from the parser's events with
a stack of its own, so deep input cannot overflow Python's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner, ScannerError

from sim.core.errors import InputError, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_VALUES = 5_000
MAX_KEY = 100

type Value = str | int | float | dict[str, Node] | list[Node] | None

_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_NULLS = ("", "~", "null", "Null", "NULL")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # cannot be written again
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Node:
    """A value with the file and line of its key; keys are text, also years."""

    value: Value
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """What a YAML text holds, and the mistakes that did not keep it from being read."""

    root: Node
    problems: tuple[Problem, ...]


def read_source(file: Path) -> Source:
    """Return the mapping in a YAML file; an `InputError` says why there is none."""
    source = parse(_decoded(_bytes(file), str(file)), str(file))
    if source.root.value is None:
        raise _stop(str(file), 1, "file", "is empty; write at least 'extends: base'")
    if not isinstance(source.root.value, dict):
        found = "a list" if isinstance(source.root.value, list) else "text or a number"
        what = f"must hold keys with values such as 'extends: base', holds {found}"
        raise _stop(str(file), source.root.line, "file", what)
    return source


def parse(text: str, file: str, line: int | None = None) -> Source:
    """Return the tree of a YAML text; `line`, where given, stands for every line in it."""
    builder = _Builder(file, line)
    try:
        for event in _yaml().parse(text):
            builder.take(event)
    except (YAMLError, ValueError, OverflowError) as error:
        where, what = _explained(error, text)
        raise _stop(file, line or where, "yaml", what) from None
    root = builder.root or Node(None, file, line or 1)
    return Source(root, tuple(builder.problems))


def plain(node: Node) -> Any:
    """Return the value without its places, as the schema wants it."""
    if isinstance(node.value, dict):
        return {key: plain(part) for key, part in node.value.items()}
    if isinstance(node.value, list):
        return [plain(part) for part in node.value]
    return node.value


def child(node: Node, key: str) -> Node | None:
    """Return the part of a mapping or list under a key or index; None if there is none."""
    if isinstance(node.value, dict):
        return node.value.get(key)
    if isinstance(node.value, list) and _INT.fullmatch(key) and 0 <= int(key) < len(node.value):
        return node.value[int(key)]
    return None


def walk(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield every part under a mapping with its path; lists are not entered."""
    if isinstance(node.value, dict):
        for key, part in node.value.items():
            yield (*path, key), part
            yield from walk(part, (*path, key))


def _stop(file: str, line: int, path: str, what: str) -> InputError:
    return InputError([Problem(file, line, path, what)])


def hindrance(file: Path) -> str | None:
    """Return why a path is no regular file that might be read; None if it is one."""
    try:
        return None if S_ISREG(file.stat().st_mode) else "not a file"
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValueError as error:
        return f"cannot be read: {error}"


class _TooDeepError(ScannerError):
    """Brackets inside brackets beyond the limit."""


class _Scanner(Scanner):
    """A scanner that stops at the depth limit.

    It reads ahead of its events, in a time that grows with the square of the depth.
    """

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803
        if self.flow_level >= MAX_DEPTH:
            raise _TooDeepError(problem=_TOO_DEEP, problem_mark=self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _Scanner
    return yaml


def _bytes(file: Path) -> bytes:
    """Return the content of a regular file of bounded size."""
    reason = hindrance(file)
    if reason:
        raise _stop(str(file), 1, "file", reason)
    try:
        with file.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise _stop(str(file), 1, "file", f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise _stop(str(file), 1, "file", f"is larger than {MAX_BYTES:,} bytes; is it a scenario?")
    return content


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"is not text: byte 0x{content[error.start]:02x} is not UTF-8"
        raise _stop(file, line, "file", what) from None


def _explained(error: Exception, text: str) -> tuple[int, str]:
    """Return the line and the meaning of what the YAML parser says."""
    if isinstance(error, ReaderError):
        before = text.count("\n", 0, error.position)
        return before + 1, f"is not text: it holds the control character #x{error.character:04x}"
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return 1, f"is not YAML: {error}"
    line: int = error.problem_mark.line + 1
    if isinstance(error, _TooDeepError):
        return line, _TOO_DEEP
    lines = text.splitlines()
    if line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return line, "is indented with a tab; use spaces"
    return line, f"is not YAML: {error.problem}; check indentation, colons and brackets"


def _scalar(event: ScalarEvent) -> str | int | float | None:
    """Return a scalar by the YAML 1.2 core schema.

    true, false, .inf and .nan stay text: the schema alone knows where a switch stands, and
    Python would take True for the number 1.
    """
    text: str = event.value
    if not event.implicit[0]:
        return text  # quoted
    if text in _NULLS:
        return None
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still being read."""

    parts: dict[str, Node] | list[Node]
    path: tuple[str, ...]
    key: str | None = None
    key_line: int = 0


@dataclass(slots=True)
class _Builder:
    """Build a tree from parser events; raise where a limit is passed."""

    file: str
    fixed_line: int | None
    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    _stack: list[_Open] = field(default_factory=list)
    _documents: int = 0
    _values: int = 0

    def take(self, event: Event) -> None:
        """Add what one event brings."""
        line = self.fixed_line or event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refusal(line, "holds a second document ('---'); keep one")
        elif isinstance(event, CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, NodeEvent):
            self._check(event, line)
            self._place(event, line)

    def _check(self, event: Any, line: int) -> None:
        """Refuse what could grow without bound or change a value's meaning."""
        self._values += 1
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self._refusal(line, "anchors (&) and aliases (*) are not allowed; write it out")
        if isinstance(event, ScalarEvent) and _SURROGATE.search(event.value):
            raise self._refusal(line, "holds half a character (\\ud800 to \\udfff)")
        if event.tag is not None:
            raise self._refusal(line, f"the tag '{event.tag:.40}' is not allowed; leave it out")
        if len(self._stack) >= MAX_DEPTH:
            raise self._refusal(line, _TOO_DEEP)
        if self._values > MAX_VALUES:
            raise self._refusal(line, f"holds more than {MAX_VALUES:,} values")

    def _refusal(self, line: int, what: str) -> InputError:
        return _stop(self.file, line, "yaml", what)

    def _place(self, event: NodeEvent, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.parts, dict) and top.key is None:
            self._take_key(top, event, line)
        elif isinstance(event, ScalarEvent):
            self._attach(top, _scalar(event), line)
        else:
            parts: dict[str, Node] | list[Node]
            parts = {} if isinstance(event, MappingStartEvent) else []
            self._stack.append(_Open(parts, self._attach(top, parts, line)))

    def _take_key(self, top: _Open, event: NodeEvent, line: int) -> None:
        key = event.value if isinstance(event, ScalarEvent) else None
        if key is None or len(key) > MAX_KEY or not key.isprintable():
            raise self._refusal(line, f"a key must be text of at most {MAX_KEY} characters")
        top.key, top.key_line = key, line

    def _attach(self, top: _Open | None, value: Value, line: int) -> tuple[str, ...]:
        """Hang a value under the open mapping or list and return its path."""
        if top is None:
            self.root = Node(value, self.file, line)
            return ()
        if isinstance(top.parts, list):
            top.parts.append(Node(value, self.file, line))
            return (*top.path, str(len(top.parts) - 1))
        key, top.key = top.key or "", None
        path = (*top.path, key)
        self._attach_once(top.parts, path, Node(value, self.file, top.key_line))
        return path

    def _attach_once(self, parts: dict[str, Node], path: tuple[str, ...], node: Node) -> None:
        """Keep the first of two equal keys and report the second."""
        first = parts.setdefault(path[-1], node)
        if first is not node:
            what = f"the key '{path[-1]}' stands twice, in lines {first.line} and {node.line}"
            self.problems.append(Problem(self.file, node.line, ".".join(path), f"{what}; keep one"))
