"""What was pushed to us for one check, by which it is judged. Pure."""

import json
import math
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One push, at `at` (ms since the epoch).

    `bad` says that it reports a failure, in the words of `detail`; `took` is for how many seconds it ran,
    where it says so.
    """

    at: int
    bad: bool = False
    detail: str = ""
    took: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is known of one check's beats. All times are ms since the epoch.

    `since` is when we began to listen for it, None where nobody does. `good_at` is when the last beat came
    that reports no failure, `last` the last one of any kind. `missed` says that a deadline passed while we
    listened, and that no beat has come since: a restart does not excuse what was missed before it.
    """

    since: int | None = None
    good_at: int | None = None
    last: Beat | None = None
    missed: bool = False

    @property
    def expecting_since(self) -> int | None:
        """When the time began within which the next beat is to come; None where nobody can say."""
        return max((at for at in (self.since, self.good_at) if at is not None), default=None)

    def after(self, beat: Beat) -> "Heard":
        """Say what is known once a beat has come."""
        good_at = self.good_at if beat.bad else beat.at
        return replace(self, good_at=good_at, last=beat, missed=False)

    def until(self, now: int) -> "Heard":
        """Say the same by a clock that shows `now`: what came later by another clock has come by now."""
        good_at = None if self.good_at is None else min(self.good_at, now)
        last = self.last and replace(self.last, at=min(self.last.at, now))
        return replace(self, good_at=good_at, last=last)

    def text(self) -> str:
        """Write what is to survive us: all but since when we listen, which every life decides anew."""
        document: dict[str, Any] = {"good_at": self.good_at, "missed": self.missed}
        if self.last:
            last = self.last
            document["last"] = {"at": last.at, "bad": last.bad, "detail": last.detail, "took": last.took}
        return json.dumps(document, separators=(",", ":"))


def heard_of(text: str, since: int | None = None) -> Heard:
    """Read what `Heard.text` wrote. What cannot be read, of another version of ours, was never heard."""
    try:
        document = json.loads(text)
        last = document.get("last")
        return Heard(
            since=since,
            good_at=_instant(document["good_at"]),
            last=_beat(last) if last else None,
            missed=bool(document["missed"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return Heard(since=since)


def _beat(document: Any) -> Beat:
    took = document["took"]
    return Beat(
        at=int(document["at"]),
        bad=bool(document["bad"]),
        detail=str(document["detail"]),
        took=None if took is None or not math.isfinite(took) else float(took),
    )


def _instant(value: Any) -> int | None:
    return None if value is None else int(value)
