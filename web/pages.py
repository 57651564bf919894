"""The page a person looks at: what is wrong, what we watch, what is left. Values in, HTML out."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerting.incident import Incident
from alerting.services import Standing
from alerting.words import clock, lasting, reason_in_words, what_of
from exporter.view import View
from probes.result import Outcome
from slo.judge import Judge
from slo.state import State
from slo.tracks import services_of
from web.budgets import Said, objective_in_words

REFRESH = 30  # seconds
WORST_FIRST = (State.DOWN, State.UNKNOWN, State.UP)


def overview(view: View) -> str:
    """Write the first page: everything at once."""
    checks, objectives = _checks(view), _objectives(view)
    return TEMPLATES.get_template("overview.html").render(
        view=view,
        refresh=REFRESH,
        now=view.now,
        blind=[name for name, sight in view.engine.seeing.sights.items() if sight.blind],
        headline=headline(view),
        incidents=[incident_in_words(each, view) for each in _incidents(view)],
        services=[
            service_in_words(each, view)
            | {"checks": checks[each.service.name], "objectives": objectives[each.service.name,]}
            for each in _services(view)
        ],
        others={"checks": checks[""], "objectives": objectives[()]},
        wider=[each for names, found in objectives.items() if len(names) > 1 for each in found],
        off=[each for each in view.configuration.receivers.values() if each.off],
    )


def headline(view: View) -> tuple[State, str]:
    """Say in one line how things stand, and how bad that is."""
    standings = view.engine.services.values()
    counts = {state: sum(each.state is state for each in standings) for state in State}
    wrong = [state for state in WORST_FIRST[:-1] if counts[state]]
    if wrong:
        return wrong[0], ", ".join(_so_many(counts[state], state) for state in wrong)
    if not counts[State.UP]:
        return State.UNKNOWN, "No services are configured"
    return State.UP, "Everything is up"


def _so_many(count: int, state: State) -> str:
    return f"1 service {state.value}" if count == 1 else f"{count} services {state.value}"


def incident_in_words(incident: Incident, view: View) -> Said:
    """Say what is wrong, since when, why, and who has been told."""
    return {
        "title": incident.title or incident.name,
        "text": what_of(incident),
        "about_us": incident.scope == "monitor",
        "severity": incident.severity,
        "urgency": incident.urgency.value,
        "since": incident.fault_at,
        "lasting": lasting(view.now - incident.fault_at),
        "causes": [
            {"check": cause.check, "since": cause.since, "why": why(cause.reason, cause.detail)}
            for cause in incident.causes
        ],
        "suppressed_by": _title(incident.suppressed_by, view) if incident.suppressed_by else "",
        "swallowed": [_title(name, view) for name in incident.swallowed if incident.scope == "service"],
        "held": held_by(incident),
        "elsewhere": bool(incident.stormed),
        "told": ", ".join(incident.told),
        "accepted": incident.accepted_at,
        "acknowledged": incident.acknowledged_at if incident.acknowledged else None,
    }


def held_by(incident: Incident) -> str:
    """Say what holds what there is to say of it, or nothing."""
    if incident.in_maintenance:
        return f"maintenance {incident.in_maintenance}"
    return f"silence {incident.silenced_by}" if incident.silenced_by else ""


def service_in_words(standing: Standing, view: View) -> dict[str, Any]:
    """Say how a service stands, and what it depends on."""
    service = standing.service
    return {
        "name": service.name,
        "title": service.title or service.name,
        "state": standing.state.value,
        "since": standing.since,
        "lasting": lasting(view.now - standing.since) if standing.since is not None else "",
        "tier": service.tier,
        "owner": service.owner,
        "runbook": service.runbook if service.runbook.startswith(("https://", "http://")) else "",
        "depends_on": [_title(name, view) for name in service.depends_on],
    }


def _checks(view: View) -> Mapping[str, list[Said]]:
    """Give all checks in words, by service."""
    found = defaultdict[str, list[Said]](list)
    for judge in view.engine.judges.values():
        found[judge.check.service].append(_check(judge, view.now))
    return found


def _objectives(view: View) -> Mapping[tuple[str, ...], list[Said]]:
    """Give all objectives in words, by the services that they are about."""
    found = defaultdict[tuple[str, ...], list[Said]](list)
    for account in view.accounts:
        names = services_of(account.objective, view.configuration)
        found[names].append(objective_in_words(account, view.configuration))
    return found


def why(reason: str, detail: str) -> str:
    """Say why in words, with what the attempt itself said of it."""
    words = reason_in_words(reason)
    return f"{words} ({detail})" if words and detail else words or detail


def _incidents(view: View) -> list[Incident]:
    return view.engine.book.listed()


def _services(view: View) -> list[Standing]:
    standings = view.engine.services.values()
    return sorted(standings, key=lambda each: (WORST_FIRST.index(each.state), each.service.tier))


def _title(name: str, view: View) -> str:
    service = view.configuration.services.get(name)
    return service.title or name if service else name


def _check(judge: Judge, now: int) -> Said:
    last = judge.last
    said: dict[str, Any] = {
        "name": judge.check.name,
        "kind": judge.check.kind,
        "state": judge.shown.value,
        "suspect": judge.suspect,
        "outcome": None,
    }
    if last is None:
        return said
    slow = judge.check.slow_after is not None and last.took > judge.check.slow_after
    return said | {
        "outcome": last.outcome.value,
        "why": why(last.reason.value, last.detail) if last.reason else "",
        "slow": slow and last.outcome is Outcome.GOOD,
        "took": _latency(last.took),
        "at": last.at,
        "age": lasting(now - last.at),
    }


def _latency(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{round(seconds * 1000)} ms"


def _machine(at: int) -> str:
    """Write an instant (ms) for `<time datetime>`."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"clock": clock, "machine": _machine}
    return environment


TEMPLATES = _environment()
