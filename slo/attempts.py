"""Attempts of the grid, counted: good and bad ones of any window by two subtractions. Pure.

Attempts beside the grid judge states and are not counted here (semantics.md, Schedule), unknown ones are what
is left of those expected. Times are ms since the epoch, UTC.
"""

from array import array
from bisect import bisect_left

from probes.result import Outcome, Result
from slo.spans import ALWAYS
from slo.timeline import NOTHING, Totals

MICROSECONDS = 1_000_000
SPARE = 4096  # attempts that are let go at once, at least


class Attempts:
    """The good and the bad attempts of one check, in order of time.

    With `faster_than` (seconds) a good attempt that took longer is a bad one. `keep` is for how long (ms)
    they are wanted; older ones may be let go. `whole` says that those of the past are among them.
    """

    __slots__ = ("_at", "_bad", "_fastest", "_good", "faster_than", "keep", "settled", "whole")

    def __init__(self, faster_than: float | None = None, keep: int = ALWAYS) -> None:
        self.faster_than, self.keep = faster_than, keep
        self.settled, self.whole = 0, False
        self._fastest = None if faster_than is None else microseconds(faster_than)
        self._at = array("q")
        self._good, self._bad = array("I", [0]), array("I", [0])  # before each, and before the next to come

    def __len__(self) -> int:
        return len(self._at)

    def anew(self) -> "Attempts":
        """Give an empty one of the same kind."""
        return Attempts(self.faster_than, self.keep)

    def want(self, keep: int) -> None:
        """Keep them for at least so long (ms) from now on; of a longer time than before, some are missing."""
        if keep > self.keep:
            self.keep, self.whole = keep, False

    def take(self, result: Result) -> None:
        """Count one attempt; those that are not later than the last one are passed over."""
        of_grid, outcome = not result.extra, result.outcome
        self.add(
            result.at, of_grid and outcome is Outcome.GOOD, of_grid and outcome is Outcome.BAD, result.took
        )

    def add(self, at: int, good: int, bad: int, took: float = 0.0) -> None:
        """Count attempts at an instant: how many were good, and how many bad; all took as long."""
        if at < self.settled:
            return
        self.settled = at + 1
        if good and self._fastest is not None and microseconds(took) > self._fastest:
            good, bad = 0, bad + good
        if good or bad:
            self._at.append(at)
            self._good.append(self._good[-1] + good)
            self._bad.append(self._bad[-1] + bad)
            self._trim(at - self.keep)

    def reading(self, now: int) -> "Counted":
        """Take what is counted at `now`."""
        return Counted(self, now)

    def totals(self, start: int, end: int) -> Totals:
        """Count those that began in [start, end)."""
        first, last = bisect_left(self._at, start), bisect_left(self._at, end)
        return Totals(self._good[last] - self._good[first], self._bad[last] - self._bad[first])

    def _trim(self, before: int) -> None:
        if self._at[0] < before and (gone := bisect_left(self._at, before)) > max(SPARE, len(self._at) // 8):
            for each in (self._at, self._good, self._bad):
                del each[:gone]


class Counted:
    """Attempts as they stand at one instant."""

    __slots__ = ("_attempts", "_now")

    def __init__(self, attempts: Attempts, now: int) -> None:
        self._attempts, self._now = attempts, now

    def totals(self, start: int, end: int) -> Totals:
        """Count those that began in the elapsed part of [start, end)."""
        end = min(end, self._now)
        return self._attempts.totals(start, end) if start < end else NOTHING


def microseconds(seconds: float) -> int:
    """Give a duration as whole microseconds, as it is compared with a threshold."""
    return round(seconds * MICROSECONDS)
