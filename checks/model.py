"""What `checks.yaml` says, once it has been understood: frozen values that know nothing of how they are used.

Durations are seconds (float) unless a name says `_ms`. A probe or a receiver is held as the object that its
own folder made of its options; folders to the right know its type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from checks.source import Problem
from checks.values import Secret

Network = Literal["internet", "internal"]
Urgent = Literal["page", "ticket", "info"]
Indicator = Literal["time", "attempts", "latency"]
Period = Literal["week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something people depend on and somebody owns."""

    name: str
    title: str = ""
    owner: str = ""
    tier: int = 2
    depends_on: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    up_when: str | int = "all"  # all, any, or k of them
    unknown_after: float | None = None
    detect_within: float | None = None
    runbook: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One entry of `checks`: what to ask about a service, and how often."""

    name: str
    kind: str
    probe: object
    service: str = ""
    interval: float = 30.0
    timeout: float = 10.0
    confirm: int = 3
    confirm_interval: float = 5.0
    recover: int = 2
    slow_after: float | None = None
    network: Network = "internet"
    host: str = ""  # whom `limits.per_host` protects; empty where the kind has no single one
    enabled: bool = True
    sli: bool = True  # does it decide its service's state and objectives?
    labels: Mapping[str, str] = field(default_factory=dict)
    was: str = ""
    missing_secrets: tuple[str, ...] = ()  # options of type Secret that are unset

    @property
    def reach_ms(self) -> int:
        """How long an attempt vouches at most, in milliseconds."""
        return round((2 * self.interval + self.timeout) * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What happens when a share of an objective's budget is spent; `at` 1 is all of it."""

    at: Fraction
    notify: Urgent
    state: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRule:
    """Somebody is told when both windows (seconds) burn faster than `factor`."""

    urgency: Literal["page", "ticket"]
    long: float
    short: float
    factor: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """The share promised over a window. `target` is exact: 99.9 % is Fraction(999, 1000).

    `burn` None: the usual rules.
    """

    name: str
    target: Fraction
    window: str  # "30d", "12h"; calendar windows are words: week, month, quarter, year
    services: tuple[str, ...] = ()
    check: str = ""
    indicator: Indicator = "time"
    faster_than: float | None = None
    combine: str | int = "all"
    during: str = ""
    policy: tuple[Policy, ...] = ()
    min_bad: int = 3
    min_coverage: Fraction = Fraction(1, 2)
    burn: tuple[BurnRule, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Time in which services may fail.

    `start` without an offset is a wall clock in the configuration's `timezone`; `recurrence` is a rule of
    RFC 5545, in capitals, that follows that clock.
    """

    name: str
    services: tuple[str, ...]
    start: datetime
    duration: float
    recurrence: str = ""
    effect: Literal["exclude", "label"] = "exclude"
    dependents: bool = True
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Somebody who runs a service for us. `url` empty: its usual address."""

    name: str
    url: str = ""
    announce: bool = False
    sla: Fraction | None = None
    follow_maintenance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where messages go. `target` is the receiver's own object; `off` says why it cannot be used, if so."""

    name: str
    kind: str
    target: object
    off: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The review of a period that is over: sent on a day of the next one, at so many minutes of that day."""

    period: Period
    day: int
    minute: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours of the week, in `timezone`: days from Monday, 0; minutes after midnight, the last exclusive."""

    name: str
    days: tuple[int, ...]
    begin: int
    end: int
    holidays: str = ""  # the path of a calendar file
    days_off: frozenset[date] = frozenset()  # what it said when the configuration was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is told when nobody has acknowledged for so many seconds."""

    after: float
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which incidents go to which receivers; the first whose `match` agrees wins."""

    receivers: tuple[str, ...]
    match: Mapping[str, Any] = field(default_factory=dict)
    escalate: tuple[Escalation, ...] = ()
    during: str = ""
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadMansSwitch:
    """Whom we call every `interval` seconds for as long as all is well with ourselves."""

    url: Secret  # whoever has it can keep the switch quiet
    interval: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """How incidents become messages."""

    prefix: str = ""
    routes: tuple[Route, ...] = ()
    fallback: str = ""
    fallback_after: float = 120.0
    dead_mans_switch: DeadMansSwitch | None = None
    hours: Mapping[str, Hours] = field(default_factory=dict)
    hold_max: float = 60.0
    storm_limit: int = 5
    flapping: bool = True
    acknowledge_expires: float = 14_400.0
    self_test: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """One question about our own network: a name to resolve, or an address to connect to."""

    name: str
    action: Literal["resolve", "tcp"]
    target: str
    network: Network = "internet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is done at once. `in_flight` is resolved from `auto` when the file is parsed."""

    in_flight: int = 8
    per_host: int = 8
    max_refusals: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long single results and history (outages, states) are kept, in seconds; results also by bytes."""

    results: float = 34_560_000.0
    size: int = 4 << 30
    history: float = 65_664_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Where we listen, and what we are called from outside."""

    host: str = "127.0.0.1"
    port: int = 9797
    external_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One `checks.yaml`, accepted whole."""

    site: str = "local"
    timezone: str = "UTC"
    compatibility: tuple[str, ...] = ()
    services: Mapping[str, Service] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    objectives: Mapping[str, Objective] = field(default_factory=dict)
    maintenance: tuple[Maintenance, ...] = ()
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    alerting: Alerting = Alerting()
    reports: tuple[Report, ...] = ()
    self_checks: tuple[SelfCheck, ...] = ()
    store: str = "watchkeeper.db"  # the path of the file
    retention: Retention = Retention()
    limits: Limits = Limits()
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    web: Web = Web()
    notes: tuple[Problem, ...] = ()  # said by `validate`: secrets that are unset, receivers that are off

    def indicators(self, service: str) -> tuple[Check, ...]:
        """Give the enabled checks that decide the state of a service, by name."""
        return tuple(
            check
            for _, check in sorted(self.checks.items())
            if check.service == service and check.sli and check.enabled
        )
