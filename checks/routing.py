"""The section `alerting`: routes, hours, fallback, dead man's switch."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from checks.alerting_options import AlertingOptions, HoursOptions, MatchOptions, RouteOptions, SwitchOptions
from checks.entries import section_map
from checks.fit import Reading, named, remedy, section, walk
from checks.model import Alerting, DeadMansSwitch, Escalation, Hours, Route
from checks.shapes import options
from checks.source import Map, Path, Scalar
from checks.texts import read_url

SWITCH: Path = ("alerting", "dead_mans_switch")


def alerting_from(root: Map, site: str, reading: Reading) -> Alerting:
    """Make the section; its defaults where it is not written."""
    node = section_map(root, "alerting", reading)
    said = section(AlertingOptions, node, root.keys.get("alerting", root), ("alerting",), reading)
    _judge_address(root, reading)
    if said is None:
        return Alerting(prefix=site)
    return Alerting(
        prefix=said.prefix or site,
        routes=tuple(_route(route, index, root, reading) for index, route in enumerate(said.routes)),
        fallback=said.fallback,
        fallback_after=said.fallback_after,
        dead_mans_switch=_switch(said.dead_mans_switch, root, reading),
        hours={name: _hours(name, hours) for name, hours in said.hours.items()},
        hold_max=said.hold_max,
        storm_limit=said.storm_limit,
        acknowledge_expires=said.acknowledge_expires,
        self_test=said.self_test,
    )


def _hours(name: str, said: HoursOptions) -> Hours:
    return Hours(name=name, days=said.days, begin=said.from_, end=said.to, holidays=said.holidays)


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
