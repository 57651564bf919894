"""What a reload changes: which checks are new, gone, renamed or other ones. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace

from checks.model import Check, Configuration

# What the process stands on: where it keeps what it knows, where it listens, how its alerts are keyed.
FOR_LIFE: Mapping[str, Callable[[Configuration], object]] = {
    "site": lambda each: each.site,
    "store": lambda each: each.store,
    "web.listen": lambda each: (each.web.host, each.web.port),
    "alerting.prefix": lambda each: each.alerting.prefix if each.alerting.prefix != each.site else "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The checks that are asked and were not (`added`), were and are not (`removed`), or mean something else.

    `renamed` gives the former name of each that has one; it is in none of the others, unless `changed`.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def begin(self) -> frozenset[str]:
        """Name those that are to be asked at once: nothing was heard from them yet, as they now are."""
        return self.added | self.changed

    @property
    def end(self) -> frozenset[str]:
        """Name those, by their former names, whose attempts under way tell nothing any more."""
        return self.removed | self.changed - self.renamed.keys() | frozenset(self.renamed.values())


def difference(old: Configuration, new: Configuration) -> Difference:
    """Compare the checks that are switched on. `was` and labels make no other check of one."""
    before, after = enabled(old), enabled(new)
    renamed = _renamed(before, after)
    kept = after.keys() & before.keys()
    former = {name: name for name in kept} | renamed
    return Difference(
        added=frozenset(after.keys() - former.keys()),
        removed=frozenset(before.keys() - set(former.values())),
        changed=frozenset(name for name, was in former.items() if _other(before[was], after[name])),
        renamed=renamed,
    )


def enabled(configuration: Configuration) -> dict[str, Check]:
    """Give the checks that are switched on, by name."""
    return {name: check for name, check in configuration.checks.items() if check.enabled}


def needs_restart(old: Configuration, new: Configuration) -> tuple[str, ...]:
    """Name the options that differ and cannot change while we run."""
    return tuple(option for option, of in FOR_LIFE.items() if of(old) != of(new))


def went_off(old: Configuration, new: Configuration) -> tuple[str, ...]:
    """Give the receivers that were on, are still written, and are off now: each with why."""
    return tuple(
        f"receivers.{name}: {each.off}, and it was: put it back, or take the receiver out"
        for name, each in new.receivers.items()
        if each.off and (known := old.receivers.get(name)) and not known.off
    )


def sections_changed(old: Configuration, new: Configuration) -> tuple[str, ...]:
    """Name the sections that differ beside the checks."""
    names = (each.name for each in fields(Configuration) if each.name not in {"checks", "notes"})
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def look_renamed(changes: Difference, old: Configuration, new: Configuration) -> list[tuple[str, str]]:
    """Give new checks that are what one that has gone was, and no other: `was` may have been forgotten."""
    gone = [name for name in changes.removed if name not in new.checks]
    alike = [
        (name, was)
        for name in sorted(changes.added)
        for was in sorted(gone)
        if not _other(old.checks[was], new.checks[name])
    ]
    names, others = Counter(name for name, _ in alike), Counter(was for _, was in alike)
    return [(name, was) for name, was in alike if names[name] == others[was] == 1]


def _renamed(before: Mapping[str, Check], after: Mapping[str, Check]) -> dict[str, str]:
    return {
        name: check.was
        for name, check in after.items()
        if name not in before and check.was in before and check.was not in after
    }


def _other(before: Check, after: Check) -> bool:
    same = replace(after, name=before.name, was=before.was, labels=before.labels)
    return same != before
