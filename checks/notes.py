"""What is worth saying about a configuration that is right as it stands."""

from checks.fit import Reading
from checks.model import Configuration
from checks.rules import mapping
from checks.source import Map


def lines(configuration: Configuration, root: Map, reading: Reading) -> tuple[str, ...]:
    """Give the notes made while reading, and what only the whole shows, by place."""
    _say_unmeasured(configuration, root, reading)
    _say_unrouted(configuration, root, reading)
    return tuple(map(str, sorted(reading.notes)))


def _say_unmeasured(configuration: Configuration, root: Map, reading: Reading) -> None:
    measured = {check.service for check in configuration.checks.values() if check.sli and check.enabled}
    keys = mapping(root.values.get("services")).keys
    for name in configuration.services:
        if name not in measured:
            reading.say(keys[name], ("services", name), "no check asks about it, so its state stays unknown")


def _say_unrouted(configuration: Configuration, root: Map, reading: Reading) -> None:
    alerting = configuration.alerting
    if not alerting.routes:  # then every receiver is told everything
        return
    used = {alerting.fallback, *(name for route in alerting.routes for name in route.receivers)}
    keys = mapping(root.values.get("receivers")).keys
    for name in configuration.receivers:
        if name not in used:
            reading.say(keys[name], ("receivers", name), "no route leads to it, so it is told nothing")
