"""Options that are read and checked but have no effect yet: they are noted where they are written."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, Protocol, get_args

from checks.shapes import alternatives, beneath, options
from checks.source import List, Map, Node, Path, Scalar

NOT_YET = "read and checked, but not acted on by this version yet"


class Noting(Protocol):
    """Whoever takes down what is worth saying."""

    def say(self, node: Node, path: Path, message: str) -> None:
        """Note something at a place."""
        ...


def say_inert(cls: Any, node: Map, path: Path, notes: Noting) -> None:
    """Note every option of a class, however deep, that is written and has no effect."""
    if _has_inert(cls):
        for key, at in _written([cls], node, ()):
            notes.say(key, (*path, *at), NOT_YET)


def say_inert_of(names: Collection[str], node: Map, notes: Noting) -> None:
    """Note those sections that are written and have no effect."""
    for name in names & node.values.keys():
        if _holds_something(node.values[name]):
            notes.say(node.keys[name], (name,), NOT_YET)


@lru_cache(maxsize=512)
def _has_inert(cls: Any) -> bool:
    return bool(_inert(cls)) or any(map(_has_inert, _classes(options(cls).values())))


def _inert(shape: Any) -> Collection[str]:
    names: Collection[str] = getattr(shape, "inert", ())
    return names if options(shape) else ()


def _classes(shapes: Iterable[Any]) -> Iterator[Any]:
    """Give the classes of options that types are made of."""
    for shape in shapes:
        for one in alternatives(shape):
            if options(one):
                yield one
            else:
                yield from _classes(get_args(one))


def _written(shapes: list[Any], node: Node, path: Path) -> Iterator[tuple[Scalar, Path]]:
    inert = {name for shape in shapes for name in _inert(shape)}
    for part, child in _children(node):
        if part in inert and isinstance(node, Map):
            if _holds_something(child):
                yield node.keys[str(part)], (*path, part)
        elif not isinstance(child, Scalar):
            within = [inner for shape in shapes for inner in beneath(shape, (part,))]
            yield from _written(within, child, (*path, part))


def _children(node: Node) -> Iterable[tuple[str | int, Node]]:
    if isinstance(node, Map):
        return node.values.items()
    return enumerate(node.items) if isinstance(node, List) else ()


def _holds_something(node: Node) -> bool:
    """Say whether a value is more than an empty one, which asks for nothing."""
    if isinstance(node, Map):
        return bool(node.values)
    return bool(node.items) if isinstance(node, List) else bool(node.text)
