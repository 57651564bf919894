import asyncio
from random import Random

from alerting.backoff import persist
from alerting.receiver import Refused, Retry, Sent, Verdict


class Rests:
    """Answers in a row, and the seconds rested between them; no time passes."""

    def __init__(self, *answers: Verdict | None) -> None:
        self._answers = iter(answers)
        self.rested: list[float] = []

    async def attempt(self) -> Verdict | None:
        return next(self._answers)

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    def persist(self, seed: int = 0) -> Verdict | None:
        return asyncio.run(persist(self.attempt, self.rest, Random(seed)))


def test_it_goes_on_until_the_answer_is_yes() -> None:
    world = Rests(Retry("503"), Retry("503"), Sent())

    assert world.persist() == Sent()
    assert len(world.rested) == 2


def test_a_refusal_and_what_is_no_longer_true_end_it_at_once() -> None:
    for last in (Refused("400"), None):
        world = Rests(last)
        assert world.persist() == last
        assert world.rested == []


def test_the_wait_is_anywhere_between_nothing_and_a_doubling_window() -> None:
    many = [Rests(*[Retry("503")] * 10, Sent()) for _ in range(200)]
    for seed, world in enumerate(many):
        world.persist(seed)

    windows = [min(60.0, 0.5 * 2**n) for n in range(10)]
    for n, window in enumerate(windows):
        drawn = sorted(world.rested[n] for world in many)
        assert drawn[0] < 0.1 * window
        assert 0.9 * window < drawn[-1] <= window


def test_a_thousand_failures_wait_a_minute_at_most() -> None:
    world = Rests(*[Retry("503")] * 1000, Sent())
    world.persist()

    assert max(world.rested) <= 60.0


def test_the_wait_is_never_less_than_what_the_receiver_asked_for() -> None:
    world = Rests(Retry("429", after=600.0), Retry("429", after=0.0), Sent())
    world.persist()

    assert world.rested[0] == 600.0
    assert 0.0 < world.rested[1] <= 1.0


def test_the_same_seed_waits_the_same() -> None:
    one, other = Rests(*[Retry("503")] * 5, Sent()), Rests(*[Retry("503")] * 5, Sent())
    one.persist(7)
    other.persist(7)

    assert one.rested == other.rested
