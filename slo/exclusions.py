"""Which time does not count: of services, that of their maintenance; of objectives, also what is off hours.

Maintenance excludes the time of the services that it names. Those that depend on them are held, and their
time counts: docs/decisions/0014-the-ledger.md. Times are ms since the epoch, UTC.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from checks.model import Configuration, Hours, Maintenance
from slo import hours
from slo.excluding import Excluded
from slo.maintenance import windows
from slo.spans import Span, clipped, common, complement, union


class Exclusions:
    """Owner of what does not count. `maintenance` is all that there is, of the file and of run time."""

    def __init__(self, configuration: Configuration, maintenance: Iterable[Maintenance]) -> None:
        self._services: dict[str, Excluded] = {}
        self._maintenance: dict[str, list[Maintenance]] = {}
        self.follow(configuration, maintenance)

    def follow(self, configuration: Configuration, maintenance: Iterable[Maintenance]) -> bool:
        """Go by another configuration and other maintenance; say whether any time counts otherwise now."""
        excluding: dict[str, list[Maintenance]] = {}
        for each in maintenance:
            if each.effect == "exclude":
                for name in each.services:
                    excluding.setdefault(name, []).append(each)
        self._hours, zone = configuration.alerting.hours, ZoneInfo(configuration.timezone)
        if (excluding, zone) == (self._maintenance, getattr(self, "_zone", None)):
            return False
        self._maintenance, self._zone = excluding, zone
        for excluded in self._services.values():
            excluded.forget()
        return True

    def of_service(self, name: str) -> Excluded:
        """Give the time in which a service is in excluded maintenance."""
        if name not in self._services:
            self._services[name] = Excluded(partial(self._maintained, name))
        return self._services[name]

    def of(self, services: Sequence[str], during: str) -> Excluded:
        """Give the time in which all these services are in maintenance, or that is off hours."""
        return Excluded(partial(self._neither, services, during))

    def off(self, during: str) -> Excluded | None:
        """Give the time that is off hours; None where there are no hours."""
        return Excluded(partial(self._off, during)) if during else None

    def _maintained(self, service: str, start: int, end: int) -> list[Span]:
        each = (windows(one, self._zone, start, end) for one in self._maintenance.get(service, ()))
        return list(clipped(union(span for spans in each for span in spans), start, end))

    def _off(self, during: str, start: int, end: int) -> list[Span]:
        return complement(_within(self._hours[during], self._zone, start, end), start, end)

    def _neither(self, services: Sequence[str], during: str, start: int, end: int) -> list[Span]:
        sets = [self._maintained(name, start, end) for name in services]
        out = common(sets, start, end) if sets else []
        return union([*out, *(self._off(during, start, end) if during else ())])


def _within(known: Hours, zone: ZoneInfo, start: int, end: int) -> list[Span]:
    return list(hours.stretches(known, zone, start, end))
