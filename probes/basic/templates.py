"""Texts with places for values that earlier steps have saved: {{name}}."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from checks.values import RuleError
from probes.basic.json_paths import read_json
from probes.masking import APART, LONG

PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')  # RFC 8259, section 7
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # section 6


def names_in(text: str) -> set[str]:
    """Give the names that a text has places for."""
    return set(PLACE.findall(text))


def filled(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """Put the values in, each escaped as its place wants it."""
    return PLACE.sub(lambda place: escape(values[place[1]]), text)


def check_places(text: str, known: Collection[str]) -> None:
    """Accept a text whose places are of known names, and whose braces are places. Raises RuleError."""
    for name in names_in(text) - set(known):
        raise RuleError(f"must not use {{{{{name}}}}} before a step has saved it")
    if "{{" in PLACE.sub("", text):
        raise RuleError("must have names of small letters, digits and underscores between {{ and }}")


def in_url(value: str) -> str:
    """Write a value for the path or the query of a URL."""
    return quote(value, safe="")


def in_json(value: str) -> str:
    """Write a value for within a string of JSON; a number may also stand by itself."""
    return json.dumps(value)[1:-1]


def filled_json(template: str, values: Mapping[str, str]) -> str:
    """Put values into JSON. Raises ValueError where they would make other JSON of it, or none."""
    if not all(NUMBER.fullmatch(values[name]) for name in names_in(STRING.sub("", template))):
        raise ValueError("holds something else than a number where one is to stand")
    text = filled(template, values, in_json)
    read_json(text.encode())
    return text


def told(template: str, values: Mapping[str, str]) -> Iterator[str]:
    """Give a text as it is sent, and the long words beside its places; nothing where it has no places."""
    beside = PLACE.split(template)[::2]
    if len(beside) > 1:
        yield filled(template, values)
        yield from (word for part in beside for word in APART.split(part) if len(word) > LONG)


def texts_in(document: Any) -> Iterator[str]:
    """Give every text within a JSON document, but for names."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            left += value.values() if isinstance(value, dict) else value
