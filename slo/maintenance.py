"""Windows of maintenance: when they begin and end, over changes of the clocks too. Pure.

Times are ms since the epoch, UTC; windows are half-open. A recurrence follows the wall clock of its start:
that of `zone`, or that of the offset which the start is written with. A local time that does not exist moves
forward by the gap, and one that exists twice is the first (RFC 5545, section 3.3.5). A window lasts as long
as it says in elapsed time, but no longer than to the beginning of the next one: where the clocks go forward,
daily windows of a whole day would run into each other.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from heapq import heappop, heappush

from checks.model import Maintenance
from checks.recurrence import instants
from checks.walls import MILLISECOND, instant, wall

DAY = 86_400_000
EARLIEST = -62_135_000_000_000  # in the first days of the year 1, before which no window begins


def windows(maintenance: Maintenance, zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the windows that overlap [start, end), whole and in order; no two of them overlap."""
    length = _length(maintenance)
    begins = _begins(maintenance, zone, start - length)
    begin = next(begins, None)
    while begin is not None and begin < end and start < end:
        following = next(begins, None)
        until = begin + length if following is None else min(begin + length, following)
        if start < until:
            yield begin, until
        begin = following


def current(maintenance: Maintenance, zone: tzinfo, at: int) -> tuple[int, int] | None:
    """Give the window that holds `at`, if one does."""
    return next(windows(maintenance, zone, at, at + 1), None)


def next_start(maintenance: Maintenance, zone: tzinfo, at: int) -> int | None:
    """Give the first beginning of a window after `at`, if there is one."""
    return next(_begins(maintenance, zone, at + 1), None)


def _length(maintenance: Maintenance) -> int:
    return max(1, round(maintenance.duration * 1000))


def _begins(maintenance: Maintenance, zone: tzinfo, since: int) -> Iterator[int]:
    """Give the instants from `since` on at which windows begin, in order, each once."""
    clock = maintenance.start.tzinfo or zone
    if maintenance.recurrence:
        begin = _earliest(max(since, EARLIEST), clock)
        found = _in_order(instants(maintenance.recurrence, maintenance.start, zone, begin), clock)
    else:
        found = iter([instant(maintenance.start, clock)])
    return (each for each in found if each >= since)


def _earliest(since: int, clock: tzinfo) -> datetime:
    """Give the earliest local time of an instant not before `since`, also of one that was moved forward.

    Where the clocks have just gone forward, a local time that did not exist may be later than `since` is.
    """
    return min(wall(since, clock), wall(since - DAY, clock) + DAY * MILLISECOND)


def _in_order(walls: Iterable[datetime], clock: tzinfo) -> Iterator[int]:
    """Give the instants of local times in order, each once.

    Those in a gap are moved forward, past others or onto them; no later one comes before where such a time
    would lie if it were moved back.
    """
    waiting: list[int] = []
    for each in walls:
        at = instant(each, clock)
        if at not in waiting:
            heappush(waiting, at)
        sure = min(at, instant(each, clock, fold=1))
        while waiting and waiting[0] <= sure:
            yield heappop(waiting)
    yield from sorted(waiting)
