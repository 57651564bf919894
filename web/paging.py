"""Pages of a sorted list, and the cursor that says where one ended. Pure."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from itertools import dropwhile, islice
from typing import Any, NamedTuple, TypeVar

GREATEST = 253_402_300_799_999  # ms: the end of the year 9999; no part of a position is farther from 0

T = TypeVar("T")
Position = tuple[Any, ...]  # what an element is sorted by; no two of a list have the same


class Page(NamedTuple):
    """Elements of a list, and the cursor behind the last of them; None where the list ends with it."""

    elements: list[Any]
    next: str | None


def page(ordered: Iterable[T], place: Callable[[T], Position], after: Position | None, limit: int) -> Page:
    """Take the page behind a position from a list that is sorted by `place`."""
    found = list(islice(behind(ordered, place, after), limit + 1))
    return Page(found[:limit], written(place(found[limit - 1])) if len(found) > limit else None)


def behind(ordered: Iterable[T], place: Callable[[T], Position], after: Position | None) -> Iterable[T]:
    """Leave out what stands at a position or before it."""
    return ordered if after is None else dropwhile(lambda each: place(each) <= after, ordered)


def written(position: Position) -> str:
    """Write a position as a cursor: letters, digits, - and _, which mean nothing to anybody else."""
    return urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str, kinds: tuple[type, ...]) -> Position:
    """Read back what `written` wrote of a position that is made of such parts. Raise ValueError."""
    try:
        position = json.loads(urlsafe_b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}"))
    except (ValueError, RecursionError):
        raise ValueError("is no cursor") from None
    if not isinstance(position, list) or tuple(map(type, position)) != kinds:
        raise ValueError("is no cursor of this list")
    if any(abs(part) > GREATEST for part in position if isinstance(part, int)):
        raise ValueError("is beyond all time")
    return tuple(position)
