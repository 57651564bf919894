"""What a judge must remember, beside its past, to go on as if nothing had been."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.result import Outcome, Reason, Result
from slo.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A judge at a moment at which nothing is open that a later attempt decides. Times are ms, UTC.

    `shown` is what it was shown as, `since` when. `reach` (ms) and `running` say what the last attempt
    vouches for, and for how long; `confirmed_by` are the attempts that confirmed the last outage.
    """

    verdict: State
    shown: State
    since: int | None
    last: Result
    last_bad: Result | None
    last_good_at: int | None
    bads_in_row: int
    confirmed_by: tuple[int, ...]
    reach: int
    running: State


def text_of(memory: Memory) -> str:
    """Write it as JSON. What was learned by the attempts (phases, facts, evidence) is not in it."""
    document = {
        "verdict": memory.verdict,
        "shown": memory.shown,
        "since": memory.since,
        "last": _attempt(memory.last),
        "last_bad": memory.last_bad and _attempt(memory.last_bad),
        "last_good_at": memory.last_good_at,
        "bads_in_row": memory.bads_in_row,
        "confirmed_by": memory.confirmed_by,
        "reach": memory.reach,
        "running": memory.running,
    }
    return json.dumps(document, separators=(",", ":"))


def memory_of(check: str, text: str) -> Memory:
    """Read what `text_of` has written. Raises ValueError, KeyError or TypeError for anything else."""
    said: Mapping[str, Any] = json.loads(text)
    return Memory(
        verdict=State(said["verdict"]),
        shown=State(said["shown"]),
        since=said["since"],
        last=_result(check, said["last"]),
        last_bad=said["last_bad"] and _result(check, said["last_bad"]),
        last_good_at=said["last_good_at"],
        bads_in_row=int(said["bads_in_row"]),
        confirmed_by=tuple(said["confirmed_by"]),
        reach=int(said["reach"]),
        running=State(said["running"]),
    )


def _attempt(result: Result) -> list[object]:
    return [result.site, result.at, result.took, result.outcome, result.reason, result.detail, result.extra]


def _result(check: str, said: list[Any]) -> Result:
    site, at, took, outcome, reason, detail, extra = said
    why = None if reason is None else Reason(reason)
    return Result(check, site, int(at), float(took), Outcome(outcome), why, detail, extra=bool(extra))
