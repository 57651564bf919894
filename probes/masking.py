"""Takes the secrets of a probe out of whatever is about to be said about it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from checks.values import Secret
from probes.remembered import ByIdentity

MASK = "***"
CUT = "…"
FEW = 4  # letters of a secret that tell nothing of it
APART = re.compile(r"[\s;,=]+")  # what is between the words of a header
LONG = 7  # letters of a word, from there on no longer an everyday one: Bearer has six


def secrets(value: object) -> Iterator[str]:
    """Give the text of every secret in a probe's options, however deep, and the long words of such a text.

    In `Bearer TOKEN` the token is what is secret, and what others quote.
    """
    if isinstance(value, Secret) and value:
        text = value.reveal()
        yield from {text, *(word for word in APART.split(text) if len(word) > LONG)}
    for held in _held(value):
        yield from secrets(held)


def _hidden(probe: object) -> frozenset[str]:
    return frozenset().union(*map(forms, secrets(probe)))


def forms(secret: str) -> set[str]:
    """Give how a secret looks in addresses, forms, JSON and HTML, in which others may quote it."""
    written = json.dumps(secret)[1:-1]
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        written,
        written.replace("/", r"\/"),
        escape(secret),
    }


# Looking through the options takes as long as connecting.
hidden_in: ByIdentity[object, frozenset[str]] = ByIdentity(_hidden)


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
        return {_replaced(str(key), hidden): mask(value, hidden) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [mask(value, hidden) for value in said]
    return said


def _without(text: str, hidden: frozenset[str]) -> str:
    return CUT.join(_without_end(part, hidden) for part in _replaced(text, hidden).split(CUT))


def _replaced(text: str, hidden: frozenset[str]) -> str:
    for secret in sorted(hidden, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(secret, MASK)
    return text


def _without_end(text: str, hidden: frozenset[str]) -> str:
    """Take away what a text that was cut may end with: the beginning of a secret."""
    for secret in hidden:
        at = text.find(secret[:FEW], max(0, len(text) - len(secret) + 1))
        while at >= 0 and not secret.startswith(text[at:]):
            at = text.find(secret[:FEW], at + 1)
        if at >= 0 and len(secret) > FEW:
            text = text[:at] + MASK
    return text
