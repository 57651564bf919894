"""Maintenance and reports: what happens at times that are known before."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from checks.calendar_options import MaintenanceOptions, ReportOptions
from checks.fit import Reading, section, walk
from checks.model import Maintenance, Report
from checks.recurrence import first_instants
from checks.source import List, Map, Path
from checks.tree import blank

T = TypeVar("T")

LOOKED_AT = 8  # instants of a recurrence: enough to see its step
DAYS = {"week": 7, "month": 28, "quarter": 90, "year": 365}  # that every such period has


def listed(
    root: Map, title: str, reading: Reading, make: Callable[[Map, Path, Reading], T | None]
) -> tuple[T, ...]:
    """Make every item of a section that is a list; those with mistakes are left out."""
    node = root.values.get(title)
    if node is None or blank(node):
        return ()
    if not isinstance(node, List):
        reading.refuse(node, (title,), "must be a list")
        return ()
    made: list[T] = []
    for index, item in enumerate(node.items):
        if not isinstance(item, Map):
            reading.refuse(item, (title, index), "must be a mapping of options")
        elif (value := make(item, (title, index), reading)) is not None:
            made.append(value)
    return tuple(made)


def maintenance(root: Map, timezone: str, reading: Reading) -> tuple[Maintenance, ...]:
    """Make the section `maintenance`."""
    zone = ZoneInfo(timezone)
    seen: set[str] = set()

    def make(item: Map, path: Path, reading: Reading) -> Maintenance | None:
        said = section(MaintenanceOptions, item, item, path, reading)
        if said is None:
            return None
        if said.name in seen:
            reading.refuse(item.values["name"], (*path, "name"), "another maintenance has this name")
        seen.add(said.name)
        if said.recurrence:
            _judge_recurrence(said, zone, item, path, reading)
        return maintenance_from(said)

    return listed(root, "maintenance", reading, make)


def _judge_recurrence(
    said: MaintenanceOptions, zone: ZoneInfo, item: Map, path: Path, reading: Reading
) -> None:
    """Refuse a rule that gives nothing, or windows that run into each other."""
    instants = first_instants(said.recurrence or "", said.start, zone, LOOKED_AT)
    node, at = item.values["recurrence"], (*path, "recurrence")
    if not instants:
        reading.refuse(node, at, "gives no instant from start on")
    elif any(later - earlier < timedelta(seconds=said.duration) for earlier, later in pairwise(instants)):
        reading.refuse(item.values["duration"], (*path, "duration"), "is longer than the recurrence's step")
    elif instants[0] != said.start.replace(tzinfo=None):
        reading.say(node, at, f"start is not one of its instants; the first is {instants[0]:%Y-%m-%dT%H:%M}")


def maintenance_from(said: MaintenanceOptions) -> Maintenance:
    """Make a maintenance of its options, wherever they were written."""
    return Maintenance(
        name=said.name,
        services=said.services,
        start=said.start,
        duration=said.duration,
        recurrence=said.recurrence or "",
        effect=said.effect,
        dependents=said.dependents,
        reason=said.reason,
        author=said.author,
    )


def report(item: Map, path: Path, reading: Reading) -> Report | None:
    """Make an item of the section `reports`."""
    said = section(ReportOptions, item, item, path, reading)
    if said is None:
        return None
    day, minute = said.at
    if day > DAYS[said.period]:
        node, at = walk(item, ("at",))
        reading.refuse(
            node, (*path, *at), f"must be day 1 to {DAYS[said.period]}, which every {said.period} has"
        )
    return Report(period=said.period, day=day, minute=minute, to=said.to)
