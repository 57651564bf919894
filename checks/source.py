"""Text to a tree with places: YAML's shapes without YAML's guesses. Every scalar stays the text written.

Built from libyaml's events, because composing and resolving would cost ten times as much and turn `18:00`
into 1080.
"""

import gc
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Union

from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent
from yaml._yaml import CParser  # the parser under yaml.CLoader; yaml.cyaml does not export it by name
from yaml.error import YAMLError
from yaml.events import DocumentStartEvent, StreamEndEvent

from checks.syntax import flaw

DEEPEST = 40  # levels of nesting
MOST_BORROWED = 100_000  # values that aliases may repeat: enough for any file, too few for a bomb
PLAIN_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}")

Path = tuple[str | int, ...]


class Scalar(NamedTuple):
    """A text at its place (both counted from 1).

    `source` names the variable or file it was drawn from, `unset` says that there was none, and `why`
    what kept a file that is there from being read: see interpolate.py.
    """

    text: str
    plain: bool
    file: str
    line: int
    column: int
    source: str = ""
    unset: bool = False
    why: str = ""


class Map(NamedTuple):
    """Options or entries by name, in the order written; `keys` are the names at their places."""

    keys: dict[str, Scalar]
    values: dict[str, "Node"]
    file: str
    line: int
    column: int


class List(NamedTuple):
    """Nodes in the order written."""

    items: list["Node"]
    file: str
    line: int
    column: int


Node = Union[Scalar, Map, List]  # noqa: UP007 - `|` cannot join names that are still strings


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, or one note, at its place."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigError(Exception):
    """A configuration is refused; `problems` are all its mistakes, by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def written(path: Path) -> str:
    """Write a path as people do: `alerting.routes[0].match`. What is no plain name is quoted and cut."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if PLAIN_PART.fullmatch(part) else _quoted(part[:40]))
    return text


def _quoted(part: str) -> str:
    return json.dumps(part, ensure_ascii=not part.isprintable())


def problem(node: Node, path: Path, message: str) -> Problem:
    """Say what is wrong at a node."""
    return Problem(node.file, node.line, node.column, written(path), message)


def read(text: str, file: str) -> tuple[Map, list[Problem]]:
    """Give the tree of one YAML document whose root is a mapping, and what is wrong with its shape.

    Raises ConfigError with one problem where there is no tree: a syntax error, or a bomb.
    """
    try:
        with uncollected():
            builder = _Builder(text, file)
            root = builder.document()
    except (YAMLError, UnicodeEncodeError) as error:
        raise ConfigError([_syntax(error, text, file)]) from None
    return root, builder.problems


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out while many values that stay are made: it would double the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _syntax(error: YAMLError | UnicodeEncodeError, text: str, file: str) -> Problem:
    line, column, message = flaw(error, text)
    return Problem(file, line, column, "", f"not YAML: {message}")


class _Builder:
    """Consumes the events of one document; owns the anchors met so far and the mistakes found."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._next = CParser(text).get_event
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._borrowed = 0

    def document(self) -> Map:
        """Give the root of the only document; an empty text is an empty mapping."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            return Map({}, {}, self.file, 1, 1)
        root = self._node(self._next(), ())
        self._next()
        after = self._next()
        if type(after) is DocumentStartEvent:
            told = "a second document begins here; one file is one document"
            raise ConfigError([problem(self._at(after), (), told)])  # what is missing may well stand there
        if isinstance(root, Scalar) and root.plain and not root.text:
            return Map({}, {}, self.file, 1, 1)
        if not isinstance(root, Map):
            raise ConfigError([problem(root, (), "must be a mapping that begins with `version: 1`")])
        return root

    def _refuse(self, node: Node, path: Path, message: str) -> None:
        self.problems.append(problem(node, path, message))

    def _at(self, event: Any) -> Scalar:
        mark = event.start_mark
        return Scalar("", True, self.file, mark.line + 1, mark.column + 1)

    def _node(self, event: Any, path: Path) -> Node:
        kind = type(event)
        if kind is AliasEvent:
            return self._borrow(event, path)
        node: Node
        if kind is ScalarEvent:
            mark = event.start_mark
            node = Scalar(event.value, not event.style, self.file, mark.line + 1, mark.column + 1)
        elif len(path) >= DEEPEST:
            raise ConfigError([problem(self._at(event), path[:3], f"nested deeper than {DEEPEST} levels")])
        else:
            node = self._map(event, path) if kind is MappingStartEvent else self._list(event, path)
        if event.tag is not None:
            self._refuse(node, path, "a tag (!…) means nothing here; write the plain value")
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, *_measure(node))
        return node

    def _map(self, event: Any, path: Path) -> Map:
        at = event.start_mark
        keys: dict[str, Scalar] = {}
        values: dict[str, Node] = {}
        lent: Map | None = None  # by a merge key: refused, but nothing is missing because of it
        while type(event := self._next()) is not MappingEndEvent:
            key = self._key(event, path)
            here = (*path, key.text)
            value = self._node(self._next(), here)
            if key.text in keys:
                self._refuse(key, here, f"written twice; the first is at line {keys[key.text].line}")
            elif key.text == "<<" and key.plain:
                self._refuse(key, path, "merge keys (<<) are not read; `defaults` holds what checks share")
                lent = value if isinstance(value, Map) else lent
            elif not key.unset:
                keys[key.text], values[key.text] = key, value
        if lent:
            keys, values = lent.keys | keys, lent.values | values
        return Map(keys, values, self.file, at.line + 1, at.column + 1)

    def _key(self, event: Any, path: Path) -> Scalar:
        if type(event) is ScalarEvent:
            mark: Any = event.start_mark
            if event.tag is not None or event.anchor is not None:
                self._refuse(self._at(event), path, "a name takes neither a tag nor an anchor")
            return Scalar(event.value, not event.style, self.file, mark.line + 1, mark.column + 1)
        at = self._at(event)
        self._node(event, (*path, ""))
        self._refuse(at, path, "a name must be plain text; if a value begins here, put it in quotes")
        return at._replace(unset=True)

    def _list(self, event: Any, path: Path) -> List:
        at = event.start_mark
        items: list[Node] = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._node(event, (*path, len(items))))
        return List(items, self.file, at.line + 1, at.column + 1)

    def _borrow(self, event: Any, path: Path) -> Node:
        at = self._at(event)
        if event.anchor not in self._anchors:
            self._refuse(at, path, "no anchor of this name stands before it")
            return at
        node, size, height = self._anchors[event.anchor]
        self._borrowed += size
        if self._borrowed > MOST_BORROWED or len(path) + height > DEEPEST:
            raise ConfigError([problem(at, path, "aliases repeat too much")])
        return node


def _measure(node: Node) -> tuple[int, int]:
    """Count the values in a node, repeated ones each time, and its levels."""
    if isinstance(node, Scalar):
        return 1, 0
    inner = [_measure(child) for child in (node.values.values() if isinstance(node, Map) else node.items)]
    return 1 + sum(size for size, _ in inner), 1 + max((height for _, height in inner), default=0)
