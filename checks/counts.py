"""How many checks a service has, and what may be asked of so many. Judged on the tree, as in rules.py."""

from collections.abc import Mapping

from checks.fit import Reading
from checks.kinds import Kinds
from checks.source import List, Map, Node, Path, Scalar
from checks.tree import entries, mapping
from checks.values import read_flag, read_whole

COUNTED = {"attempts", "latency"}  # indicators of one check


def judge_counts(root: Map, kinds: Kinds, reading: Reading) -> None:
    """Refuse to ask for more members than there are, and to count the attempts of more than one check."""
    members = _members(root, kinds)
    for name, entry in entries(root, "services").items():
        _enough(entry, "up_when", members.get(name, 0), ("services", name), reading)
    for name, entry in entries(root, "objectives").items():
        services = entry.values.get("services")
        size = len(services.items) if isinstance(services, List) else 1
        _enough(entry, "combine", size, ("objectives", name), reading)
        if _text(entry.values.get("indicator")) in COUNTED:
            _one_check(entry, members, ("objectives", name), reading)


def _members(root: Map, kinds: Kinds) -> Mapping[str, int]:
    """Count the indicator checks of every service."""
    members = dict.fromkeys(entries(root, "services"), 0)
    usual = mapping(root.values.get("defaults"))
    for entry in entries(root, "checks").values():
        service = _text(entry.values.get("service", usual.values.get("service")))
        if service in members and _is_indicator(entry, usual, kinds):
            members[service] += 1
    return members


def _is_indicator(entry: Map, usual: Map, kinds: Kinds) -> bool:
    """Say whether a check decides its service's state; what is written wrongly says nothing."""
    sli = _flag(entry.values.get("sli", usual.values.get("sli")))
    if _flag(entry.values.get("enabled", usual.values.get("enabled"))) is False or sli is False:
        return False
    kind = _text(entry.values.get("kind", usual.values.get("kind")))
    return sli is True or not kinds.is_evidence(kind)


def _flag(node: Node | None) -> bool | None:
    try:
        return read_flag(node.text) if isinstance(node, Scalar) else None
    except ValueError:
        return None


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _enough(entry: Map, option: str, members: int, path: Path, reading: Reading) -> None:
    node = mapping(entry.values.get(option)).values.get("at_least")
    try:
        wanted = read_whole(node.text) if isinstance(node, Scalar) else 0
    except ValueError:
        return
    if isinstance(node, Scalar) and wanted > members:
        there = f"there is only {members}" if members == 1 else f"there are only {members}"
        reading.refuse(node, (*path, option, "at_least"), f"{there} to count")


def _one_check(entry: Map, members: Mapping[str, int], path: Path, reading: Reading) -> None:
    """Refuse an objective that counts attempts, but not those of one check."""
    service, services = entry.values.get("service"), entry.values.get("services")
    if services is not None:
        reading.refuse(services, (*path, "services"), "only time has several; attempts are those of a check")
    elif service is not None and members.get(_text(service), 1) != 1:
        count = members[_text(service)]
        told = "has no indicator check" if not count else f"has {count} indicator checks"
        reading.refuse(service, (*path, "service"), f"{told}; this indicator is about one: name it by check")
