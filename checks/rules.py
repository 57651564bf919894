"""What entries owe each other. Judged on the tree, so that a mistake in one entry hides none in another."""

from collections.abc import Collection, Iterator, Mapping

from checks.fit import Reading
from checks.options import NAME, NAME_RULE
from checks.shapes import meant
from checks.source import List, Map, Node, Path, Scalar
from checks.values import read_duration, read_flag, read_whole

EMPTY = Map({}, {}, "", 1, 1)
INTERVAL, TIMEOUT = 30.0, 10.0


def mapping(node: Node | None) -> Map:
    """Give a node as a mapping: an empty one where it is missing or something else."""
    return node if isinstance(node, Map) else EMPTY


def entries(root: Map, section: str) -> dict[str, Map]:
    """Give the entries of a section that are mappings, by name."""
    values = mapping(root.values.get(section)).values
    return {name: mapping(node) for name, node in values.items()}


def judge(root: Map, reading: Reading) -> None:
    """Refuse everything that does not fit together."""
    for section in ("services", "checks", "objectives", "receivers"):
        _names(mapping(root.values.get(section)), section, reading)
    _references(root, reading)
    _circles(root, reading)
    _numbers(root, reading)
    _counts(root, reading)


def _names(section: Map, title: str, reading: Reading) -> None:
    for name, key in section.keys.items():
        if not NAME.fullmatch(name):
            reading.refuse(key, (title, name), f"the name {NAME_RULE}")


def _references(root: Map, reading: Reading) -> None:
    """Refuse what names something that does not exist, or the same thing twice in one list."""
    names = {title: entries(root, title).keys() for title in ("services", "checks", "receivers")}
    for title, path, node in _referring(root):
        seen: set[str] = set()
        for at, scalar in _texts(node, path):
            if scalar.unset:
                continue
            if scalar.text not in names[title]:
                word = title.removesuffix("s")
                reading.refuse(scalar, at, f"there is no such {word}{meant(scalar.text, names[title])}")
            elif scalar.text in seen:
                reading.refuse(scalar, at, "named twice")
            seen.add(scalar.text)


def _referring(root: Map) -> Iterator[tuple[str, Path, Node]]:
    """Give each option that names something: in which section, where, and its node."""
    yield from _option(mapping(root.values.get("defaults")), ("defaults",), service="services")
    for name, entry in entries(root, "services").items():
        yield from _option(entry, ("services", name), depends_on="services")
    for name, entry in entries(root, "checks").items():
        yield from _option(entry, ("checks", name), service="services")
    for name, entry in entries(root, "objectives").items():
        yield from _option(
            entry, ("objectives", name), service="services", services="services", check="checks"
        )
    alerting = mapping(root.values.get("alerting"))
    yield from _option(alerting, ("alerting",), fallback="receivers")
    routes = alerting.values.get("routes")
    for index, route in enumerate(routes.items if isinstance(routes, List) else ()):
        path: Path = ("alerting", "routes", index)
        yield from _option(mapping(route), path, receivers="receivers")
        yield from _option(mapping(mapping(route).values.get("match")), (*path, "match"), service="services")


def _option(entry: Map, path: Path, **titles: str) -> Iterator[tuple[str, Path, Node]]:
    """Give the options of an entry that name something; each takes a text, or a list where it is a plural."""
    for option, title in titles.items():
        node = entry.values.get(option)
        several = option in ("depends_on", "services", "receivers")
        if isinstance(node, List if several else Scalar):
            yield title, (*path, option), node


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, List):
        yield from (
            ((*path, index), item) for index, item in enumerate(node.items) if isinstance(item, Scalar)
        )


def _circles(root: Map, reading: Reading) -> None:
    """Refuse services that depend on themselves by way of others, naming the way."""
    services = entries(root, "services")
    hangs_on = {name: _dependencies(entry, services) for name, entry in services.items()}
    for way in circles(hangs_on):
        node = services[way[-2]].values["depends_on"]
        path, item = next(
            (path, item)
            for path, item in _texts(node, ("services", way[-2], "depends_on"))
            if item.text == way[-1]
        )
        reading.refuse(item, path, f"services depend on each other in a circle: {' → '.join(way)}")


def _dependencies(entry: Map, services: Collection[str]) -> list[str]:
    node = entry.values.get("depends_on")
    return [scalar.text for _, scalar in _texts(node, ()) if scalar.text in services] if node else []


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


def _numbers(root: Map, reading: Reading) -> None:
    """Refuse a time-out longer than the interval; one taken from `defaults` is cut to fit instead."""
    defaults = mapping(root.values.get("defaults"))
    usual = _seconds(defaults, "interval", INTERVAL)
    for path, entry in _timed(root, defaults):
        timeout = _seconds(entry, "timeout", 0.0)
        if timeout > _seconds(entry, "interval", usual):
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


def _counts(root: Map, reading: Reading) -> None:
    """Refuse to ask for more members than there are."""
    members: dict[str, int] = {}
    usual = mapping(root.values.get("defaults"))
    for entry in entries(root, "checks").values():
        service = entry.values.get("service", usual.values.get("service"))
        if isinstance(service, Scalar) and _counted(entry, usual):
            members[service.text] = members.get(service.text, 0) + 1
    for name, entry in entries(root, "services").items():
        _enough(entry, "up_when", members.get(name, 0), ("services", name), reading)
    for name, entry in entries(root, "objectives").items():
        services = entry.values.get("services")
        size = len(services.items) if isinstance(services, List) else 1
        _enough(entry, "combine", size, ("objectives", name), reading)


def _counted(entry: Map, usual: Map) -> bool:
    """Say whether a check decides its service's state."""
    for option in ("sli", "enabled"):
        node = entry.values.get(option, usual.values.get(option))
        try:
            if isinstance(node, Scalar) and not read_flag(node.text):
                return False
        except ValueError:
            continue
    return True


def _enough(entry: Map, option: str, members: int, path: Path, reading: Reading) -> None:
    node = mapping(entry.values.get(option)).values.get("at_least")
    try:
        wanted = read_whole(node.text) if isinstance(node, Scalar) else 0
    except ValueError:
        return
    if isinstance(node, Scalar) and wanted > members:
        reading.refuse(node, (*path, option, "at_least"), f"there are only {members} to count")
