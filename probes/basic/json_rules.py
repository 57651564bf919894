"""What JSON paths must find in a body: rules of the configuration, and what breaks them. Pure."""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import isfinite
from typing import Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from checks.values import Flag, Number, RuleError, Whole
from probes.basic.json_paths import JsonPath, read_json, values_at
from probes.basic.regexes import Regex, pattern
from probes.basic.seen import quoted
from probes.net.options import STRICT

Amount = Annotated[Whole, Field(ge=0)]


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
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise RuleError("must have at_least no larger than at_most")


def wrong_json(rules: tuple[JsonRule, ...], body: bytes) -> Iterator[str]:
    """Say what in a body is not as the rules have it, one after the other."""
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
