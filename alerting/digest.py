"""What began and ended while a route's receivers were off duty: told to them in one message, in the morning.

It is an incident of scope `digest` that is over when it is told: on record, and never open. Pure; times are
ms since the epoch, UTC.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from alerting.audience import seen_of
from alerting.book import Book
from alerting.calendar import Calendar
from alerting.incident import Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.routes import is_pager, route_for, usable
from alerting.words import clock, summary_of
from store.rows import Memory

MEMORY = "digest"  # its name in the store
LINES = "began and ended"


@dataclass(frozen=True, slots=True)
class Missed:
    """An incident in a line, for whom it is, when it began, and in the name of which hours it was put off."""

    hours: str
    receivers: tuple[str, ...]
    fault_at: int
    line: str


class Digest:
    """Owner of what is to be told when hours begin; `memory` is what an earlier life kept of it."""

    def __init__(self, book: Book, calendar: Calendar, memory: str = "") -> None:
        self._book, self._calendar = book, calendar
        self._missed = [
            Missed(**each | {"receivers": tuple(each["receivers"])}) for each in json.loads(memory or "[]")
        ]

    def ended(self, incident: Incident, at: Moment) -> None:
        """Take note of one that has ended: was it put off, its route's receivers are to know of it.

        A pager is not: it takes no information.
        """
        route = route_for(at.configuration, seen_of(incident, at))
        quiet = {**seen_of(incident, at), "urgency": Urgency.INFO.value}
        names = usable(at.configuration, route.receivers, route, quiet)
        new = tuple(
            name for name in names if name not in incident.told and not is_pager(at.configuration, name)
        )
        if incident.put_off and incident.restored_at is not None and new:
            line = f"{summary_of(incident)} (since {clock(incident.fault_at)})"
            self._keep([*self._missed, Missed(route.during, new, incident.fault_at, line)], at)

    def tell(self, at: Moment) -> None:
        """Tell what was missed in the name of hours that have begun."""
        on = {each.hours for each in self._missed if not self._calendar.is_off(each.hours, at.now)}
        for hours in sorted(on):
            self._tell(hours, [each for each in self._missed if each.hours == hours], at)
        if on:
            self._keep([each for each in self._missed if each.hours not in on], at)

    def _tell(self, hours: str, missed: list[Missed], at: Moment) -> None:
        told = [name for each in missed for name in each.receivers if name in at.configuration.receivers]
        made = Incident(
            key=at.key("digest", hours or "always"),
            episode=0,
            scope="digest",
            name=hours,
            urgency=Urgency.INFO,
            severity="info",
            fault_at=min(each.fault_at for each in missed),
            opened_at=at.now,
            resolved_at=at.now,
            text=f"{len(missed)} began and ended outside of {hours}",
            told=tuple(dict.fromkeys(told)),
            facts={LINES: [each.line for each in missed]},
        )
        lines = {name: [each.line for each in missed if name in each.receivers] for name in made.told}
        self._book.note(made, lines, at.configuration, at.now, at.decision)

    def _keep(self, missed: Iterable[Missed], at: Moment) -> None:
        self._missed = list(missed)
        document = json.dumps([asdict(each) for each in self._missed], ensure_ascii=False)
        at.decision.rows.append(Memory(MEMORY, document))
