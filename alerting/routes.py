"""Which receivers hear of an incident: the first route that matches, without those that are off."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from alerting.intent import Urgency
from alerting.receiver import Target
from checks.model import Configuration, Route, Service

TIER_URGENCY = {1: Urgency.PAGE, 2: Urgency.PAGE, 3: Urgency.INFO}
TIER_SEVERITY = {1: "critical", 2: "error", 3: "warning"}
LOUDEST_FIRST = tuple(Urgency)
NOBODY = Route(receivers=())


def louder(one: Urgency, other: Urgency) -> bool:
    """Say whether the first asks more of a person than the second."""
    return LOUDEST_FIRST.index(one) < LOUDEST_FIRST.index(other)


def urgency_of(tier: int) -> Urgency:
    """Say what a service of this tier asks of a person when it is down."""
    return TIER_URGENCY[tier]


def severity_of(urgency: Urgency, tier: int | None) -> str:
    """Say how loud a message is: critical, error, warning or info."""
    if urgency is Urgency.PAGE:
        return TIER_SEVERITY.get(tier or 1, "error")
    return "warning" if urgency is Urgency.TICKET else "info"


def facets(scope: str, urgency: Urgency, service: Service | None) -> Mapping[str, Any]:
    """Give what a route's `match` may ask about."""
    return {
        "scope": scope,
        "urgency": urgency.value,
        "severity": severity_of(urgency, service.tier if service else None),
        "tier": service.tier if service else None,
        "service": service.name if service else "",
        "owner": service.owner if service else "",
        "labels": service.labels if service else {},
    }


def matches(match: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Say whether every word of `match` agrees; `labels` agree when each one asked for does."""
    return all(
        all(seen["labels"].get(name) == value for name, value in asked.items())
        if word == "labels"
        else seen[word] == asked
        for word, asked in match.items()
    )


def receivers_of(configuration: Configuration, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the receivers that hear of it at all times when its route is heard, in order."""
    route = route_for(configuration, seen)
    return usable(configuration, route.receivers, route, seen)


def usable(
    configuration: Configuration, names: Iterable[str], route: Route, seen: Mapping[str, Any]
) -> tuple[str, ...]:
    """Give those of a route's receivers that are not off and take an incident of this urgency.

    `info` reaches a receiver that says so of itself (pagers) only by a route that names that urgency.
    """
    quiet = seen["urgency"] == Urgency.INFO and "urgency" not in route.match
    return tuple(name for name in names if _usable(configuration, name, quiet=quiet))


def is_pager(configuration: Configuration, name: str) -> bool:
    """Say whether a receiver is one that wakes people: it takes no information."""
    receiver = configuration.receivers.get(name)
    return receiver is not None and not cast(Target, receiver.target).abilities.info


def fallback_of(configuration: Configuration, told: Collection[str]) -> tuple[str, ...]:
    """Name the fallback; nobody where there is none, where it is off, or where it is among the `told`."""
    name = configuration.alerting.fallback
    if not name or name in told or configuration.receivers[name].off:
        return ()
    return (name,)


def route_for(configuration: Configuration, seen: Mapping[str, Any]) -> Route:
    """Give the first route that matches. Without any every receiver hears; where none matches, nobody."""
    routes = configuration.alerting.routes
    if not routes:
        return Route(receivers=tuple(configuration.receivers))
    return next((route for route in routes if matches(route.match, seen)), NOBODY)


def _usable(configuration: Configuration, name: str, *, quiet: bool) -> bool:
    receiver = configuration.receivers[name]
    if receiver.off:
        return False
    target: Target = receiver.target  # type: ignore[assignment]  # checks stands left of receivers: it cannot name the type
    return target.abilities.info or not quiet
