"""Several services, or checks, as one: each is left out of it while it is in excluded maintenance.

Times are ms since the epoch, UTC.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from slo.combined import Combined, Member
from slo.excluding import Excluded
from slo.spans import ALWAYS
from slo.timeline import Reading


class Part(NamedTuple):
    """A member, and the time in which it does not count."""

    member: Member
    excluded: Excluded


class Stage(NamedTuple):
    """Of what it is made from an instant on, until the next stage begins."""

    since: int
    combine: str | int
    parts: tuple[Part, ...]


class Composite:
    """All, any or k of the parts as one timeline; of k that are wanted, no more can be than are left.

    Where none is left nothing is known: that time is excluded.
    """

    __slots__ = ("_combined", "_stages", "_until", "_versions")

    def __init__(self, combine: str | int, parts: Sequence[Part]) -> None:
        self._stages = [Stage(0, combine, tuple(parts))]
        self._begin()

    @property
    def settled(self) -> int:
        """Where the part of the past ends that no later attempt changes."""
        self._follow(0)
        return self._combined.settled

    def redefine(self, combine: str | int, parts: Sequence[Part], now: int, keep: int = ALWAYS) -> None:
        """Be made of others from `now` on; the time before, for `keep` ms, stays as it was counted."""
        last = self._stages[-1]
        if (combine, tuple(parts)) != (last.combine, last.parts):
            self._stages.append(Stage(now, combine, tuple(parts)))
            while self._stages[1].since < now - keep:
                self._stages.pop(0)
            self._stages[0] = self._stages[0]._replace(since=0)
            self._begin()

    def replace(self, old: Member, new: Member) -> None:
        """Count a member anew whose past is another one now."""
        self._stages = [
            stage._replace(parts=tuple(_replaced(part, old, new) for part in stage.parts))
            for stage in self._stages
        ]
        self._begin()

    def reading(self, now: int) -> Reading:
        """Take what is held true at `now`, to sum up many windows of it."""
        self._follow(now)
        return self._combined.reading(now)

    def _begin(self) -> None:
        """Count everything again from the first instant on."""
        first = self._stages[0]
        self._combined = Combined(first.combine, [part.member for part in first.parts])
        self._until = 0
        self._versions = self._known()

    def _known(self) -> list[int]:
        return [part.excluded.version for stage in self._stages for part in stage.parts]

    def _follow(self, now: int) -> None:
        """Let each part in and out at its edges, before anything behind them is counted."""
        if self._known() != self._versions:
            self._begin()
        until = max([now, *(part.member.settled for stage in self._stages for part in stage.parts)])
        if until <= self._until:
            return
        for at in sorted(set(self._turns(self._until, until))):
            self._take_those_left(at)
        self._until = until
        self._versions = self._known()  # looking for the first time is no change

    def _turns(self, start: int, end: int) -> Iterator[int]:
        """Give the instants of [start, end] at which others may count."""
        ends = [*(stage.since for stage in self._stages[1:]), ALWAYS]
        for stage, over in zip(self._stages, ends, strict=True):
            begin, last = max(start, stage.since), min(end, over - 1)
            if begin <= last:
                yield begin
            for part in stage.parts if begin <= last else ():
                for span in part.excluded.spans(begin, last + 1):
                    yield from (edge for edge in span if edge <= last)

    def _take_those_left(self, at: int) -> None:
        stage = next(stage for stage in reversed(self._stages) if stage.since <= at)
        left = [part.member for part in stage.parts if not any(part.excluded.spans(at, at + 1))]
        combine = stage.combine if isinstance(stage.combine, str) else min(stage.combine, len(left))
        self._combined.redefine(at, combine, left)


def _replaced(part: Part, old: Member, new: Member) -> Part:
    return part._replace(member=new) if part.member is old else part
