"""Good, bad, unknown and excluded are all the time there is, whatever arrives, and after every restart."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from alerting.engine import Engine
from alerting.events import Attempted, Ordered, Relearned, Started
from alerting.orders import Orders
from checks.model import Alerting, Check, Configuration, Hours, Maintenance, Objective, Service
from probes.result import Outcome, Reason, Result
from slo.budget import Figures
from slo.judge import Judge
from store.rows import Operation

START = 1_792_886_399_123  # 2026-10-25T01:59:59.123 in Amsterdam, an hour and a second before clocks go back
ZONE = "Europe/Amsterdam"
HALF = Fraction(1, 2)
REASONS = {Outcome.GOOD: None, Outcome.BAD: Reason.HTTP_STATUS, Outcome.UNKNOWN: Reason.BUG}


def check(name: str, service: str, interval: float, confirm: int) -> Check:
    return Check(
        name=name,
        kind="http",
        probe=None,
        service=service,
        interval=interval,
        timeout=2.5,
        confirm=confirm,
    )


CHECKS = {
    each.name: each
    for each in (check("one", "a", 7.0, 2), check("two", "a", 30.0, 1), check("three", "b", 7.0, 3))
}
OBJECTIVES = (
    Objective(name="time", target=HALF, window="1h", services=("a",)),
    Objective(name="any", target=HALF, window="1d", services=("a", "b"), combine="any", during="early"),
    Objective(name="all", target=HALF, window="week", services=("a", "b")),
    Objective(name="check", target=HALF, window="month", check="two", during="early"),
    Objective(name="attempts", target=HALF, window="1h", services=("b",), indicator="attempts"),
    Objective(name="latency", target=HALF, window="week", check="one", indicator="latency", faster_than=0.5),
    Objective(name="hours", target=HALF, window="2h", check="three", indicator="attempts", during="early"),
)
CONFIGURATION = Configuration(
    timezone=ZONE,
    checks=CHECKS,
    services={"a": Service(name="a"), "b": Service(name="b")},
    objectives={each.name: each for each in OBJECTIVES},
    maintenance=(
        Maintenance(
            name="weekly",
            services=("b",),
            start=datetime(2026, 10, 18, 2, 10),  # noqa: DTZ001 – a wall clock, as the file has it
            duration=1800.0,
            recurrence="FREQ=WEEKLY",
        ),
    ),
    alerting=Alerting(hours={"early": Hours(name="early", days=(5, 6), begin=119, end=300)}),
)


@dataclass(frozen=True)
class Attempts:
    """Attempts, the first so many ms after the latest one of all (or before it), and `spacing` ms apart."""

    check: str
    after: int
    spacing: int
    outcomes: tuple[Outcome, ...]
    took: float
    extra: bool


@dataclass(frozen=True)
class Restart:
    """The daemon ends, and comes back so many ms later."""

    after: int


@dataclass(frozen=True)
class Maintain:
    """Somebody declares a maintenance that began so many ms after the latest attempt, or before it."""

    service: str
    after: int
    duration: float


Action = Attempts | Restart | Maintain


@dataclass
class Daemon:
    """An engine and what a store would keep for the next one."""

    engine: Engine = field(default_factory=lambda: Engine(CONFIGURATION))
    latest: int = START
    now: int = START
    stored: dict[tuple[str, int], Result] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)

    def take(self, action: Action) -> None:
        match action:
            case Attempts():
                first = self.latest + action.after
                for index, outcome in enumerate(action.outcomes):
                    self.attempt(action, first + index * action.spacing, outcome)
            case Restart():
                self.restart(action)
            case Maintain():
                self.maintain(action)

    def attempt(self, action: Attempts, at: int, outcome: Outcome) -> None:
        self.latest = max(self.latest, at)
        made = Result(action.check, "hq", at, action.took, outcome, REASONS[outcome], extra=action.extra)
        self.now = max(self.now, made.ended)
        decision = self.engine.handle(Attempted(made), self.now)
        for row in decision.rows:
            if isinstance(row, Result):
                self.stored.setdefault((row.check, row.at), row)

    def restart(self, action: Restart) -> None:
        orders = Orders(ZoneInfo(ZONE))
        for each in self.operations:
            orders.take(each)
        self.engine = Engine(CONFIGURATION, orders=orders)
        self.engine.replay(sorted(self.stored.values(), key=lambda each: each.at))
        self.now += action.after
        self.engine.handle(Started(), self.now)

    def learn(self) -> None:
        """Judge anew what came late, as the keeper does."""
        for name in tuple(self.engine.learning.wanted):
            judge = Judge(CHECKS[name])
            attempts = {
                each.faster_than: each.anew()
                for each in self.engine.accounts.counted(self.engine.judges[name])
            }
            for result in sorted(self.stored.values(), key=lambda each: each.at):
                if result.check == name:
                    judge.judge(result)
                    for counted in attempts.values():
                        counted.take(result)
            self.engine.handle(Relearned(judge, attempts), self.now)

    def maintain(self, action: Maintain) -> None:
        start = datetime.fromtimestamp((self.latest + action.after) / 1000, UTC)
        begin = start.isoformat(timespec="seconds")
        document = {"services": [action.service], "start": begin, "duration": action.duration}
        serial = len(self.operations) + 1
        said = json.dumps(document)
        order = Operation(serial, self.now, "anna", "maintenance.add", f"m{serial}", said)
        self.operations.append(order)
        self.engine.handle(Ordered(order), self.now)


def lived(actions: Iterable[Action]) -> Daemon:
    daemon = Daemon()
    for action in actions:
        daemon.take(action)
    return daemon


SOON = [0, 1, 7_000, 16_499, 16_500, 16_501, 62_500, 299_999, 300_000, 300_001]


def lives(earliest: int) -> st.SearchStrategy[Daemon]:
    """Give what daemons may live through; an attempt comes so many ms before the latest one at most."""
    outcome = st.sampled_from(Outcome)
    attempts = st.builds(
        Attempts,
        check=st.sampled_from(sorted(CHECKS)),
        after=st.one_of(
            st.integers(max(earliest, -20_000), 20_000),
            st.sampled_from(SOON),
            st.integers(earliest, 8_000_000),
        ),
        spacing=st.sampled_from([1, 7_000, 7_000, 30_000]),
        outcomes=st.one_of(
            st.lists(outcome, min_size=1, max_size=5).map(tuple), outcome.map(lambda one: (one,) * 25)
        ),
        took=st.sampled_from([0.001, 0.5, 0.7501, 2.5]),
        extra=st.booleans(),
    )
    restarts = st.builds(Restart, after=st.integers(0, 1_000_000))
    declared = st.builds(
        Maintain,
        service=st.sampled_from(["a", "b"]),
        after=st.integers(-1_000_000, 1_000_000),
        duration=st.integers(1, 2_000_000).map(lambda ms: ms / 1000),
    )
    return st.lists(st.one_of(attempts, attempts, attempts, restarts, declared), max_size=25).map(lived)


moments = st.one_of(st.integers(0, 1000), st.integers(990, 1010), st.integers(-100, 3000))


def instant(daemon: Daemon, moment: int) -> int:
    """Give the instant so many thousandths into what was lived."""
    return START + (daemon.now - START) * moment // 1000


def whole(figures: Figures) -> Fraction:
    """Give all that a window holds until now: ms, or attempts."""
    if figures.unit == "seconds":
        return Fraction(figures.end - figures.start)
    expected = Fraction(figures.end - figures.start, figures.interval)
    return max(expected, Fraction(figures.excluded + figures.good + figures.bad))


@given(lives(earliest=-4_000_000), moments)
def test_good_bad_unknown_and_excluded_are_all_there_is(daemon: Daemon, moment: int) -> None:
    at = instant(daemon, moment)
    for account in daemon.engine.accounts.at(at):
        figures = account.figures
        assert figures is not None
        parts = (figures.good, figures.bad, figures.unknown, figures.excluded)
        assert sum(parts) == whole(figures), account.objective.name
        assert min(parts) >= 0
        assert 0 <= figures.outside <= figures.excluded


@given(lives(earliest=-4_000_000), moments)
def test_what_is_bad_lies_within_its_bounds(daemon: Daemon, moment: int) -> None:
    at = instant(daemon, moment)
    for account in daemon.engine.accounts.at(at):
        bounds = daemon.engine.accounts.bounds(account.objective.name, at)
        if account.objective.indicator == "time":
            assert account.figures is not None
            assert bounds is not None
            least, most = bounds
            assert 0 <= least <= account.figures.bad <= most <= account.figures.elapsed


@given(lives(earliest=0), moments)
def test_a_restart_changes_no_figure_where_nothing_came_late(daemon: Daemon, moment: int) -> None:
    at = instant(daemon, moment)
    before = daemon.engine.accounts.at(at)
    daemon.take(Restart(after=0))

    assert [(each.figures, each.burn) for each in daemon.engine.accounts.at(at)] == [
        (each.figures, each.burn) for each in before
    ]


@given(lives(earliest=-4_000_000), moments)
def test_in_whatever_order_results_came_a_restart_changes_no_figure_once_they_are_learned(
    daemon: Daemon, moment: int
) -> None:
    daemon.learn()
    assume(not daemon.engine.learning.wanted)  # where the present would be another one, it has to wait
    at = instant(daemon, moment)
    before = daemon.engine.accounts.at(at)
    daemon.take(Restart(after=0))

    assert [(each.figures, each.burn) for each in daemon.engine.accounts.at(at)] == [
        (each.figures, each.burn) for each in before
    ]
