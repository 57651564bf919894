"""Windows of objectives: where the one begins and ends that holds an instant, and how long it is."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from checks.values import CALENDAR
from checks.walls import instant, wall

UNITS = {"h": 3_600_000, "d": 86_400_000}
NOMINAL = {"week": 7, "month": 30, "quarter": 90, "year": 365}  # days
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Window(NamedTuple):
    """The half-open time [start, end); milliseconds since the epoch, UTC."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """All of it, in ms."""
        return self.end - self.start


def window_at(window: str, zone: tzinfo, at: int) -> Window:
    """Give the window of this name at an instant.

    A rolling one (`30d`) ends there. A calendar one is the whole period that holds it, from local midnight to
    local midnight, so that a day of 23 or 25 hours is what it is; a week begins on Monday.
    """
    if window not in CALENDAR:
        return Window(at - length_ms(window), at)
    first, following = _period(window, wall(at, zone).date())
    return Window(_midnight(first, zone), _midnight(following, zone))


def length_ms(window: str) -> int:
    """Give the length of a window in ms: `30d`, `12h`, or the usual one of a calendar `month`.

    Raises ValueError for anything else.
    """
    if window in NOMINAL:
        return NOMINAL[window] * UNITS["d"]
    count, unit = window[:-1], window[-1:]
    if unit not in UNITS or not count.isdecimal() or not int(count):
        raise ValueError(f"{window!r} is no window such as 30d, 12h or month")
    return int(count) * UNITS[unit]


def _period(window: str, day: date) -> tuple[date, date]:
    """Give the first day of the period that holds a day, and that of the next period."""
    if window == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    months = MONTHS[window]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1)


def _midnight(day: date, zone: tzinfo) -> int:
    return instant(datetime.combine(day, time()), zone)
