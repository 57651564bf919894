"""Figures without the time that does not count: maintenance that excludes it, and what lies outside of hours.

Times are ms since the epoch, UTC.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from slo.spans import ALWAYS, Span, clipped
from slo.timeline import NOTHING, Totals

AHEAD = 86_400_000  # ms; looking a day ahead costs what looking a second ahead does
Find = Callable[[int, int], Sequence[Span]]


class Summed(Protocol):
    """Something that sums up windows as things stand at one instant."""

    def totals(self, start: int, end: int) -> Totals:
        """Sum up the elapsed part of [start, end)."""
        ...


class Source(Protocol):
    """What is counted: time (a judge, or several combined), or attempts."""

    @property
    def settled(self) -> int:
        """Where the part of the past ends that no later attempt changes."""
        ...

    def reading(self, now: int) -> Summed:
        """Take what is held true at `now`."""
        ...


class Excluded:
    """Time that does not count, found as far ahead and as far back as somebody asks.

    `find` gives that of [start, end), in order and apart from each other. `version` changes whenever spans
    that were known before are others now.
    """

    __slots__ = ("_begin", "_find", "_until", "ends", "starts", "version")

    def __init__(self, find: Find) -> None:
        self._find = find
        self.version = 0
        self.forget()

    @property
    def final(self) -> int:
        """Count the spans that will not grow: all but one that ends where nobody has looked further yet."""
        return len(self.ends) - (bool(self.ends) and self.ends[-1] == self._until)

    def forget(self) -> None:
        """Find everything anew: what does not count is something else now."""
        self.version += 1
        self._begin = self._until = ALWAYS
        self.starts, self.ends = array("q"), array("q")

    def cover(self, start: int, end: int) -> None:
        """Know all of [start, end)."""
        if start < self._begin:
            until = end + AHEAD if self._until == ALWAYS else max(end, self._until)
            self.forget()
            self._begin, self._until = start, until
            self._add(self._find(start, until))
        elif end > self._until:
            begin, self._until = self._until, end + AHEAD
            self._add(self._find(begin, self._until))

    def spans(self, start: int, end: int) -> Iterator[Span]:
        """Give what of [start, end) does not count."""
        self.cover(start, end)
        first, last = self.overlapping(start, end)
        return clipped(zip(self.starts[first:last], self.ends[first:last], strict=True), start, end)

    def overlapping(self, start: int, end: int) -> tuple[int, int]:
        """Say which of the known spans have time in [start, end): from one place to before another."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def _add(self, spans: Sequence[Span]) -> None:
        for start, end in spans:
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)


class Excluding:
    """A source without what does not count; sums of settled spans are remembered: a window is cheap."""

    __slots__ = ("_sums", "_version", "excluded", "source")

    def __init__(self, source: Source, excluded: Excluded) -> None:
        self.source, self.excluded = source, excluded
        self._begin()

    def reading(self, now: int, since: int) -> "Without":
        """Take what is held true at `now`, to sum up windows that do not begin before `since`."""
        self.excluded.cover(since, now)
        if self.excluded.version != self._version:
            self._begin()
        reading = self.source.reading(now)
        self._remember(reading, min(now, self.source.settled))
        return Without(reading, self.excluded, self._sums, now)

    def _begin(self) -> None:
        self._sums = [NOTHING]  # of the first spans: none, one, two …
        self._version = self.excluded.version

    def _remember(self, reading: Summed, settled: int) -> None:
        """Sum up the spans in which nothing changes any more."""
        starts, ends, final = self.excluded.starts, self.excluded.ends, self.excluded.final
        while (place := len(self._sums) - 1) < final and ends[place] <= settled:
            self._sums.append(self._sums[-1] + _taken_out(reading, starts[place], ends[place]))


class Without:
    """What is held true at one instant, without what does not count."""

    __slots__ = ("_excluded", "_now", "_reading", "_sums")

    def __init__(self, reading: Summed, excluded: Excluded, sums: Sequence[Totals], now: int) -> None:
        self._reading, self._excluded, self._sums, self._now = reading, excluded, sums, now

    def totals(self, start: int, end: int) -> Totals:
        """Sum up the elapsed part of [start, end); `excluded` is time, in ms, whatever is counted."""
        end = max(start, min(end, self._now))
        whole = self._reading.totals(start, end)
        first, last = self._excluded.overlapping(start, end)
        if first >= last:
            return whole
        out = self._out(first, last, start, end)
        return Totals(whole.good - out.good, whole.bad - out.bad, whole.unknown - out.unknown, out.excluded)

    def _out(self, first: int, last: int, start: int, end: int) -> Totals:
        """Sum up what does not count; the first and the last span may reach out of the window."""
        if last - first <= 2 or last - 1 >= len(self._sums):
            return self._each(first, last, start, end)
        inner = self._sums[last - 1] - self._sums[first + 1]
        return inner + self._each(first, first + 1, start, end) + self._each(last - 1, last, start, end)

    def _each(self, first: int, last: int, start: int, end: int) -> Totals:
        sums = NOTHING
        for place in range(first, last):
            since, until = max(self._excluded.starts[place], start), min(self._excluded.ends[place], end)
            sums += _taken_out(self._reading, since, until)
        return sums


def _taken_out(reading: Summed, start: int, end: int) -> Totals:
    inside = reading.totals(start, end)
    return Totals(inside.good, inside.bad, inside.unknown, end - start)
