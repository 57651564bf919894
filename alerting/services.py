"""Services as they stand: their state from their checks, and the incident that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.incident import Cause, Incident, key_of
from alerting.routes import severity_of, urgency_of
from checks.model import Configuration, Service
from slo.combined import Combined, fault_at
from slo.judge import Judge
from slo.state import State, combine, needed


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

    def redefine(self, service: Service, judges: list[Judge], now: int) -> None:
        """Be counted otherwise from `now` on; the time before stays as it was counted."""
        self.service, self.judges = service, judges
        self.timeline.redefine(now, service.up_when, judges)

    def replace(self, old: Judge, new: Judge) -> None:
        """Go by a judge of the same check whose past is another one."""
        if old in self.judges:
            self.judges[self.judges.index(old)] = new
            self.timeline.replace(old, new)
            if self.since is not None:
                self.since = since_of(self.state, self.service.up_when, self.judges)

    def look(self) -> bool:
        """Take the checks' states in; say whether the service's own changed."""
        state = combine(self.service.up_when, (judge.shown for judge in self.judges))
        changed = state is not self.state
        if changed or self.since is None:
            self.state, self.since = state, since_of(state, self.service.up_when, self.judges)
        return changed

    def causes(self) -> tuple[Cause, ...]:
        """Give the checks that are down, earliest first."""
        down = [judge for judge in self.judges if judge.verdict is State.DOWN]
        found = [_cause(judge) for judge in down]
        return tuple(sorted(found, key=lambda cause: (cause.since, cause.check)))

    def restored_at(self, fault_at: int, now: int) -> int:
        """Say when what began at `fault_at` was over: at the last end of an outage of its checks."""
        ends = [outage.end for judge in self.judges for outage in judge.outages[-1:] if outage.end]
        return max((end for end in ends if end > fault_at), default=now)


def since_of(state: State, up_when: str | int, judges: Sequence[Judge]) -> int | None:
    """Say since when a service is in a state, as its checks tell it; None before any attempt.

    Down: the outage that made it so. Up: when the last check that it takes for that came up. Unknown: the
    last change of any.
    """
    if state is State.DOWN:
        return fault_at(judges, up_when)
    if state is State.UNKNOWN:
        return max((judge.since for judge in judges if judge.since is not None), default=None)
    ups = sorted(judge.since for judge in judges if judge.shown is State.UP and judge.since is not None)
    return ups[needed(up_when, len(judges)) - 1]


def _cause(judge: Judge) -> Cause:
    bad = judge.last_bad
    since = judge.first_bad if judge.first_bad is not None else judge.since or 0
    if bad is None:
        return Cause(judge.check.name, since)
    return Cause(judge.check.name, since, bad.reason.value if bad.reason else "", bad.detail)


def fault_of(standing: Standing) -> int:
    """Say since when a service has failed that is down, or was before it became unknown."""
    return fault_at(standing.judges, standing.service.up_when)


def incident_of(standing: Standing, configuration: Configuration, now: int) -> Incident:
    """Make the incident of a service that is down, as it would be told by itself."""
    service = standing.service
    key = key_of(configuration.alerting.prefix, "service", service.name)
    urgency = urgency_of(service.tier)
    return Incident(
        key=key,
        episode=0,
        scope="service",
        name=service.name,
        urgency=urgency,
        severity=severity_of(urgency, service.tier),
        fault_at=fault_of(standing),
        opened_at=now,
        title=service.title,
        text=f"{service.title or service.name} is down",
        causes=standing.causes(),
    )
