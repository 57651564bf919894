"""Which receivers hear of an incident: the first route that matches, without those that are off."""

from collections.abc import Collection, Mapping
from typing import Any

from alerting.intent import Urgency
from alerting.receiver import Target
from checks.model import Configuration, Service

TIER_URGENCY = {1: Urgency.PAGE, 2: Urgency.PAGE, 3: Urgency.INFO}
TIER_SEVERITY = {1: "critical", 2: "error", 3: "warning"}


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


def receivers_of(
    configuration: Configuration, seen: Mapping[str, Any], *, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Name the receivers that hear of it, in order.

    Without any route every receiver does. `info` reaches a receiver that says so of itself (pagers) only by a
    route that names that urgency. `without` are those that the incident is about.
    """
    named, asked_for = routed(configuration, seen)
    quiet = seen["urgency"] == Urgency.INFO and not asked_for
    return tuple(name for name in named if name not in without and _usable(configuration, name, quiet=quiet))


def fallback_of(configuration: Configuration, told: Collection[str]) -> tuple[str, ...]:
    """Name the fallback; nobody where there is none, where it is off, or where it is among the `told`."""
    name = configuration.alerting.fallback
    if not name or name in told or configuration.receivers[name].off:
        return ()
    return (name,)


def routed(configuration: Configuration, seen: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Name those that the first matching route names, off or not, and say whether it asks for the urgency."""
    routes = configuration.alerting.routes
    if not routes:
        return tuple(configuration.receivers), False
    for route in routes:
        if matches(route.match, seen):
            return route.receivers, "urgency" in route.match
    return (), False


def _usable(configuration: Configuration, name: str, *, quiet: bool) -> bool:
    receiver = configuration.receivers[name]
    if receiver.off:
        return False
    target: Target = receiver.target  # type: ignore[assignment]  # checks stands left of receivers: it cannot name the type
    return target.abilities.info or not quiet
