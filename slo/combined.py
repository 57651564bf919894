"""The time of several checks or services as one, by three-valued logic."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple, Protocol

from slo.judge import Judge
from slo.spans import ALWAYS
from slo.state import State, combine, needed
from slo.timeline import Reading, Stretch, Timeline, Totals

MOST_RULES = 32  # that are remembered after their time has been settled


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


class Rule(NamedTuple):
    """Who is counted, and how many of them must be up, until another rule holds (ms)."""

    up_when: str | int
    members: tuple[Member, ...]
    until: int = ALWAYS

    @property
    def settled(self) -> int:
        """Where its settled time ends: never where nobody is counted, and so all of its time unknown."""
        return min(
            (member.settled for member in self.members), default=0 if self.until == ALWAYS else self.until
        )


class Combined:
    """All, any, or k of the members, as one timeline.

    It is settled as far as every member is, and is extended when somebody asks: each stretch of a member is
    looked at once, and a window of any length costs the same. With no members all time is unknown.
    """

    __slots__ = ("_place", "_rules", "timeline")

    def __init__(self, up_when: str | int, members: Sequence[Member]) -> None:
        self._rules = [Rule(up_when, tuple(members))]  # the last holds
        self._place = 0  # of the first whose time is not all settled
        self.timeline = Timeline()

    def redefine(self, now: int, up_when: str | int, members: Sequence[Member]) -> None:
        """Count by another rule from `now` on, where it is another; the time before stays what it was."""
        last = self._rules[-1]
        if (up_when, tuple(members)) != (last.up_when, last.members):
            self._rules[-1] = last._replace(until=now)
            self._rules.append(Rule(up_when, tuple(members)))

    def replace(self, old: Member, new: Member) -> None:
        """Count a member anew whose past is another one now; all time by the rule that held then."""
        for place, rule in enumerate(self._rules):
            members = tuple(new if member is old else member for member in rule.members)
            self._rules[place] = rule._replace(members=members)
        self._place, self.timeline = 0, Timeline()

    @property
    def open_rules(self) -> Sequence[Rule]:
        """Give the rules whose time is not all settled; the last holds."""
        return self._rules[self._place :]

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
        begin, stretches = self.settled, list[Stretch]()
        for rule in self.open_rules:
            until = min(now, rule.until)
            if begin < until:
                tracks = [_unsettled(member, begin, until) for member in rule.members]
                stretches += sweep(rule.up_when, tracks, begin, until)
                begin = until
        return stretches

    def reading(self, now: int) -> Reading:
        """Take what is held true at `now`, to sum up many windows of it."""
        return Reading(self.timeline, self.tail(now), now)

    def totals(self, start: int, end: int, now: int) -> Totals:
        """Sum up [start, min(end, now)) as things stand."""
        return self.reading(now).totals(start, end)

    def _extend(self) -> None:
        self._lay(self._rules[self._place])
        while self.timeline.end >= self._rules[self._place].until:
            self._place += 1
            self._lay(self._rules[self._place])
        if len(self._rules) > MOST_RULES:
            self._let_go()

    def _let_go(self) -> None:
        """Forget the earliest of very many rules: counted anew, its time is counted by the next one."""
        while len(self._rules) > MOST_RULES and self._place:
            self._rules.pop(0)
            self._place -= 1

    def _lay(self, rule: Rule) -> None:
        """Lay down what is settled by a rule."""
        begin, until = self.timeline.end, min(rule.settled, rule.until)
        if until > begin:
            tracks = [member.stretches(begin, until) for member in rule.members]
            for stretch in sweep(rule.up_when, tracks, begin, until):
                self.timeline.append(stretch.end, stretch.state)


def sweep(up_when: str | int, tracks: Sequence[Iterable[Stretch]], begin: int, end: int) -> Iterator[Stretch]:
    """Combine tracks by walking over their edges in order; each is back to back over [begin, end)."""
    edges = sorted((max(start, begin), i, state) for i, each in enumerate(tracks) for start, _, state in each)
    states = [State.UNKNOWN] * len(tracks)
    for at, index, state in edges:
        if at > begin:
            yield Stretch(begin, at, combine(up_when, states))
            begin = at
        states[index] = state
    if begin < end:
        yield Stretch(begin, end, combine(up_when, states))


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
