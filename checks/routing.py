"""The section `alerting`: routes, fallback, dead man's switch."""

from collections.abc import Mapping
from typing import Any

from checks.entries import section_map
from checks.fit import Reading, named, remedy, section, walk
from checks.model import Alerting, DeadMansSwitch, Route
from checks.options import AlertingOptions, MatchOptions, SwitchOptions, read_url
from checks.shapes import options
from checks.source import Map, Path, Scalar

SWITCH: Path = ("alerting", "dead_mans_switch")


def alerting_from(root: Map, site: str, reading: Reading) -> Alerting:
    """Make the section; its defaults where it is not written."""
    node = section_map(root, "alerting", reading)
    said = section(AlertingOptions, node, root.keys.get("alerting", root), ("alerting",), reading)
    if said is None:
        return Alerting(prefix=site)
    return Alerting(
        prefix=said.prefix or site,
        routes=tuple(Route(receivers=route.receivers, match=_match(route.match)) for route in said.routes),
        fallback=said.fallback,
        fallback_after=said.fallback_after,
        dead_mans_switch=_switch(said.dead_mans_switch, root, reading),
    )


def _match(said: MatchOptions) -> Mapping[str, Any]:
    """Give what a route asks, without what it does not ask."""
    asked = {name: getattr(said, name) for name in options(MatchOptions)}
    return {name: value for name, value in asked.items() if value is not None}


def _switch(said: SwitchOptions | None, root: Map, reading: Reading) -> DeadMansSwitch | None:
    """Make the dead man's switch. Without an address it is off, which is noted and is no mistake."""
    if said is None:
        return None
    node, path = walk(root, (*SWITCH, "url"))
    if not said.url:
        why = remedy(node) if isinstance(node, Scalar) else ""
        reading.say(named(root, path), SWITCH, f"off, because url is not set{why}")
        return None
    try:
        read_url(said.url.reveal())
    except ValueError as error:
        reading.refuse(node, path, str(error))
    return DeadMansSwitch(url=said.url.reveal(), interval=said.interval)
