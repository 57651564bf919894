"""What entries owe each other. Judged on the tree, so that a mistake in one entry hides none in another."""

from collections.abc import Collection, Iterator, Mapping

from checks.fit import Reading
from checks.kinds import Kinds
from checks.references import judge_names
from checks.source import Map, Path, Scalar
from checks.tree import entries, mapping, texts
from checks.values import read_duration

INTERVAL, TIMEOUT = 30.0, 10.0


def judge(root: Map, kinds: Kinds, reading: Reading) -> None:
    """Refuse everything that does not fit together."""
    judge_names(root, reading)
    _circles(root, reading)
    _numbers(root, kinds, reading)


def _circles(root: Map, reading: Reading) -> None:
    """Refuse services that depend on themselves by way of others, naming the way."""
    services = entries(root, "services")
    hangs_on = {name: _dependencies(entry, services) for name, entry in services.items()}
    for way in circles(hangs_on):
        node = services[way[-2]].values["depends_on"]
        path, item = next(
            (path, item)
            for path, item in texts(node, ("services", way[-2], "depends_on"))
            if item.text == way[-1]
        )
        reading.refuse(item, path, f"services depend on each other in a circle: {' → '.join(way)}")


def _dependencies(entry: Map, services: Collection[str]) -> list[str]:
    node = entry.values.get("depends_on")
    return [scalar.text for _, scalar in texts(node, ()) if scalar.text in services] if node else []


def circles(hangs_on: Mapping[str, list[str]]) -> list[list[str]]:
    """Give the circles in who hangs on whom, one for each closing step, as ways that end where they begin."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in hangs_on:
        way, ahead = [start], [iter(hangs_on[start])]
        on_way = {start}
        while way and start not in done:
            following = next(ahead[-1], None)
            if following is None:
                ahead.pop()
                done.add(way[-1])
                on_way.discard(way.pop())
            elif following in on_way:
                found.append([*way[way.index(following) :], following])
            elif following not in done:
                way.append(following)
                on_way.add(following)
                ahead.append(iter(hangs_on[following]))
    return found


def _numbers(root: Map, kinds: Kinds, reading: Reading) -> None:
    """Refuse a time-out longer than the interval; one taken from `defaults` is cut to fit instead."""
    defaults = mapping(root.values.get("defaults"))
    usual = _seconds(defaults, "interval", INTERVAL)
    for path, entry in _timed(root, defaults):
        kind = entry.values.get("kind")
        its = kinds.usual(kind.text).get("interval") if isinstance(kind, Scalar) else None
        interval = _seconds(entry, "interval", read_duration(its) if its else usual)
        timeout = _seconds(entry, "timeout", 0.0)
        if timeout > interval > 0:  # no interval at all is refused where it is read
            reading.refuse(
                entry.values["timeout"], (*path, "timeout"), "must not be longer than the interval"
            )


def _timed(root: Map, defaults: Map) -> Iterator[tuple[Path, Map]]:
    yield ("defaults",), defaults
    yield from ((("checks", name), entry) for name, entry in entries(root, "checks").items())


def _seconds(entry: Map, option: str, otherwise: float) -> float:
    node = entry.values.get(option)
    try:
        return read_duration(node.text) if isinstance(node, Scalar) else otherwise
    except ValueError:
        return otherwise  # refused where its option is read
