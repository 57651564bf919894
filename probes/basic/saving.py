"""Where a step of a script finds the values that later steps use."""

import math
from typing import Any

from pydantic.dataclasses import dataclass

from checks.values import RuleError
from probes.basic.json_paths import JsonPath, read_json, values_at
from probes.basic.regexes import Regex, pattern
from probes.basic.seen import text
from probes.net.cookies import Cookies
from probes.net.http import Response
from probes.net.options import STRICT
from probes.net.url import Url


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Saving:
    """Where a value is found that later steps use: one of json, header, cookie and regex."""

    json: JsonPath | None = None
    """A JSON path of RFC 9535; the first value it finds, which must be a string or a number."""

    header: str | None = None
    """The name of a header."""

    cookie: str | None = None
    """The name of a cookie that was set so far."""

    regex: Regex | None = None
    """A regular expression (RE2) found in the body: its first group, or all of it."""

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.json, self.header, self.cookie, self.regex)) != 1:
            raise RuleError("must have exactly one of json, header, cookie and regex")

    def found(self, url: Url, response: Response, cookies: Cookies) -> str | None:
        """Give the value that an address has answered with, or None where there is none."""
        if self.json is not None:
            return _first(self.json, response.body)
        if self.header is not None:
            return response.headers.get(self.header.lower())
        if self.cookie is not None:
            return _cookie(self.cookie, url, cookies)
        match = pattern(self.regex or "").search(text(response))
        return _group(match) if match else None


def _cookie(name: str, url: Url, cookies: Cookies) -> str | None:
    """Give the value of a cookie; another host may have set one of the same name."""
    sent = (pair.partition("=") for pair in cookies.header(url).split("; "))
    return next((value for known, _, value in sent if known == name), cookies.values().get(name))


def _group(match: Any) -> str | None:
    value: str | None = match[1] if match.re.groups else match[0]
    return value


def _first(where: str, body: bytes) -> str | None:
    try:
        value = next(iter(values_at(where, read_json(body))), None)
    except ValueError:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else str(value)
