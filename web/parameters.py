"""What may be asked of a list: parameters, read and described from one definition each. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alerting.form import instant
from checks.shapes import meant
from checks.walls import EPOCH, MILLISECOND
from web import paging
from web.paging import GREATEST, Position

FIRST, LAST = -62_135_596_800_000, GREATEST  # ms: the years 1 to 9999, all that can be written
WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EXAMPLE = instant(1_767_225_600_000)


class WrongParameter(Exception):
    """A query that cannot be read; the message names the parameter and what it must be."""


class Parameter(Protocol):
    """One parameter: its name, what it is for, its value where it is not given."""

    @property
    def name(self) -> str:
        """Its name in the query."""
        ...

    @property
    def said(self) -> str:
        """What it is for, in a sentence."""
        ...

    @property
    def default(self) -> Any:
        """Its value where it is not given."""
        ...

    def read(self, text: str) -> Any:
        """Read what was given. Raise ValueError, whose message follows the parameter's name."""
        ...

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds."""

    name: str
    said: str
    least: int
    most: int
    default: int

    def read(self, text: str) -> int:
        """Read digits."""
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(self.most)) else -1
        if not self.least <= number <= self.most:
            raise ValueError(f"must be {self.least} to {self.most}")
        return number

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most, "default": self.default}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    name: str
    said: str
    words: tuple[str, ...]
    default: str

    def read(self, text: str) -> str:
        """Read one of the words."""
        if text not in self.words:
            raise ValueError(f"must be {', '.join(self.words[:-1])} or {self.words[-1]}")
        return text

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "string", "enum": [*self.words], "default": self.default}


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant as in RFC 3339, section 5.6; ms since the epoch, UTC, once it is read."""

    name: str
    said: str
    default: int

    def read(self, text: str) -> int:
        """Read it; what lies between two milliseconds belongs to the earlier one."""
        try:
            at = datetime.fromisoformat(text.upper() if WRITTEN.fullmatch(text) else "")
        except ValueError:
            hint = "; in an address the + of its offset is written %2B" if " " in text else ""
            raise ValueError(f"must be an instant with its offset, such as {EXAMPLE}{hint}") from None
        return (at - EPOCH) // MILLISECOND

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "string", "format": "date-time", "examples": [EXAMPLE]}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the page before ended, as its `next` said; `kinds` are what such a position is made of."""

    name: str
    said: str
    kinds: tuple[type, ...]
    default: Position | None = None

    def read(self, text: str) -> Position:
        """Read back what was given."""
        try:
            return paging.read(text, self.kinds)
        except ValueError:
            raise ValueError("must be the `next` of the page before, as it was given") from None

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "string"}


def read(parameters: Sequence[Parameter], query: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """Read a query; what is not given has its default. Raise WrongParameter."""
    known = {parameter.name: parameter for parameter in parameters}
    found: dict[str, Any] = {}
    for name, text in query:
        if name not in known:
            raise WrongParameter(f"{name}: there is no such parameter{meant(name, known)}")
        if name in found:
            raise WrongParameter(f"{name}: is given twice")
        try:
            found[name] = known[name].read(text)
        except ValueError as error:
            raise WrongParameter(f"{name}: {error}") from None
    return {name: parameter.default for name, parameter in known.items()} | found
