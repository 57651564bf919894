import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from checks.model import Check
from checks.values import Secret
from probes.attempt import attempt
from probes.guard import LoopGuard
from probes.result import Outcome, Reason, Result
from probes.tools import Failed, Tools
from tests.probes.asking import ask
from tests.simulation import virtualloop
from tests.simulation.virtualloop import NEW_YEAR, VirtualLoop

Does = Callable[[Tools], Awaitable[None]]


@dataclass(frozen=True)
class Fake:
    """A probe that does what it is told."""

    does: Does
    password: Secret = field(default_factory=lambda: Secret("hunter2"))

    async def ask(self, tools: Tools) -> None:
        await self.does(tools)


@dataclass(frozen=True)
class Blocked:
    """A guard that saw the loop stand still for so long."""

    seconds: float

    def blocked_since(self, since: float) -> float:  # noqa: ARG002 - whenever it is asked about
        return self.seconds


class Virtual:
    """The clock of a virtual loop."""

    def now(self) -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return loop.now()

    def time(self) -> float:
        return asyncio.get_running_loop().time()


def lasting(does: Does, *, timeout: float = 10.0, blocked: float = 0.0) -> Result:
    """Attempt under virtual time; gives the result."""
    check = Check(name="c", kind="fake", probe=Fake(does), timeout=timeout)
    result = virtualloop.run(attempt(check, "hq", Virtual(), Blocked(blocked), extra=True))
    assert result
    return result


def sleeps(seconds: float) -> Does:
    async def sleep(tools: Tools) -> None:
        with tools.phase("login", Reason.AUTH_REJECTED):
            await asyncio.sleep(seconds)

    return sleep


async def fails(tools: Tools) -> None:
    tools.fact("n", 7)
    tools.learned.evidence["said"] = "no hunter2"
    raise Failed(Reason.ASSERTION, "hunter2 is wrong")


async def crashes(tools: Tools) -> None:
    raise ZeroDivisionError("hunter2")


async def passes(tools: Tools) -> None:
    pass


def test_an_attempt_without_complaint_is_good() -> None:
    result = lasting(sleeps(2.0))

    assert (result.outcome, result.reason, result.detail) == (Outcome.GOOD, None, "")
    assert (result.check, result.site, result.at, result.extra) == ("c", "hq", NEW_YEAR, True)
    assert (result.took, result.phases) == (2.0, {"login": 2.0})


def test_times_are_rounded_to_four_digits() -> None:
    result = lasting(sleeps(1 / 3))

    assert (result.took, result.phases) == (0.3333, {"login": 0.3333})


async def test_the_stamp_may_be_given() -> None:
    check = Check(name="c", kind="fake", probe=Fake(passes))

    assert (await attempt(check, "hq", Still(), LoopGuard(), extra=False, at=5)).at == 5


class Still:
    def now(self) -> int:
        return 1

    def time(self) -> float:
        return 1.0


async def test_a_failure_keeps_its_reason_and_what_was_learned() -> None:
    result = await ask(Fake(fails))

    assert (result.outcome, result.reason, result.facts) == (Outcome.BAD, Reason.ASSERTION, {"n": 7})


async def test_secrets_are_masked_in_detail_and_evidence() -> None:
    result = await ask(Fake(fails))

    assert result.detail == "*** is wrong"
    assert result.evidence == {"said": "no ***"}


async def test_a_bug_is_unknown_and_its_traceback_is_logged_without_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = await ask(Fake(crashes))

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.BUG)
    assert "ZeroDivisionError" in result.detail
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("watchkeeper.attempt", logging.ERROR)
    assert "in crashes" in caplog.text
    assert "hunter2" not in caplog.text + result.detail


async def test_what_was_learned_in_secret_is_not_in_the_log_of_a_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def crashes_later(tools: Tools) -> None:
        tools.learned.secrets.add("t0ken-of-today")
        raise RuntimeError("t0ken-of-today")

    await ask(Fake(crashes_later))

    assert "RuntimeError: ***" in caplog.text
    assert "t0ken-of-today" not in caplog.text


async def test_another_time_out_than_ours_is_a_bug() -> None:
    async def gives_up(tools: Tools) -> None:
        raise TimeoutError

    assert (await ask(Fake(gives_up))).reason is Reason.BUG


async def test_a_check_without_its_secrets_is_not_asked() -> None:
    result = await ask(Fake(crashes), missing_secrets=("password", "totp"))

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_SECRET)
    assert "password, totp" in result.detail


def test_running_out_of_time_has_the_reason_of_the_step() -> None:
    result = lasting(sleeps(99.0))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.AUTH_REJECTED)
    assert (result.took, result.phases) == (10.0, {"login": 10.0})
    assert result.detail == "not done within 10 s; 10 s of it went by in the step login"


def test_the_deadline_is_put_off_once_by_the_time_for_which_we_stood_still() -> None:
    assert lasting(sleeps(12.9), blocked=3.0).outcome is Outcome.GOOD
    assert lasting(sleeps(13.1), blocked=3.0).took == 13.0


def test_a_time_out_of_which_we_stood_still_for_half_is_overload() -> None:
    assert lasting(sleeps(99.0), blocked=5.0).reason is Reason.AUTH_REJECTED
    result = lasting(sleeps(99.0), blocked=5.1)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.OVERLOAD)


def test_an_answer_after_we_stood_still_for_long_is_good() -> None:
    assert lasting(sleeps(4.0), blocked=9.0).outcome is Outcome.GOOD


async def test_a_loop_that_really_stood_still_does_not_make_an_answer_late() -> None:
    guard = LoopGuard()
    guard.start()

    async def is_held_up(tools: Tools) -> None:
        await asyncio.sleep(0.1)
        time.sleep(0.5)  # noqa: ASYNC251 - to stand still is the point
        await asyncio.sleep(0.05)

    unguarded, guarded = (
        await ask(Fake(is_held_up), timeout=0.3),
        await ask(Fake(is_held_up), timeout=0.3, guard=guard),
    )
    guard.stop()

    assert (unguarded.outcome, guarded.outcome) == (Outcome.BAD, Outcome.GOOD)


async def test_a_cancelled_attempt_leaves_no_result() -> None:
    begun = asyncio.Event()

    async def hangs(tools: Tools) -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(ask(Fake(hangs)))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


class Repeats:
    """A kind that repeats somebody else's word."""

    evidence = True

    def __init__(self, reason: Reason | None) -> None:
        self._reason = reason

    async def ask(self, tools: Tools) -> None:
        if self._reason is None:
            with tools.phase("connect", Reason.CONNECT_TIMEOUT):
                await asyncio.sleep(5)
        raise Failed(self._reason or Reason.BUG, "said so")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.DECLARED, Reason.DECLARED),
        (Reason.CONNECT_REFUSED, Reason.UNREADABLE),
        (Reason.ASSERTION, Reason.UNREADABLE),
        (None, Reason.UNREADABLE),  # it runs out of time
        (Reason.RATE_LIMITED, Reason.RATE_LIMITED),
        (Reason.MISSING_CAPABILITY, Reason.MISSING_CAPABILITY),
    ],
)
async def test_what_keeps_us_from_somebodys_word_is_nothing_that_they_said(
    reason: Reason | None, told: Reason
) -> None:
    assert (await ask(Repeats(reason), timeout=0.05)).reason is told
