"""Lists of `/api/v1` as a view shows them, element by element.

Each takes hold of what it tells before it gives the first element, so that the engine may go on in between:
the list tells of one instant. Pure.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from alerting.form import instant
from alerting.incident import Incident
from checks.model import Check, Configuration, Service
from exporter.documents import incident_document
from exporter.evidence import by_service, evidence_documents, sought
from exporter.objective_documents import objective_document
from exporter.view import View
from probes.result import Result
from slo.judge import Judge
from slo.state import State
from store.rows import Trace
from web.paging import Position

Document = Mapping[str, Any]


class Seen(NamedTuple):
    """A check at an instant; `since` in ms."""

    check: Check
    state: State
    since: int | None
    suspect: bool
    last: Result | None


class Stood(NamedTuple):
    """A service at an instant; `since` in ms, `maintenance` the one that it is in, or nothing."""

    service: Service
    state: State
    since: int | None
    maintenance: str
    checks: tuple[Seen, ...]


def services(view: View) -> Iterator[Document]:
    """Give every service, with the checks that are asked about it."""
    checks, maintained = defaultdict[str, list[Seen]](list), view.engine.calendar.maintained
    for judge in view.engine.judges.values():
        checks[judge.check.service].append(_seen(judge))
    stood = [
        Stood(each.service, each.state, each.since, maintained.get(name, ""), tuple(checks[name]))
        for name, each in view.engine.services.items()
    ]
    return map(_service, stood)


def checks(view: View) -> Iterator[Document]:
    """Give every check that is asked, with its last result."""
    return map(_check, [_seen(judge) for judge in view.engine.judges.values()])


def objectives(view: View) -> Iterator[Document]:
    """Give every objective, with its figures."""
    accounts, configuration = view.engine.accounts, view.configuration
    return (objective_document(each, accounts, configuration) for each in view.accounts)


def result(result: Result) -> Document:
    """Give one result, without its evidence; a fact that is no finite number is left out."""
    return {
        "at": instant(result.at),
        "site": result.site,
        "took": result.took,
        "outcome": result.outcome.value,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "extra": result.extra,
        "phases": _finite(result.phases),
        "facts": _finite(result.facts),
    }


def incidents(
    found: Sequence[Incident], traces: Sequence[Trace] | None, configuration: Configuration
) -> Iterator[Document]:
    """Give incidents with what was found out about their outages: null where that cannot be read now."""
    names = by_service(configuration)
    for each in found:
        its = None if traces is None else sought(each, names).among(traces)
        yield {**incident_document(each), "evidence": None if its is None else evidence_documents(its)}


def place_of_result(result: Result) -> Position:
    """Say where a result stands in its list, which is sorted by this: the newest first, then by site."""
    return -result.at, result.site


def place_of_incident(incident: Incident) -> Position:
    """Say where an incident stands in its list, which is sorted by this: the one that opened last first."""
    return -incident.opened_at, incident.key, -incident.episode


def _seen(judge: Judge) -> Seen:
    return Seen(judge.check, judge.shown, judge.since, judge.suspect, judge.last)


def _service(stood: Stood) -> Document:
    service = stood.service
    return {
        "name": service.name,
        "title": service.title or None,
        "owner": service.owner or None,
        "tier": service.tier,
        "depends_on": list(service.depends_on),
        "runbook": service.runbook or None,
        "labels": dict(service.labels),
        "state": stood.state.value,
        "since": _instant(stood.since),
        "in_maintenance": stood.maintenance or None,
        "checks": [_brief(seen) for seen in stood.checks],
    }


def _brief(seen: Seen) -> Document:
    last = seen.last
    return {
        "name": seen.check.name,
        "state": seen.state.value,
        "since": _instant(seen.since),
        "outcome": last.outcome.value if last else None,
        "reason": last.reason.value if last and last.reason else None,
    }


def _check(seen: Seen) -> Document:
    check = seen.check
    return {
        "name": check.name,
        "service": check.service or None,
        "kind": check.kind,
        "interval": check.interval,
        "sli": check.sli,
        "labels": dict(check.labels),
        "state": seen.state.value,
        "since": _instant(seen.since),
        "suspect": seen.suspect,
        "last": result(seen.last) if seen.last else None,
    }


def _finite(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: number for name, number in numbers.items() if isfinite(number)}


def _instant(at: int | None) -> str | None:
    return None if at is None else instant(at)
