"""What people have ordered, read by simple arithmetic: a second opinion on the calendar."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alerting.incident import Incident
from checks.model import Maintenance, Service
from store.rows import Operation
from tests.alerting.hand import START, Hand

MINUTE = 60_000


@dataclass(frozen=True)
class Hold:
    """A time in which announcements are held, [start, end) in ms, from `since` on: of whom, or of what."""

    start: int
    end: int
    since: int = 0
    services: frozenset[str] = frozenset()
    match: Mapping[str, Any] = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)

    def is_about(self, incident: Incident) -> bool:
        """Say whether it holds that incident; what is told together is held by nothing."""
        if incident.scope == "storm":
            return False
        seen = {
            "service": incident.service,
            "name": incident.name,
            "scope": incident.scope,
            "tier": self.tiers.get(incident.service),
        }
        if self.match:
            return all(seen[word] == asked for word, asked in self.match.items())
        return incident.service in self.services

    def is_on(self, at: int) -> bool:
        return self.since < at and self.start <= at < self.end

    def was_on(self, since: int, until: int) -> bool:
        """Say whether it began before `until` and ended after `since`, and not after `until`."""
        return max(self.start, self.since) < self.end and self.start < until and since < self.end <= until


def holds_of(hand: Hand, services: Mapping[str, Service], declared: Maintenance) -> Iterator[Hold]:
    """Give all that was ordered, shortened by what was removed; and what is declared, for its first day."""
    tiers = {name: each.tier for name, each in services.items()}
    for operation in hand.operations:
        if operation.what.endswith(".add"):
            made = replace(_made(operation, services), since=operation.at, tiers=tiers)
            removed = [
                each.at
                for each in hand.operations
                if each.subject == operation.subject and each.what.endswith(".remove")
            ]
            yield replace(made, end=max(made.start, min([made.end, *removed])))
    begin = round(declared.start.timestamp() * 1000)
    for number in range(24 * 60 // 7):
        start = begin + number * 7 * MINUTE
        yield Hold(start, start + MINUTE, START - 1, frozenset(declared.services))


def _made(operation: Operation, services: Mapping[str, Service]) -> Hold:
    document = json.loads(operation.document)
    if operation.what == "silence.add":
        return Hold(document["start"], document["end"], match=document["match"])
    start = operation.at // 1000 * 1000
    names = set(document["services"])
    if document.get("dependents", True):
        names |= {name for name, each in services.items() if names & set(each.depends_on)}
    return Hold(start, start + round(document["duration"] * 1000), services=frozenset(names))
