"""Objectives counted the slow way: every second is of one state, and a figure is a sum of seconds.

Written from semantics.md alone, for comparison with the ledger; see walked.py for what a second is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import cache
from math import gcd
from typing import Literal
from zoneinfo import ZoneInfo

from checks.model import Check, Configuration, Objective
from probes.result import Outcome, Result
from tests.slo.walked import (
    Life,
    State,
    combined,
    instant,
    life_of,
    maintained,
    milliseconds,
    off_hours,
)

Number = int | Fraction
Verdict = Literal["kept", "broken", "undecided"]

HOUR = 3_600_000
DAY = 24 * HOUR
BURNS = {
    "5m": 300_000,
    "30m": 1_800_000,
    "1h": HOUR,
    "2h": 2 * HOUR,
    "6h": 6 * HOUR,
    "1d": DAY,
    "3d": 3 * DAY,
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an objective: milliseconds where its unit is seconds, attempts otherwise."""

    start: int
    end: int
    until: int
    unit: Literal["seconds", "attempts"]
    good: Number
    bad: Number
    unknown: Number
    excluded: Number
    outside: Number
    blips: int
    sli: Fraction | None
    coverage: Fraction | None
    budget: Fraction
    spent: Number
    remaining: Fraction
    remaining_ratio: Fraction | None
    worst_case_remaining_ratio: Fraction | None
    verdict: Verdict
    burn: dict[str, Fraction | None]
    bad_bounds: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Member:
    """A check or a service of an objective: its steps, and those that maintenance takes out."""

    state: list[State]
    least: list[State]
    most: list[State]
    taken_out: list[bool]
    lives: list[Life]


@dataclass(frozen=True, slots=True)
class Timeline:
    """An objective on the clock: its steps, and those outside its hours."""

    clock: range
    state: list[State]
    least: list[State]
    most: list[State]
    off: list[bool]
    members: list[Member]

    def time(self, line: Sequence[object], start: int, end: int) -> Counter[object]:
        """Give how long, in ms, a line is of each value between two instants."""
        stride = gcd(self.clock.step, end - start, start - self.clock.start)
        if stride == self.clock.step:
            found = Counter(line[self.cell(start) : self.cell(end)])
        else:  # an edge of the window lies within a step, which is all of one state
            found = Counter(line[self.cell(at)] for at in range(start, end, stride))
        return Counter({value: count * stride for value, count in found.items()})

    def cell(self, at: int) -> int:
        return (at - self.clock.start) // self.clock.step

    def excluded(self, at: int) -> bool:
        return self.state[self.cell(at)] == "excluded"


def told(
    configuration: Configuration, results: Sequence[Result], at: int, step: int = 1000
) -> dict[str, Told | None]:
    """Give every objective's figures at an instant; None where its check is switched off."""
    zone = ZoneInfo(configuration.timezone)
    windows = {name: window(each, at, zone) for name, each in configuration.objectives.items()}
    first = min(at - 3 * DAY, *(start for start, _ in windows.values()))
    clock = range(first - first % step, max(at, *(until for _, until in windows.values())), step)
    lives = {
        name: life_of(check, results, clock) for name, check in configuration.checks.items() if check.enabled
    }
    found: dict[str, Told | None] = {}
    for name, objective in configuration.objectives.items():
        if objective.check and objective.check not in lives:
            found[name] = None
            continue
        timeline = timeline_of(objective, configuration, lives, clock)
        found[name] = figures(objective, configuration, timeline, windows[name], at)
    return found


def window(objective: Objective, at: int, zone: ZoneInfo) -> tuple[int, int]:
    """Give the start and the end of the window that an instant lies in."""
    count, unit = objective.window[:-1], objective.window[-1]
    if count.isdecimal():
        return at - int(count) * (DAY if unit == "d" else HOUR), at
    today = datetime.fromtimestamp(at / 1000, zone).date()
    if objective.window == "week":
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        months = MONTHS[objective.window]
        first = today.replace(month=today.month - (today.month - 1) % months, day=1)
        after = (first + timedelta(days=31 * months)).replace(day=1)
    return instant(datetime.combine(first, time()), zone), instant(datetime.combine(after, time()), zone)


def timeline_of(
    objective: Objective, configuration: Configuration, lives: dict[str, Life], clock: range
) -> Timeline:
    zone = ZoneInfo(configuration.timezone)
    off = off_hours(configuration.alerting.hours.get(objective.during), zone, clock)
    if objective.check:
        service = configuration.checks[objective.check].service
        members = [member([lives[objective.check]], "all", service, configuration, clock)]
    else:
        members = [
            member(
                [lives[check.name] for check in configuration.indicators(name)],
                configuration.services[name].up_when,
                name,
                configuration,
                clock,
            )
            for name in objective.services
        ]

    out = list(zip(*(each.taken_out for each in members), strict=True))

    def line(lines: list[list[State]]) -> list[State]:
        of_each = zip(*lines, strict=True)
        return [
            step(states, taken, is_off, objective.combine)
            for states, taken, is_off in zip(of_each, out, off, strict=True)
        ]

    return Timeline(
        clock=clock,
        state=line([each.state for each in members]),
        least=line([each.least for each in members]),
        most=line([each.most for each in members]),
        off=off,
        members=members,
    )


@cache
def step(states: tuple[State, ...], taken_out: tuple[bool, ...], is_off: bool, how: str | int) -> State:
    """Give the state of an objective in one step: of its members, those that are not taken out."""
    left = tuple(state for state, taken in zip(states, taken_out, strict=True) if not taken)
    return "excluded" if is_off or not left else combined(left, how)


def member(
    lives: list[Life], how: str | int, service: str, configuration: Configuration, clock: range
) -> Member:
    def line(lines: list[list[State]]) -> list[State]:
        return [combined(each, how) for each in zip(*lines, strict=True)] or ["unknown"] * len(clock)

    return Member(
        state=line([each.state for each in lives]),
        least=line([each.least for each in lives]),
        most=line([each.most for each in lives]),
        taken_out=maintained(configuration.maintenance, service, ZoneInfo(configuration.timezone), clock),
        lives=lives,
    )


def figures(
    objective: Objective, configuration: Configuration, line: Timeline, window: tuple[int, int], at: int
) -> Told:
    start, until = window
    time = line.time(line.state, start, at)
    length = until - start - time["excluded"] - line.time(line.state, at, until)["excluded"]
    is_time = objective.indicator == "time"
    interval = 1 if is_time else milliseconds(counted_check(objective, configuration).interval)
    good, bad = (time["up"], time["down"]) if is_time else attempts(objective, line, start, at)
    expected = Fraction(at - start - time["excluded"], interval)
    unknown = max(Fraction(0), expected - good - bad)
    budget = (1 - objective.target) * Fraction(length, interval)
    return Told(
        start=start,
        end=at,
        until=until,
        unit="seconds" if is_time else "attempts",
        good=good,
        bad=bad,
        unknown=unknown,
        excluded=Fraction(time["excluded"], interval),
        outside=Fraction(line.time(line.off, start, at)[True], interval),
        blips=blips(line, start, at),
        sli=ratio(good, good + bad),
        coverage=ratio(good + bad, good + bad + unknown),
        budget=budget,
        spent=bad,
        remaining=budget - bad,
        remaining_ratio=ratio(budget - bad, budget),
        worst_case_remaining_ratio=ratio(budget - bad - unknown, budget),
        verdict="broken" if bad > budget else "kept" if bad + unknown <= budget else "undecided",
        burn={name: burn(objective, line, at - length, at) for name, length in BURNS.items()},
        bad_bounds=bounds(line, start, at) if is_time else None,
    )


def ratio(part: Number, whole: Number) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None


def counted_check(objective: Objective, configuration: Configuration) -> Check:
    if objective.check:
        return configuration.checks[objective.check]
    (service,) = objective.services
    (check,) = configuration.indicators(service)
    return check


def attempts(objective: Objective, line: Timeline, start: int, end: int) -> tuple[int, int]:
    """Count the good and the bad attempts of the grid."""
    (member,) = line.members
    (life,) = member.lives
    good = bad = 0
    for each in life.attempts:
        if each.extra or not start <= each.at < end or line.excluded(each.at):
            continue
        slow = objective.faster_than is not None and each.took > objective.faster_than
        good += each.outcome is Outcome.GOOD and not slow
        bad += each.outcome is Outcome.BAD or (each.outcome is Outcome.GOOD and slow)
    return good, bad


def burn(objective: Objective, line: Timeline, start: int, end: int) -> Fraction | None:
    if objective.indicator == "time":
        counted = line.time(line.state, start, end)
        good, bad = counted["up"], counted["down"]
    else:
        good, bad = attempts(objective, line, start, end)
    share = ratio(bad, good + bad)
    return None if share is None else share / (1 - objective.target)


def blips(line: Timeline, start: int, end: int) -> int:
    """Count the blips of all checks; none while their service, or all of the objective, is taken out."""
    return sum(
        start <= at < end and not line.off[line.cell(at)] and not member.taken_out[line.cell(at)]
        for member in line.members
        for life in member.lives
        for at in life.blips
    )


def bounds(line: Timeline, start: int, end: int) -> tuple[int, int]:
    return line.time(line.least, start, end)["down"], line.time(line.most, start, end)["down"]
