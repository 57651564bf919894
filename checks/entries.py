"""Services, checks, vendors and receivers: each entry of a section to its value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from checks.durations import duration_text
from checks.fit import Reading, fit, known, missing_secrets, named, not_set, part, remedy, section
from checks.kinds import COMMON, Kinds
from checks.merge import NAMED
from checks.model import Check, Receiver, Service, Vendor
from checks.network import network_of
from checks.objectives import counting
from checks.options import CommonOptions, ServiceOptions, VendorOptions
from checks.rules import TIMEOUT
from checks.shapes import guess, options
from checks.source import List, Map, Node, Path, Scalar, written
from checks.tree import EMPTY, blank

MAY_BE_EMPTY = {"services", "vendors"}  # sections whose entries need no option

T = TypeVar("T")


def section_map(root: Map, title: str, reading: Reading) -> Map:
    """Give a section as a mapping, or refuse it and give an empty one."""
    node = root.values.get(title)
    if isinstance(node, Map):
        return node
    if node is not None and not blank(node):
        listed = title in NAMED and isinstance(node, List)
        told = ": NAME: and its options below it, without dashes" if listed else ""
        reading.refuse(node, (title,), f"must be a mapping{told}")
    return EMPTY


def each(
    root: Map, title: str, reading: Reading, make: Callable[[str, Scalar, Map], T | None]
) -> Mapping[str, T]:
    """Make every entry of a section, by name; those with mistakes are left out."""
    made: dict[str, T] = {}
    entries = section_map(root, title, reading)
    for name, node in entries.values.items():
        entry = EMPTY._replace(file=node.file) if title in MAY_BE_EMPTY and blank(node) else node
        if not isinstance(entry, Map):
            reading.refuse(node, (title, name), "must be a mapping of options")
        elif (value := make(name, entries.keys[name], entry)) is not None:
            made[name] = value
    return MappingProxyType(made)


def service(name: str, key: Scalar, entry: Map, reading: Reading) -> Service | None:
    """Make a service."""
    said = section(ServiceOptions, entry, key, ("services", name), reading)
    if said is None:
        return None
    return Service(
        name=name,
        title=said.title,
        owner=said.owner,
        tier=said.tier,
        depends_on=said.depends_on,
        vendors=said.vendors,
        up_when=counting(said.up_when),
        unknown_after=said.unknown_after,
        detect_within=said.detect_within,
        runbook=said.runbook,
        labels=said.labels,
    )


def vendor(name: str, key: Scalar, entry: Map, reading: Reading) -> Vendor | None:
    """Make a vendor."""
    said = section(VendorOptions, entry, key, ("vendors", name), reading)
    if said is None:
        return None
    return Vendor(
        name=name,
        url=said.url or "",
        announce=said.announce,
        sla=said.sla,
        follow_maintenance=said.follow_maintenance,
    )


@dataclass(frozen=True, slots=True)
class Checks:
    """Makes checks: what all of them share, and the kinds there are."""

    defaults: Map
    kinds: Kinds
    reading: Reading

    def make(self, name: str, key: Scalar, entry: Map) -> Check | None:
        """Make a check; the options of its kind stand flat beside those that every check has."""
        path: Path = ("checks", name)
        kind = entry.values.get("kind", self.defaults.values.get("kind"))
        common = self._common(entry, key, kind)
        cls = self.kinds.named(kind, (*path, "kind"), self.reading)
        taken: frozenset[str] = frozenset()
        if cls:
            taken = known(entry, COMMON | options(cls).keys(), path, self.reading)
        elif "kind" not in common.values:
            taken = known(part(entry, _near(entry)), COMMON, path, self.reading)
        self._required(cls, common, key, path, taken)
        said = fit(CommonOptions, common, key, path, self.reading, taken=taken)
        if not cls:
            return None
        own = part(entry, options(cls))
        probe = fit(cls, own, key, path, self.reading, taken=taken)
        if said is None or probe is None:
            return None
        self._say_unasked(cls, common, path)
        self._spaced(cls, said, common.values.get("interval", key), path)
        check = self._check(name, key, said, probe, own, timed="timeout" in entry.values)
        if check:
            self._in_time(check, common.values.get("timeout", key), path)
        return check

    def _common(self, entry: Map, key: Scalar, kind: Node | None) -> Map:
        """Give what the check says, or else its kind, or else `defaults`."""
        own, usual = part(entry, COMMON), self.defaults
        texts = self.kinds.usual(kind.text) if isinstance(kind, Scalar) else {}
        values = {name: key._replace(text=text, plain=True) for name, text in texts.items()}
        names = usual.keys | dict.fromkeys(values, key) | own.keys
        return Map(names, usual.values | values | own.values, own.file, own.line, own.column)

    def _spaced(self, cls: Any, said: CommonOptions, place: Node, path: Path) -> None:
        """Refuse what would come too often to who counts, of kinds that have an interval of their own."""
        if "interval" in self.kinds.usual(cls.kind) and said.interval < cls.least_spacing:
            least = duration_text(cls.least_spacing)
            self.reading.refuse(place, (*path, "interval"), f"must be at least {least} for kind {cls.kind}")

    def _in_time(self, check: Check, place: Node, path: Path) -> None:
        """Refuse a timeout that a kind may need all of by its own options, and cannot say what it learned."""
        takes = getattr(check.probe, "takes", 0.0)
        if takes >= check.timeout:
            told = f"must be longer than the {duration_text(takes)} that an attempt may take by its options"
            self.reading.refuse(place, (*path, "timeout"), told)

    def _required(self, cls: Any, common: Map, key: Scalar, path: Path, taken: frozenset[str]) -> None:
        """Miss `kind`, and `service` but where the kind is evidence, or unknown and so may be."""
        may_be_evidence = getattr(cls, "evidence", False) or (cls is None and "kind" in common.values)
        for option in ("kind",) if may_be_evidence else ("kind", "service"):
            if option not in common.values and option not in taken:
                self.reading.refuse(key, (*path, option), "is required")

    def _say_unasked(self, cls: Any, common: Map, path: Path) -> None:
        if not getattr(cls, "asked", True):
            told = f"kind {cls.kind} is not asked by this version yet: the check stays unknown"
            self.reading.say(common.values["kind"], (*path, "kind"), told)

    def _check(
        self, name: str, key: Scalar, said: CommonOptions, probe: Any, own: Map, *, timed: bool
    ) -> Check | None:
        path: Path = ("checks", name)
        try:
            host = probe.host()
        except ValueError:
            self.reading.refuse(key, path, "whom it asks cannot be told from its options")
            return None
        timeout = TIMEOUT if said.timeout is None else said.timeout
        return Check(
            name=name,
            kind=said.kind,
            probe=probe,
            service=said.service,
            interval=said.interval,
            timeout=timeout if timed else min(timeout, said.interval),
            confirm=said.confirm,
            confirm_interval=said.confirm_interval,
            recover=said.recover,
            slow_after=said.slow_after,
            network=said.network or network_of(host),
            host=host,
            enabled=said.enabled,
            sli=said.sli if said.sli is not None else not getattr(probe, "evidence", False),
            labels=said.labels,
            was=said.was,
            missing_secrets=self._missing(type(probe), own, path),
        )

    def _missing(self, cls: Any, own: Map, path: Path) -> tuple[str, ...]:
        missing = missing_secrets(cls, own, path, self.reading)
        for at, empty in missing:
            why = f"{written(at)} is not set{remedy(empty)}"
            self.reading.say(named(own, at), path, f"stays unknown, because {why}")
        return tuple(written(at) for at, _ in missing)


def _near(entry: Map) -> set[str]:
    """Give the options that look like a misspelt `kind`: without a kind, no other can be judged."""
    return {name for name in entry.values if name not in COMMON and guess(name, COMMON) == "kind"}


def receiver(name: str, key: Scalar, entry: Map, kinds: Kinds, reading: Reading) -> Receiver | None:
    """Make a receiver. One whose secret is not set is off, which is noted and is no mistake."""
    path: Path = ("receivers", name)
    kind = entry.values.get("kind")
    cls = kinds.named(kind, (*path, "kind"), reading)
    if not cls or not isinstance(kind, Scalar):
        _refuse_kind(kind, key, path, reading)
        return None
    taken = known(entry, options(cls).keys() | {"kind"}, path, reading)
    own = part(entry, options(cls))
    target = fit(cls, own, key, path, reading, taken=taken)
    if target is None:
        return None
    off = target.off()
    _say_off(missing_secrets(cls, own, path, reading), off, own, key, path, reading)
    return Receiver(name=name, kind=kind.text, target=target, off=off)


def _refuse_kind(kind: Node | None, key: Scalar, path: Path, reading: Reading) -> None:
    if kind is None:
        reading.refuse(key, (*path, "kind"), "is required")
    elif not isinstance(kind, Scalar):
        reading.refuse(kind, (*path, "kind"), "must be text")
    elif kind.unset:
        reading.refuse(kind, (*path, "kind"), not_set(kind))


def _say_off(
    missing: list[tuple[Path, Scalar]], off: str, own: Map, key: Scalar, path: Path, reading: Reading
) -> None:
    for at, empty in missing:
        blamed = off and (len(missing) == 1 or written(at) in off)
        because = "off, because " if blamed else ""
        reading.say(named(own, at), path, f"{because}{written(at)} is not set{remedy(empty)}")
    if off and not missing:
        reading.say(key, path, f"off: {off}")
