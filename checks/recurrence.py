"""Recurrence rules (RFC 5545, section 3.3.10): what one may say, and the instants it gives. Pure."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import dropwhile, islice, takewhile
from typing import Annotated

from dateutil.rrule import rrulestr

from checks.values import RuleError, text_read_by

EXAMPLE = "such as FREQ=WEEKLY;BYDAY=SA or FREQ=MONTHLY;BYDAY=1SA"
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY")
WEEKDAY = re.compile(r"(?:[+-]?([1-9][0-9]?))?(?:MO|TU|WE|TH|FR|SA|SU)")
UNTIL = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?")
NUMBERS = {  # lowest and highest; of those below nothing, any up to the highest also counts from the end
    "COUNT": (1, 999_999),
    "INTERVAL": (1, 9_999),
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
}
SINGLE = {"COUNT", "INTERVAL"}
WITHIN_A_DAY = {"HOURLY", "MINUTELY"}
OF_DAYS = {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY"}
PARTS = {"FREQ", "UNTIL", "WKST", "BYDAY", *NUMBERS}
IMPLIED_DAY = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}  # without these, the day is that of the start
DAYS = {"DAILY": 1, "WEEKLY": 7}
MONTHS = {"MONTHLY": 1, "YEARLY": 12}
CYCLE = 400  # years after which the calendar repeats, weekdays too
AT_LEAST = 2100  # rules are followed up to this year, however early they start
EPOCH = datetime.fromisoformat("0001-01-01")  # the first wall clock that there is
SECOND = timedelta(seconds=1)


def read_recurrence(text: str) -> str:
    """Accept a rule; give it in capitals. What it means together with a start: `first_instants`."""
    rule = (text or "").upper()
    _judge(_parts(rule))
    return rule


Recurrence = Annotated[str, text_read_by(read_recurrence)]


def _parts(rule: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in rule.split(";")]
    parts = {name: value for name, _, value in pairs}
    if not all(value for _, _, value in pairs) or len(parts) < len(pairs):
        raise RuleError(f"must be a recurrence rule of RFC 5545 {EXAMPLE}, each part once")
    if not parts.keys() <= PARTS:
        raise RuleError(f"has a part that RFC 5545 does not know; it knows {', '.join(sorted(PARTS))}")
    return parts


def _judge(parts: Mapping[str, str]) -> None:
    """Refuse what RFC 5545 does not allow, and what recurs more often than once a minute."""
    if parts.get("FREQ") == "SECONDLY" or "," in parts.get("BYSECOND", ""):
        raise RuleError("must not recur more often than once a minute")
    if parts.get("FREQ") not in FREQUENCIES:
        raise RuleError(f"must have FREQ, one of {', '.join(FREQUENCIES)}")
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise RuleError("must not have both COUNT and UNTIL")
    if "UNTIL" in parts:
        _until(parts["UNTIL"], None)
    for name in parts.keys() & NUMBERS.keys():
        _numbers(name, parts[name])
    _weekdays(parts)
    _together(parts)


def _numbers(name: str, text: str) -> None:
    low, high = NUMBERS[name]
    numbers = text.split(",")
    right = all(re.fullmatch(r"[+-]?[0-9]{1,6}", one) and low <= int(one) <= high for one in numbers)
    if not right or (low < 0 and any(not int(one) for one in numbers)):
        counted = f"1 to {high}, or -1 to {low} from the end" if low < 0 else f"{low} to {high}"
        raise RuleError(f"must have numbers from {counted} in {name}")
    if name in SINGLE and len(numbers) > 1:
        raise RuleError(f"must have one number in {name}")


def _weekdays(parts: Mapping[str, str]) -> None:
    found = [WEEKDAY.fullmatch(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    if not all(found) or not re.fullmatch("MO|TU|WE|TH|FR|SA|SU", parts.get("WKST", "MO")):
        raise RuleError("must have days such as MO, SA or 1SA in BYDAY, and one such as MO in WKST")
    if any(day and day[1] for day in found) and (
        parts["FREQ"] not in ("YEARLY", "MONTHLY") or "BYWEEKNO" in parts
    ):
        raise RuleError("must count days (1SA) only in FREQ=MONTHLY and FREQ=YEARLY, and without BYWEEKNO")
    period, most = ("month", 5) if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else ("year", 53)
    if any(day and day[1] and int(day[1]) > most for day in found):
        raise RuleError(f"must count days (1SA) up to {most}, as no {period} has more")


def _together(parts: Mapping[str, str]) -> None:
    """Refuse what the RFC's table has as N/A, and BYSETPOS within an hour: BYMINUTE says it, and sooner."""
    for name, frequencies in (
        ("BYWEEKNO", {"YEARLY"}),
        ("BYYEARDAY", {"YEARLY", "HOURLY", "MINUTELY"}),
        ("BYMONTHDAY", set(FREQUENCIES) - {"WEEKLY"}),
        ("BYSETPOS", set(FREQUENCIES) - WITHIN_A_DAY),
    ):
        if name in parts and parts["FREQ"] not in frequencies:
            raise RuleError(f"must not have {name} with this FREQ")
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise RuleError("must have another BY… part beside BYSETPOS")


def _chosen(parts: Mapping[str, str], name: str, usual: Iterable[int]) -> list[int]:
    """Give the numbers of a part in order, each once; the usual ones where it is not written."""
    return sorted({int(one) for one in parts[name].split(",")} if name in parts else usual)


def _until(text: str, zone: tzinfo | None) -> datetime:
    """Give the last instant that counts, as a wall clock; a day alone counts whole."""
    try:
        last = datetime.fromisoformat(text if "T" in text else f"{text}T235959")
    except ValueError:
        last = None
    if last is None or not UNTIL.fullmatch(text):
        raise RuleError("must have a day or a time such as 20261231T230000Z in UNTIL")
    return last.astimezone(zone).replace(tzinfo=None) if last.tzinfo and zone else last.replace(tzinfo=None)


def first_instants(rule: str, start: datetime, zone: tzinfo, count: int) -> list[datetime]:
    """Give the first instants of an accepted rule from `start` on, as wall clocks; fewer where it ends.

    Takes at most two seconds, whatever the rule, and hardly any for one that somebody means.
    """
    return list(islice(instants(rule, start, zone, start.replace(tzinfo=None)), count))


def instants(rule: str, start: datetime, zone: tzinfo, begin: datetime) -> Iterator[datetime]:
    """Give the instants of an accepted rule from `begin` on, in order, without walking there from `start`.

    They and `begin` are wall clocks: of the offset of `start` where it has one, of `zone` otherwise.
    """
    parts = _parts(rule)
    local = start.replace(tzinfo=None)
    begin = max(begin, local)
    if "COUNT" in parts:
        return _counted(rule, local).since(begin)
    if "UNTIL" not in parts:
        return _endless(parts, local, begin)
    last = _until(parts.pop("UNTIL"), start.tzinfo or zone)
    return takewhile(lambda each: each <= last, _endless(parts, local, begin))


class _Counted:
    """The instants of a rule with COUNT, which must be counted from its start, as far as somebody asked."""

    def __init__(self, rule: str, local: datetime) -> None:
        parts = _parts(rule)
        count = int(parts.pop("COUNT"))
        self._rest = islice(_endless(parts, local, local), count)
        self._known = array("q")  # seconds since EPOCH

    def since(self, begin: datetime) -> Iterator[datetime]:
        first = -((EPOCH - begin) // SECOND)  # rounded up
        index = bisect_left(self._known, first)
        while index < len(self._known) or self._count_on():
            if self._known[index] >= first:
                yield EPOCH + timedelta(seconds=self._known[index])
            index += 1

    def _count_on(self) -> bool:
        each = next(self._rest, None)
        if each is not None:
            self._known.append((each - EPOCH) // SECOND)
        return each is not None


_counted = lru_cache(maxsize=64)(_Counted)


def _endless(parts: Mapping[str, str], local: datetime, begin: datetime) -> Iterator[datetime]:
    """Give the instants from `begin` on of a rule without COUNT and UNTIL, where `begin` is not before it."""
    found = _within_days if parts["FREQ"] in WITHIN_A_DAY else _on_days
    return dropwhile(lambda each: each < begin, found(parts, local, begin))


def _within_days(parts: Mapping[str, str], local: datetime, begin: datetime) -> Iterator[datetime]:
    """Follow an hourly or minutely rule day by day: one that has few days is not sought minute by minute."""
    days = {"FREQ": "DAILY"} | {name: parts[name] for name in OF_DAYS & parts.keys()}
    for day in _followed(days, begin.replace(hour=0, minute=0, second=0, microsecond=0)):
        yield from _times(parts, local, day)


def _times(parts: Mapping[str, str], local: datetime, day: datetime) -> Iterator[datetime]:
    """Give the instants of an hourly or minutely rule on a day that it has; `day` is its midnight."""
    hourly = parts["FREQ"] == "HOURLY"
    origin = local.replace(minute=0 if hourly else local.minute, second=0)
    step = int(parts.get("INTERVAL", "1")) * (60 if hourly else 1)
    hours = _chosen(parts, "BYHOUR", range(24))
    minutes = _chosen(parts, "BYMINUTE", [local.minute] if hourly else range(60))
    second = int(parts.get("BYSECOND", local.second))
    for mark in range((origin - day) // timedelta(minutes=1) % step, 1440, step):
        if mark // 60 in hours:
            for minute in minutes if hourly else {mark % 60}.intersection(minutes):
                yield day + timedelta(hours=mark // 60, minutes=minute, seconds=second)


def _on_days(parts: Mapping[str, str], local: datetime, begin: datetime) -> Iterator[datetime]:
    """Follow any other rule from a start of its own rhythm that lies shortly before `begin`.

    A whole period lies between the two: the one it starts in may be cut short.
    """
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] in DAYS:
        step = timedelta(days=interval * DAYS[parts["FREQ"]])
        return _followed(parts, local + max(0, (begin - local) // step - 1) * step)
    months = interval * MONTHS[parts["FREQ"]]
    passed = (begin.year - local.year) * 12 + begin.month - local.month
    if passed < 2 * months:
        return _followed(parts, local)
    years, month = divmod(local.month - 1 + (passed // months - 1) * months, 12)
    return _followed(_with_its_day(parts, local), local.replace(local.year + years, month + 1, 1))


def _with_its_day(parts: Mapping[str, str], local: datetime) -> Mapping[str, str]:
    """Write into a monthly or yearly rule the day that it has of its start."""
    if IMPLIED_DAY & parts.keys():
        return parts
    month = {"BYMONTH": str(local.month)} if parts["FREQ"] == "YEARLY" else {}
    return month | dict(parts) | {"BYMONTHDAY": str(local.day)}


def _followed(parts: Mapping[str, str], start: datetime) -> Iterator[datetime]:
    """Give the instants of a rule, followed in the last of the calendar's cycles that `datetime` holds.

    A rule that gives nothing is followed to the end of time: from there, that is not far.
    """
    shift = (MAXYEAR - max(start.year, AT_LEAST)) // CYCLE * CYCLE
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    for each in rrulestr(text, dtstart=start.replace(year=start.year + shift)):
        yield each.replace(year=each.year - shift)
