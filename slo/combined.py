"""The time of several checks or services as one, by three-valued logic."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import Protocol

from slo.judge import Judge
from slo.state import State, combine, needed
from slo.timeline import Reading, Stretch, Timeline, Totals


class Member(Protocol):
    """Something with time of its own: a judge, or several combined."""

    @property
    def settled(self) -> int:
        """Where the part of the past ends that no later attempt changes; milliseconds, UTC."""
        ...

    def stretches(self, start: int, end: int) -> Iterable[Stretch]:
        """Give what is settled of [start, end), back to back; anything else in it is unknown."""
        ...

    def tail(self, now: int) -> list[Stretch]:
        """Give the time after it and before `now`, as things stand; time not mentioned is unknown."""
        ...


class Combined:
    """All, any, or k of the members, as one timeline.

    It is settled as far as every member is, and is extended when somebody asks: each stretch of a member is
    looked at once, and a window of any length costs the same. With no members all time is unknown.
    """

    __slots__ = ("members", "timeline", "up_when")

    def __init__(self, up_when: str | int, members: Sequence[Member]) -> None:
        self.up_when = up_when
        self.members = tuple(members)
        self.timeline = Timeline()

    @property
    def settled(self) -> int:
        """Where the part of the past ends that no later attempt of a member changes."""
        self._extend()
        return self.timeline.end

    def stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """Give what is settled of [start, end), back to back; anything else in it is unknown."""
        self._extend()
        return self.timeline.stretches(start, end)

    def tail(self, now: int) -> list[Stretch]:
        """Give the time after what is settled and before `now`, as things stand."""
        begin = self.settled
        if begin >= now:
            return []
        return list(self._sweep([_unsettled(member, begin, now) for member in self.members], begin, now))

    def reading(self, now: int) -> Reading:
        """Take what is held true at `now`, to sum up many windows of it."""
        return Reading(self.timeline, self.tail(now), now)

    def totals(self, start: int, end: int, now: int) -> Totals:
        """Sum up [start, min(end, now)) as things stand."""
        return self.reading(now).totals(start, end)

    def _extend(self) -> None:
        begin = self.timeline.end
        until = min((member.settled for member in self.members), default=begin)
        if until <= begin:
            return
        tracks = [member.stretches(begin, until) for member in self.members]
        for stretch in self._sweep(tracks, begin, until):
            self.timeline.append(stretch.end, stretch.state)

    def _sweep(self, tracks: Sequence[Iterable[Stretch]], begin: int, end: int) -> Iterator[Stretch]:
        """Walk over the edges of all tracks in order; each track is back to back over [begin, end)."""
        edges = sorted(
            (max(start, begin), i, state) for i, each in enumerate(tracks) for start, _, state in each
        )
        states = [State.UNKNOWN] * len(tracks)
        for at, index, state in edges:
            if at > begin:
                yield Stretch(begin, at, combine(self.up_when, states))
                begin = at
            states[index] = state
        if begin < end:
            yield Stretch(begin, end, combine(self.up_when, states))


def _unsettled(member: Member, begin: int, now: int) -> Iterator[Stretch]:
    """The whole of [begin, now) as a member has it, back to back."""
    settled = min(member.settled, now)
    if begin < settled:
        yield from member.stretches(begin, settled)
        begin = settled
    for start, end, state in member.tail(now):
        if end > begin:
            yield Stretch(max(start, begin), end, state)
            begin = end
    if begin < now:
        yield Stretch(begin, now, State.UNKNOWN)


def fault_at(judges: Sequence[Judge], up_when: str | int) -> int:
    """Say since when a service has been down: the first bad attempt of the outage that made it so.

    With n members of which k must be up, that is the (n − k + 1)-th outage to begin among those that last.
    Raise ValueError where no check is down.
    """
    starts = [judge.outages[-1].start for judge in judges if judge.verdict is State.DOWN]
    if not starts:
        raise ValueError("no check of the service is down")
    enough = len(judges) - needed(up_when, len(judges)) + 1
    return nsmallest(min(enough, len(starts)), starts)[-1]
