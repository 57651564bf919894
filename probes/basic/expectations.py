"""What a response must be like: options that `http` has, and each step of a `script`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic.dataclasses import dataclass

from checks.values import Flag, RuleError, Size
from probes.basic.json_rules import JsonRule, wrong_json
from probes.basic.regexes import Regex, pattern
from probes.basic.seen import keep, quoted, text
from probes.basic.texts import read_header_name
from probes.net.http import Response
from probes.net.options import STRICT
from probes.result import Reason
from probes.tools import Failed, Tools

STATUSES = re.compile(r"([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?")


def _statuses(value: Any) -> tuple[str, ...]:
    """Take one or a list of `200` and `200-299`."""
    texts = tuple(str(one) for one in (value if isinstance(value, list | tuple) else [value]))
    for found in map(STATUSES.fullmatch, texts):
        if not found or found[1] > (found[2] or found[1]):
            raise RuleError("must be a status such as 200, a range such as 200-299, or a list of these")
    if not texts:
        raise RuleError("must name at least one status")
    return texts


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
class SizeRule:
    """How long the body must be."""

    at_least: Size = 0
    """The least."""

    at_most: Size | None = None
    """The most."""

    def __post_init__(self) -> None:
        if self.at_most is not None and self.at_least > self.at_most:
            raise RuleError("must have at_least no larger than at_most")


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

    def check_possible(self, method: str, max_body: int) -> None:
        """Refuse what no response to this method, of which so much is read, can be like. Raises RuleError."""
        least = self.expect_size.at_least if self.expect_size else 0
        if least > max_body:
            raise RuleError("must have expect_size.at_least no larger than max_body")
        if method == "HEAD" and (least or self.expect_body or self.expect_body_regex or self.expect_json):
            raise RuleError("must not expect anything of a body where method is HEAD")

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
            yield from wrong_json(self.expect_json, response.body)

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
