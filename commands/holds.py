"""What holds or held the announcement of incidents, by the configuration and the log of operations. Pure.

A configuration that has changed since is taken for the one of then: nobody keeps the former ones.
Times are ms since the epoch, UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from alerting.graph import ancestors, dependents
from alerting.incident import Incident
from alerting.orders import LAST, Orders
from alerting.routes import facets, matches, route_for
from checks.model import Configuration, Maintenance
from checks.walls import EPOCH, MILLISECOND
from slo import hours
from slo.maintenance import windows
from store.rows import Operation


@dataclass(frozen=True, slots=True)
class Hold:
    """A maintenance or a silence by its id, and from when to when it holds."""

    id: str
    begin: int
    end: int
    reason: str = ""
    author: str = ""
    planned: bool = False  # whether it is a maintenance

    @property
    def name(self) -> str:
        """Name it so that one sees what it is."""
        return in_maintenance(self.id) if self.planned else self.id

    @property
    def whose(self) -> str:
        """Say what it is for, and who declared it."""
        said = ", ".join(filter(None, (self.reason, self.author)))
        return f" ({said})" if said else ""

    @property
    def why(self) -> str:
        """Say what it is for."""
        return f" ({self.reason})" if self.reason else ""


class Holds:
    """What was declared, in the file and at run time, and which hours the routes keep."""

    def __init__(
        self, configuration: Configuration, orders: Orders, added: Mapping[str, int] | None = None
    ) -> None:
        self._configuration = configuration
        self._orders = orders
        self._added = added or {}  # by id: when it was declared, before which it held nothing
        self._zone = ZoneInfo(configuration.timezone)
        self._dependents = dependents(ancestors(configuration))

    @classmethod
    def of(cls, configuration: Configuration, written: Iterable[Operation]) -> "Holds":
        """Follow what was written down."""
        orders, added = Orders(ZoneInfo(configuration.timezone)), dict[str, int]()
        for operation in written:
            orders.take(operation)
            if operation.what == "maintenance.add":
                added[operation.subject] = operation.at
        return cls(configuration, orders, added)

    # --- maintenance and silences

    def of_incident(self, incident: Incident, start: int, end: int) -> list[Hold]:
        """Give what held it in [start, end), in order of time."""
        if incident.scope == "storm" or end <= start:
            return []
        service = "" if incident.expiry else incident.service
        found = [*self.of_service(service, start, end), *self._of_silences(incident, start, end)]
        return sorted(found, key=lambda hold: (hold.begin, hold.end))

    def of_service(self, service: str, start: int, end: int) -> Iterator[Hold]:
        """Give the maintenance that a service was in within [start, end)."""
        for each in self._all():
            if service in each.services or service in self.also_held(each):
                yield from self._windows(each, start, end)

    def by_service(self, start: int, end: int) -> Mapping[str, list[Hold]]:
        """Give the maintenance within [start, end) of every service that is in any."""
        found: dict[str, list[Hold]] = {}
        for each in self._all():
            for hold in self._windows(each, start, end):
                for name in (*each.services, *self.also_held(each)):
                    found.setdefault(name, []).append(hold)
        return found

    def also_held(self, each: Maintenance) -> list[str]:
        """Name what is held only because it depends on what is in maintenance."""
        below = {name for of in each.services for name in self._dependents.get(of, ())}
        return sorted(below - {*each.services}) if each.dependents else []

    def silences(self, start: int, end: int) -> list[Hold]:
        """Give the silences within [start, end), whatever they are about."""
        return [
            Hold(each.id, each.start, each.end, each.reason, each.author)
            for each in self._orders.silences.values()
            if max(each.start, start) < min(each.end, end)
        ]

    def _all(self) -> Iterator[Maintenance]:
        yield from self._configuration.maintenance
        yield from self._orders.maintenance.values()

    def _windows(self, each: Maintenance, start: int, end: int) -> Iterator[Hold]:
        name = each.name.removesuffix(LAST)
        since = self._added.get(name, start)
        for begin, until in windows(each, self._zone, start, end):
            begin = max(begin, since)
            if max(begin, start) < min(until, end):
                yield Hold(name, begin, until, each.reason, each.author, planned=True)

    def _of_silences(self, incident: Incident, start: int, end: int) -> Iterator[Hold]:
        seen = {**self._seen(incident), "name": incident.name}
        for hold in self.silences(start, end):
            if matches(self._orders.silences[hold.id].match, seen):
                yield hold

    # --- hours

    def off(self, incident: Incident, at: int) -> str:
        """Name the hours of its route that an instant is outside of; nothing where it is within them."""
        during = route_for(self._configuration, self._seen(incident)).during
        known = self._configuration.alerting.hours.get(during)
        return "" if known is None or hours.within(known, self._zone, at) else during

    def begun(self, name: str, after: int, before: int) -> int | None:
        """Give the last beginning of hours in (after, before], if there is one."""
        stretches = hours.stretches(self._configuration.alerting.hours[name], self._zone, after, before + 1)
        return max((begin for begin, _ in stretches if begin > after), default=None)

    def _seen(self, incident: Incident) -> Mapping[str, object]:
        service = self._configuration.services.get(incident.service)
        return facets(incident.scope, incident.urgency, service)


def in_maintenance(name: str) -> str:
    """Name a maintenance so that one sees what it is."""
    return name if name.startswith("maintenance") else f"maintenance {name}"


def time_of_day(at: int, zone: tzinfo, near: int, *, seconds: bool = False) -> str:
    """Write an instant where the configuration is at home; without its date where `near` is on that day."""
    then, now = ((EPOCH + each * MILLISECOND).astimezone(zone) for each in (at, near))
    date = "" if then.date() == now.date() else f"{then:%Y-%m-%d} "
    return f"{date}{then:%H:%M:%S %Z}" if seconds else f"{date}{then:%H:%M %Z}"
