"""One fault of one kind: how it is made, and what must come of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from probes.result import Reason
from tests.faults.ground import Ground

Made = Callable[[Ground], AbstractAsyncContextManager[object]]
Outcome = tuple[Made, Reason, str]
STREAMS = ("http", "tcp", "tls")
ABOVE_TLS = (*STREAMS, "dns")
UNANSWERED = "; down, filtered, or not answering such a datagram"


@dataclass(frozen=True)
class Row:
    """One fault of one kind: how it is made in words and in code, and what must come of it."""

    fault: str
    kind: str
    how: str
    made: Made
    reason: Reason
    detail: str


def each(fault: str, how: str, **kinds: Outcome) -> Iterator[Row]:
    """Give a row for each kind that meets the fault, made in the same way."""
    for kind, (made, reason, detail) in kinds.items():
        yield Row(fault, kind, how, made, reason, detail)


def late(made: Made, step: str, reason: Reason = Reason.RESPONSE_TIMEOUT, so_far: str = "") -> Outcome:
    """Say that time must run out in a step."""
    return made, reason, f"not done within N s; N s of it went by in the step {step}{so_far}"
