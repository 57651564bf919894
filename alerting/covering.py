"""Whose incident tells of a service too: the loudest claim wins, and a quiet ancestor covers nobody. Pure.

docs/decisions/0012-one-outage-one-page.md says why so. Times are ms since the epoch, UTC.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from alerting import services
from alerting.announcer import Announcer
from alerting.audience import audience_of
from alerting.book import Book
from alerting.incident import Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.routes import is_pager, louder, severity_of, urgency_of


@dataclass(frozen=True, slots=True)
class Claim:
    """How loud a service would be told by itself, now: `put_off` outside of its route's hours."""

    urgency: Urgency
    put_off: bool
    tier: int
    names: tuple[str, ...]


class Covering:
    """Decides which ancestor's incident a service is told with; `undelivered` are pages that nobody takes."""

    def __init__(self, book: Book, announcer: Announcer) -> None:
        self.undelivered: set[str] = set()
        self._book, self._announcer = book, announcer
        self._ancestors: Mapping[str, Set[str]] = {}

    def follow(self, ancestors: Mapping[str, Set[str]]) -> None:
        """Go by other dependencies from now on."""
        self._ancestors = ancestors

    def find(self, name: str, at: Moment, *, already: str = "", raising: bool = True) -> str | None:
        """Name the ancestor whose incident tells of a service too: one that is loud enough as it is.

        Of several it is the one that has failed for longest. Where there is none it is the topmost that can
        be as loud as the service would be by itself, and becomes so: that is as good as a new page, and done
        only where `raising`. `already` is the one that does so until now: a hold that begins takes nobody
        from it.
        """
        claim = self._claim(name, at)
        found = [self._book.open.get(at.key("service", parent)) for parent in self._ancestors[name]]
        usable = [each for each in found if each and self._is_usable(each, already, at)]
        loud = [each for each in usable if _is_loud(each, claim)]
        if not loud and raising:
            loud = self._topmost([each for each in usable if self._can_rise(each, claim, at)])
        if not loud:
            return None
        first = min(loud, key=lambda each: (each.fault_at, each.name))
        self.raise_to(first, claim.urgency, claim.tier, at)
        self._wake_too(first.key, claim.names, at)
        return first.name

    def _topmost(self, incidents: Sequence[Incident]) -> list[Incident]:
        """Give those that do not depend on another of them."""
        names = {each.name for each in incidents}
        return [each for each in incidents if not self._ancestors[each.name] & names]

    def raise_to(self, incident: Incident, urgency: Urgency, tier: int, at: Moment) -> None:
        """Tell an incident louder, where it is less: what wakes somebody must be new at the receiver."""
        if louder(urgency, incident.urgency) and not incident.held:
            risen = replace(incident, urgency=urgency, severity=severity_of(urgency, tier), suppressed_by="")
            self._announcer.supersede(risen, at)

    def swallow(self, name: str, parent: str, at: Moment) -> None:
        """Tell of a service with an ancestor's incident, and by itself as information only."""
        at.decision.suppressed.append("dependency")
        key, above = at.key("service", name), at.key("service", parent)
        known = self._book.open.get(key)
        quiet = _quiet(
            known or services.incident_of(at.standings[name], at.configuration, at.now), parent, at
        )
        if known is None:
            self._announcer.begin(quiet, at)
        elif known.announced:
            self._book.keep(replace(known, suppressed_by=parent), at.decision)
        else:
            self._announcer.announce(quiet, at)
        covering = self._book.open[above]
        if name not in covering.swallowed or name in covering.returned:
            names = tuple(dict.fromkeys((*covering.swallowed, name)))
            back = tuple(each for each in covering.returned if each != name)
            self._book.keep(replace(covering, swallowed=names, returned=back), at.decision)
            self._announcer.news(above, at)

    def returned(self, name: str, above: str, at: Moment) -> None:
        """Take note that one is up again that an ancestor's incident tells of."""
        known = self._book.open.get(at.key("service", above)) if above else None
        if known and name in known.swallowed and name not in known.returned:
            self._book.keep(replace(known, returned=(*known.returned, name)), at.decision)
            self._announcer.news(known.key, at)

    def _claim(self, name: str, at: Moment) -> Claim:
        """Say how loud a service would be by itself; one that is held would be told to nobody."""
        tier = at.standings[name].service.tier
        known = self._book.open.get(at.key("service", name))  # down perhaps no more: it may flap
        made = known or services.incident_of(at.standings[name], at.configuration, at.now)
        made = replace(made, urgency=urgency_of(tier), announced_at=None)
        if self._announcer.calendar.held(made, at):
            return Claim(Urgency.INFO, put_off=True, tier=tier, names=())
        audience = audience_of(made, at, self._announcer.calendar.off)
        return Claim(made.urgency, audience.put_off, tier, audience.names)

    def _is_usable(self, incident: Incident, already: str, at: Moment) -> bool:
        if incident.suppressed_by or incident.key in self.undelivered:
            return False
        return incident.name == already or not (incident.held or _is_closed(incident, at))

    def _can_rise(self, incident: Incident, claim: Claim, at: Moment) -> bool:
        """Say whether an incident can be announced as urgently as that."""
        if incident.held or _is_enough(incident, claim):
            return False
        risen = replace(incident, urgency=claim.urgency, announced_at=None)
        audience = audience_of(risen, at, self._announcer.calendar.off)
        return bool(audience.names) and (claim.put_off or not audience.put_off)

    def _wake_too(self, key: str, hearers: Iterable[str], at: Moment) -> None:
        """Where no pager hears of the ancestor, let those of the child hear of it."""
        if not any(is_pager(at.configuration, name) for name in self._book.open[key].told):
            self._announcer.tell_more(key, [name for name in hearers if is_pager(at.configuration, name)], at)


def _quiet(incident: Incident, parent: str, at: Moment) -> Incident:
    """Give the incident of a service as one that is told with an ancestor's."""
    above = at.standings[parent].service.title or parent
    return replace(
        incident,
        urgency=Urgency.INFO,
        severity="info",
        text=f"{incident.title or incident.name} is down too: it depends on {above}",
        suppressed_by=parent,
    )


def _is_closed(incident: Incident, at: Moment) -> bool:
    """Say whether all who wake people, and were told, hold it for resolved."""
    pagers = [name for name in incident.told if is_pager(at.configuration, name)]
    return bool(pagers) and set(pagers) <= set(incident.closed_by)


def _is_enough(incident: Incident, claim: Claim) -> bool:
    return not louder(claim.urgency, incident.urgency) and (claim.put_off or not incident.put_off)


def _is_loud(incident: Incident, claim: Claim) -> bool:
    """Say whether an incident is announced as urgently as that, or as little where nobody would hear it."""
    unheard = not claim.names and not incident.held
    told = incident.announced or incident.put_off  # put off, it covers only what is put off too
    return _is_enough(incident, claim) and (told or unheard)
