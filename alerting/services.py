"""Services as they stand: their state from their checks, and the incident that belongs to it."""

from dataclasses import dataclass, field

from alerting.book import Book
from alerting.events import Decision
from alerting.incident import Cause, Incident, key_of
from alerting.routes import facets, receivers_of, severity_of, urgency_of
from checks.model import Configuration, Service
from slo.combined import Combined, fault_at
from slo.judge import Judge
from slo.state import State, combine


@dataclass(slots=True)
class Standing:
    """A service now: its state, since when (ms; None before anything was measured), its indicator checks."""

    service: Service
    judges: list[Judge]
    state: State = State.UNKNOWN
    since: int | None = None
    timeline: Combined = field(init=False)

    def __post_init__(self) -> None:
        self.timeline = Combined(self.service.up_when, self.judges)

    def look(self, now: int) -> bool:
        """Take the checks' states in; say whether the service's own changed."""
        state = combine(self.service.up_when, (judge.shown for judge in self.judges))
        if state is self.state:
            return False
        self.since = fault_at(self.judges, self.service.up_when) if state is State.DOWN else now
        self.state = state
        return True

    def causes(self) -> tuple[Cause, ...]:
        """Give the checks that are down, earliest first."""
        down = [judge for judge in self.judges if judge.verdict is State.DOWN]
        found = [_cause(judge) for judge in down]
        return tuple(sorted(found, key=lambda cause: (cause.since, cause.check)))

    def restored_at(self, fault_at: int, now: int) -> int:
        """Say when what began at `fault_at` was over: at the last end of an outage of its checks."""
        ends = [outage.end for judge in self.judges for outage in judge.outages[-1:] if outage.end]
        return max((end for end in ends if end > fault_at), default=now)


def _cause(judge: Judge) -> Cause:
    bad = judge.last_bad
    since = judge.first_bad if judge.first_bad is not None else judge.since or 0
    if bad is None:
        return Cause(judge.check.name, since)
    return Cause(judge.check.name, since, bad.reason.value if bad.reason else "", bad.detail)


def settle(
    standing: Standing, book: Book, configuration: Configuration, now: int, decision: Decision
) -> None:
    """Open or resolve the incident of a service; unknown is not recovery and opens nothing."""
    key = key_of(configuration.alerting.prefix, "service", standing.service.name)
    known = book.open.get(key)
    if standing.state is State.DOWN and known is None:
        book.begin(_incident(key, standing, configuration, now), configuration, now, decision)
    elif standing.state is State.UP and known is not None:
        book.end(key, standing.restored_at(known.fault_at, now), configuration, now, decision)


def _incident(key: str, standing: Standing, configuration: Configuration, now: int) -> Incident:
    service = standing.service
    urgency = urgency_of(service.tier)
    return Incident(
        key=key,
        episode=0,
        scope="service",
        name=service.name,
        urgency=urgency,
        severity=severity_of(urgency, service.tier),
        fault_at=fault_at(standing.judges, service.up_when),
        opened_at=now,
        title=service.title,
        text=f"{service.title or service.name} is down",
        causes=standing.causes(),
        told=receivers_of(configuration, facets("service", urgency, service)),
    )
