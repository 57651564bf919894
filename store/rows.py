"""What is written: one frozen value per row, as the deciding code makes it. SQL is in `statements.py`."""

from dataclasses import dataclass
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


What = Literal[
    "maintenance.add",
    "maintenance.remove",
    "silence.add",
    "silence.remove",
    "outbox.retry",
    "outbox.drop",
    "incident.verdict",
    "incident.note",
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


Row = Result | IncidentRow | IntentRow | Tried | Settled | Reclassified | Renamed | Memory
