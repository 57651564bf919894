"""How things stand, in the shape of `status --json`. Pure."""

from collections.abc import Mapping
from typing import Any

from alerting.engine import Engine
from alerting.form import instant
from alerting.incident import Incident
from alerting.services import Standing
from exporter.objective_documents import objective_document
from slo.judge import Judge


def status_document(engine: Engine, now: int) -> Mapping[str, Any]:
    """Give all of it; times in RFC 3339."""
    incidents = engine.book.listed()
    return {
        "at": instant(now),
        "site": engine.configuration.site,
        "blind": any(_is_blindness(incident) for incident in incidents),
        "services": {name: _service(standing, engine) for name, standing in engine.services.items()},
        "incidents": [incident_document(incident) for incident in incidents],
        "objectives": [
            objective_document(each, engine.accounts, engine.configuration)
            for each in engine.accounts.at(now)
        ],
    }


def _is_blindness(incident: Incident) -> bool:
    return incident.scope == "monitor" and incident.name.partition("/")[0] == "blind"


def _service(standing: Standing, engine: Engine) -> Mapping[str, Any]:
    standing.look()
    judges = (judge for judge in engine.judges.values() if judge.check.service == standing.service.name)
    return {
        "state": standing.state.value,
        "since": _instant(standing.since),
        "checks": {judge.check.name: _check(judge) for judge in judges},
    }


def _check(judge: Judge) -> Mapping[str, Any]:
    last = judge.last
    return {
        "state": judge.shown.value,
        "since": _instant(judge.since),
        "outcome": last.outcome.value if last else None,
        "reason": last.reason.value if last and last.reason else None,
    }


def incident_document(incident: Incident) -> Mapping[str, Any]:
    """Give one incident."""
    return {
        "key": incident.key,
        "episode": incident.episode,
        "scope": incident.scope,
        "name": incident.name,
        "severity": incident.severity,
        "state": incident.state,
        "fault_at": instant(incident.fault_at),
        "opened_at": instant(incident.opened_at),
        "acknowledged_at": _instant(incident.acknowledged_at),
        "resolved_at": _instant(incident.resolved_at),
        "causes": [
            {
                "check": cause.check,
                "since": instant(cause.since),
                "reason": cause.reason or None,
                "detail": cause.detail,
            }
            for cause in incident.causes
        ],
        "suppressed_by": incident.suppressed_by or None,
        "silenced_by": incident.silenced_by or None,
        "in_maintenance": incident.in_maintenance or None,
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else instant(at)
