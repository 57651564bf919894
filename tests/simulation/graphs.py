"""Random graphs of services that depend on each other, and a company that has one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from checks.model import Configuration
from tests.simulation.stage import oncall
from tests.simulation.world import company

INTERVAL = 120.0
NO_STORM = 100_000  # openings in a minute, so that what is counted is dependencies alone


@dataclass(frozen=True)
class Graph:
    """Services by name with what each depends on, ancestors first, and their tiers."""

    parents: Mapping[str, tuple[str, ...]]
    tiers: Mapping[str, int]

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """All that each depends on, directly or through others."""
        found: dict[str, frozenset[str]] = {}
        for name, above in self.parents.items():
            found[name] = frozenset(above).union(*(found[parent] for parent in above))
        return found

    def descendants(self, root: str) -> list[str]:
        """Name all that depends on a service, ancestors first."""
        return [name for name, above in self.ancestors.items() if root in above]

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Give services with ancestors first: never in the order of a set, so that a seed repeats."""
        wanted = set(names)
        return [name for name in self.parents if name in wanted]

    def wakes(self, name: str) -> bool:
        """Say whether somebody is to be woken when a service is down."""
        return self.tiers[name] < 3


def random_graph(size: int, chance: Random) -> Graph:
    """Give services, each depending on up to three of those before it."""
    names = [f"s{number}" for number in range(size)]
    parents = {
        name: tuple(chance.sample(names[:number], min(number, chance.choice((0, 1, 1, 1, 2, 3)))))
        for number, name in enumerate(names)
    }
    return Graph(parents, {name: chance.choices((1, 2, 3), (5, 3, 2))[0] for name in names})


def configured(graph: Graph, *, storm_limit: int = NO_STORM) -> Configuration:
    """Give a company of these services, a check and a pager."""
    made = company(graph.tiers, receivers={"oncall": oncall()}, interval=INTERVAL)
    services = {name: replace(made.services[name], depends_on=above) for name, above in graph.parents.items()}
    return replace(made, services=services, alerting=replace(made.alerting, storm_limit=storm_limit))
