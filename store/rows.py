"""What is written: one frozen value per row, as the deciding code makes it. SQL is in `statements.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from probes.result import Outcome, Reason, Result


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as it stands after a decision; `document` is the whole of it as JSON. Times in ms, UTC."""

    key: str
    episode: int
    scope: str
    name: str
    opened_at: int
    resolved_at: int | None
    document: str


@dataclass(frozen=True, slots=True)
class IntentRow:
    """One message to one receiver, exactly as decided. `document` is the message as JSON."""

    id: str
    receiver: str
    key: str
    episode: int
    action: str  # open, update, resolve
    urgency: str
    created_at: int
    document: str


@dataclass(frozen=True, slots=True)
class Tried:
    """The first try of an intent is about to be made: from here on it may have arrived."""

    id: str
    at: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An intent is over: sent (the receiver said so), dead (it refused for good), replaced (never needed)."""

    id: str
    at: int
    how: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reclassified:
    """A result turned out to mean something else: what looked bad was our own blindness."""

    check: str
    site: str
    at: int
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True)
class Renamed:
    """A check is called otherwise from now on: what was recorded of it goes on under the new name."""

    old: str
    new: str
    site: str


@dataclass(frozen=True, slots=True)
class Memory:
    """A few durable bytes under a name, replaced whole."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Put results that lie as rows into packed hours: at most `most` hours of one source each, oldest first.

    Only hours that ended at or before `before` (ms, UTC).
    """

    before: int
    most: int


@dataclass(frozen=True, slots=True)
class Prune:
    """Delete what is too old, or more than is wanted. Hours of results go whole, the oldest first.

    Results go when their hour ended at or before `results_before`, and while the store uses more than `size`
    bytes; their grid attempts stay counted. What was derived from them, and incidents that are over, go when
    they ended before `history_before`. Times in ms, UTC. `thresholds` gives for each check the latencies (ms)
    for which fast attempts stay counted too. One row does a bounded part of the work: say it again and again.
    """

    results_before: int
    history_before: int
    size: int
    thresholds: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredOutage:
    """A confirmed stretch of down, [start, end), and the attempts that bound it; milliseconds, UTC.

    `end` is None while it lasts.
    """

    start: int
    end: int | None
    last_bad: int
    last_good_before: int | None
    first_good: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged of a check in [since, until): it takes the place of whatever is stored from `since` on.

    `stretches` are (start, end, state), in order and without overlap; `blips` the first bad attempt of each.
    `state` is what the judge goes on from, opaque to the store, and `until` the instant of that checkpoint:
    every result that began at or before it has been judged. A result that is added later and began at or
    before `until` deletes the checkpoint. Times in ms, UTC.

    `revision` is that of the check when its results began to be read for this judge. Where it is another one
    by now, nothing is written: the judge has not seen all of them.
    """

    check: str
    since: int
    until: int
    stretches: tuple[tuple[int, int, str], ...]
    outages: tuple[StoredOutage, ...]
    blips: tuple[int, ...]
    state: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Unjudged:
    """The checkpoint of a check no longer holds. What was judged of it stays until it is judged anew."""

    check: str


@dataclass(frozen=True, slots=True)
class Revised:
    """The results of a check have changed in a way that whoever judges it cannot have seen.

    Raises its revision, which is 0 at first, by one. Belongs into one transaction with the results that an
    import adds, or that come too late for the judge.
    """

    check: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found out about an outage of a check, once: `outage` is its start, `at` when it was looked at.

    `document` is JSON. Times in ms, UTC.
    """

    check: str
    outage: int
    at: int
    document: str


What = Literal[
    "maintenance.add",
    "maintenance.remove",
    "silence.add",
    "silence.remove",
    "outbox.retry",
    "outbox.drop",
    "incident.verdict",
    "incident.note",
    "results.import",
]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that an operator did at run time; `subject` is the id of what it was done to.

    Written by commands (store/operations.py), never by the daemon, and never changed. `serial` is the order
    in which they were written, None before that. `at` in ms, UTC; `author` empty where nobody knows;
    `document` is JSON.
    """

    serial: int | None
    at: int
    author: str
    what: What
    subject: str
    document: str


Row = (
    Result
    | IncidentRow
    | IntentRow
    | Tried
    | Settled
    | Reclassified
    | Renamed
    | Memory
    | Pack
    | Prune
    | Judged
    | Unjudged
    | Revised
    | Trace
)
