"""What files are made of, for Hypothesis: scalars as people write them, and mappings and lists of these.

A scalar is as it stands in YAML: `7`, `"7"` and `7s` are three.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

Made = st.SearchStrategy[Any]

ENVIRONMENT = {"T": "9s", "HOME": "x", "SET": "yes"}


def words(*said: str) -> Made:
    return st.sampled_from(said)


def options(needed: Mapping[str, Made] | None = None, /, **others: Made) -> Made:
    """Make a mapping with all of the needed options and any of the others."""
    wanted = dict(needed or {})
    return st.fixed_dictionaries(
        wanted, optional={name: made for name, made in others.items() if name not in wanted}
    )


def either(ways: Iterable[Mapping[str, Made]], **others: Made) -> Made:
    """Make a mapping with the needed options of one of these ways, and any of the others."""
    return st.one_of(*(options(needed, **others) for needed in ways))


def some(made: Made, most: int = 2) -> Made:
    return st.lists(made, min_size=1, max_size=most) | st.just([])


def distinct(*said: str, least: int = 0) -> Made:
    return st.lists(words(*said), unique=True, min_size=least)


FEW = words("5s", "1500ms", "0.5m", "'3s'", '"${T}"', '"${NO:-2s}"')
MANY = words("60s", "90m", "1.5h", "7d", '"${NO:-90s}"')
FLAG = words("true", "False", "no", "ON", '"off"', '"${SET}"')
WHOLE = words("1", '"+2"', "003", '"3"', '"${NO:-2}"')
SHARE = words("99%", "99.9%", "0.99", '"0.995"', '"${NO:-99.5%}"')
SPENT = words("50%", "1", "1.5", "0.25")
PORTION = words("0", "1", "50%", "0.5", "100%")
SIZE = words("1KiB", "512B", "1.5MiB", '"${NO:-2GiB}"')
URGENCY = words("page", "ticket", "info")
WORD = words("a", "7", "1.5", "yes", "0x10", "2026-12-05", '"${HOME}"')
TEXT = WORD | words("18:00", "~", "null", '""', "''", "1_000", "OFF", "'3'", '"a, {b}: [c]"', '"${HOME}$$"')
URL = words("https://example.com", "http://192.0.2.1:8080/a", '"https://${HOME}.example.com/"')
HOST = words("example.com", "192.0.2.1", "h7", '"2001:db8::1"', '"${HOME}"')
SECRET = words("hush", "7", '"${NO}"', '"${NO:-}"', '"${HOME}"', '"${file:/nowhere}"')
NOTHING = st.just("")  # a section whose entries are all commented out
LABELS = st.dictionaries(words("team", "1", "yes", '"a b"'), TEXT, max_size=2)
NETWORK = words("internet", "internal")
COUNTED = words("all", "any") | options({"at_least": words("1", '"1"')})


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return "{" + _joined(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + _joined(map(flow, value)) + "]"
    return str(value)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
