"""What every second of a check, of a maintenance and of service hours is: painted on a line, a cell a step.

Times are milliseconds since the epoch, UTC. Every attempt, length and edge must lie on the clock's steps:
then all of a step is of one state, and nothing here is rounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from checks.model import Check, Hours, Maintenance
from probes.result import Outcome, Result

State = Literal["up", "down", "unknown", "excluded"]
T = TypeVar("T")

MINUTE = 60_000
AN_HOUR = timedelta(hours=1)


def milliseconds(seconds: float) -> int:
    assert seconds * 1000 == int(seconds * 1000), f"{seconds} s are no whole milliseconds"
    return int(seconds * 1000)


def paint(line: list[T], clock: range, start: int, end: int, value: T) -> None:
    """Give the steps from `start` to `end`, as far as they are on the clock, a value."""
    assert (start - clock.start) % clock.step == (end - clock.start) % clock.step == 0, (
        "an edge off the steps"
    )
    for at in range(max(start, clock.start), min(end, clock.stop), clock.step):
        line[clock.index(at)] = value


@dataclass(slots=True)
class Outage:
    """The bad attempts of an outage; the last good one before, and the first good one of its recovery."""

    bads: list[int]
    good_before: int | None
    good_after: int | None = None

    def has(self, at: int) -> bool:
        return self.bads[0] <= at and (self.good_after is None or at < self.good_after)


def attempts_of(check: Check, results: Iterable[Result]) -> list[Result]:
    """Give the attempts of a check in order of time; of two at one instant the one recorded first."""
    first: dict[int, Result] = {}
    for each in results:
        if each.check == check.name:
            first.setdefault(each.at, each)
    return [first[at] for at in sorted(first)]


def reach_of(check: Check) -> int:
    return 2 * milliseconds(check.interval) + milliseconds(check.timeout)


@dataclass(slots=True)
class Judged:
    """What the attempts of a check have said so far, in order of time; a blip is its first bad attempt."""

    check: Check
    outages: list[Outage] = field(default_factory=list)
    blips: list[int] = field(default_factory=list)
    suspect: list[int] = field(default_factory=list)  # bad attempts in a row that are no outage yet
    goods: list[int] = field(default_factory=list)  # good attempts in a row that are no recovery yet
    last: int | None = None
    last_good: int | None = None

    @property
    def outage(self) -> Outage | None:
        """The one that lasts."""
        return self.outages[-1] if self.outages and self.outages[-1].good_after is None else None

    def hear(self, attempt: Result) -> None:
        if self.last is not None and attempt.at - self.last > reach_of(self.check):
            self.suspect = []
        self.last = attempt.at
        if attempt.outcome is Outcome.BAD:
            self.bad(attempt.at)
        elif attempt.outcome is Outcome.GOOD:
            self.good(attempt.at)
            self.last_good = attempt.at

    def bad(self, at: int) -> None:
        self.goods = []
        if self.outage is not None:
            self.outage.bads.append(at)
            return
        self.suspect.append(at)
        if len(self.suspect) == self.check.confirm:
            self.outages.append(Outage(self.suspect, self.last_good))
            self.suspect = []

    def good(self, at: int) -> None:
        if self.outage is not None:
            self.goods.append(at)
            if len(self.goods) == self.check.recover:
                self.outage.good_after = self.goods[0]
        elif self.suspect:
            self.blips.append(self.suspect[0])
            self.suspect = []


def judged(check: Check, attempts: Iterable[Result]) -> Judged:
    found = Judged(check)
    for each in attempts:
        found.hear(each)
    return found


@dataclass(frozen=True, slots=True)
class Life:
    """A check: what every step was, where it was down at least and at most, its attempts and its blips."""

    state: list[State]
    least: list[State]
    most: list[State]
    attempts: list[Result]
    blips: list[int]


def life_of(check: Check, results: Iterable[Result], clock: range) -> Life:
    attempts = attempts_of(check, results)
    found = judged(check, attempts)
    said = vouching(check, attempts, clock)
    state = states(said, bridged(check, found.outages, clock), found.outages)
    return Life(
        state=state,
        least=at_least(state, found.outages, clock),
        most=at_most(found.outages, clock),
        attempts=attempts,
        blips=found.blips,
    )


def vouching(check: Check, attempts: Sequence[Result], clock: range) -> list[Result | None]:
    """Give for every step the attempt that vouches for it: the last one, within its reach."""
    said: list[Result | None] = [None] * len(clock)
    for each in attempts:
        paint(said, clock, each.at, each.at + reach_of(check), each)  # the next one paints over it
    return said


def bridged(check: Check, outages: Iterable[Outage], clock: range) -> list[bool]:
    """Give the steps between two bad attempts of one outage that are near each other."""
    near = max(5 * MINUTE, 3 * milliseconds(check.interval))
    found = [False] * len(clock)
    for outage in outages:
        for earlier, later in pairwise(outage.bads):
            if later - earlier <= near:
                paint(found, clock, earlier, later, value=True)
    return found


def states(said: Sequence[Result | None], near: Sequence[bool], outages: Iterable[Outage]) -> list[State]:
    @cache
    def failing(at: int) -> bool:
        return any(each.has(at) for each in outages)

    def state(attempt: Result | None, is_near: bool) -> State:
        if attempt is not None and attempt.outcome is Outcome.UNKNOWN:
            return "unknown"
        if is_near:
            return "down"
        if attempt is None:
            return "unknown"
        return "down" if failing(attempt.at) else "up"

    return [state(attempt, is_near) for attempt, is_near in zip(said, near, strict=True)]


def at_least(state: Sequence[State], outages: Iterable[Outage], clock: range) -> list[State]:
    """Give the steps between the first and the last bad attempt of an outage, less the unknown ones."""
    line: list[State] = ["up"] * len(clock)
    for outage in outages:
        paint(line, clock, outage.bads[0], outage.bads[-1], "down")
    return ["up" if it_was == "unknown" else least for it_was, least in zip(state, line, strict=True)]


def at_most(outages: Iterable[Outage], clock: range) -> list[State]:
    """Give the steps between the last good attempt before an outage and the first good one after it."""
    line: list[State] = ["up"] * len(clock)
    for outage in outages:
        start = clock.start if outage.good_before is None else outage.good_before
        end = clock.stop if outage.good_after is None else outage.good_after
        paint(line, clock, start, end, "down")
    return line


@cache
def combined(states: tuple[State, ...], how: str | int) -> State:
    """Combine several: all, any or k of them must be up; of fewer than k, all."""
    if not states:
        return "unknown"
    needed = min({"all": len(states), "any": 1}.get(str(how), how), len(states))
    assert isinstance(needed, int)
    if states.count("up") >= needed:
        return "up"
    return "down" if states.count("up") + states.count("unknown") < needed else "unknown"


def instant(wall: datetime, zone: tzinfo) -> int:
    """Give the instant of a local time: moved on by the gap where there is none, of two the first."""
    return int(wall.replace(tzinfo=zone, fold=0).astimezone(UTC).timestamp()) * 1000


def maintained(declared: Iterable[Maintenance], service: str, zone: ZoneInfo, clock: range) -> list[bool]:
    """Give the steps in which a service is in a maintenance that names it and takes its time out."""
    line = [False] * len(clock)
    for each in declared:
        if each.effect == "exclude" and service in each.services:
            for start in starts(each, zone, clock.stop):
                paint(line, clock, start, start + milliseconds(each.duration), value=True)
    return line


def starts(declared: Maintenance, zone: ZoneInfo, until: int) -> list[int]:
    """Give when a maintenance begins; a rule goes by the clock of its start, which may have an offset."""
    clock = declared.start.tzinfo or zone
    wall = declared.start.replace(tzinfo=None)
    if not declared.recurrence:
        return [instant(wall, clock)]
    last = datetime.fromtimestamp(until / 1000, clock).replace(tzinfo=None) + AN_HOUR  # it may come twice
    rule = rrulestr(declared.recurrence, dtstart=wall)
    return [instant(each, clock) for each in rule.between(wall, last, inc=True)]


def off_hours(hours: Hours | None, zone: ZoneInfo, clock: range) -> list[bool]:
    """Give the steps at which the clock on the wall is outside the hours."""
    if hours is None:
        return [False] * len(clock)

    @cache
    def off(minute: int) -> bool:
        return not _within(hours, datetime.fromtimestamp(60 * minute, zone))

    return [off(at // MINUTE) for at in clock]


def _within(hours: Hours, wall: datetime) -> bool:
    minute = 60 * wall.hour + wall.minute
    is_working = wall.weekday() in hours.days and wall.date() not in hours.days_off
    return is_working and hours.begin <= minute < hours.end
