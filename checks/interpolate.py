"""`${NAME}`, `${NAME:-default}`, `${file:/path}` in a tree's scalars, never in names; `$$` is a dollar."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from checks.source import List, Map, Node, Path, Problem, Scalar, problem

REFERENCE = re.compile(r"\$(?:(\$)|\{([^{}]*)\}|\{)")
MEANT = re.compile(r"\$[A-Z_][A-Z0-9_]*")  # as a shell would have it
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(:-)(.*))?", re.DOTALL)


@dataclass(slots=True)
class Filled:
    """A tree with its references replaced, what is wrong or odd, and the scalars with nothing in them.

    Under `blanks` each of these is listed with its path, by no part of it, its first, and its first two.
    """

    root: Map
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    blanks: dict[Path, list[tuple[Path, Scalar]]] = field(default_factory=dict)


class _Wrong(Exception):
    """A reference that cannot be read."""


def fill(root: Map, environment: Mapping[str, str], read: Callable[[str], str]) -> Filled:
    """Replace every reference. What is not set becomes an unset scalar: its option says what that means."""
    filling = _Filling(environment, read)
    filled = Filled(root, filling.problems, filling.notes, filling.blanks)
    filled.root = filling.map(root, ())
    return filled


@dataclass(slots=True)
class _Filling:
    environment: Mapping[str, str]
    read: Callable[[str], str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    blanks: dict[Path, list[tuple[Path, Scalar]]] = field(default_factory=dict)

    def node(self, node: Node, path: Path) -> Node:
        if isinstance(node, Scalar):
            return self.scalar(node, path)
        return self.map(node, path) if isinstance(node, Map) else self.list(node, path)

    def map(self, node: Map, path: Path) -> Map:
        changed = {}
        for name, child in node.values.items():
            if type(child) is Scalar and child.text and "$" not in child.text:
                continue
            new = self.node(child, (*path, name))
            if new is not child:
                changed[name] = new
        return node._replace(values=node.values | changed) if changed else node

    def list(self, node: List, path: Path) -> List:
        items = [self.node(child, (*path, index)) for index, child in enumerate(node.items)]
        same = all(new is old for new, old in zip(items, node.items, strict=True))
        return node if same else node._replace(items=items)

    def scalar(self, node: Scalar, path: Path) -> Scalar:
        if "$" in node.text:
            if MEANT.fullmatch(node.text):
                told = "looks like a variable: write ${NAME}, or $$NAME for the text"
                self.notes.append(problem(node, path, told))
            try:
                node = _expand(node, self.environment, self.read)
            except _Wrong as wrong:
                self.problems.append(problem(node, path, str(wrong)))
                return node
        if not node.text:
            for top in {(), path[:1], path[:2]}:
                self.blanks.setdefault(top, []).append((path, node))
        return node


def _expand(node: Scalar, environment: Mapping[str, str], read: Callable[[str], str]) -> Scalar:
    """Replace the references of one scalar; one that is unset leaves the whole of it unset."""
    source, unset, why = "", False, ""

    def replace(found: re.Match[str]) -> str:
        nonlocal source, unset, why
        if found[1]:
            return "$"
        drawn, text, amiss = _draw(found[2], environment, read)
        if text is None or not source:
            source, why = drawn, amiss
        unset = unset or text is None
        return text or ""

    text = REFERENCE.sub(replace, node.text)
    return node._replace(text="" if unset else text, source=source, unset=unset, why=why)


def _draw(
    body: str | None, environment: Mapping[str, str], read: Callable[[str], str]
) -> tuple[str, str | None, str]:
    """Give where a reference draws from, what is there, if anything is, and what is amiss with a file."""
    if body is not None and body.startswith("file:"):
        return body, *_from_file(body.removeprefix("file:"), read)
    found = VARIABLE.fullmatch(body or "")
    if not found:
        raise _Wrong("a reference must be ${NAME}, ${NAME:-default} or ${file:/path}; $$ is a dollar sign")
    text = environment.get(found[1])
    return found[1], text or found[3] if found[2] else text, ""


def _from_file(path: str, read: Callable[[str], str]) -> tuple[str | None, str]:
    """Give the text of a file, or what is amiss with one that is there; a missing one has neither."""
    if not path.startswith("/"):
        raise _Wrong("the path of a file must be an absolute path, such as ${file:/run/secrets/name}")
    try:
        return read(path).rstrip("\r\n"), ""
    except FileNotFoundError:
        return None, ""
    except IsADirectoryError:
        return None, f"{path} is a folder, not a file"
    except OSError as error:
        return None, f"{path} cannot be read: {error.strerror}"
    except ValueError:
        return None, f"{path} cannot be read: it is not text in UTF-8"
