"""Recurrence rules (RFC 5545, section 3.3.10): what one may say, and the instants it gives. Pure."""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, datetime, tzinfo
from itertools import islice, takewhile
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
CYCLE = 400  # years after which the calendar repeats, weekdays too


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
    parts = _parts(rule)
    last = _until(parts.pop("UNTIL"), start.tzinfo or zone) if "UNTIL" in parts else None
    days = {name: parts[name] for name in OF_DAYS & parts.keys()}
    if parts["FREQ"] in WITHIN_A_DAY and not _followed({"FREQ": "DAILY"} | days, start, 1):
        return []  # no such day; looking for it minute by minute would take long
    return list(takewhile(lambda each: last is None or each <= last, _followed(parts, start, count)))


def _followed(parts: Mapping[str, str], start: datetime, count: int) -> list[datetime]:
    """Give the first instants of a rule, followed in the last of the calendar's cycles that `datetime` holds.

    A rule that gives nothing is followed to the end of time: from there, that is not far.
    """
    local = start.replace(tzinfo=None)
    shift = (MAXYEAR - local.year) // CYCLE * CYCLE
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        found = list(islice(rrulestr(text, dtstart=local.replace(year=local.year + shift)), count))
    except ValueError:  # dateutil's word for a rule that gives none
        return []
    return [each.replace(year=each.year - shift) for each in found]
