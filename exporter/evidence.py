"""What was found out about outages: which of it belongs to an incident, and how the API shows it. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerting.form import instant
from alerting.incident import Incident
from checks.model import Configuration
from slo.spans import ALWAYS
from store.rows import Trace


@dataclass(frozen=True, slots=True)
class Sought:
    """Outages of these checks that began from `since` to `until` (ms)."""

    checks: frozenset[str]
    since: int
    until: int

    def among(self, traces: Iterable[Trace]) -> list[Trace]:
        """Choose from what was found of others too."""
        return [
            each for each in traces if each.check in self.checks and self.since <= each.outage <= self.until
        ]


def by_service(configuration: Configuration) -> Mapping[str, set[str]]:
    """Name the checks of each service."""
    checks = defaultdict[str, set[str]](set)
    for name, check in configuration.checks.items():
        checks[check.service].add(name)
    return checks


def sought(incident: Incident, checks: Mapping[str, set[str]]) -> Sought:
    """Say which outages belong to an incident: those of its causes, and of all checks of its service."""
    causes = {cause.check: cause.since for cause in incident.causes}
    of_service = checks.get(incident.service, set()) if incident.service else set[str]()
    ends = (at for at in (incident.restored_at, incident.resolved_at) if at is not None)
    return Sought(
        frozenset(causes.keys() | of_service),
        min([incident.fault_at, *causes.values()]),
        next(ends, ALWAYS),
    )


def evidence_document(trace: Trace) -> Mapping[str, Any]:
    """Give one finding; what it is about stands before what was found."""
    found = json.loads(trace.document)
    about = {"kind": "way", "check": trace.check, "outage": instant(trace.outage)}
    return {**about, **found, "at": instant(trace.at)}


def evidence_documents(traces: Sequence[Trace]) -> list[Mapping[str, Any]]:
    """Give all of them, in their order."""
    return [evidence_document(each) for each in traces]
