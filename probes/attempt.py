"""Asks once, and never raises: whatever happens in a probe becomes a result."""

import asyncio
import logging
import traceback
from types import TracebackType
from typing import Protocol, cast

from checks.model import Check
from probes.guard import Guard
from probes.heard import Heard
from probes.masking import hidden_in, mask
from probes.result import Outcome, Reason, Result, measured
from probes.tools import Failed, Probe, Tools

log = logging.getLogger("watchkeeper.attempt")


class Clock(Protocol):
    """What an attempt reads the time from."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...

    def time(self) -> float:
        """Monotonic seconds."""
        ...


async def attempt(
    check: Check,
    site: str,
    clock: Clock,
    guard: Guard,
    *,
    extra: bool,
    at: int | None = None,
    heard: Heard | None = None,
) -> Result:
    """Ask `check` once, within its time-out. `at` stamps the result where the clock is not to.

    `heard` is what was pushed for it. Only a cancellation leaves no result.
    """
    tools = Tools(now=clock.now, time=clock.time, heard=heard)
    at, begun = clock.now() if at is None else at, clock.time()
    failed = _weighed(check, await _failure(check, tools, guard))
    took = clock.time() - begun
    hidden = hidden_in(check.probe) | tools.learned.secrets
    return Result(
        check=check.name,
        site=site,
        at=at,
        took=measured(took),
        outcome=failed.reason.outcome if failed else Outcome.GOOD,
        reason=failed.reason if failed else None,
        detail=mask(failed.detail, hidden) if failed else "",
        phases={name: measured(seconds) for name, seconds in tools.learned.phases.items()},
        facts=tools.learned.facts,
        evidence=mask(tools.learned.evidence, hidden),
        extra=extra,
    )


async def _failure(check: Check, tools: Tools, guard: Guard) -> Failed | None:
    if check.missing_secrets:
        return Failed(Reason.MISSING_SECRET, f"not asked, for want of: {', '.join(check.missing_secrets)}")
    deadline = Deadline(check.timeout, guard)
    try:
        async with deadline:
            await cast(Probe, check.probe).ask(tools)
    except Failed as failed:
        return failed
    except Exception as error:  # noqa: BLE001 - whatever a probe may raise is this function's subject
        return _timed_out(check, tools, deadline) if deadline.passed else _bug(check, tools, error)
    return None


def _weighed(check: Check, failed: Failed | None) -> Failed | None:
    """Let who repeats somebody else's word fail by that word alone: all else kept us from reading it."""
    if failed is None or not getattr(check.probe, "evidence", False):
        return failed
    if failed.reason is Reason.DECLARED or failed.reason.outcome is Outcome.UNKNOWN:
        return failed
    return Failed(Reason.UNREADABLE, f"could not be asked ({failed.reason}): {failed.detail}")


def _timed_out(check: Check, tools: Tools, deadline: "Deadline") -> Failed:
    if deadline.blocked > check.timeout / 2:
        return Failed(
            Reason.OVERLOAD,
            f"not done within {check.timeout:g} s, but we ourselves stood still for {deadline.blocked:.3g} s",
        )
    spent = tools.learned.phases.get(tools.doing)
    where = f"; {spent:.3g} s of it went by in the step {tools.doing}" if spent is not None else ""
    where += f"; {tools.so_far}" if tools.so_far else ""
    return Failed(tools.timeout_reason, f"not done within {check.timeout:g} s{where}")


def _bug(check: Check, tools: Tools, error: Exception) -> Failed:
    hidden = hidden_in(check.probe) | tools.learned.secrets
    told = mask("".join(traceback.format_exception(error)), hidden)
    log.error("check %s: the probe itself went wrong (%s)\n%s", check.name, check.kind, told)
    return Failed(Reason.BUG, f"the probe itself went wrong: {type(error).__name__}; more is in the log")


class Deadline:
    """The end of an attempt's time, put off once by the time for which our own loop stood still.

    Leaves by TimeoutError; `passed` tells it from another's.
    """

    def __init__(self, seconds: float, guard: Guard) -> None:
        self.blocked = 0.0
        self._seconds, self._guard = seconds, guard
        self._limit = asyncio.timeout(None)

    @property
    def passed(self) -> bool:
        """Say whether time ran out."""
        return self._limit.expired()

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        loop = asyncio.get_running_loop()
        self._begun = loop.time()
        self._timer = loop.call_at(self._begun + self._seconds, self._settle)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self.blocked = self._guard.blocked_since(self._begun)
        await self._limit.__aexit__(kind, error, trace)

    def _settle(self) -> None:
        # A limit in the past runs out at once.
        self._limit.reschedule(self._begun + self._seconds + self._guard.blocked_since(self._begun))
