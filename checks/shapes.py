"""What stands where inside a class of options: names for "did you mean", and which options are secrets."""

import dataclasses
import difflib
import types
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from checks.source import Path
from checks.values import Secret

MOST_LISTED = 10
MOST_COMPARED = 500  # a guess is a courtesy; it must not cost seconds among ten thousand names


def guess(word: str, names: Collection[str]) -> str:
    """Give the name that was probably meant, whatever its case, or nothing."""
    if len(names) > MOST_COMPARED or len(word) > 60:
        return ""
    by_small = {name.lower(): name for name in sorted(names, reverse=True)}
    small = next(iter(difflib.get_close_matches(word.lower(), sorted(by_small), n=1)), "")
    return by_small.get(small, "")


def meant(word: str, names: Collection[str]) -> str:
    """Say ` (did you mean "…"?)`, or nothing."""
    found = guess(word, names)
    return f' (did you mean "{found}"?)' if found else ""


def meant_or_there(word: str, names: Collection[str], most: int = MOST_LISTED) -> str:
    """Say which name was probably meant, or which there are where they are few, or nothing."""
    few = f"; there is {', '.join(sorted(names))}" if 0 < len(names) <= most else ""
    return meant(word, names) or few


@lru_cache(maxsize=512)
def _options(shape: Any) -> Mapping[str, Any]:
    fields = getattr(shape, "__pydantic_fields__", None)
    if fields is not None:
        return {
            field.validation_alias
            if isinstance(field.validation_alias, str)
            else field.alias or name: field.annotation
            for name, field in fields.items()
            if field.init is not False
        }
    if dataclasses.is_dataclass(shape) or is_typeddict(shape):
        return get_type_hints(shape, include_extras=True)
    return {}


def options(shape: Any) -> Mapping[str, Any]:
    """Give the options of a class, as they are written, with their types; none for other types."""
    return _options(shape)


def alternatives(shape: Any) -> Iterator[Any]:
    """Give the types that a type may stand for: without Annotated, each part of a union."""
    if get_origin(shape) is Annotated:
        yield from alternatives(get_args(shape)[0])
    elif get_origin(shape) in (Union, types.UnionType):
        for part in get_args(shape):
            yield from alternatives(part)
    else:
        yield shape


def beneath(shape: Any, path: Path) -> list[Any]:
    """Give the types that may stand at a path inside a type."""
    shapes = list(alternatives(shape))
    for part in path:
        shapes = [
            inner for outer in shapes for inside in _step(outer, part) for inner in alternatives(inside)
        ]
    return shapes


def _step(shape: Any, part: str | int) -> tuple[Any, ...]:
    arguments = get_args(shape)
    if isinstance(part, int):
        return tuple(inside for inside in arguments if inside is not Ellipsis)
    if len(arguments) == 2 and isinstance(get_origin(shape), type) and issubclass(get_origin(shape), Mapping):
        return (arguments[1],)
    found = options(shape)
    return (found[part],) if part in found else ()


def is_secret(shape: Any, path: Path) -> bool:
    """Say whether the option at a path holds a secret."""
    return Secret in beneath(shape, path)
