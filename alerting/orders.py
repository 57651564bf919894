"""What operators have ordered: maintenance and silences, as the fold of what was written down. Pure."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as options_class

from checks.alerting_options import MatchOptions
from checks.calendar_options import MaintenanceOptions
from checks.model import Maintenance
from checks.options import STRICT
from checks.planned import maintenance_from
from checks.shapes import options
from checks.walls import EPOCH, MILLISECOND, instant
from slo.maintenance import current, next_start, windows
from store.rows import Operation, What

DAY = 86_400_000  # ms
LAST = "/last"  # ends the name of a recurrence's last window where it was cut short: no name has a slash


@options_class(frozen=True, slots=True, kw_only=True, config=STRICT)
class SilenceMatch(MatchOptions):
    """What a silence asks of an incident: the words of a route's match, and the incident's name."""

    name: str | None = None
    """The last part of its key: a service's name, or receiver/chat and the like of ourselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Incidents that are not announced from `start` to `end` (ms, UTC): those that `match` agrees with.

    `match` is for `alerting.routes.matches`, with the incident's `name` among what is seen.
    """

    id: str
    match: Mapping[str, Any]
    start: int
    end: int
    reason: str = ""
    author: str = ""


@options_class(frozen=True, slots=True, kw_only=True, config=STRICT)
class SilenceDocument:
    """What is written down of a silence, beside its id and author."""

    match: SilenceMatch
    start: int
    end: int
    reason: str = ""


_SILENCES = TypeAdapter(SilenceDocument)
_MAINTENANCES = TypeAdapter(MaintenanceOptions)


@dataclass(slots=True)
class Orders:
    """All maintenance and silences that were ever ordered at run time, by id; what was removed, shortened.

    `zone` is the configuration's time zone, that of a start without an offset. `ids` are all that were ever
    given, `last` is the serial of the latest operation, and `unreadable` names what could not be understood.
    Operations about anything else are passed over.
    """

    zone: tzinfo = UTC
    maintenance: dict[str, Maintenance] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)
    last: int = 0

    def take(self, operation: Operation) -> None:
        """Follow one operation; they come in the order of their serials."""
        self.last = max(self.last, operation.serial or 0)
        if operation.what not in get_args(What):
            self._skip(operation, "a newer version wrote it")
            return
        if take := _TAKERS.get(operation.what):
            self.ids.add(operation.subject)
            try:
                take(self, operation)
            except (ValidationError, ValueError, TypeError, KeyError, OverflowError) as error:
                self._skip(operation, _why(error))

    def _skip(self, operation: Operation, why: str) -> None:
        self.unreadable.append(f"{operation.what} {operation.subject} (serial {operation.serial}): {why}")

    def add_maintenance(self, operation: Operation) -> None:
        """Declare a maintenance."""
        self.maintenance[operation.subject] = maintenance_of(operation)

    def remove_maintenance(self, operation: Operation) -> None:
        """Take one back: what of it had begun stays."""
        name = operation.subject
        left = shortened(self.maintenance[name], operation.at, self.zone)
        self.removed.add(name)
        self.maintenance |= {each.name: each for each in left}
        if not left:
            del self.maintenance[name]

    def add_silence(self, operation: Operation) -> None:
        """Declare a silence."""
        self.silences[operation.subject] = silence_of(operation)

    def remove_silence(self, operation: Operation) -> None:
        """Let a silence end now."""
        known = self.silences[operation.subject]
        self.removed.add(operation.subject)
        end = max(known.start, min(known.end, operation.at))
        self.silences[operation.subject] = replace(known, end=end)


_TAKERS: Mapping[str, Callable[[Orders, Operation], None]] = {
    "maintenance.add": Orders.add_maintenance,
    "maintenance.remove": Orders.remove_maintenance,
    "silence.add": Orders.add_silence,
    "silence.remove": Orders.remove_silence,
}


def maintenance_of(operation: Operation) -> Maintenance:
    """Read the document of a `maintenance.add`; raises ValueError or TypeError."""
    document = {"author": operation.author} | dict(json.loads(operation.document))
    return maintenance_from(_MAINTENANCES.validate_python(document | {"name": operation.subject}))


def silence_of(operation: Operation) -> Silence:
    """Read the document of a `silence.add`; raises ValueError or TypeError."""
    said = _SILENCES.validate_python(json.loads(operation.document))
    return Silence(
        id=operation.subject,
        match=match_of(said.match),
        start=said.start,
        end=said.end,
        reason=said.reason,
        author=operation.author,
    )


def match_of(said: SilenceMatch) -> Mapping[str, Any]:
    """Give what a silence asks, without what it does not ask."""
    asked = {word: getattr(said, word) for word in options(SilenceMatch)}
    return {word: value for word, value in asked.items() if value is not None}


def shortened(known: Maintenance, at: int, zone: tzinfo) -> tuple[Maintenance, ...]:
    """Give what stays of a maintenance that is taken back at `at` (ms): what had begun by then, until then.

    Nothing where nothing had begun; two where a window of a recurrence is cut short.
    """
    window = current(known, zone, at)
    if window is None and next_start(known, zone, at) is None:
        return (known,)
    piece = _piece(known, window[0], at) if window and at > window[0] else None
    if not known.recurrence:
        return (piece,) if piece else ()
    ended = _ended(known, window[0] if window else at, zone)
    if ended and piece:
        return ended, replace(piece, name=f"{known.name}{LAST}")
    return tuple(each for each in (ended, piece) if each)


def _piece(known: Maintenance, begin: int, end: int) -> Maintenance:
    return replace(known, start=EPOCH + begin * MILLISECOND, duration=(end - begin) / 1000, recurrence="")


def _ended(known: Maintenance, before: int, zone: tzinfo) -> Maintenance | None:
    """Give a recurrence without its windows from the instant `before` (ms) on; None where it had none."""
    last = last_window(known, zone, before)
    if last is None:
        return None
    parts = [part for part in known.recurrence.split(";") if not part.startswith(("COUNT=", "UNTIL="))]
    until = f"UNTIL={EPOCH + last[0] * MILLISECOND:%Y%m%dT%H%M%SZ}"
    return replace(known, recurrence=";".join([*parts, until]))


def last_window(known: Maintenance, zone: tzinfo, before: int) -> tuple[int, int] | None:
    """Give the last window that begins before an instant (ms), if one does."""
    # Step by step further back: a rule of every minute has too many windows to walk through them all.
    first, span = instant(known.start, known.start.tzinfo or zone), DAY
    while True:
        found = deque(windows(known, zone, max(first, before - span), before), 1)
        if found or before - span <= first:
            return found[0] if found else None
        span *= 8


def _why(error: Exception) -> str:
    """Say in one line what is wrong with a document, without what stands in it."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, json.JSONDecodeError):
        return "its document is no JSON"
    return "nothing of this id was added" if isinstance(error, KeyError) else "its document has another shape"
