"""Who is to hear of an incident by now: its route's receivers, or others outside of its hours. Pure.

An audience only grows while an incident is open: whoever was told hears its end. Times are ms since the
epoch, UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerting.incident import Incident
from alerting.moment import Moment
from alerting.routes import facets, fallback_of, route_for, usable
from checks.model import Route

Off = Callable[[Route, int], bool]  # whether a route's receivers are off duty at an instant


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to be told by now.

    `put_off`: it is outside of the route's hours, and these are who is told instead. `escalated` are told
    because nobody has acknowledged it. `until`: when time alone makes it more, where it does.
    """

    names: tuple[str, ...] = ()
    put_off: bool = False
    escalated: tuple[str, ...] = ()
    until: int | None = None


def audience_of(incident: Incident, at: Moment, off: Off) -> Audience:
    """Say who is to hear of an incident by now, by the configuration of now."""
    if incident.scope == "storm":
        return Audience((incident.name,))
    seen = seen_of(incident, at)
    route = route_for(at.configuration, seen)
    about = _about(incident)
    if incident.announced_at is None and off(route, at.now):
        return Audience(_named(route.otherwise, route, seen, about, at), put_off=True)
    named = _named(route.receivers, route, seen, about, at)
    if about:
        named += fallback_of(at.configuration, {*named, about})
    due = [(_due(step.after, incident, at), step.receivers) for step in route.escalate]
    late = [name for when, names in due if when <= at.now for name in names]
    return Audience(
        named,
        escalated=_named(tuple(late), route, seen, about, at),
        until=min((when for when, _ in due if when > at.now), default=None),
    )


def seen_of(incident: Incident, at: Moment) -> Mapping[str, Any]:
    """Give what a route's `match` may ask of an incident."""
    standing = at.standings.get(incident.service)
    return facets(incident.scope, incident.urgency, standing.service if standing else None)


def _about(incident: Incident) -> str:
    """Name the receiver that is itself the trouble: it is not told of it."""
    return incident.name.removeprefix("receiver/") if incident.name.startswith("receiver/") else ""


def _named(
    names: tuple[str, ...], route: Route, seen: Mapping[str, Any], about: str, at: Moment
) -> tuple[str, ...]:
    return tuple(name for name in usable(at.configuration, names, route, seen) if name != about)


def _due(after: float, incident: Incident, at: Moment) -> int:
    """Say when a step of the escalation is due: not while an acknowledgement stands."""
    began = at.now if incident.announced_at is None else incident.announced_at
    due = began + round(after * 1000)
    stands = [heard.at for heard in incident.heard.values() if heard.acknowledged or heard.closed]
    if not stands:
        return due
    return max(due, max(stands) + round(at.configuration.alerting.acknowledge_expires * 1000))
