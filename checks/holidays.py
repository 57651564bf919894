"""The days off that a calendar file has: the days that its events cover whole (iCalendar, RFC 5545). Pure.

An all-day event covers its days. Any other covers the days that it spans from midnight to midnight in
`timezone`, and none otherwise. What an event says of itself but its time (whether it makes somebody busy, its
categories) does not matter; one that is cancelled is none. Rules that never end are followed to the end of
2099.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import chain
from zoneinfo import ZoneInfo

from checks.events import Event, Property, read_events
from checks.recurrence import instants, read_recurrence
from checks.values import RuleError
from checks.walls import instant, wall

FIRST, LAST = date(1970, 1, 1), date(2099, 12, 31)
MOST = 100_000  # days, each as often as an event has it: enough for any calendar, too few to keep us long
A_DAY = timedelta(days=1)
SHORTEST = timedelta(hours=20)  # no day is shorter, also where the clocks go forward
WITHIN_A_DAY = re.compile("FREQ=(?:HOURLY|MINUTELY)")
MOMENT = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
DURATION = re.compile(
    r"\+?P(?:([0-9]{1,5})W|(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?)?)"
)


def read_days_off(text: str, zone: ZoneInfo) -> frozenset[date]:
    """Give the days off of a calendar file. Raises RuleError with the line of what is wrong in it."""
    events = read_events(text)
    moved: dict[str, list[Property]] = defaultdict(list)
    for event in events:
        moved[event.text("UID")] += event.all("RECURRENCE-ID")
    days: set[date] = set()
    count = 0
    for event in events:
        others = [] if event.all("RECURRENCE-ID") else moved[event.text("UID")]
        for some in _days(event, others, zone):
            count += max(1, len(some))
            if count > MOST:
                raise RuleError(f"has more than {MOST} days: end its rules with UNTIL")
            days.update(some)
    return frozenset(days)


@dataclass(frozen=True, slots=True)
class _Span:
    """When an event is for the first time: a wall clock of `clock`, how long by it, and whether all day."""

    start: datetime
    length: timedelta
    clock: tzinfo
    whole: bool


def _days(event: Event, moved: list[Property], zone: ZoneInfo) -> Iterator[list[date]]:
    """Give the days of an event, each time that it is; the times in `moved` are told by other events."""
    for each in event.all("RECURRENCE-ID"):
        if "RANGE" in each.parameters:
            raise each.wrong(
                "changes all that follow (RANGE), which is not read: end the rule, begin another"
            )
    if event.text("STATUS").upper() == "CANCELLED":
        return
    span = _span(event, zone)
    if span.length < SHORTEST:
        return
    without = set(_moments(event.all("EXDATE") + moved, span, zone))
    for start in _starts(event, span, zone):
        if start not in without:
            yield list(_covered(start, span, zone))


def _span(event: Event, zone: ZoneInfo) -> _Span:
    began = event.one("DTSTART")
    if not began:
        raise RuleError(f"line {event.line} of the file begins an event without DTSTART")
    start, clock, whole = _moment(began, began.value, zone)
    ended, lasting = event.one("DTEND"), event.one("DURATION")
    length = A_DAY if whole else timedelta()
    if ended:
        end, other, _ = _moment(ended, ended.value, zone)
        length = (end if other == clock else wall(instant(end, other), clock)) - start
    elif lasting:
        length = _duration(lasting)
    if length < timedelta():
        raise (ended or began).wrong("ends the event before it begins")
    return _Span(start, max(A_DAY, length) if whole else length, clock, whole)


def _duration(lasting: Property) -> timedelta:
    found = DURATION.fullmatch(lasting.value)
    if not found or not any(found.groups()):
        raise lasting.wrong("must have a duration such as P1D in DURATION")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _moment(held: Property, text: str, zone: ZoneInfo) -> tuple[datetime, tzinfo, bool]:
    """Give a local time, its clock, and whether it is a day; without a known zone the clock is ours."""
    found = MOMENT.fullmatch(text.strip())
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2] or '000000'}") if found else None
    except ValueError:
        moment = None
    if not found or moment is None:
        raise held.wrong("must have a day such as 20261225, or a time such as 20261225T080000Z")
    if not found[2]:
        return moment, zone, True
    return moment, UTC if found[3] else _clock(held.parameters, zone), False


def _clock(parameters: Mapping[str, str], zone: ZoneInfo) -> tzinfo:
    """Give the zone that a time names; ours where we do not know the name, as with those of Windows."""
    try:
        return ZoneInfo(parameters["TZID"]) if parameters.get("TZID") else zone
    except (OSError, ValueError, KeyError):
        return zone


def _moments(properties: list[Property], span: _Span, zone: ZoneInfo) -> Iterator[datetime]:
    """Give the times in lists of them, by the clock of an event; days alone where it is of days."""
    for each in properties:
        if each.parameters.get("VALUE", "").upper() == "PERIOD":
            raise each.wrong("has periods, which are not read: write each as an event")
        for text in each.value.split(","):
            moment, clock, _ = _moment(each, text, zone)
            if span.whole:
                yield datetime.combine(moment.date(), time())
            else:
                yield moment if clock == span.clock else wall(instant(moment, clock), span.clock)


def _starts(event: Event, span: _Span, zone: ZoneInfo) -> Iterator[datetime]:
    """Give when an event is, by its clock: what is listed, then what each rule gives up to 2099."""
    rules = event.all("RRULE")
    listed = list(_moments(event.all("RDATE"), span, zone))
    yield from sorted(each for each in {*listed, *([] if rules else [span.start])} if each.date() <= LAST)
    for rule in rules:
        yield from _recurring(rule, span)


def _recurring(rule: Property, span: _Span) -> Iterator[datetime]:
    try:
        read = read_recurrence(rule.value)
    except RuleError as error:
        raise rule.wrong(f"has an RRULE that {error}") from None
    if WITHIN_A_DAY.search(read):
        raise rule.wrong("recurs within a day: no day off does")
    begin = max(span.start, datetime.combine(FIRST, time()) - min(span.length, 400 * A_DAY))
    found = instants(read, span.start, span.clock, begin)
    first = next(found, None)
    if first is None:
        _judge_ended(rule, read, span)
    for each in chain([first] if first else [], found):
        if each.date() > LAST:
            return
        yield each


def _judge_ended(rule: Property, read: str, span: _Span) -> None:
    """Refuse a rule that gives nothing even without its end. To seek in vain takes long; once is enough."""
    endless = ";".join(part for part in read.split(";") if not part.startswith(("UNTIL=", "COUNT=")))
    if next(instants(endless, span.start, span.clock, span.start), None) is None:
        raise rule.wrong("has an RRULE that gives no day")


def _covered(start: datetime, span: _Span, zone: ZoneInfo) -> Iterator[date]:
    """Give the days between FIRST and LAST that an event covers whole when it begins at `start`."""
    if span.whole:
        day, end = start.date(), (start + span.length).date()
        while (day := max(day, FIRST)) < end and day <= LAST:
            yield day
            day += A_DAY
        return
    begun, ended = instant(start, span.clock), instant(start + span.length, span.clock)
    day = max(wall(begun, zone).date(), FIRST)
    while day <= LAST and _midnight(day + A_DAY, zone) <= ended:
        if begun <= _midnight(day, zone):
            yield day
        day += A_DAY


def _midnight(day: date, zone: ZoneInfo) -> int:
    return instant(datetime.combine(day, time()), zone)
