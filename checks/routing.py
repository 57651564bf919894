"""The section `alerting`: routes, hours, fallback, dead man's switch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from checks.alerting_options import AlertingOptions, HoursOptions, MatchOptions, RouteOptions, SwitchOptions
from checks.entries import section_map
from checks.fit import Reading, named, remedy, section, walk
from checks.holidays import read_days_off
from checks.model import Alerting, DeadMansSwitch, Escalation, Hours, Route
from checks.shapes import options
from checks.source import Map, Path, Scalar
from checks.texts import read_url
from checks.values import RuleError

SWITCH: Path = ("alerting", "dead_mans_switch")


def alerting_from(
    root: Map, site: str, timezone: str, reading: Reading, read: Callable[[str], str]
) -> Alerting:
    """Make the section; its defaults where it is not written. `read` gives the text of a file of holidays."""
    node = section_map(root, "alerting", reading)
    said = section(AlertingOptions, node, root.keys.get("alerting", root), ("alerting",), reading)
    _judge_address(root, reading)
    if said is None:
        return Alerting(prefix=site)
    days_off = _Holidays(root, ZoneInfo(timezone), reading, read).days_off
    return Alerting(
        prefix=said.prefix or site,
        routes=tuple(_route(route, index, root, reading) for index, route in enumerate(said.routes)),
        fallback=said.fallback,
        fallback_after=said.fallback_after,
        dead_mans_switch=_switch(said.dead_mans_switch, root, reading),
        hours={name: _hours(name, hours, days_off(name, hours)) for name, hours in said.hours.items()},
        hold_max=said.hold_max,
        storm_limit=said.storm_limit,
        flapping=said.flapping,
        acknowledge_expires=said.acknowledge_expires,
        self_test=said.self_test,
    )


@dataclass(frozen=True, slots=True)
class _Holidays:
    """Reads the calendar files that hours name."""

    root: Map
    zone: ZoneInfo
    reading: Reading
    read: Callable[[str], str]

    def days_off(self, name: str, said: HoursOptions) -> frozenset[date]:
        """Give the days off of an entry; refuse a file that cannot be read, and note one without any day."""
        if not said.holidays:
            return frozenset()
        node, path = walk(self.root, ("alerting", "hours", name, "holidays"))
        try:
            days = read_days_off(self._text(said.holidays), self.zone)
        except RuleError as error:
            self.reading.refuse(node, path, str(error))
            return frozenset()
        if not days:
            self.reading.say(
                node, path, "the file has no day off: export the calendar with its all-day events"
            )
        return days

    def _text(self, path: str) -> str:
        """Give the text of a calendar file. Raises RuleError with the remedy where there is none."""
        try:
            return self.read(path)
        except FileNotFoundError:
            raise RuleError("there is no such file: a relative path begins beside this one") from None
        except IsADirectoryError:
            raise RuleError("must be a calendar file (iCalendar), and is a folder") from None
        except OSError as error:
            raise RuleError(f"cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise RuleError("must be a calendar file (iCalendar) in UTF-8, and is not text in it") from None
        except ValueError:
            raise RuleError("cannot be the name of a file") from None


def _hours(name: str, said: HoursOptions, days_off: frozenset[date]) -> Hours:
    return Hours(
        name=name, days=said.days, begin=said.from_, end=said.to, holidays=said.holidays, days_off=days_off
    )


def _route(said: RouteOptions, index: int, root: Map, reading: Reading) -> Route:
    path: Path = ("alerting", "routes", index)
    if said.otherwise and not said.during:
        at = (*path, "otherwise")
        reading.refuse(named(root, at), at, "goes only with during")
    _judge_steps(said, path, root, reading)
    return Route(
        receivers=said.receivers,
        match=_match(said.match),
        escalate=tuple(Escalation(after=step.after, receivers=step.receivers) for step in said.escalate),
        during=said.during,
        otherwise=said.otherwise,
    )


def _judge_steps(said: RouteOptions, path: Path, root: Map, reading: Reading) -> None:
    """Refuse an escalation that does not go forward."""
    for index, (step, following) in enumerate(pairwise(said.escalate), start=1):
        if following.after <= step.after:
            node, at = walk(root, (*path, "escalate", index, "after"))
            reading.refuse(node, at, "must be later than the step before it")


def _match(said: MatchOptions) -> Mapping[str, Any]:
    """Give what a route asks, without what it does not ask."""
    asked = {name: getattr(said, name) for name in options(MatchOptions)}
    return {name: value for name, value in asked.items() if value is not None}


def _judge_address(root: Map, reading: Reading) -> None:
    """Refuse a wrong address of the switch, also beside other mistakes of the section."""
    node, path = walk(root, (*SWITCH, "url"))
    if path == (*SWITCH, "url") and isinstance(node, Scalar) and node.text:
        try:
            read_url(node.text)
        except ValueError as error:
            reading.refuse(node, path, str(error))


def _switch(said: SwitchOptions | None, root: Map, reading: Reading) -> DeadMansSwitch | None:
    """Make the dead man's switch. Without an address it is off, which is noted and is no mistake."""
    if said is None:
        return None
    node, path = walk(root, (*SWITCH, "url"))
    if not said.url:
        why = remedy(node) if isinstance(node, Scalar) else ""
        reading.say(named(root, path), SWITCH, f"off, because url is not set{why}")
        return None
    return DeadMansSwitch(url=said.url, interval=said.interval)
