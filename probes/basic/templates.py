"""Texts with places for values that earlier steps have saved: {{name}}."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote

from checks.values import RuleError

PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


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
