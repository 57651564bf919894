"""Names, and what names them. Judged on the tree, so that a mistake in one entry hides none in another."""

from collections.abc import Collection, Iterator, Mapping

from checks.fit import Reading
from checks.options import SECTIONS, ServiceOptions
from checks.shapes import guess, meant_or_there, options
from checks.source import List, Map, Node, Path, Scalar
from checks.texts import NAME, NAME_RULE
from checks.tree import blank, entries, items, mapping, texts

HOURS: Path = ("alerting", "hours")
SEVERAL = {"depends_on", "services", "receivers", "otherwise", "to"}  # options that take a list of names
NAMED = ("service", "check", "receiver")  # what has a section of its own, called by the plural
Referring = Iterator[tuple[str, Path, Node]]


def judge_names(root: Map, reading: Reading) -> None:
    """Refuse names that are none, and names of what does not exist."""
    for title in ("services", "checks", "objectives", "receivers", "vendors"):
        _names(mapping(root.values.get(title)), (title,), reading)
    _names(_hours(root), HOURS, reading)
    _references(root, reading)
    _renames(root, reading)


def _hours(root: Map) -> Map:
    return mapping(mapping(root.values.get("alerting")).values.get("hours"))


def _names(section: Map, path: Path, reading: Reading) -> None:
    for name, key in section.keys.items():
        if not NAME.fullmatch(name):
            reading.refuse(key, (*path, name), f"the name {NAME_RULE}")


def _references(root: Map, reading: Reading) -> None:
    """Refuse what names something that does not exist, or the same thing twice in one list."""
    there: dict[str, Collection[str]] = {
        word: entries(root, f"{word}s").keys() for word in NAMED if not _is_unclear(root, f"{word}s")
    }
    if "service" in there:
        there["service"] = {*there["service"], *_nested_services(root)}
    there["entry in alerting.hours"] = _hours(root).values.keys()
    for word, path, node in _referring(root):
        if word not in there:
            continue
        seen: set[str] = set()
        for at, scalar in texts(node, path):
            if scalar.unset:
                continue
            if scalar.text not in there[word]:
                known = meant_or_there(scalar.text, [name for name in there[word] if NAME.fullmatch(name)])
                reading.refuse(scalar, at, f"there is no such {word}{known}")
            elif scalar.text in seen:
                reading.refuse(scalar, at, "named twice")
            seen.add(scalar.text)


def _nested_services(root: Map) -> Iterator[str]:
    """Give those that stand among the options of another one, where they are refused: none is missing."""
    for entry in entries(root, "services").values():
        for name, node in entry.values.items():
            if isinstance(node, Map) and name not in options(ServiceOptions):
                yield name


def _is_unclear(root: Map, title: str) -> bool:
    """Say whether a section is refused as a whole, so that nothing is known of what it holds."""
    node = root.values.get(title)
    if node is None:
        return title in {guess(name, SECTIONS) for name in root.values if name not in SECTIONS}
    return not isinstance(node, Map) and not blank(node)


def _referring(root: Map) -> Referring:
    """Give each option that names something: what, where, and its node."""
    yield from _option(mapping(root.values.get("defaults")), ("defaults",), service="service")
    for name, entry in entries(root, "services").items():
        yield from _option(entry, ("services", name), depends_on="service")
    for name, entry in entries(root, "checks").items():
        yield from _option(entry, ("checks", name), service="service")
    for name, entry in entries(root, "objectives").items():
        yield from _option(entry, ("objectives", name), service="service", services="service", check="check")
        yield from _option(entry, ("objectives", name), during="entry in alerting.hours")
    for path, item in items(root, "maintenance", ()):
        yield from _option(item, path, services="service")
    for path, item in items(root, "reports", ()):
        yield from _option(item, path, to="receiver")
    yield from _referring_of_alerting(mapping(root.values.get("alerting")))


def _referring_of_alerting(alerting: Map) -> Referring:
    yield from _option(alerting, ("alerting",), fallback="receiver")
    for path, route in items(alerting, "routes", ("alerting",)):
        yield from _option(route, path, receivers="receiver", otherwise="receiver")
        yield from _option(route, path, during="entry in alerting.hours")
        yield from _option(mapping(route.values.get("match")), (*path, "match"), service="service")
        for at, step in items(route, "escalate", path):
            yield from _option(step, at, receivers="receiver")


def _option(entry: Map, path: Path, **words: str) -> Referring:
    """Give the options of an entry that name something; each takes a text, or a list where it is a plural."""
    for option, word in words.items():
        node = entry.values.get(option)
        if isinstance(node, List if option in SEVERAL else Scalar):
            yield word, (*path, option), node


def _renames(root: Map, reading: Reading) -> None:
    """Refuse a `was` that is no former name: what exists was not renamed, and one became only one."""
    checks = entries(root, "checks")
    became: dict[str, str] = {}
    for name, entry in checks.items():
        was = entry.values.get("was")
        if isinstance(was, Scalar) and was.text:
            wrong = _no_former_name(name, was.text, checks, became)
            if wrong:
                reading.refuse(was, ("checks", name, "was"), wrong)
            became.setdefault(was.text, name)


def _no_former_name(name: str, was: str, checks: Mapping[str, Map], became: Mapping[str, str]) -> str:
    if was == name:
        return "is its name now; was takes the former one"
    if was in checks:
        return "a check of this name exists; was takes a name that is no longer used"
    return f"{became[was]} has taken over this name already" if was in became else ""
