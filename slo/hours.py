"""Hours of the week: whether an instant lies within them, and when that changes. Pure.

Times are ms since the epoch, UTC; stretches are half-open. A local time that does not exist moves forward by
the gap, and one that exists twice is the first. Hours that end at midnight go on where the next day's begin
there.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from checks.model import Hours
from checks.walls import instant, wall

A_DAY = timedelta(days=1)
WEEK = 7


def within(hours: Hours, zone: ZoneInfo, at: int) -> bool:
    """Say whether `at` is within the hours: their beginning is, their end is not."""
    today = wall(at, zone).date()
    return any(begin <= at < end for begin, end in _spans(hours, zone, today - A_DAY, today))


def next_change(hours: Hours, zone: ZoneInfo, at: int) -> tuple[int, bool] | None:
    """Give the first instant after `at` at which `within` changes, and to what; None if it never does."""
    today = wall(at, zone).date()
    last = max([today, *hours.days_off]) + 2 * WEEK * A_DAY  # from then on every week is like another
    for begin, end in _merged(_spans(hours, zone, today - A_DAY, last)):
        if begin > at:
            return begin, True
        if end > at:
            return None if end >= instant(_midnight(last), zone) else (end, False)
    return None


def stretches(hours: Hours, zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the parts of [start, end) that are within the hours, in order and apart from each other."""
    first, last = wall(start, zone).date() - A_DAY, wall(end, zone).date() + A_DAY
    for begin, until in _merged(_spans(hours, zone, first, last)):
        if max(begin, start) < min(until, end):
            yield max(begin, start), min(until, end)


def _spans(hours: Hours, zone: ZoneInfo, first: date, last: date) -> Iterator[tuple[int, int]]:
    """Give the hours of each day that has them, from `first` to `last`."""
    day = first
    while day <= last:
        if day.weekday() in hours.days and day not in hours.days_off:
            midnight = _midnight(day)
            begin = instant(midnight + timedelta(minutes=hours.begin), zone)
            end = instant(midnight + timedelta(minutes=hours.end), zone)
            if begin < end:  # a beginning in a gap may move past the end
                yield begin, end
        day += A_DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _merged(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join those that touch, or that a gap has moved into each other."""
    held: tuple[int, int] | None = None
    for begin, end in spans:
        if held and begin <= held[1]:
            held = held[0], max(held[1], end)
        else:
            if held:
                yield held
            held = begin, end
    if held:
        yield held
