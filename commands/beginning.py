"""How an incident began, and what kept its announcement back: the first part of its story. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from alerting.incident import Cause, Incident
from alerting.intent import Action
from alerting.words import reason_in_words
from commands.holds import Hold, Holds, in_maintenance, time_of_day
from store.history import Letter

AT_ONCE = 60_000  # ms within which what is told when hours begin is told at their beginning
UNTOLD = "outside of its route's hours: told to nobody until they begin"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, and when (ms, UTC)."""

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of an incident's way to its announcement. `holds` are those that fit what happened."""

    incident: Incident
    letters: Sequence[Letter]
    past: Holds
    holds: Sequence[Hold]
    zone: tzinfo

    @classmethod
    def of(
        cls, incident: Incident, letters: Sequence[Letter], past: Holds, zone: tzinfo, now: int
    ) -> "Beginning":
        """Find what held it between its opening and its announcement; without one until its end, or now."""
        told = incident.announced_at
        end = next((at for at in (told, incident.resolved_at) if at is not None), now)
        holds = past.of_incident(incident, incident.opened_at, end)
        return cls(
            incident, letters, past, [each for each in holds if told is None or each.end <= told], zone
        )

    def moments(self) -> Iterator[Moment]:
        """Give all of it."""
        incident = self.incident
        for cause in sorted(incident.causes, key=lambda cause: cause.since):
            why = f"last seen: {cause_in_words(cause)}"
            yield Moment(cause.since, f"first bad attempt of {cause.check} ({why})")
        if not any(cause.since == incident.fault_at for cause in incident.causes):
            what = "first bad attempt" if incident.causes else f"begun: {incident.text}"
            yield Moment(incident.fault_at, what)
        opened = f"confirmed, and opened as {incident.urgency.value}, severity {incident.severity}"
        kept = self._kept_back()
        yield Moment(incident.opened_at, f"{opened}; {kept}" if kept else opened)
        yield from self._later()

    def _kept_back(self) -> str:
        """Say why its route's receivers were not told at once, as far as that is known afterwards."""
        incident = self.incident
        if incident.announced_at is not None and incident.announced_at <= incident.opened_at:
            return ""
        if holds := [each for each in self.holds if each.begin <= incident.opened_at]:
            return self._held(holds)
        if incident.suppressed_by:
            return f"told with the incident of {incident.suppressed_by}"
        if incident.announced_at is None and incident.held and not self.holds:
            return held_in_words(incident)
        if self._was_off(incident.opened_at):
            return self._put_off()
        return "not announced yet" if incident.announced_at is not None else ""

    def _later(self) -> Iterator[Moment]:
        """Tell what held it from later on, and how it came to its announcement."""
        incident, opened_at = self.incident, self.incident.opened_at
        for hold in self.holds:
            if hold.begin > opened_at:
                yield Moment(hold.begin, self._held([hold]))
        if (put_off_at := self._put_off_later()) is not None:
            yield Moment(put_off_at, self._put_off())
        if incident.announced_at is not None and incident.announced_at > opened_at:
            yield Moment(incident.announced_at, self._announced(incident.announced_at))

    def _held(self, holds: Sequence[Hold]) -> str:
        near = self.incident.opened_at
        each = [
            f"{hold.name}{hold.whose} until {time_of_day(hold.end, self.zone, near, seconds=True)}"
            for hold in holds
        ]
        return f"held by {' and by '.join(each)}"

    def _announced(self, at: int) -> str:
        free = max([self.incident.opened_at, *(hold.end for hold in self.holds)])
        name = self.past.off(self.incident, free)
        begun = self.past.begun(name, free, at) if name else None
        if begun is None:
            return "announced: nothing holds it any more"
        return f"told {'at the beginning of' if at - begun <= AT_ONCE else 'within'} the hours {name}"

    # --- outside of its route's hours

    def _was_off(self, at: int) -> bool:
        incident = self.incident
        return bool((incident.announced_at is None and incident.put_off) or self.past.off(incident, at))

    def _put_off_later(self) -> int | None:
        """Say when those outside of the hours were told, where something else had held it before."""
        first = min((letter.row.created_at for letter in self._before()), default=None)
        held = any(hold.begin <= self.incident.opened_at for hold in self.holds)
        return first if held and first is not None and self._was_off(first) else None

    def _put_off(self) -> str:
        names = dict.fromkeys([*(letter.row.receiver for letter in self._before()), *self._stormed()])
        return f"outside of its route's hours: told to {', '.join(names)} only" if names else UNTOLD

    def _before(self) -> list[Letter]:
        """Give the opens that were decided before its route's receivers were to be told."""
        told = self.incident.announced_at
        opens = [letter for letter in self.letters if letter.row.action == Action.OPEN]
        return [letter for letter in opens if told is None or letter.row.created_at < told]

    def _stormed(self) -> Sequence[str]:
        return self.incident.stormed if self.incident.announced_at is None else ()


def cause_in_words(cause: Cause) -> str:
    """Say why a check fails."""
    why = reason_in_words(cause.reason)
    return ": ".join(filter(None, (why, cause.detail))) or "it fails"


def held_in_words(incident: Incident) -> str:
    """Say what holds its announcement, or nothing."""
    if incident.in_maintenance:
        return f"held by {in_maintenance(incident.in_maintenance)}"
    if incident.silenced_by:
        return f"held by {incident.silenced_by}"
    return "put off to the hours of its route" if incident.put_off else ""
