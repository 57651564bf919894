"""The events of a calendar file: iCalendar (RFC 5545), unfolded and taken apart, not yet understood. Pure.

A reader of our own: what we need of the format are its lines (section 3.1). The library for all of it takes a
tenth of a second of every start, skips what it cannot read, and does not say in which line that stands.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.values import RuleError

PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
LINE = re.compile(rf"([A-Za-z0-9-]+)((?:{PARAMETER.pattern})*):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Property:
    """One line of an event: its name is known to whoever has it. `parameters` have names in capitals."""

    value: str
    line: int
    parameters: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, why: str) -> RuleError:
        """Make the error that says what is wrong with it."""
        return wrong(self.line, why)


@dataclass(slots=True)
class Event:
    """The properties of one event by their names in capitals; `line` is where it begins."""

    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)

    def all(self, name: str) -> list[Property]:
        """Give the properties of a name."""
        return self.properties.get(name, [])

    def one(self, name: str) -> Property | None:
        """Give the only property of a name, if it is there. Raises RuleError where there are more."""
        found = self.all(name)
        if len(found) > 1:
            raise found[1].wrong(f"is a second {name} of one event")
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Give the value of a property that need not be there."""
        found = self.one(name)
        return found.value if found else ""


def wrong(line: int, why: str) -> RuleError:
    """Make the error that says what is wrong in a line of the file."""
    return RuleError(f"line {line} of the file {why}")


def read_events(text: str) -> list[Event]:
    """Give the events of a calendar file. Raises RuleError, with the line, where it is none or cut short."""
    within: list[str] = []
    events: list[Event] = []
    number = 0
    for number, line in _unfolded(text):
        name, found = _taken_apart(number, line)
        if name == "END":
            _end(within, found)
        elif name == "BEGIN" and (within or found.value.upper() == "VCALENDAR"):
            within.append(found.value.upper())
            if within[-1] == "VEVENT":
                events.append(Event(number))
        elif not within:
            raise wrong(number, "must be BEGIN:VCALENDAR")
        elif within[-1] == "VEVENT":
            events[-1].properties.setdefault(name, []).append(found)
    _judge_end(within, number)
    return events


def _taken_apart(number: int, line: str) -> tuple[str, Property]:
    found = LINE.fullmatch(line)
    if not found:
        raise wrong(number, "is not one of iCalendar, NAME:VALUE")
    parameters = {name.upper(): text.strip('"') for name, text in PARAMETER.findall(found[2])}
    return found[1].upper(), Property(found[5].strip(), number, parameters)


def _end(within: list[str], found: Property) -> None:
    if within[-1:] != [found.value.upper()]:
        raise found.wrong(f"must be END:{within[-1]}" if within else "ends what has not begun")
    within.pop()


def _judge_end(within: list[str], number: int) -> None:
    if within:
        raise wrong(number, f"is the last, and END:{within[-1]} is missing: it is cut short")
    if not number:
        raise RuleError("the file is empty: it must begin with BEGIN:VCALENDAR")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines with their numbers; one that begins with a blank goes on with the line before it."""
    begun, parts = 0, [""]
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        if line[:1] in (" ", "\t") and begun:
            parts.append(line[1:])
        elif line:
            if begun:
                yield begun, "".join(parts)
            begun, parts = number, [line]
    if begun:
        yield begun, "".join(parts)
