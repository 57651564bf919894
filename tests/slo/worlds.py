"""Random small worlds: a configuration, and what its checks saw. The same seed is the same world.

All times, lengths and edges lie on the steps of the world, from a second to ten minutes, so that seconds.py
can walk it; the coarser the step, the longer the windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from checks.model import Alerting, Check, Configuration, Hours, Indicator, Maintenance, Objective, Service
from probes.result import Outcome, Reason, Result

SECOND = 1000
DAY = 86_400_000
STEPS = (60, 10, 600, 60, 10, 60, 10, 600, 60, 10, 10, 60, 10, 600, 60, 1)  # seconds
WINDOWS = {
    1: ("1h", "6h", "12h"),
    10: ("2h", "6h", "12h", "1d", "2d"),
    60: ("12h", "1d", "3d", "7d", "28d", "week", "month"),
    600: ("7d", "30d", "90d", "week", "month", "quarter", "year"),
}
CHANGES = {  # when clocks are changed
    "UTC": ((2026, 3, 1, 0),),
    "Europe/Amsterdam": ((2026, 3, 29, 1), (2026, 10, 25, 1)),
    "America/New_York": ((2026, 3, 8, 7), (2026, 11, 1, 6)),
}
TARGETS = (Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000))
SPANS = ((0, 1440), (480, 1080), (540, 1020), (60, 240), (0, 720), (720, 1440))  # minutes of a day
RULES = ("", "", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1SU")
GOOD, BAD, UNKNOWN = Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN
REASONS = {GOOD: None, BAD: Reason.HTTP_STATUS, UNKNOWN: Reason.BUG}


@dataclass(frozen=True, slots=True)
class Mood:
    """How likely a check is in it, and how likely attempts then are good, bad and unknown, or missed."""

    likely: int
    odds: tuple[int, int, int]
    missed: float = 0.0


MOODS = (
    Mood(5, (95, 4, 1)),
    Mood(3, (5, 90, 5)),
    Mood(3, (45, 45, 10)),
    Mood(1, (0, 5, 95)),
    Mood(2, (0, 95, 5), missed=0.7),
    Mood(1, (90, 5, 5), missed=0.6),
    Mood(2, (1, 0, 0), missed=1.0),
)
CALM = (20, 2, 1, 0, 1, 0, 1)


@dataclass(frozen=True, slots=True)
class World:
    """A configuration, its results as they were recorded (in order of time), and instants to ask at."""

    seed: int
    step: int
    configuration: Configuration
    results: tuple[Result, ...]
    instants: tuple[int, ...]

    def __str__(self) -> str:
        """Give it compactly: attempts in steps after the first one; `+` marks an extra one."""
        first = min((each.at for each in self.results), default=0)
        told = self.configuration
        words: dict[str, list[str]] = {name: [] for name in told.checks}
        for each in self.results:
            words[each.check].append(_word(each, first, self.step))
        parts = (*told.checks.values(), *told.services.values(), *told.maintenance)
        return "\n".join(
            [
                f"seed {self.seed}, step {self.step} ms, from {_time(first)}, {told.timezone}",
                *map(_brief, (*parts, *told.alerting.hours.values(), *told.objectives.values())),
                *(f"  {name}: {' '.join(story)}" for name, story in words.items()),
            ]
        )


def _word(result: Result, first: int, step: int) -> str:
    return f"{(result.at - first) // step}{result.outcome[0]}{'+' if result.extra else ''}"


def _time(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%FT%TZ}"


def _brief(value: Any) -> str:
    """Say of a value what is not as usual."""
    bare = type(value).__dataclass_fields__
    said = [
        f"{name}={getattr(value, name)!s}"
        for name, of in bare.items()
        if getattr(value, name) != of.default and getattr(value, name) not in ("", None, (), {})
    ]
    return f"  {type(value).__name__} {' '.join(said)}"


@dataclass(slots=True)
class Maker:
    """Whoever makes a world: all its chances come from one source."""

    seed: int
    chance: Random = field(init=False)
    step: int = field(init=False)
    start: int = field(init=False)
    end: int = field(init=False)
    zone: str = field(init=False)
    changed: datetime = field(init=False)  # the change of clocks that the history is near to
    likely: list[int] = field(init=False)  # of each mood

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.step = STEPS[self.seed % len(STEPS)] * SECOND
        self.zone = self.chance.choice([*CHANGES, "Europe/Amsterdam"])
        length = self.chance.randrange(50, 1500) * self.step * 2
        year, month, day, hour = self.chance.choice(CHANGES[self.zone])
        self.changed = datetime(year, month, day, hour, tzinfo=UTC)
        somewhere = int(self.changed.timestamp()) * 1000 - self.chance.randrange(-2 * length, 3 * length)
        self.start = somewhere - somewhere % self.step
        self.end = self.start + length
        is_calm = self.chance.random() < 0.3
        self.likely = list(CALM) if is_calm else [mood.likely for mood in MOODS]

    def steps(self, least: int, most: int) -> int:
        return self.chance.randint(least, most) * self.step

    def within(self, before: int = 0, after: int = 0) -> int:
        """Give an instant of the history, or so many ms before or after it."""
        return self.start + self.steps(-before // self.step, (self.end - self.start + after) // self.step)

    def world(self) -> World:
        services = [f"service-{index}" for index in range(self.chance.randint(1, 3))]
        checks = [self.check(index, services) for index in range(self.chance.randint(len(services), 4))]
        hours = Hours(name="hours", days=(0, 1, 2, 3, 4), begin=0, end=1440)
        known = Configuration(
            timezone=self.zone,
            checks={each.name: each for each in checks},
            services={name: Service(name=name) for name in services},
            maintenance=tuple(
                self.maintenance(index, services) for index in range(self.chance.randint(0, 3))
            ),
            alerting=Alerting(hours={"hours": self.hours(hours)}),
        )
        known = replace(known, services={name: self.service(name, known) for name in services})
        objectives = [self.objective(index, known) for index in range(self.chance.randint(2, 5))]
        results = sorted((one for each in checks for one in self.results(each)), key=lambda one: one.at)
        return World(
            seed=self.seed,
            step=self.step,
            configuration=replace(known, objectives={each.name: each for each in objectives}),
            results=tuple(results),
            instants=(
                self.within(after=self.end - self.start),
                self.chance.choice(results).at + self.steps(0, 2) if results else self.end,
            ),
        )

    def check(self, index: int, services: list[str]) -> Check:
        """Every service has a check; the others belong to anybody, or to nobody."""
        interval = self.steps(2, 12)
        return Check(
            name=f"check-{index}",
            kind="http",
            probe=None,
            service=services[index]
            if index < len(services)
            else self.chance.choice([*services, services[0], ""]),
            interval=interval / 1000,
            timeout=self.steps(1, interval // self.step) / 1000,
            confirm=self.chance.choice((1, 2, 3, 3)),
            recover=self.chance.choice((1, 2, 2, 3)),
            enabled=self.chance.random() < 0.95,
            sli=self.chance.random() < 0.95,
        )

    def service(self, name: str, known: Configuration) -> Service:
        return Service(name=name, up_when=self.how(len(known.indicators(name))))

    def how(self, several: int) -> str | int:
        return self.chance.choice(("all", "all", "any", self.chance.randint(1, max(1, several))))

    def hours(self, usual: Hours) -> Hours:
        begin, end = self.chance.choice(SPANS)
        days = tuple(sorted(self.chance.sample(range(7), self.chance.randint(3, 7))))
        local = datetime.fromtimestamp(self.within() / 1000, ZoneInfo(self.zone))
        off = frozenset({local.date()} if self.chance.random() < 0.3 else ())
        return replace(usual, days=days, begin=begin, end=end, days_off=off)

    def maintenance(self, index: int, services: list[str]) -> Maintenance:
        at = self.within(before=DAY, after=DAY)
        offset = self.chance.choice((0, 2))
        start = datetime.fromtimestamp(at / 1000, timezone(timedelta(hours=offset)))
        if self.chance.random() < 0.7:
            start = start.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
            if self.chance.random() < 0.3:  # at a time that there may be twice, or never
                start = self.changed.replace(tzinfo=None, hour=self.chance.choice((1, 2)), minute=30)
        rule = self.chance.choice(RULES)
        longest = (self.end - self.start) // 2
        return Maintenance(
            name=f"maintenance-{index}",
            services=tuple(self.chance.sample(services, self.chance.randint(1, len(services)))),
            start=start - timedelta(days=14) if rule else start,
            duration=self.steps(1, min(longest, DAY // 2) // self.step) / 1000,
            recurrence=rule,
            effect=self.chance.choice(("exclude", "exclude", "exclude", "label")),
        )

    def objective(self, index: int, known: Configuration) -> Objective:
        check = ""
        services: tuple[str, ...] = ()
        if self.chance.random() < 0.3:
            check = self.chance.choice(sorted(known.checks))
        else:
            services = tuple(
                self.chance.sample(sorted(known.services), self.chance.randint(1, len(known.services)))
            )
        indicator: Indicator = "time"
        if check or (len(services) == 1 and len(known.indicators(services[0])) == 1):
            indicator = self.chance.choice(("time", "attempts", "latency"))
        return Objective(
            name=f"objective-{index}",
            target=self.chance.choice(TARGETS),
            window=self.chance.choice(WINDOWS[self.step // SECOND]),
            check=check,
            services=services,
            indicator=indicator,
            faster_than=self.chance.choice((0.5, 1.0)) if indicator == "latency" else None,
            combine=self.how(len(services)),
            during="hours" if self.chance.random() < 0.3 else "",
        )

    def results(self, check: Check) -> Iterator[Result]:
        """Give attempts on the grid in one mood after the other, and some beside it; some of them twice."""
        interval = round(check.interval * 1000)
        at = self.start + self.steps(0, interval // self.step)
        while at < self.end:
            (mood,) = self.chance.choices(MOODS, self.likely)
            for _ in range(self.chance.randint(1, 60 if self.chance.random() < 0.3 else 8)):
                at += interval
                if self.chance.random() >= mood.missed:
                    yield from self.attempts(check, at, interval, mood.odds)

    def attempts(self, check: Check, due: int, interval: int, odds: tuple[int, int, int]) -> Iterator[Result]:
        late = self.steps(0, interval // self.step - 1) if self.chance.random() < 0.05 else 0
        yield from self.recorded(check, due + late, odds, extra=False)
        if self.chance.random() < 0.15:
            for _ in range(self.chance.randint(1, 3)):
                yield from self.recorded(check, due + self.steps(1, interval // self.step), odds, extra=True)

    def recorded(self, check: Check, at: int, odds: tuple[int, int, int], *, extra: bool) -> Iterator[Result]:
        for _ in range(2 if self.chance.random() < 0.03 else 1):
            (outcome,) = self.chance.choices((GOOD, BAD, UNKNOWN), odds)
            took = self.chance.choice((0.1, 0.5, 0.75, 1.0, 1.5))
            yield Result(check.name, "hq", at, took, outcome, REASONS[outcome], extra=extra)


def world(seed: int) -> World:
    return Maker(seed).world()
