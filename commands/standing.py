"""How things stand, in the shape of `status --json`. Pure."""

from collections.abc import Mapping
from typing import Any

from alerting.engine import Engine
from alerting.form import instant
from alerting.incident import Incident
from alerting.services import Standing
from commands.objectives import accounts
from commands.objectives import document_of as objective_document
from slo.judge import Judge
from slo.state import State, needed


def document_of(engine: Engine, now: int) -> Mapping[str, Any]:
    """Give all of it; times in RFC 3339."""
    incidents = engine.book.open.values()
    return {
        "at": instant(now),
        "site": engine.configuration.site,
        "blind": any(_is_blindness(incident) for incident in incidents),
        "services": {name: _service(standing, engine, now) for name, standing in engine.services.items()},
        "incidents": [_incident(incident) for incident in incidents],
        "objectives": [objective_document(each, engine) for each in accounts(engine, now)],
    }


def since_of(standing: Standing) -> int | None:
    """Say since when a service has been in its state, as far as its checks tell; None before any attempt.

    Up: since the last check that it takes for that came up. Unknown: since the last change of any.
    """
    if standing.state is State.DOWN:
        return standing.since
    known = [judge for judge in standing.judges if judge.since is not None]
    if standing.state is State.UNKNOWN:
        return max((judge.since for judge in known if judge.since is not None), default=None)
    ups = sorted(judge.since for judge in known if judge.shown is State.UP and judge.since is not None)
    return ups[needed(standing.service.up_when, len(standing.judges)) - 1]


def _is_blindness(incident: Incident) -> bool:
    return incident.scope == "monitor" and incident.name.partition("/")[0] == "blind"


def _service(standing: Standing, engine: Engine, now: int) -> Mapping[str, Any]:
    standing.look(now)
    judges = (judge for judge in engine.judges.values() if judge.check.service == standing.service.name)
    return {
        "state": standing.state.value,
        "since": _instant(since_of(standing)),
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


def _incident(incident: Incident) -> Mapping[str, Any]:
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
        "suppressed_by": None,
        "silenced_by": None,
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else instant(at)
