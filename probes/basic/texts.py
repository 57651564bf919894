"""Texts of options that go into a request, read when they are written."""

import re
from collections.abc import Mapping

from checks.values import RuleError, Secret
from probes.net.url import parse

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # section 5.5
METHOD = re.compile(r"[A-Z]{1,20}")
OURS = frozenset({"content-length", "transfer-encoding", "connection"})  # these say where a message ends


def read_url(text: str) -> str:
    """Accept an http or https URL."""
    parse(text)
    return text


def read_method(text: str) -> str:
    """Accept a method of HTTP but the one that asks for a tunnel."""
    if not METHOD.fullmatch(text) or text == "CONNECT":
        raise RuleError("must be a method in capital letters such as GET or POST, and not CONNECT")
    return text


def read_headers(headers: Mapping[str, Secret]) -> Mapping[str, Secret]:
    """Accept names and values of headers; those that say where a message ends are ours."""
    if len({name.lower() for name in headers}) < len(headers):
        raise RuleError("must not hold a header twice, in capital and in small letters")
    for name, value in headers.items():
        read_header_name(name)
        if not header_value(value.reveal()):
            raise RuleError("must have values without line ends and control characters, in Latin-1")
        if name.lower() in OURS:
            raise RuleError(
                "must not hold Content-Length, Transfer-Encoding or Connection, which are set by us"
            )
    return headers


def read_header_name(name: str) -> str:
    """Accept the name of a header."""
    if not TOKEN.fullmatch(name):
        raise RuleError("must have names of letters, digits and hyphens")
    return name


def header_value(text: str) -> bool:
    """Say whether a text may be the value of a header."""
    return bool(VALUE.fullmatch(text))
