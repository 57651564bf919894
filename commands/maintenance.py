"""`maintenance add|list|remove`: time in which services may fail, declared at run time, also afterwards."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from alerting.form import instant
from alerting.orders import Orders, last_window
from alerting.words import lasting
from checks import planned
from checks.fit import Reading
from checks.inert import NOT_YET
from checks.model import Configuration, Maintenance
from checks.recurrence import first_instants, read_recurrence
from checks.source import Map
from checks.texts import read_name
from checks.times import read_instant
from checks.values import read_duration
from checks.walls import EPOCH, MILLISECOND
from commands.context import Context, Status, Stop, unknown
from commands.holds import Holds
from commands.operating import (
    by_whom,
    desk,
    in_range,
    instant_of,
    known_services,
    local,
    next_id,
    of_list,
    of_remove,
    orders_of,
    refuse,
    tree,
    zone_of,
)
from commands.parser import actions, by
from slo.maintenance import current, next_start

OPTIONS = {"recurrence": "--recurrence", "duration": "--for", "start": "--start", "services": "--service"}
SECOND = 1000  # ms
SHORT, LONG = 120.0, 7 * 86_400.0  # seconds


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {
            "add": ("declare time in which services may fail, coming or over", _arguments_of_add),
            "list": ("show what is declared, in the file and at run time", of_list),
            "remove": ("take back what was declared at run time", partial(of_remove, "maintenance")),
        },
    )


def _arguments_of_add(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--service", metavar="NAME", action="append", required=True, help="what may fail; may be repeated")
    add("--start", metavar="TIME", type=by(read_instant), help="when it begins (default: now)")
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--for", metavar="DURATION", dest="duration", type=by(read_duration), help="how long")
    until.add_argument("--until", metavar="TIME", type=by(read_instant), help="when it ends")
    add(
        "--recurrence", metavar="RRULE", type=by(read_recurrence), help="as FREQ=MONTHLY;BYDAY=1SA (RFC 5545)"
    )
    add(
        "--effect",
        choices=("exclude", "label"),
        default="exclude",
        help="exclude takes the time out of figures, label changes no number (default: exclude)",
    )
    add("--no-dependents", action="store_true", help="announce what depends on the services all the same")
    add("--name", metavar="NAME", type=by(read_name), help="its id (default: maintenance-1, -2 and so on)")
    add("--reason", metavar="TEXT", default="", help="what is done in it")
    by_whom(parser)


def run(context: Context) -> Status:
    """Do what was typed."""
    configuration = context.configuration()
    {"add": _add, "list": _list, "remove": _remove}[context.said.action](context, configuration)
    return Status.YES


def _add(context: Context, configuration: Configuration) -> None:
    known_services(context.said.service, configuration)
    document = _document(context, configuration)
    with desk(context, configuration) as held:
        taken = held.orders.ids | {each.name for each in configuration.maintenance}
        name = context.said.name or next_id("maintenance", taken)
        if name in taken:
            raise Stop(Status.WRONG_USE, f"there is a maintenance called {name} already: give --name another")
        declared, notes = _judged(document | {"name": name}, configuration.timezone)
        held.write("maintenance.add", name, document)
    for note in notes:
        context.console.complain(note)
    _say(context, declared, zone_of(configuration))
    if also := Holds(configuration, Orders()).also_held(declared):
        context.console.line(f"it also holds {', '.join(also)}; --no-dependents leaves them out")
    if declared.duration > LONG:
        lasts = lasting(round(declared.duration * 1000))
        context.console.complain(
            f"it lasts {lasts}, in which nobody is told of these services: is that meant?"
        )


def _document(context: Context, configuration: Configuration) -> dict[str, Any]:
    """Give what was typed under the names of the file's options."""
    said, zone = context.said, zone_of(configuration)
    start = _start(context, zone)
    begin = instant_of(start, zone, "--start")
    end = (
        begin + round(said.duration * 1000) if said.until is None else instant_of(said.until, zone, "--until")
    )
    if end <= begin:
        hint = "" if said.start else "; for a time that is over say --start too"
        raise Stop(Status.WRONG_USE, f"it must end after it begins, at {local(begin, zone)}{hint}")
    in_range(end, "its end")
    return {
        "services": said.service,
        "start": start.isoformat(timespec="seconds"),
        "duration": (end - begin) / 1000,
        **({"recurrence": said.recurrence} if said.recurrence else {}),
        "effect": said.effect,
        "dependents": not said.no_dependents,
        "reason": said.reason,
    }


def _start(context: Context, zone: tzinfo) -> datetime:
    """Give the begin. One that does not recur is pinned: another time zone is not to move it."""
    now = EPOCH + context.clock.now() // SECOND * SECOND * MILLISECOND
    start: datetime = context.said.start or now.astimezone(zone).replace(tzinfo=None)
    if start.tzinfo or context.said.recurrence:
        return start
    return start.replace(tzinfo=zone) if context.said.start else now.astimezone(zone)


def _judged(document: Mapping[str, Any], timezone: str) -> tuple[Maintenance, list[str]]:
    """Let the file's own rules judge it; give it, and what is worth saying of it."""
    reading = Reading({})
    written = {**document, "duration": f"{document['duration']:.3f}s"}
    root = tree({"maintenance": [written]})
    assert isinstance(root, Map), "a mapping is a map"
    made = planned.maintenance(root, timezone, reading)
    refuse(reading, OPTIONS)
    return made[0], [note.message for note in reading.notes if note.message != NOT_YET]


def _say(context: Context, declared: Maintenance, zone: tzinfo) -> None:
    begin = instant_of(_first(declared, zone), declared.start.tzinfo or zone, "--start")
    end = begin + round(declared.duration * 1000)
    again = f", and again by {declared.recurrence}" if declared.recurrence else ""
    context.console.line(
        f"{declared.name} is declared for {', '.join(declared.services)}: "
        f"{_clock(begin, declared, zone)} to {_clock(end, declared, zone)}{again}"
    )


def _clock(at: int, declared: Maintenance, zone: tzinfo) -> str:
    """Write a beginning or an end, to the second where minutes do not tell one from the other."""
    return local(at, zone, seconds=declared.duration < SHORT)


def _first(declared: Maintenance, zone: tzinfo) -> datetime:
    if not declared.recurrence:
        return declared.start
    return first_instants(declared.recurrence, declared.start, zone, 1)[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """A maintenance as it is listed: the window that is now, else the next, else the last (ms), if any."""

    maintenance: Maintenance
    source: str
    window: tuple[int, int] | None
    now: bool
    over: bool


def _list(context: Context, configuration: Configuration) -> None:
    zone, now = zone_of(configuration), context.clock.now()
    orders = orders_of(context, configuration)
    rows = [row for row in listed(configuration, orders, zone, now) if context.said.all or not row.over]
    if context.said.json:
        context.console.json([_shape(row) for row in rows])
    elif rows:
        heads = ("id", "source", "services", "now", "window", "recurrence", "reason", "author")
        context.console.table(heads, [_row(row, zone) for row in rows])
    else:
        hint = "" if context.said.all else "; --all shows what is over"
        context.console.line(f"no maintenance is declared{hint}")


def listed(configuration: Configuration, orders: Orders, zone: tzinfo, now: int) -> Iterator[Listed]:
    """Give all of it: that of the file, then what was added."""
    for source, declared in (("file", configuration.maintenance), ("added", orders.maintenance.values())):
        for each in declared:
            yield _listed(each, source, zone, now)


def _listed(declared: Maintenance, source: str, zone: tzinfo, now: int) -> Listed:
    window = current(declared, zone, now)
    if window:
        return Listed(declared, source, window, now=True, over=False)
    begin = next_start(declared, zone, now)
    if begin is not None:
        return Listed(declared, source, (begin, begin + _length(declared)), now=False, over=False)
    last = last_window(declared, zone, now)
    return Listed(declared, source, last, now=False, over=True)


def _length(declared: Maintenance) -> int:
    return round(declared.duration * 1000)


def _row(row: Listed, zone: tzinfo) -> tuple[str, ...]:
    declared, window = row.maintenance, "–"
    if row.window:
        window = f"{_clock(row.window[0], declared, zone)} for {lasting(row.window[1] - row.window[0])}"
    return (
        declared.name,
        row.source,
        ", ".join(declared.services),
        "now" if row.now else "over" if row.over else "–",
        window,
        declared.recurrence or "–",
        declared.reason or "–",
        declared.author or "–",
    )


def _shape(row: Listed) -> Mapping[str, Any]:
    declared, (start, end) = row.maintenance, row.window or (None, None)
    return {
        "id": declared.name,
        "source": row.source,
        "services": list(declared.services),
        "start": None if start is None else instant(start),
        "end": None if end is None else instant(end),
        "recurrence": declared.recurrence or None,
        "effect": declared.effect,
        "dependents": declared.dependents,
        "reason": declared.reason,
        "author": declared.author,
        "now": row.now,
    }


def _remove(context: Context, configuration: Configuration) -> None:
    name, zone = context.said.id, zone_of(configuration)
    with desk(context, configuration) as held:
        declared = _removable(name, context.said.config, configuration, held.orders)
        row = _listed(declared, "added", zone, held.now)
        if row.over:
            raise Stop(Status.WRONG_USE, f"{name} is over: what it covered stays as it is")
        held.write("maintenance.remove", name, {})
    if row.now:
        context.console.line(f"{name} ends now; what it has covered stays")
    elif declared.recurrence:
        context.console.line(f"{name} does not recur any more; what it has covered stays")
    else:
        context.console.line(f"{name} is taken back before it has begun")


def _removable(name: str, config: str, configuration: Configuration, orders: Orders) -> Maintenance:
    if name in orders.maintenance and name not in orders.removed:
        return orders.maintenance[name]
    if name in {each.name for each in configuration.maintenance}:
        raise Stop(Status.WRONG_USE, f"{name} is declared in {config}: take it out there and reload")
    if name in orders.removed:
        raise Stop(Status.WRONG_USE, f"{name} has been removed already")
    raise unknown("maintenance", name, orders.maintenance.keys() - orders.removed)
