"""What only ever grows while the daemon runs: plain numbers, fed by it, read by the scrape."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from alerting.events import Decision
from alerting.incident import Incident
from checks.diff import Difference
from checks.model import Configuration
from probes.result import Outcome, Reason, Result

# Upper bounds in seconds. An attempt takes what its time-out allows, a lag is a matter of milliseconds, a
# message may wait for hours.
ATTEMPT = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
LAG = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DELAY = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
INCIDENT = (
    15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0,
)  # fmt: skip


class Histogram:
    """How often a value was at most each bound; `counts` has one place more than `bounds`, for the rest."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Tally:
    """The attempts of one check: by outcome, by reason, and how long the good ones took."""

    __slots__ = ("failures", "outcomes", "took")

    def __init__(self) -> None:
        self.outcomes = dict.fromkeys(Outcome, 0)
        self.failures: dict[tuple[Outcome, Reason], int] = {}
        self.took = Histogram(ATTEMPT)

    def add(self, result: Result) -> None:
        """Count one result."""
        outcome = result.outcome
        self.outcomes[outcome] += 1
        if outcome is Outcome.GOOD:
            self.took.observe(result.took)
        elif result.reason is not None:
            place = outcome, result.reason
            self.failures[place] = self.failures.get(place, 0) + 1


class Counters:
    """Everything counted since the start. All durations are seconds.

    `checks` by name; `incidents` by (scope, service, urgency), where service is empty outside the scope
    `service`; `detect`, `acknowledge` and `restore` by (service, urgency); `delays` by receiver;
    `missed_runs`, `suppressed` and `pruned` (results that were deleted) by reason.
    """

    def __init__(self) -> None:
        self.checks: defaultdict[str, Tally] = defaultdict(Tally)
        self.incidents: Counter[tuple[str, str, str]] = Counter()
        self.detect: defaultdict[tuple[str, str], Histogram] = defaultdict(_of_incidents)
        self.acknowledge: defaultdict[tuple[str, str], Histogram] = defaultdict(_of_incidents)
        self.restore: defaultdict[tuple[str, str], Histogram] = defaultdict(_of_incidents)
        self.delays: defaultdict[str, Histogram] = defaultdict(_of_delays)
        self.missed_runs: Counter[str] = Counter()
        self.suppressed: Counter[str] = Counter()
        self.pruned: Counter[str] = Counter()
        self.start_lags, self.loop_lags, self.store_writes = Histogram(LAG), Histogram(LAG), Histogram(LAG)

    def take(self, decision: Decision) -> None:
        """Count what a decision recorded, opened and resolved."""
        for result in decision.recorded:
            self.checks[result.check].add(result)
        self.suppressed.update(decision.suppressed)
        for incident in decision.opened:
            self._opened(incident)
        for incident in decision.acknowledged:
            self._acknowledged(incident)
        for incident in decision.resolved:
            self._resolved(incident)

    def rename(self, changes: Difference) -> None:
        """Go on under the names of now."""
        for name, was in changes.renamed.items():
            self.checks[name] = self.checks[was]
            del self.checks[was]

    def forget(self, changes: Difference, configuration: Configuration) -> None:
        """Let go of what there is no more."""
        for name in changes.removed:
            self.checks.pop(name, None)
        services, receivers = configuration.services.keys() | {""}, configuration.receivers
        for place in [place for place in self.incidents if place[1] not in services]:
            del self.incidents[place]
        for known in (self.detect, self.acknowledge, self.restore):
            for gone in [place for place in known if place[0] not in services]:
                del known[gone]
        for receiver in self.delays.keys() - receivers.keys():
            del self.delays[receiver]

    def start_lag(self, seconds: float) -> None:
        """Count how late an attempt began."""
        self.start_lags.observe(seconds)

    def loop_lag(self, seconds: float) -> None:
        """Count how late the event loop came back."""
        self.loop_lags.observe(seconds)

    def store_write(self, seconds: float) -> None:
        """Count how long a transaction took."""
        self.store_writes.observe(seconds)

    def delayed(self, receiver: str, seconds: float) -> None:
        """Count how long a message took from the decision until its receiver had accepted it."""
        self.delays[receiver].observe(seconds)

    def missed(self, reason: str, times: int = 1) -> None:
        """Count runs at which nothing was asked."""
        self.missed_runs[reason] += times

    def _opened(self, incident: Incident) -> None:
        service = incident.name if incident.scope == "service" else ""
        self.incidents[incident.scope, service, incident.urgency] += 1
        if service:
            seconds = (incident.opened_at - incident.fault_at) / 1000
            self.detect[service, incident.urgency].observe(seconds)

    def _acknowledged(self, incident: Incident) -> None:
        if incident.scope == "service" and incident.acknowledged_at is not None:
            began = incident.opened_at if incident.announced_at is None else incident.announced_at
            seconds = max(0, incident.acknowledged_at - began) / 1000
            self.acknowledge[incident.name, incident.urgency].observe(seconds)

    def _resolved(self, incident: Incident) -> None:
        if incident.scope == "service" and incident.restored_at is not None:
            seconds = (incident.restored_at - incident.fault_at) / 1000
            self.restore[incident.name, incident.urgency].observe(seconds)


def _of_incidents() -> Histogram:
    return Histogram(INCIDENT)


def _of_delays() -> Histogram:
    return Histogram(DELAY)
