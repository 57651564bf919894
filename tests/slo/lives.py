"""Lives of checks in few words: `0g 10b 20u` are attempts at seconds after START: good, bad, unknown."""

from collections.abc import Iterable
from typing import Any, Protocol

from checks.model import Check
from probes.result import Outcome, Reason, Result
from slo.judge import Judge
from slo.outages import Change
from slo.timeline import Reading, Totals

START = 1_790_000_000_000
ENDINGS: dict[str, tuple[Outcome, Reason | None]] = {
    "g": (Outcome.GOOD, None),
    "b": (Outcome.BAD, Reason.HTTP_STATUS),
    "n": (Outcome.BAD, Reason.CONNECT_TIMEOUT),  # bad for a network reason
    "u": (Outcome.UNKNOWN, Reason.BUG),
}


class Readable(Protocol):
    def reading(self, now: int) -> Reading: ...


def check(**fields: Any) -> Check:
    """A check with a reach of 22 s; bad attempts of an outage count as near up to 300 s."""
    return Check(**{"name": "sso", "kind": "http", "probe": None, "interval": 10.0, "timeout": 2.0} | fields)


def result(at: int, ending: str, **fields: Any) -> Result:
    outcome, reason = ENDINGS[ending]
    return Result("sso", "hq", at, 0.1, outcome, reason, **fields)


def told(story: str) -> list[Result]:
    return [result(ms(word[:-1]), word[-1]) for word in story.split()]


def judged(story: str, **fields: Any) -> Judge:
    judge = Judge(check(**fields))
    live(judge, told(story))
    return judge


def live(judge: Judge, results: Iterable[Result]) -> list[Change]:
    """Let a judge take in results, and give what they decided."""
    return [change for each in results if (change := judge.judge(each)) is not None]


def changes(story: str, **fields: Any) -> list[str]:
    """Say what was decided: `confirmed 10 at 30` is about 10 s, and was decided by the attempt of 30 s."""
    found = live(Judge(check(**fields)), told(story))
    return [f"{change.kind} {seconds(change.at)} at {seconds(change.decided_at)}" for change in found]


def drawn(life: Readable, start: float, end: float, now: float | None = None) -> str:
    """Draw the time from `start` to `end` as it stands at `now`: `up 0-10, down 10-40`."""
    reading = life.reading(ms(end if now is None else now))
    parts = reading.stretches(ms(start), ms(end))
    return ", ".join(f"{part.state} {seconds(part.start)}-{seconds(part.end)}" for part in parts)


def counted(life: Readable, start: float, end: float, now: float | None = None) -> Totals:
    """Count the same in seconds."""
    totals = life.reading(ms(end if now is None else now)).totals(ms(start), ms(end))
    return Totals(*(part // 1000 for part in (totals.good, totals.bad, totals.unknown)))


def ms(seconds: float | str) -> int:
    return START + round(float(seconds) * 1000)


def seconds(at: int) -> str:
    return f"{(at - START) / 1000:g}"
