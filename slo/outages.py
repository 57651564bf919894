"""What attempts decide about a check: outages, and changes of its verdict. Times are milliseconds, UTC."""

from dataclasses import dataclass
from typing import Literal

from slo.spans import ALWAYS
from slo.state import State


@dataclass(frozen=True, slots=True)
class Outage:
    """A confirmed stretch of down, [start, end), and the attempts that bound it; milliseconds, UTC.

    `end` is None while it lasts; `first_good` is then the first good attempt of a recovery under way, if any.
    """

    start: int
    end: int | None
    last_bad: int
    last_good_before: int | None
    first_good: int | None

    @property
    def over_at(self) -> int:
        """When it is over: after any time, while it lasts."""
        return ALWAYS if self.end is None else self.end


@dataclass(frozen=True, slots=True)
class Change:
    """Something that an attempt has decided about its check.

    `at` is the start of the outage (confirmed), its end (recovered), the first bad attempt (blip), or the
    first good one of a check never judged before (judged; a blip may have ended with it). `decided_at` is the
    deciding attempt. An outage that is a check's first verdict is `confirmed` with `previous` unknown.
    """

    kind: Literal["confirmed", "recovered", "blip", "judged"]
    check: str
    at: int
    decided_at: int
    previous: State
    verdict: State
