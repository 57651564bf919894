"""What the calendar says now: which maintenance and silences are in force, and who is off duty. Pure.

What is in force changes only at instants that are known before: `turn` goes there. Times are ms since the
epoch, UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerting.audience import seen_of
from alerting.graph import ancestors, dependents
from alerting.incident import Incident
from alerting.moment import Moment
from alerting.orders import Orders, Silence
from alerting.routes import matches
from checks.model import Configuration, Hours, Maintenance, Route
from slo import hours, maintenance
from store.rows import Operation

REMEMBERED = 3_600_000  # ms for which the end of a hold is known; nobody is suspect for longer


@dataclass(frozen=True, slots=True)
class Held:
    """What holds the announcement of an incident: a maintenance, a silence, or nothing."""

    maintenance: str = ""
    silence: str = ""

    def __bool__(self) -> bool:
        return bool(self.maintenance or self.silence)

    @property
    def reason(self) -> str:
        """Name it as a reason for which something is not told."""
        return "maintenance" if self.maintenance else "silence"


class Calendar:
    """Owner of what is in force. `orders` are the maintenance and silences that were added at run time."""

    def __init__(self, configuration: Configuration, orders: Orders | None = None) -> None:
        self.orders = orders or Orders()
        self.maintained: dict[str, str] = {}  # services by name, with the maintenance they are in
        self._silences: tuple[Silence, ...] = ()
        self._ended_silences: list[Silence] = []
        self._ended: dict[str, int] = {}  # services whose maintenance is over: since when
        self._next: int | None = None
        self.follow(configuration)

    def follow(self, configuration: Configuration) -> None:
        """Go by another configuration from the next turn on."""
        self._zone = self.orders.zone = ZoneInfo(configuration.timezone)
        self._declared = configuration.maintenance
        self._hours = configuration.alerting.hours
        self._duties = {route.during for route in configuration.alerting.routes if route.during}
        self._dependents = dependents(ancestors(configuration))
        self._fresh = False

    def order(self, operation: Operation) -> None:
        """Take in what a person has added or removed."""
        self.orders.take(operation)
        self._fresh = False

    def wake(self) -> int | None:
        """Give the next instant at which something begins or ends."""
        return self._next

    def turn(self, now: int) -> bool:
        """Go to an instant; say whether anything began or ended there."""
        if self._fresh and (self._next is None or now < self._next):
            return False
        self._fresh = True
        self._turn_maintenance(now)
        self._turn_silences(now)
        self._next = min(self._boundaries(now), default=None)
        return True

    # --- questions

    @property
    def maintenance(self) -> tuple[Maintenance, ...]:
        """Give all maintenance that there is, of the file and of run time."""
        return tuple(self._all())

    def held(self, incident: Incident, at: Moment) -> Held:
        """Say what holds the announcement of an incident now."""
        if incident.scope == "storm":
            return Held()
        silence = next((each.id for each in self._silences if _is_about(each, incident, at)), "")
        # What ends by itself ends in maintenance too, and nobody is woken by a ticket.
        return Held("" if incident.expiry else self.maintained.get(incident.service, ""), silence)

    def ended_at(self, incident: Incident, at: Moment) -> int | None:
        """Say when the last hold of an incident ended, if it did lately."""
        ends = [each.end for each in self._ended_silences if _is_about(each, incident, at)]
        if incident.service in self._ended:
            ends.append(self._ended[incident.service])
        return max(ends, default=None)

    def planned(self, service: str, at: int) -> bool:
        """Say whether a service was in maintenance at any instant; for the past, while it is read again."""
        return any(
            service in self._held_by(each) and maintenance.current(each, self._zone, at) is not None
            for each in self._all()
        )

    def off(self, route: Route, now: int) -> bool:
        """Say whether the receivers of a route are off duty."""
        return self.is_off(route.during, now)

    def is_off(self, name: str, now: int) -> bool:
        """Say whether hours of a name are there, and it is outside of them."""
        duty = self._duty(name)
        return duty is not None and not hours.within(duty, self._zone, now)

    # --- a turn

    def _turn_maintenance(self, now: int) -> None:
        before, self.maintained = self.maintained, {}
        for each in self._all():
            if maintenance.current(each, self._zone, now) is not None:
                self.maintained |= dict.fromkeys(self._held_by(each), each.name)
        over = dict.fromkeys(before.keys() - self.maintained.keys(), now)
        kept = {name: end for name, end in self._ended.items() if end > now - REMEMBERED}
        found = {name: end for name, end in self._ends(now) if name not in self.maintained}
        self._ended = found | kept | over

    def _ends(self, now: int) -> Iterator[tuple[str, int]]:
        """Give when maintenance ended lately, by service, in the order of these ends."""
        ends = [
            (end, each)
            for each in self._all()
            for _, end in maintenance.windows(each, self._zone, now - REMEMBERED, now)
            if end <= now
        ]
        for end, each in sorted(ends, key=lambda pair: pair[0]):
            yield from ((name, end) for name in self._held_by(each))

    def _held_by(self, each: Maintenance) -> Iterator[str]:
        for name in each.services:
            yield name
            if each.dependents:
                yield from self._dependents.get(name, ())

    def _turn_silences(self, now: int) -> None:
        known = self.orders.silences.values()  # those that were removed end when that happened
        self._silences = tuple(each for each in known if each.start <= now < each.end)
        self._ended_silences = [each for each in known if now - REMEMBERED < each.end <= now]

    def _boundaries(self, now: int) -> Iterator[int]:
        for each in self._all():
            if (current := maintenance.current(each, self._zone, now)) is not None:
                yield current[1]
            elif (start := maintenance.next_start(each, self._zone, now)) is not None:
                yield start
        for silence in self.orders.silences.values():
            yield from (edge for edge in (silence.start, silence.end) if edge > now)
        for name in self._duties:
            duty = self._duty(name)
            if duty is not None and (change := hours.next_change(duty, self._zone, now)) is not None:
                yield change[0]

    def _all(self) -> Iterator[Maintenance]:
        yield from self._declared
        yield from self.orders.maintenance.values()

    def _duty(self, name: str) -> Hours | None:
        return self._hours.get(name) if name else None


def _is_about(silence: Silence, incident: Incident, at: Moment) -> bool:
    seen: Mapping[str, object] = {**seen_of(incident, at), "name": incident.name}
    return matches(silence.match, seen)
