"""The options of the section `alerting`, as they are written: see options.py."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from checks.model import Urgent
from checks.options import STRICT, Count, Name, Some, Tier, Words
from checks.times import DAY, Clock, Days
from checks.values import Beside, Flag, RuleError, Secret

Scope = Literal["service", "objective", "certificate", "domain", "budget", "vendor", "monitor"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MatchOptions:
    """What a route asks of an incident; what is not written is not asked."""

    urgency: Urgent | None = None
    """What is expected of a person: page, ticket or info."""

    tier: Tier | None = None
    """The tier of the service: 1, 2 or 3."""

    service: str | None = None
    """The service, by name."""

    owner: str | None = None
    """Who looks after the service."""

    scope: Scope | None = None
    """What the incident is about: service, objective, certificate, domain, budget, vendor or monitor."""

    severity: Literal["critical", "error", "warning", "info"] | None = None
    """How loud its messages are: critical, error, warning or info."""

    labels: Words | None = None
    """Labels that the service has; every one that is written must agree."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class EscalateOptions:
    """An item of a route's `escalate`: who is told next."""

    after: Some
    """How long nobody has acknowledged it."""

    receivers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who is told then."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RouteOptions:
    """An item of `alerting.routes`; the first whose `match` agrees wins."""

    receivers: tuple[str, ...]
    """Who is told."""

    match: MatchOptions = field(default_factory=MatchOptions)
    """Which incidents it is for; all where it is not written."""

    escalate: tuple[EscalateOptions, ...] = ()
    """Who is told later, as long as nobody acknowledges."""

    during: str = ""
    """The hours in which the receivers are told, by their name in hours; always where it is not written."""

    otherwise: tuple[str, ...] = ()
    """Who is told outside of these hours; what is still true when they begin goes to the receivers then."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SwitchOptions:
    """The dead man's switch. Its address is a secret: whoever has it can keep it quiet."""

    url: Secret
    """What is called for as long as all is well with us."""

    interval: Some = 60.0
    """How often."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class HoursOptions:
    """An entry of `alerting.hours`: hours of the week, in `timezone`."""

    days: Days
    """The days: mon-fri, or mon,wed, or a list of these."""

    from_: Annotated[Clock, Field(alias="from", lt=DAY)]
    """When they begin, such as 08:00."""

    to: Clock
    """When they end, such as 18:00; 24:00 is the end of the day."""

    holidays: Beside = ""
    """A calendar file (iCalendar) of the days that do not count: those that its events cover whole."""

    def __post_init__(self) -> None:
        if self.to <= self.from_:
            raise RuleError("must end later in the day than it begins")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AlertingOptions:
    """The section `alerting`: how incidents become messages."""

    inert: ClassVar[frozenset[str]] = frozenset({"self_test"})

    prefix: Name | None = None
    """The first part of every alert's key; the site where it is not written."""

    routes: tuple[RouteOptions, ...] = ()
    """Who is told of what: the first that matches decides. Without any, every receiver hears everything."""

    hours: Mapping[str, HoursOptions] = field(default_factory=dict)
    """Hours of the week by name, for routes and objectives."""

    fallback: str = ""
    """The receiver of pages that are not delivered."""

    fallback_after: Some = 120.0
    """How long a page may stay undelivered before the fallback has it."""

    dead_mans_switch: SwitchOptions | None = None
    """What hears of us for as long as all is well, and raises the alarm when it does not."""

    hold_max: Some = 60.0
    """How long a failing service waits for word of those that it depends on."""

    storm_limit: Count = 5
    """How many incidents a receiver is told of singly in a minute; the next are told of together."""

    flapping: Flag = True
    """Whether a service that goes down and up again and again keeps one incident open until it is calm."""

    acknowledge_expires: Some = 14_400.0
    """How long an acknowledgement keeps an incident from escalating."""

    self_test: Some | None = None
    """How often an alert is sent through the whole path to see that it arrives; by default never."""
