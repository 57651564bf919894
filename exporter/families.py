"""Every metric family there is, in the order in which they are written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from checks.model import Configuration
from exporter.check_families import CHECK, CHECKS, PROBES, measured
from exporter.family import Family, Samples
from exporter.objective_families import BUDGETS, OBJECTIVES
from exporter.own_families import DELIVERY, OURSELVES
from exporter.service_families import INCIDENTS, SERVICES, VENDORS
from exporter.view import View
from probes.basic.http import Http
from probes.tools import Fact, Probe

REST = (*CHECKS, *SERVICES, *OBJECTIVES, *BUDGETS, *VENDORS, *INCIDENTS, *DELIVERY, *OURSELVES)
FAMILIES = (*PROBES, *REST)  # and those of facts, which depend on the kinds in use
ALWAYS = {Http.kind: Http.facts}  # promised by name: described also where no check is of this kind


def families(configuration: Configuration) -> Iterator[Family]:
    """Give all families that a configuration can fill, and all that are promised by name."""
    probes = (cast(Probe, check.probe) for check in configuration.checks.values())
    yield from PROBES
    yield from fact_families(ALWAYS | {probe.kind: probe.facts for probe in probes})
    yield from REST


def fact_families(kinds: Mapping[str, Iterable[Fact]]) -> list[Family]:
    """Give the families of what kinds, by their words, may learn; those that learn the same share one."""
    sources: dict[str, dict[str, Fact]] = {}
    for kind, facts in kinds.items():
        for fact in facts:
            sources.setdefault(metric(kind, fact), {})[kind] = fact
    return [_family(name, by_kind) for name, by_kind in sources.items()]


def metric(kind: str, fact: Fact) -> str:
    """Name the family of a fact."""
    return fact.metric or f"probe_{kind}_{fact.name}"


def _family(name: str, by_kind: Mapping[str, Fact]) -> Family:
    def samples(view: View) -> Samples:
        for labels, judge, last in measured(view):
            fact = by_kind.get(judge.check.kind)
            if fact is not None and fact.name in last.facts:
                yield labels, last.facts[fact.name]

    return Family(name, "gauge", CHECK, samples, next(iter(by_kind.values())).help)
