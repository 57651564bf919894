"""Who depends on whom, directly or through others. Pure."""

from collections.abc import Mapping, Set

from checks.model import Configuration


def ancestors(configuration: Configuration) -> dict[str, frozenset[str]]:
    """Give all that each service depends on."""
    known: dict[str, frozenset[str]] = {}

    def of(name: str) -> frozenset[str]:
        if name not in known:
            parents = configuration.services[name].depends_on
            known[name] = frozenset(parents).union(*map(of, parents))
        return known[name]

    for name in configuration.services:
        of(name)
    return known


def dependents(ancestors: Mapping[str, Set[str]]) -> dict[str, tuple[str, ...]]:
    """Give all that depend on each service, by name, from what each depends on."""
    found: dict[str, list[str]] = {}
    for name, above in ancestors.items():
        for parent in above:
            found.setdefault(parent, []).append(name)
    return {parent: tuple(sorted(names)) for parent, names in found.items()}
