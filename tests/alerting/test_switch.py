import asyncio

import pytest

from alerting.receiver import Request, Response
from alerting.switch import Due, Switch, unwell
from tests.alerting.intents import NOW
from tests.simulation.virtualloop import run

URL = "https://beat.example.com/uuid"


def reason(
    *due: Due, committed_ago: float | None = 0.0, shortest: float = 30.0, oldest_page_age: float = 0.0
) -> str:
    last = None if committed_ago is None else NOW - round(committed_ago * 1000)
    return unwell(NOW, due, last, shortest, oldest_page_age)


def test_all_is_well_when_nothing_is_late() -> None:
    assert reason(Due("sso", NOW, 30.0)) == ""


@pytest.mark.parametrize(("interval", "bound"), [(10.0, 30.0), (60.0, 30.0), (300.0, 150.0)])
def test_an_attempt_may_be_overdue_by_half_a_minute_or_half_its_interval(
    interval: float, bound: float
) -> None:
    at = NOW - round(bound * 1000)

    assert reason(Due("sso", at, interval)) == ""
    assert "sso is overdue" in reason(Due("fine", NOW, 30.0), Due("sso", at - 1, interval))


def test_the_last_commit_is_younger_than_two_shortest_intervals_and_half_a_minute() -> None:
    assert reason(committed_ago=89.999) == ""
    assert reason(committed_ago=90.0) == "nothing has been stored for 90 s"
    assert reason(committed_ago=90.0, shortest=31.0) == ""


def test_a_store_that_was_never_written_is_not_well() -> None:
    assert reason(committed_ago=None) == "nothing has been stored yet"


def test_a_page_that_waits_for_more_than_five_minutes_is_not_well() -> None:
    assert reason(oldest_page_age=300.0) == ""
    assert reason(oldest_page_age=300.001) == "a page has been waiting for 300 s"


class Ear:
    """Hears beats on virtual time."""

    def __init__(self, takes: float = 0.0, status: int = 200, error: Exception | None = None) -> None:
        self.heard: list[tuple[float, Request]] = []
        self._takes, self._status, self._error = takes, status, error

    async def post(self, request: Request, timeout: float) -> Response:
        self.heard.append((asyncio.get_running_loop().time(), request))
        await asyncio.sleep(min(self._takes, timeout))
        if self._error:
            raise self._error
        return Response(self._status)

    def times(self) -> list[float]:
        return [at for at, _ in self.heard]


def test_it_calls_at_once_and_then_every_interval() -> None:
    ear = Ear()
    run(Switch(URL, 60.0, lambda: "", ear.post).run(), until=130)

    assert ear.times() == [0.0, 60.0, 120.0]
    assert ear.heard[0][1] == Request(URL, b"", method="GET")


def test_a_slow_answer_shifts_no_later_call() -> None:
    ear = Ear(takes=7.0)
    run(Switch(URL, 60.0, lambda: "", ear.post).run(), until=130)

    assert ear.times() == [0.0, 60.0, 120.0]


def test_nobody_is_called_while_we_are_unwell() -> None:
    ear, answers = Ear(), iter(["", "the store", ""])
    switch = Switch(URL, 60.0, lambda: next(answers), ear.post)
    run(switch.run(), until=130)

    assert ear.times() == [0.0, 120.0]
    assert switch.held == ""


@pytest.mark.parametrize("error", [OSError("refused"), TimeoutError("refused")])
def test_a_call_that_fails_is_followed_by_the_next_and_kept_in_mind(error: Exception) -> None:
    ear = Ear(error=error)
    switch = Switch(URL, 60.0, lambda: "", ear.post)
    run(switch.run(), until=70)

    assert ear.times() == [0.0, 60.0]
    assert switch.failed == "refused"


def test_an_answer_that_is_no_success_is_kept_in_mind() -> None:
    switch = Switch(URL, 60.0, lambda: "", Ear(status=404).post)
    run(switch.run(), until=1)

    assert switch.failed == "answered 404"
