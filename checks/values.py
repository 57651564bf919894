"""What options are made of: types that read text exactly.

Each takes the text of `checks.yaml`, or the value itself where code makes a probe. Their messages say the
rule and never the value, so that a secret in the wrong place is not shown.
"""

import hmac
import posixpath
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

A_TEXT = "must be text; in quotes where it begins with { or ["
CALENDAR = ("week", "month", "quarter", "year")  # windows that follow the calendar
NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
DURATION = re.compile(rf"({NUMBER})(ms|s|m|h|d)")
SECONDS = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
SHARE = re.compile(rf"({NUMBER})(%?)")
SIZE = re.compile(rf"({NUMBER})(B|KiB|MiB|GiB|TiB)")
BYTES = {unit: 1024**power for power, unit in enumerate(("B", "KiB", "MiB", "GiB", "TiB"))}
ROLLING = re.compile(r"[1-9][0-9]{0,4}[dh]")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class RuleError(ValueError):
    """A rule that was broken, in words that hold nothing of the value."""


@lru_cache(maxsize=4096, typed=True)
def read_duration(value: str | float) -> float:
    """Read `500ms`, `30s`, `5m`, `2h` or `7d` as seconds; a number is seconds already."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise RuleError("must be a duration such as 500ms, 30s, 5m, 2h or 7d")
    return float(Fraction(found[1]) * SECONDS[found[2]])


def _fraction(value: object, example: str) -> Fraction:
    """Read `99.9%` or `0.999` exactly, however large."""
    if isinstance(value, Fraction):
        return value
    found = SHARE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise RuleError(f"must be a share such as {example}")
    return Fraction(found[1]) / (100 if found[2] else 1)


@lru_cache(maxsize=4096, typed=True)
def read_share(value: str | Fraction) -> Fraction:
    """Read `99.9%` or `0.999` exactly; more than nothing and less than everything."""
    share = _fraction(value, "99.9% or 0.999")
    if not 0 < share < 1:
        raise RuleError("must be more than 0% and less than 100%, such as 99.9% or 0.999")
    return share


def read_portion(value: str | Fraction) -> Fraction:
    """Read a share that may also be nothing or everything."""
    share = _fraction(value, "50% or 0.5")
    if share > 1:
        raise RuleError("must be from 0% to 100%, such as 50% or 0.5")
    return share


def read_spent(value: str | Fraction) -> Fraction:
    """Read a share of something that can be overspent: more than nothing, and also more than everything."""
    share = _fraction(value, "50%, 100% or 150%")
    if not share:
        raise RuleError("must be more than 0%, such as 50%, 100% or 150%")
    return share


def read_number(value: str | float | Fraction) -> Fraction:
    """Read a decimal number exactly."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    if not isinstance(value, str) or not re.fullmatch(NUMBER, value):
        raise RuleError("must be a number such as 6 or 14.4")
    return Fraction(value)


def read_size(value: str | int) -> int:
    """Read `64KiB` as a number of bytes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = SIZE.fullmatch(value) if isinstance(value, str) else None
    size = Fraction(found[1]) * BYTES[found[2]] if found else Fraction(1, 2)
    if size.denominator != 1:
        raise RuleError("must be a size in whole bytes, such as 512B, 64KiB, 10MiB or 4GiB")
    return int(size)


def read_window(value: object) -> str:
    """Accept `30d`, `12h`, and the words of the calendar."""
    if isinstance(value, str) and (value in CALENDAR or ROLLING.fullmatch(value)):
        return value
    raise RuleError(f"must be a window such as 30d or 12h, or one of {', '.join(CALENDAR)}")


def read_flag(value: object) -> bool:
    """Read yes or no in the six words for it, whatever their case."""
    flag = value if isinstance(value, bool) else FLAGS.get(value.lower()) if isinstance(value, str) else None
    if flag is None:
        raise RuleError("must be true or false")
    return flag


def read_whole(value: object) -> int:
    """Read a whole number: digits and a sign, nothing else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise RuleError("must be a whole number")
    return int(value)


def text_read_by(read: Callable[[Any], object]) -> BeforeValidator:
    """Make the part of a type that turns the text of an option into its value."""
    return BeforeValidator(_hashable(read), json_schema_input_type=str)


def _hashable(read: Callable[[Any], object]) -> Callable[[Any], object]:
    """Let a list or a mapping be refused by the rule's own words; the caches would refuse it by theirs."""
    return lambda value: read(value if isinstance(value, str | int | float | Fraction) else None)


def between(low: float, high: float, rule: str) -> AfterValidator:
    """Accept numbers from one to another; else say `rule`, which names both in the units of the option."""

    def read(value: float) -> float:
        if not low <= value <= high:
            raise RuleError(rule)
        return value

    return AfterValidator(read)


Duration = Annotated[float, text_read_by(read_duration)]
Share = Annotated[Fraction, text_read_by(read_share)]
Portion = Annotated[Fraction, text_read_by(read_portion)]
Spent = Annotated[Fraction, text_read_by(read_spent)]
Number = Annotated[Fraction, text_read_by(read_number)]
Size = Annotated[int, text_read_by(read_size)]
Window = Annotated[str, text_read_by(read_window)]
Flag = Annotated[bool, text_read_by(read_flag)]
Whole = Annotated[int, text_read_by(read_whole)]


def _beside(path: str, info: ValidationInfo) -> str:
    return posixpath.join(posixpath.dirname(info.context or ""), path) if path else path


# The path of a file: a relative one lies beside the file that names it, which is the context.
Beside = Annotated[str, AfterValidator(_beside)]


class Secret:
    """A text that is shown nowhere: not by repr, format, pickle or an error. Falsy when unset or empty."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text, to whoever is about to send it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(errors="replace"), other._text.encode(errors="replace"))

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(***)" if self else "Secret()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    @classmethod
    def _read(cls, value: object) -> "Secret":
        if isinstance(value, Secret):
            return value
        if not isinstance(value, str):
            raise RuleError(A_TEXT)
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read, json_schema_input_schema=core_schema.str_schema()
        )
