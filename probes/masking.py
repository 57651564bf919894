"""Takes the secrets of a probe out of whatever is about to be said about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from checks.values import Secret

MASK = "***"


def secrets(value: object) -> Iterator[str]:
    """Give the text of every secret in a probe's options, however deep."""
    if isinstance(value, Secret):
        yield from [value.reveal()] if value else []
    for held in _held(value):
        yield from secrets(held)


def _held(value: object) -> Iterable[object]:
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple | set | frozenset) else ()


def mask(said: Any, hidden: frozenset[str]) -> Any:
    """Give the same text, mapping or list without the secrets; numbers and the like are left alone."""
    if not hidden:
        return said
    if isinstance(said, str):
        return _without(said, hidden)
    if isinstance(said, Mapping):
        return {_without(str(key), hidden): mask(value, hidden) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [mask(value, hidden) for value in said]
    return said


def _without(text: str, hidden: frozenset[str]) -> str:
    for secret in sorted(hidden, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(secret, MASK)
    return text
