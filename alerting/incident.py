"""An incident: something wrong that somebody has been, or would be, told about."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from alerting.expiry import Expiry
from alerting.intent import Urgency
from store.rows import IncidentRow

Scope = Literal["service", "certificate", "domain", "monitor", "storm", "digest"]
Ended = Literal["", "removed", "superseded"]  # why, where nothing was restored
Happening = Literal["acknowledged", "unacknowledged", "resolved", "reopened"]  # at a receiver's end
UNMEASURED = "unmeasured/"  # begins the names of what is told of services that nobody measures
LONGEST_KEY = 255  # PagerDuty's limit for dedup_key


@dataclass(frozen=True, slots=True)
class Cause:
    """A check that fails: since when (its first bad attempt, ms), and why."""

    check: str
    since: int
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last that a receiver reported of the incident at its end, when (ms), and whether a person did it.

    `acknowledged` is whether a person's acknowledgement still stands there; `answered` whether a reported
    resolve was contradicted by saying the open again.
    """

    what: Happening
    at: int
    by_person: bool = False
    acknowledged: bool = False
    answered: bool = False

    @property
    def closed(self) -> bool:
        """Whether the receiver holds for resolved what we hold open."""
        return self.what == "resolved" and not self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One episode under one key. Times are ms since the epoch, UTC; `fault_at` is the first bad attempt.

    `told` are the receivers to which an open was queued: each of them gets the resolve. `heard` is what came
    back from some of them; `acknowledged_at` is the first acknowledgement by a person. `ended` says why one
    is over where nothing was restored: nobody watches it any more, or a louder one has taken its place.

    `in_maintenance` and `silenced_by` name what holds its announcement; on one that was told before they
    hold the rest of what there is to say. `put_off`: so far only those were told who hear of it outside of
    its route's hours. `stormed` are the receivers that hear of it together with others. `expiry` is what
    ends, where it is about that, and `stage` how pressing it was when that was last said.
    """

    key: str
    episode: int
    scope: Scope
    name: str
    urgency: Urgency
    severity: str
    fault_at: int
    opened_at: int
    title: str = ""
    text: str = ""  # one sentence: what is wrong
    causes: tuple[Cause, ...] = ()
    told: tuple[str, ...] = ()
    accepted_at: int | None = None
    acknowledged_at: int | None = None
    restored_at: int | None = None
    resolved_at: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    heard: Mapping[str, Heard] = field(default_factory=dict)  # by receiver
    suppressed_by: str = ""  # the service whose incident tells of this one too
    swallowed: tuple[str, ...] = ()  # the services that this one tells of too, as they came
    returned: tuple[str, ...] = ()  # those of them that are up again
    unsaid: bool = False  # there is news that those who were told have not heard
    ended: Ended = ""
    announced_at: int | None = None  # when its route's receivers were told first
    put_off: bool = False
    in_maintenance: str = ""
    silenced_by: str = ""
    stormed: tuple[str, ...] = ()
    flapping: bool = False
    unseen: bool = False  # whether its service is unknown now, which is no recovery
    expiry: Expiry | None = None
    stage: int = 0

    @property
    def held(self) -> bool:
        """Whether announcements about it are held."""
        return bool(self.in_maintenance or self.silenced_by)

    @property
    def acknowledged(self) -> bool:
        """Whether a person's acknowledgement stands at some receiver."""
        return any(heard.acknowledged for heard in self.heard.values())

    @property
    def announced(self) -> bool:
        """Whether somebody was told of it, by itself or together with others."""
        return bool(self.told or self.stormed)

    @property
    def loudness(self) -> Urgency:
        """How urgent it is to whoever hears of it now."""
        return Urgency.INFO if self.put_off else self.urgency

    @property
    def service(self) -> str:
        """Name the service that it is about; nothing where it is about none."""
        if self.scope == "service":
            return self.name
        if self.expiry:
            return self.expiry.service
        return self.name.removeprefix(UNMEASURED) if self.name.startswith(UNMEASURED) else ""

    @property
    def closed_by(self) -> tuple[str, ...]:
        """Name the receivers that hold it for resolved."""
        return tuple(name for name, heard in self.heard.items() if heard.closed)

    @property
    def state(self) -> str:
        """Open until resolved."""
        return "open" if self.resolved_at is None else "resolved"

    def row(self) -> IncidentRow:
        """Give the incident as it is kept."""
        said = asdict(replace(self, facts=dict(self.facts), heard=dict(self.heard)))
        document = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return IncidentRow(
            key=self.key,
            episode=self.episode,
            scope=self.scope,
            name=self.name,
            opened_at=self.opened_at,
            resolved_at=self.resolved_at,
            document=document,
        )

    @classmethod
    def of(cls, row: IncidentRow) -> "Incident":
        """Read back what `row` wrote."""
        said = json.loads(row.document)
        said["causes"] = tuple(Cause(**cause) for cause in said["causes"])
        said["told"] = tuple(said["told"])
        for listed in ("swallowed", "returned", "stormed"):
            said[listed] = tuple(said.get(listed, ()))
        said["urgency"] = Urgency(said["urgency"])
        said["heard"] = {name: Heard(**heard) for name, heard in said.get("heard", {}).items()}
        said["expiry"] = Expiry(**said["expiry"]) if said.get("expiry") else None
        return cls(**said)


def key_of(prefix: str, scope: Scope, name: str) -> str:
    """Make a deduplication key of configuration alone; a long one is a readable beginning and a SHA-256."""
    key = f"{prefix}/{scope}/{name}"
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - 1 - len(digest)]}-{digest}"
