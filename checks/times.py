"""Times as people write them: hours of a day, days of a week, an instant, a day of a period. Pure."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from checks.values import RuleError, text_read_by

DAY = 1440  # minutes
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
DUE = re.compile(r"([0-9]{1,3}) ([0-9]{2}:[0-9]{2})")


def read_clock(text: str) -> int:
    """Read `08:00` as minutes after midnight; `24:00` is the end of the day."""
    found = CLOCK.fullmatch(text or "")
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if not found or int(found[2]) > 59 or minutes > DAY:
        raise RuleError("must be a time of day such as 08:00, 17:30 or 24:00")
    return minutes


def read_days(value: object) -> tuple[int, ...]:
    """Read `mon-fri`, `mon,wed` or a list of these; Monday is 0. A range may run over the week's end."""
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    days = {day for word in words for day in _range(word)}
    if not days:
        raise RuleError("must be days such as mon-fri, mon,wed or [sat, sun]")
    return tuple(sorted(days))


def _range(word: object) -> list[int]:
    if isinstance(word, int):
        return [word]
    first, dash, last = str(word).strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise RuleError("must be days such as mon-fri, mon,wed or [sat, sun]")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def read_instant(value: str | datetime) -> datetime:
    """Read `2026-12-05T22:00`: a wall clock, or an instant where an offset such as `Z` ends it."""
    if isinstance(value, datetime):
        return value
    if not INSTANT.fullmatch(value or ""):
        raise RuleError("must be a time such as 2026-12-05T22:00, or with an offset 2026-12-05T21:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise RuleError("must be a day and a time that exist; there is no such day or time") from None


def read_due(text: str) -> tuple[int, int]:
    """Read `1 07:00`: the day of a period, counted from 1, and minutes after its midnight."""
    found = DUE.fullmatch(text or "")
    try:
        minutes = read_clock(found[2]) if found else DAY
    except RuleError:
        minutes = DAY
    if not found or minutes == DAY or not int(found[1]):
        raise RuleError('must be a day of the period and a time of day, such as "1 07:00"')
    return int(found[1]), minutes


Clock = Annotated[int, text_read_by(read_clock)]
Days = Annotated[tuple[int, ...], BeforeValidator(read_days, json_schema_input_type=str | list[str])]
Instant = Annotated[datetime, text_read_by(read_instant)]
Due = Annotated[tuple[int, int], text_read_by(read_due)]
