"""Back-to-back stretches of one state in exact milliseconds, and the sums over any window of them."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from slo.state import State

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


class Stretch(NamedTuple):
    """The half-open time [start, end) in one state; milliseconds since the epoch, UTC."""

    start: int
    end: int
    state: State


@dataclass(frozen=True, slots=True)
class Totals:
    """Milliseconds good, bad, unknown and excluded; together they are the time that was asked about."""

    good: int = 0
    bad: int = 0
    unknown: int = 0
    excluded: int = 0

    @property
    def elapsed(self) -> int:
        """All of it."""
        return self.good + self.bad + self.unknown + self.excluded

    @property
    def valid(self) -> int:
        """What was measured."""
        return self.good + self.bad

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.good + other.good,
            self.bad + other.bad,
            self.unknown + other.unknown,
            self.excluded + other.excluded,
        )

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(
            self.good - other.good,
            self.bad - other.bad,
            self.unknown - other.unknown,
            self.excluded - other.excluded,
        )


NOTHING = Totals()


class Timeline:
    """Append-only stretches from `begin` to `end`, with prefix sums; time outside is unknown.

    Times are integer milliseconds. `begin` is the epoch unless said otherwise, so that time before the first
    attempt is one unknown stretch like any other.
    """

    # Excluded time is no state of this one: slo/excluding.py takes it out of the sums.
    __slots__ = ("_bad", "_good", "_starts", "_states", "begin", "end")

    def __init__(self, begin: int = 0) -> None:
        self.begin = begin
        self.end = begin
        self._starts = array("q")
        self._states: list[State] = []
        self._good = array("q")  # milliseconds up before each start
        self._bad = array("q")

    def __len__(self) -> int:
        return len(self._states)

    def append(self, until: int, state: State) -> None:
        """Say that [end, until) was in `state`; it may be empty. Raise ValueError for an earlier `until`."""
        if until <= self.end:
            if until < self.end:
                raise ValueError(f"a timeline that ends at {self.end} cannot be continued until {until}")
            return
        if not self._states or self._states[-1] is not state:
            self._open(state)
        self.end = until

    def totals(self, start: int, end: int) -> Totals:
        """Sum up [start, end): a subtraction of two prefix sums, whatever its length."""
        if end <= start:
            return NOTHING
        good, bad = self.sums(start, end)
        return Totals(good, bad, end - start - good - bad)

    def sums(self, start: int, end: int) -> tuple[int, int]:
        """Milliseconds up and down in [start, end), where start ≤ end."""
        good_before, bad_before = self._before(start)
        good, bad = self._before(end)
        return good - good_before, bad - bad_before

    def stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """Give the stretches of [start, end) in order, back to back; time outside the timeline is unknown."""
        inside, until = max(start, self.begin), min(end, self.end)
        if inside >= until:
            inside = until = start
        if start < inside:
            yield Stretch(start, inside, UNKNOWN)
        yield from self._stretches(inside, until)
        if max(start, until) < end:
            yield Stretch(max(start, until), end, UNKNOWN)

    def _open(self, state: State) -> None:
        good, bad = self._before(self.end)
        self._starts.append(self.end)
        self._good.append(good)
        self._bad.append(bad)
        self._states.append(state)

    def _before(self, at: int) -> tuple[int, int]:
        """Milliseconds up and down before `at`."""
        if at <= self.begin or not self._states:
            return 0, 0
        at = min(at, self.end)
        index = bisect_right(self._starts, at) - 1
        good, bad, state = self._good[index], self._bad[index], self._states[index]
        if state is UP:
            good += at - self._starts[index]
        elif state is DOWN:
            bad += at - self._starts[index]
        return good, bad

    def _stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """The stretches of [start, end), all of it inside the timeline."""
        index = bisect_right(self._starts, start) - 1
        while start < end:
            last = index + 1 == len(self._starts)
            until = end if last else min(end, self._starts[index + 1])
            yield Stretch(start, until, self._states[index])
            start, index = until, index + 1


class Reading:
    """What is held true at `now`: a timeline, and the stretches after its end as things stand.

    Good for any number of windows at one `now`; to be taken anew once anything was judged.
    """

    __slots__ = ("now", "tail", "timeline")

    def __init__(self, timeline: Timeline, tail: Iterable[Stretch], now: int) -> None:
        self.timeline = timeline
        self.tail = tuple(tail)
        self.now = now

    def totals(self, start: int, end: int) -> Totals:
        """Sum up the elapsed part of a window, [start, min(end, now)): good + bad + unknown is its length."""
        end = min(end, self.now)
        if end <= start:
            return NOTHING
        good, bad = self.timeline.sums(start, end)
        for since, until, state in self.tail:
            share = min(until, end) - max(since, start)
            if share <= 0 or state is UNKNOWN:
                continue
            if state is UP:
                good += share
            else:
                bad += share
        return Totals(good, bad, end - start - good - bad)

    def stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """Give the stretches of [start, min(end, now)) in order, back to back and merged."""
        whole = Timeline(start)
        end = min(end, self.now)
        for since, until, state in (*self.timeline.stretches(start, min(end, self.timeline.end)), *self.tail):
            if until > start and since < end:
                whole.append(max(since, start), UNKNOWN)
                whole.append(min(until, end), state)
        return whole.stretches(start, end)
