"""What is worth saying about a configuration that is right as it stands."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from checks.fit import Reading
from checks.model import Configuration, Route
from checks.source import List, Map, Node, Path, Problem
from checks.tree import mapping


class Note(NamedTuple):
    """Something worth saying, and the path of what it is about; the path need not be written."""

    path: Path
    message: str


# What folders to the right have to say: they know what a configuration comes to.
Rule = Callable[[Configuration], Iterable[Note]]


def notes(
    configuration: Configuration, root: Map, reading: Reading, rules: Iterable[Rule]
) -> tuple[Problem, ...]:
    """Give the notes made while reading, and what only the whole shows, by place."""
    _say_unmeasured(configuration, root, reading)
    _say_unrouted(configuration, root, reading)
    for rule in rules:
        for path, message in rule(configuration):
            reading.say(nearest(root, path), path, message)
    return tuple(sorted(reading.notes))


def nearest(root: Map, path: Path) -> Node:
    """Give where the name of what is at a path stands, or of the nearest written thing around it."""
    node: Node = root
    at: Node = root
    for part in path:
        if isinstance(node, Map) and part in node.values:
            at, node = node.keys[str(part)], node.values[str(part)]
        elif isinstance(node, List) and isinstance(part, int) and part < len(node.items):
            at = node = node.items[part]
        else:
            return at
    return at


def _say_unmeasured(configuration: Configuration, root: Map, reading: Reading) -> None:
    measured = {check.service for check in configuration.checks.values() if check.sli and check.enabled}
    keys = mapping(root.values.get("services")).keys
    for name in configuration.services:
        if name not in measured:
            reading.say(keys[name], ("services", name), "no check asks about it, so its state stays unknown")


def _told_by(route: Route) -> Iterator[str]:
    """Name everybody whom a route tells at some time."""
    yield from (*route.receivers, *route.otherwise)
    for step in route.escalate:
        yield from step.receivers


def _say_unrouted(configuration: Configuration, root: Map, reading: Reading) -> None:
    alerting = configuration.alerting
    if not alerting.routes:  # then every receiver is told everything
        return
    used = {alerting.fallback, *(name for route in alerting.routes for name in _told_by(route))}
    keys = mapping(root.values.get("receivers")).keys
    for name in configuration.receivers:
        if name not in used:
            reading.say(keys[name], ("receivers", name), "no route leads to it, so it is told nothing")
