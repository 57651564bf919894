"""One message to one receiver, exactly as decided."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from store.rows import IntentRow


class Urgency(StrEnum):
    """What a person is expected to do: get up, do it today, know it."""

    PAGE = "page"
    TICKET = "ticket"
    INFO = "info"


class Action(StrEnum):
    """What a message does to the incident at the receiver's end."""

    OPEN = "open"
    UPDATE = "update"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    NOTE = "note"  # tells of what is over, and wants no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said, before any receiver's form is given to it. Times are ms since the epoch, UTC.

    `summary` may be longer than a receiver takes: each cuts it by characters to its own measure.
    `severity` is critical, error, warning or info. `details` holds words for people, in reading order.
    """

    summary: str
    severity: str
    scope: str
    name: str  # the service, or what is wrong with us
    site: str
    fault_at: int
    opened_at: int
    resolved_at: int | None = None
    owner: str = ""
    tier: int | None = None
    reason: str = ""
    runbook: str = ""
    link: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Open, update, acknowledge or resolve one episode of one incident at one receiver.

    `id` is made of key, episode, receiver and a running number, so that a replay gives the same one.
    `unstored` marks a message that is sent although the store could not keep the decision. `farewell` is for
    the receiver of this name as it was before a reload that gave it another addressee, or took it out. `anew`
    marks an open to one who hears of the episode later than others.
    """

    id: str
    receiver: str
    key: str
    episode: int
    action: Action
    urgency: Urgency
    created_at: int
    message: Message
    unstored: bool = False
    farewell: bool = False
    anew: bool = False

    @property
    def first(self) -> bool:
        """Say whether it announces an episode to somebody who knows nothing of it.

        One that is decided after the episode began may repeat an announcement, unless it is said anew.
        """
        return self.action is Action.OPEN and (self.anew or self.created_at <= self.message.opened_at)

    def row(self) -> IntentRow:
        """Give the intent as it is kept."""
        document = asdict(replace(self.message, details=dict(self.message.details)))
        document |= {name: True for name in ("farewell", "anew") if getattr(self, name)}
        return IntentRow(
            id=self.id,
            receiver=self.receiver,
            key=self.key,
            episode=self.episode,
            action=self.action.value,
            urgency=self.urgency.value,
            created_at=self.created_at,
            document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        )

    @classmethod
    def of(cls, row: IntentRow) -> "Intent":
        """Read back what `row` wrote."""
        document = json.loads(row.document)
        return cls(
            id=row.id,
            receiver=row.receiver,
            key=row.key,
            episode=row.episode,
            action=Action(row.action),
            urgency=Urgency(row.urgency),
            created_at=row.created_at,
            farewell=document.pop("farewell", False),
            anew=document.pop("anew", False),
            message=Message(**document),
        )
