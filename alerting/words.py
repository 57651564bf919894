"""Messages in words: what a page says to a tired person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from alerting.expiry import Expiry
from alerting.incident import Incident
from alerting.intent import Message
from checks.model import Configuration, Service
from probes.result import Reason
from slo.account import Account
from slo.budget import Amount, Unit

FINE = 10_000  # ms below which a length is told in fractions of a second
NAMED = 3  # services that one line names; the rest are counted there, and listed below
WORDS: dict[Reason, str] = {
    Reason.DNS_NXDOMAIN: "its name does not exist",
    Reason.DNS_FAILURE: "its name cannot be resolved",
    Reason.CONNECT_REFUSED: "it refuses connections",
    Reason.CONNECT_UNREACHABLE: "it cannot be reached",
    Reason.CONNECT_TIMEOUT: "it does not accept connections in time",
    Reason.RESET: "it breaks off connections",
    Reason.TLS_HANDSHAKE: "the TLS handshake fails",
    Reason.TLS_EXPIRED: "its certificate has expired",
    Reason.TLS_NOT_YET_VALID: "its certificate is not valid yet",
    Reason.TLS_UNTRUSTED: "its certificate is not trusted",
    Reason.TLS_NAME: "its certificate is for another name",
    Reason.PROXY: "the proxy in between fails",
    Reason.AUTH_REJECTED: "it refuses the login",
    Reason.HTTP_STATUS: "it answers with an error status",
    Reason.ASSERTION: "it answers, but not as it should",
    Reason.PROTOCOL: "it answers with something that is not its protocol",
    Reason.RESPONSE_TIMEOUT: "it does not answer in time",
    Reason.TOO_LARGE: "its answer is too large",
    Reason.NOT_DELIVERED: "the mail does not arrive",
    Reason.DELIVERED_LATE: "the mail arrives late",
    Reason.DELIVERED_TO_SPAM: "the mail lands in spam",
    Reason.DECLARED: "those who run it say so",
    Reason.MISSED: "the expected beat did not come",
}


def clock(at: int) -> str:
    """Write an instant (ms since the epoch) as people read it in a message: date, time, UTC."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def lasting(ms: int) -> str:
    """Write a length of time in its two largest units: 2 h 5 min."""
    seconds = max(0, round(ms / 1000))
    units = [
        ("d", seconds // 86400),
        ("h", seconds // 3600 % 24),
        ("min", seconds // 60 % 60),
        ("s", seconds % 60),
    ]
    said = [f"{count} {unit}" for unit, count in units if count]
    return " ".join(said[:2]) or "0 s"


def lasting_at_most(ms: int) -> str:
    """Write a length of time as `lasting` does, but rounded up: it is no longer than that."""
    step = 3_600_000 if ms >= 86_400_000 else 60_000 if ms >= 3_600_000 else 1000
    return lasting(-(-ms // step) * step)


def reason_in_words(reason: str) -> str:
    """Say a reason of the closed set as a clause."""
    return WORDS.get(Reason(reason), reason.replace("_", " ")) if reason else ""


def message_of(incident: Incident, configuration: Configuration, budgets: Sequence[str] = ()) -> Message:
    """Say an incident as it stands: what fails, since when, why, what hangs on it, what budget is left."""
    service = configuration.services.get(incident.service)
    return Message(
        summary=summary_of(incident),
        severity="info" if incident.put_off else incident.severity,
        scope=incident.scope,
        name=incident.name,
        site=configuration.site,
        fault_at=incident.fault_at,
        opened_at=incident.opened_at,
        resolved_at=incident.resolved_at,
        owner=service.owner if service else "",
        tier=service.tier if service else None,
        reason=incident.causes[0].reason if incident.causes else "",
        runbook=service.runbook if service else "",
        link=configuration.web.external_url,
        details=details_of(incident, configuration, service, budgets),
    )


def summary_of(incident: Incident) -> str:
    """Say it in one line."""
    title = incident.title or incident.name
    if incident.scope == "monitor":
        return f"Watchkeeper: {_over(incident) if incident.resolved_at else incident.text}"
    if incident.scope == "storm":
        return _storm(incident)
    if incident.scope == "digest":
        return incident.text
    if incident.expiry:
        return _expiring(incident, incident.expiry)
    return _of_service(incident, title)


def _of_service(incident: Incident, title: str) -> str:
    if incident.ended == "removed":
        return f"{title}: what saw it down since {clock(incident.fault_at)} is no longer watched"
    if incident.ended == "superseded":
        return f"{title} is still down; it is told anew, more urgently"
    if incident.restored_at is not None:
        return f"{title} is up again after {lasting(incident.restored_at - incident.fault_at)}"
    if incident.suppressed_by:
        what, _, why = incident.text.partition(": ")
        return f"{what} since {clock(incident.fault_at)}: {why}"
    why = reason_in_words(incident.causes[0].reason) if incident.causes else ""
    what = "goes up and down" if incident.flapping else "is down"
    unseen = " (we cannot see it now)" if incident.unseen else ""
    said = f"{title} {what} since {clock(incident.fault_at)}{unseen}" + (f": {why}" if why else "")
    return said + _taken_along(incident)


def _taken_along(incident: Incident) -> str:
    """Name the first of those that are down with it: a list of details is not what people see first."""
    names = [name for name in incident.swallowed if name not in incident.returned]
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"; down with it: {', '.join(names[:NAMED])}{more}"


def ending(scope: str, whose: str) -> str:
    """Name what ends."""
    return f"the domain {whose}" if scope == "domain" else f"the certificate of {whose}"


def _expiring(incident: Incident, expiry: Expiry) -> str:
    if incident.resolved_at is None:
        return incident.text
    if incident.restored_at is not None:
        return f"{ending(incident.scope, expiry.whose)} is renewed, and expires at {clock(expiry.ends)}"
    told = "is told anew" if incident.ended == "superseded" else "is no longer watched"
    return f"{incident.title} {told}"


def _storm(incident: Incident) -> str:
    if incident.resolved_at is None:
        return incident.text
    return f"all incidents that were told together are over ({len(incident.facts['over'])})"


def what_of(incident: Incident) -> str:
    """Say in a clause what is wrong, or was."""
    title = incident.title or incident.name
    if incident.scope != "service":
        return summary_of(incident) if incident.resolved_at else incident.text
    if incident.restored_at is not None:
        return f"{title} was down"
    return f"{title} goes up and down" if incident.flapping else incident.text


def farewell_of(incident: Incident, configuration: Configuration) -> Message:
    """Say goodbye where a reload ends the telling, and not the incident: it is still open, told elsewhere."""
    message = message_of(incident, configuration)
    summary = f"{message.summary}; the configuration has changed, and it is told elsewhere from now on"
    return replace(message, summary=summary)


def note_of(incident: Incident, lines: Sequence[str], configuration: Configuration) -> Message:
    """Say in one line what is over already."""
    message = message_of(incident, configuration)
    what = f"{len(lines)} began and ended outside of {incident.name}"
    return replace(message, summary=f"{what}: {'; '.join(lines)}", details={"lines": list(lines)})


def _now(incident: Incident) -> str:
    """Say what is unusual about how it stands."""
    if incident.resolved_at is not None:
        return ""
    if incident.unseen:
        return "unknown: nothing is learned from its checks, and that is no recovery"
    return "it goes up and down, and is resolved once it has been calm" if incident.flapping else ""


def _over(incident: Incident) -> str:
    if incident.name == "reload":
        return "the configuration is accepted again"
    return f"{incident.text} (over)"


def details_of(
    incident: Incident, configuration: Configuration, service: Service | None, budgets: Sequence[str] = ()
) -> dict[str, object]:
    """Give the rest in reading order; empty things are left out."""
    dependents = dependents_of(configuration, service.name) if service else []
    swallowed = incident.swallowed if incident.scope == "service" else ()
    said: dict[str, object] = {
        "what": what_of(incident),
        "now": _now(incident),
        "since": clock(incident.fault_at),
        "until": clock(incident.restored_at) if incident.restored_at else "",
        "failing checks": [_cause_line(cause.check, cause.since, cause.detail) for cause in incident.causes],
        "depends on it": dependents,
        "down with it, not told by themselves": [
            _with_it(name, incident, configuration) for name in swallowed
        ],
        "budget left": list(budgets),
        "owner": service.owner if service else "",
        "site": configuration.site,
        **incident.facts,
    }
    return {word: value for word, value in said.items() if value}


def budget_in_words(account: Account) -> str:
    """Say what is left of an objective's budget, or by how much it is overspent."""
    figures, objective = account.figures, account.objective
    assert figures is not None, "an objective that is not counted has no budget"
    promise = f"{objective.name} ({percent(objective.target)} in {objective.window})"
    left = amount(abs(figures.remaining), figures.unit)
    if figures.remaining < 0:
        return f"{promise}: overspent by {left}"
    bare = left.partition(" ")[0] if figures.unit == "attempts" else left
    return f"{promise}: {bare} of {amount(figures.budget, figures.unit)}"


def amount(exact: Amount, unit: Unit) -> str:
    """Write an amount of figures: time as a length, attempts as their number."""
    sign, size = ("-" if exact < 0 else ""), abs(Fraction(exact))
    if unit == "attempts":
        number = f"{float(size):.1f}".removesuffix(".0")
        return f"{sign}{number} attempt" if number == "1" else f"{sign}{number} attempts"
    if size < FINE and size % 1000:
        return f"{sign}{float(size) / 1000:.3f} s"
    return f"{sign}{lasting(round(size))}"


def percent(share: Fraction) -> str:
    """Write a share in per cent with as many digits as it has."""
    return f"{float(share):.6%}".rstrip("0%").rstrip(".") + " %"


def dependents_of(configuration: Configuration, service: str) -> list[str]:
    """Name everything that hangs on a service, directly or through others."""
    found: set[str] = set()
    edge = {service}
    while edge:
        edge = {
            other.name for other in configuration.services.values() if edge & set(other.depends_on)
        } - found
        found |= edge
    return sorted(found)


def _with_it(name: str, incident: Incident, configuration: Configuration) -> str:
    back = name in incident.returned and incident.resolved_at is None
    return _owned(name, configuration) + (", up again" if back else "")


def _owned(name: str, configuration: Configuration) -> str:
    service = configuration.services.get(name)
    return f"{name} ({service.owner})" if service and service.owner else name


def _cause_line(check: str, since: int, detail: str) -> str:
    return f"{check}: {detail or 'failing'} (since {clock(since)})"
