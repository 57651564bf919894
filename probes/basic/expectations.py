"""What a response must be like: options that `http` has, and each step of a `script`."""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Annotated, Any

import re2
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from checks.values import Flag, Number, RuleError, Size, Whole
from probes.basic.json_paths import JsonPath, read_json, values_at
from probes.basic.texts import read_header_name
from probes.net.http import Response
from probes.net.options import STRICT
from probes.result import Reason
from probes.tools import Failed, Tools

STATUSES = re.compile(r"([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?")
CHARSET = re.compile(r"(?:^|[;\s])charset=\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
SHOWN = 1024  # characters of an unwelcome body that are kept as evidence
QUOTED = 80  # characters of a value that a detail quotes
ODD = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"})


def _statuses(value: Any) -> tuple[str, ...]:
    """Take one or a list of `200` and `200-299`."""
    texts = tuple(str(one) for one in (value if isinstance(value, list | tuple) else [value]))
    for found in map(STATUSES.fullmatch, texts):
        if not found or found[1] > (found[2] or found[1]):
            raise RuleError("must be a status such as 200, a range such as 200-299, or a list of these")
    if not texts:
        raise RuleError("must name at least one status")
    return texts


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:
    """Give a regular expression ready to search a text by. Raises RuleError, without the expression."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeEncodeError):
        raise RuleError("must be a regular expression that RE2 can read") from None


def _regex(text: str) -> str:
    pattern(text)
    return text


Regex = Annotated[str, AfterValidator(_regex)]
Amount = Annotated[Whole, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class HeaderRule:
    """What a header must be like, where that is more than one text."""

    matches: Regex | None = None
    """A regular expression (RE2) that must be found in its value."""

    exists: Flag | None = None
    """Whether it must be there at all."""

    def __post_init__(self) -> None:
        if (self.matches is None) == (self.exists is None):
            raise RuleError("must have one of matches and exists")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class JsonRule:
    """What a JSON path must find in the body. Each value that it finds must be so, and there must be one."""

    path: JsonPath
    """Where to look: a JSON path of RFC 9535."""

    equals: str | None = None
    """The value as JSON writes it, a string without its quotes."""

    matches: Regex | None = None
    """A regular expression (RE2) that must be found in a string."""

    at_least: Number | None = None
    """The least that a number may be."""

    at_most: Number | None = None
    """The most that a number may be."""

    count: Amount | None = None
    """How many values there must be."""

    exists: Flag = True
    """Whether there must be a value at all."""

    def __post_init__(self) -> None:
        judged = (self.equals, self.matches, self.at_least, self.at_most, self.count)
        if not self.exists and any(rule is not None for rule in judged):
            raise RuleError("must not have another rule where exists is false")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SizeRule:
    """How long the body must be."""

    at_least: Size = 0
    """The least."""

    at_most: Size | None = None
    """The most."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Expecting:
    """Whoever expects something of a response."""

    expect_status: Annotated[
        tuple[str, ...], BeforeValidator(_statuses, json_schema_input_type=str | int | list[str | int])
    ] = ("200-399",)
    """The status that is welcome: one, a range such as 200-299, or a list of these."""

    expect_headers: Mapping[Annotated[str, AfterValidator(read_header_name)], str | HeaderRule] = field(
        default_factory=dict
    )
    """Headers that must have just this value, or a rule such as {matches: "^text/"} or {exists: false}."""

    expect_body: str = ""
    """A text that must appear in the body."""

    expect_body_regex: Regex = ""
    """A regular expression (RE2) that must be found in the body."""

    reject_body: str = ""
    """A text that must not appear in the body."""

    reject_body_regex: Regex = ""
    """A regular expression (RE2) that must not be found in the body."""

    expect_json: tuple[JsonRule, ...] = ()
    """What JSON paths must find in the body, such as [{path: $.status, equals: ok}]."""

    expect_size: SizeRule | None = None
    """How long the body must be, such as {at_least: 1KiB}."""

    def judge(self, tools: Tools, response: Response) -> None:
        """Raise Failed where the response is not as expected; what somebody will want to see is kept."""
        if failed := self._failure(response):
            keep(tools, response)
            raise failed

    def welcomes(self, status: int) -> bool:
        """Say whether a status is among the expected."""
        return any(_within(status, one) for one in self.expect_status)

    def _failure(self, response: Response) -> Failed | None:
        if not self.welcomes(response.status):
            expected = ", ".join(self.expect_status)
            return Failed(Reason.HTTP_STATUS, f"answered {response.status}, expected {expected}")
        wrong = next(self._wrongs(response), "")
        return Failed(Reason.ASSERTION, f"answered {response.status}, but {wrong}") if wrong else None

    def _wrongs(self, response: Response) -> Iterator[str]:
        """Say what is wrong, one after the other."""
        for name, rule in self.expect_headers.items():
            yield from _wrong_header(name, rule, response.headers.get(name.lower()))
        if self.expect_size:
            yield from _wrong_size(self.expect_size, len(response.body))
        if self.expect_body or self.expect_body_regex or self.reject_body or self.reject_body_regex:
            yield from _wrong_encoding(response)
            yield from self._wrong_text(text(response), len(response.body))
        if self.expect_json:
            yield from _wrong_encoding(response)
            yield from _wrong_json(self.expect_json, response.body)

    def _wrong_text(self, body: str, size: int) -> Iterator[str]:
        if self.expect_body and self.expect_body not in body:
            yield f"the expected text is not in its {size} bytes"
        if self.expect_body_regex and not pattern(self.expect_body_regex).search(body):
            yield f"nothing in its {size} bytes matches expect_body_regex"
        if self.reject_body and self.reject_body in body:
            yield f"the rejected text is in its {size} bytes"
        if self.reject_body_regex and (found := pattern(self.reject_body_regex).search(body)):
            yield f"its body matches reject_body_regex: {quoted(found[0])}"


def _within(status: int, statuses: str) -> bool:
    low, _, high = statuses.partition("-")
    return int(low) <= status <= int(high or low)


def _wrong_header(name: str, rule: str | HeaderRule, value: str | None) -> Iterator[str]:
    if isinstance(rule, HeaderRule) and rule.exists is False:
        if value is not None:
            yield f"it has the header {name}"
    elif value is None:
        yield f"it has no header {name}"
    elif isinstance(rule, str):
        if value != rule:
            yield f"its header {name} is {quoted(value)}, expected {quoted(rule)}"
    elif rule.matches is not None and not pattern(rule.matches).search(value):
        yield f"its header {name} is {quoted(value)}, which does not match"


def _wrong_encoding(response: Response) -> Iterator[str]:
    """Nothing can be found in what is compressed, nor is it missing there."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if response.body and response.encoded is None and encoding not in ("", "identity"):
        yield "its body has an encoding that was not asked for"


def _wrong_size(rule: SizeRule, size: int) -> Iterator[str]:
    if size < rule.at_least:
        yield f"its body has {size} bytes, expected at least {rule.at_least}"
    if rule.at_most is not None and size > rule.at_most:
        yield f"its body has {size} bytes, expected at most {rule.at_most}"


# --- JSON


def _wrong_json(rules: tuple[JsonRule, ...], body: bytes) -> Iterator[str]:
    try:
        document = read_json(body)
        for rule in rules:
            yield from _wrong_values(rule, values_at(rule.path, document))
    except (ValueError, RecursionError) as error:
        yield f"its body {error if isinstance(error, ValueError) else 'is nested too deeply'}"


def _wrong_values(rule: JsonRule, values: list[Any]) -> Iterator[str]:
    if rule.count is not None and len(values) != rule.count:
        yield f"{rule.path} finds {len(values)} values, expected {rule.count}"
    if not rule.exists and values:
        yield f"there is {rule.path} in its body: {_written(values[0])}"
    if rule.exists and not values and rule.count is None:
        yield f"there is no {rule.path} in its body"
    if rule.exists:
        for value in values:
            yield from _wrong_value(rule, value)


def _wrong_value(rule: JsonRule, value: Any) -> Iterator[str]:
    if rule.equals is not None and not _equals(value, rule.equals):
        yield f"{rule.path} is {_written(value)}, expected {quoted(rule.equals)}"
    if rule.matches is not None and not (isinstance(value, str) and pattern(rule.matches).search(value)):
        yield f"{rule.path} is {_written(value)}, which does not match"
    if rule.at_least is not None and not _compares(value, rule.at_least.__le__):
        yield f"{rule.path} is {_written(value)}, expected at least {_number(rule.at_least)}"
    if rule.at_most is not None and not _compares(value, rule.at_most.__ge__):
        yield f"{rule.path} is {_written(value)}, expected at most {_number(rule.at_most)}"


def _equals(value: Any, text: str) -> bool:
    """Compare a value with how JSON writes it; numbers by what they are worth: 1 is 1.0."""
    if isinstance(value, str):
        return value == text
    try:
        expected = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return _same(value, expected)


def _same(one: Any, other: Any) -> bool:
    """Compare two values, in which true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _compares(value: Any, agrees: Callable[[Fraction], bool]) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return number and agrees(Fraction(value))


def _number(number: Fraction) -> str:
    return f"{float(number):g}"


def _written(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"an {'object' if isinstance(value, dict) else 'array'} of {len(value)}"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


# --- what people see


def quoted(value: str) -> str:
    """Write a text of theirs for a detail: on one line, cut."""
    line = "".join(letter if letter.isprintable() else "�" for letter in value[: QUOTED + 1])
    return f'"{line[:QUOTED]}…"' if len(line) > QUOTED else f'"{line}"'


def keep(tools: Tools, response: Response) -> None:
    """Keep what somebody will want to see of an answer that was not as expected."""
    tools.learned.evidence["response"] = {
        "status": response.status,
        "content_type": response.headers.get("content-type", "")[:SHOWN],
        "location": _without_query(response.headers.get("location", ""))[:SHOWN],
        "body": text(response)[:SHOWN],
    }


def _without_query(address: str) -> str:
    """Write where a redirect leads without what may open a door there."""
    shown, more, _ = address.replace("#", "?").partition("?")
    return f"{shown}{'?…' * bool(more)}"


def text(response: Response) -> str:
    """Decode the body by its own charset; one that we do not know is read as UTF-8."""
    named = CHARSET.search(response.headers.get("content-type", ""))
    return response.body.decode(_charset(named[1]) if named else "utf-8", "replace")


@lru_cache(maxsize=256)
def _charset(name: str) -> str:
    """Accept what really is a charset: some of Python's encodings take hours, or know no "replace"."""
    try:
        known = codecs.lookup(name).name
        b"a".decode(known, "replace")
    except (LookupError, ValueError):
        return "utf-8"
    return known if known.replace("-", "_") not in ODD else "utf-8"
