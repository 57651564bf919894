"""The wall clock is stepped while a check is asked: no result is lost, none comes twice, all time adds up."""

from collections.abc import Callable

import pytest

from probes.clock import Clock
from probes.result import Outcome, Result
from slo.attempts import Attempts
from slo.judge import Judge
from slo.state import State
from slo.timeline import Totals
from tests.slo.lives import check

BEGAN = 1_790_000_000
EVERY = 10.0  # seconds of true time between two attempts


class Life:
    """A check that is asked every ten seconds of true time, and a wall clock that others set."""

    def __init__(self) -> None:
        self.true = 0.0
        self.stepped = 0.0
        self.clock = Clock(lambda: self.true, lambda: BEGAN + self.true + self.stepped)
        self.judge, self.attempts = Judge(check(confirm=1, recover=1)), Attempts()
        self.results: list[Result] = []

    def asks(self, times: int, outcome: Outcome = Outcome.GOOD) -> "Life":
        for _ in range(times):
            made = Result("sso", "hq", self.clock.now(), 0.1, outcome)
            self.results.append(made)
            self.judge.judge(made)
            self.attempts.take(made)
            self.true += EVERY
        return self

    def step(self, seconds: float) -> "Life":
        self.stepped += seconds
        return self

    @property
    def stamps(self) -> list[int]:
        return [each.at for each in self.results]

    @property
    def counted(self) -> Totals:
        """Sum up all time from the first attempt until now."""
        now = self.clock.now()
        found = self.judge.totals(self.stamps[0], now, now)
        assert found.elapsed == now - self.stamps[0]
        return found


def test_a_step_forward_leaves_a_gap_that_is_unknown() -> None:
    life = Life().asks(10).step(3600).asks(10)

    assert life.counted == Totals(good=22_000 + 90_000 + 100_000, unknown=3_600_000 + 10_000 - 22_000)


def test_a_step_forward_makes_no_outage_longer_than_what_was_bad() -> None:
    life = Life().asks(10).asks(3, Outcome.BAD).step(3600).asks(10)

    assert life.counted.bad == 20_000 + 22_000
    assert [each.end is None for each in life.judge.outages] == [False]


@pytest.mark.parametrize("seconds", [-2.0, -60.0, -3600.0])
def test_after_a_step_backward_time_goes_on_and_nothing_is_lost(seconds: float) -> None:
    life = Life().asks(10).step(seconds).asks(10)

    assert life.stamps == sorted(set(life.stamps))
    assert life.attempts.totals(0, 1 << 60) == Totals(good=20)
    assert (life.counted.bad, life.counted.unknown) == (0, 0)


def test_an_outage_during_a_step_backward_is_as_long_as_our_clock_says() -> None:
    life = Life().asks(10).step(-3600).asks(6, Outcome.BAD).asks(4)

    assert life.counted.bad == pytest.approx(0.9 * 60_000, abs=1100)
    assert life.attempts.totals(0, 1 << 60) == Totals(good=14, bad=6)


STEPS: tuple[Callable[[Life], Life], ...] = (
    lambda life: life.step(7200),
    lambda life: life.step(-7200),
    lambda life: life.step(0.5),
    lambda life: life.step(-1800).asks(3).step(1800),
)


@pytest.mark.parametrize("step", STEPS)
def test_however_it_is_stepped_a_new_life_reads_the_same(step: Callable[[Life], Life]) -> None:
    life = step(Life().asks(20).asks(2, Outcome.BAD)).asks(5, Outcome.BAD).asks(20)
    again = Judge(life.judge.check)
    for result in sorted(life.results, key=lambda each: each.at):
        again.judge(result)

    assert again.outages == life.judge.outages
    assert again.verdict is State.UP
    assert again.totals(0, 1 << 60, life.clock.now()) == life.judge.totals(0, 1 << 60, life.clock.now())
