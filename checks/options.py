"""The options of the sections of `checks.yaml`, as they are written; `model.py` has what they come to.

`alerting` is in alerting_options.py, `maintenance` and `reports` are in calendar_options.py. The text under
an option explains it, in the reference and in editors. `inert` names the options that are read and checked
but not acted on yet, which `validate` notes; `later` those that are refused until they are, because somebody
would rely on them for safety.
"""

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.model import Indicator, Network, Urgent
from checks.texts import (
    read_in_flight,
    read_listen,
    read_looked_up,
    read_name,
    read_store,
    read_target,
    read_timezone,
    read_url,
    read_version,
)
from checks.values import (
    Duration,
    Flag,
    Number,
    Portion,
    RuleError,
    Share,
    Size,
    Spent,
    Whole,
    Window,
)

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
COUNT = Literal["all", "any"]

Name = Annotated[str, AfterValidator(read_name)]
Address = Annotated[str, AfterValidator(read_url)]
ToResolve = Annotated[str, AfterValidator(read_looked_up)]
Some = Annotated[Duration, Field(gt=0)]
Count = Annotated[Whole, Field(ge=1)]
Tier = Annotated[Whole, Field(ge=1, le=3)]
StoreUrl = Annotated[str, AfterValidator(read_store)]
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AtLeast:
    """So many of several."""

    at_least: Count
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TopOptions:
    """What stands at the top of the file, outside of any section."""

    later: ClassVar[frozenset[str]] = frozenset({"webhooks"})
    inert: ClassVar[frozenset[str]] = frozenset({"compatibility", "reports", "vendors"})

    version: Annotated[str, AfterValidator(read_version)]
    """The version of this file's language: 1."""

    site: Name = "local"
    """Where this daemon stands: a label of every metric, and the usual first part of every alert's key."""

    timezone: Annotated[str, AfterValidator(read_timezone)] = "UTC"
    """The time zone of calendar windows, hours, maintenance and reports, such as Europe/Amsterdam."""

    compatibility: tuple[Literal["sloth", "pyrra"], ...] = ()
    """Whose dashboards are also served: the series that Sloth's and Pyrra's read."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ServiceOptions:
    """An entry of `services`: something people depend on and somebody owns."""

    inert: ClassVar[frozenset[str]] = frozenset({"vendors"})

    title: str = ""
    """What people call it; the name where it is not written."""

    owner: str = ""
    """Who looks after it."""

    tier: Tier = 2
    """How much it matters: 1 pages as critical, 2 pages as error, 3 only tells."""

    depends_on: tuple[str, ...] = ()
    """The services that it cannot do without."""

    vendors: tuple[str, ...] = ()
    """The vendors that run it for us."""

    up_when: COUNT | AtLeast = "all"
    """Which of its checks must be up: all, any, or {at_least: 2}."""

    unknown_after: Some | None = None
    """How long it may go unmeasured before somebody is told; 10m, 30m or 4h by its tier."""

    detect_within: Some | None = None
    """How soon somebody should be told of an outage; it is noted where the checks cannot do it."""

    runbook: str = ""
    """The address of a page for whoever is paged."""

    labels: Words = field(default_factory=dict)
    """Names and values of your own, which routes can match."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CommonOptions:
    """The options that every check has, beside its kind's own.

    What is None is not written.
    """

    kind: str = ""
    """Which sort of question is asked; it decides which further options there are."""

    service: str = ""
    """The service it speaks for."""

    interval: Some = 30.0
    """How often it is asked."""

    timeout: Some | None = None
    """How long an attempt may take; where it is not written, 10s or the interval, whichever is less."""

    confirm: Count = 3
    """How many bad attempts in a row make it down."""

    confirm_interval: Some = 5.0
    """How soon it is asked again while it is failing, or coming back."""

    recover: Count = 2
    """How many good attempts in a row make it up again."""

    slow_after: Some | None = None
    """A good attempt that took longer is shown as degraded; it still counts as good."""

    network: Network | None = None
    """Which self-checks vouch for the way to it, internet or internal; by default its address decides."""

    enabled: Flag = True
    """Whether it is asked at all."""

    sli: Flag | None = None
    """Whether it counts for its service; by default true, and false for kinds that are only evidence."""

    labels: Words = field(default_factory=dict)
    """Names and values of your own."""

    was: str = ""
    """Its name before it was renamed, so that what is known of it stays known."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PolicyOptions:
    """An item of an objective's `policy`: what happens when so much of the budget is spent."""

    at: Spent
    """The share of the budget that is spent: 50%, 100%, 150%."""

    notify: Urgent
    """How urgently somebody is told: page, ticket or info."""

    state: Name | None = None
    """A word for what is in force from then on, such as freeze; it is exported."""

    text: str = ""
    """What is asked of those who are told."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BurnOptions:
    """An item of an objective's `burn`: both windows must burn faster than the factor."""

    urgency: Literal["page", "ticket"]
    """How urgently somebody is told: page or ticket."""

    long: Some
    """The window that says that it matters."""

    short: Some
    """The window that says that it still goes on; at most half the long one."""

    factor: Annotated[Number, Field(gt=0)]
    """How fast the budget goes; 1 is exactly used up at the window's end."""

    def __post_init__(self) -> None:
        if self.short * 2 > self.long:
            raise RuleError("must have a short window of at most half the long one")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ObjectiveOptions:
    """An entry of `objectives`: the share promised over a window."""

    inert: ClassVar[frozenset[str]] = frozenset({"policy", "min_bad", "min_coverage", "burn"})

    target: Share
    """The share that is promised, such as 99.9%."""

    window: Window
    """Over how long: up to now (30d, 12h), or a calendar week, month, quarter or year."""

    service: str = ""
    """The service it is about; exactly one of service, services and check is written."""

    services: tuple[str, ...] = ()
    """The services it is about, together."""

    check: str = ""
    """The check it is about."""

    indicator: Indicator = "time"
    """What is counted: time (that was up), attempts (that were good) or latency (those that were fast)."""

    faster_than: Some | None = None
    """How long a good attempt may take and still be fast; it goes with indicator: latency."""

    combine: COUNT | AtLeast = "all"
    """Which of several services must be up: all, any, or {at_least: 2}."""

    during: str = ""
    """The hours that count, by their name in alerting.hours; all of them where it is not written."""

    policy: tuple[PolicyOptions, ...] = ()
    """What happens when the budget is spent to a share."""

    min_bad: Count = 3
    """How many bad attempts the long window of a burn rule must hold, unless it holds an outage."""

    min_coverage: Portion = Fraction(1, 2)
    """How much of a burn rule's windows must be measured for it to be judged."""

    burn: tuple[BurnOptions, ...] | None = None
    """Burn rules of your own in place of the usual ones; [] for none."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SelfCheckOptions:
    """An item of `self_checks`: one of `resolve` and `tcp`."""

    resolve: ToResolve | None = None
    """A name that should resolve."""

    tcp: Annotated[str, AfterValidator(read_target)] | None = None
    """An address and a port that should accept a connection."""

    network: Network | None = None
    """The network it vouches for, internet or internal; by default its address decides."""

    def __post_init__(self) -> None:
        if (self.resolve is None) == (self.tcp is None):
            raise RuleError("must be either resolve: NAME or tcp: ADDRESS:PORT")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class StoreOptions:
    """The section `store`: what is kept, and where."""

    url: StoreUrl = "watchkeeper.db"
    """The SQLite file: sqlite:///name.db beside this file, sqlite:////absolute/name.db anywhere."""

    results: Some = 34_560_000.0
    """How long single results are kept."""

    size: Annotated[Size, Field(gt=0)] = 4 << 30
    """How large they may grow, all together; the oldest go first."""

    history: Some = 65_664_000.0
    """How long outages and states are kept; at least as long as results."""

    def __post_init__(self) -> None:
        if self.results > self.history:
            raise RuleError("must not keep results longer than history (760d where it is not written)")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class LimitsOptions:
    """The section `limits`: how much is done at once."""

    inert: ClassVar[frozenset[str]] = frozenset({"max_refusals"})

    in_flight: Annotated[str, AfterValidator(read_in_flight)] = "auto"
    """How many attempts may be under way at once; auto is enough for the worst case."""

    per_host: Count = 8
    """How many of them may go to one host."""

    max_refusals: Count = 3
    """How often in 30 minutes one credential may be refused before it is left alone, lest it be locked."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class VendorOptions:
    """An entry of `vendors`: somebody who runs a service for us."""

    url: Address | None = None
    """Where its status is read instead of its usual address: another region, a gateway, a test."""

    announce: Flag = False
    """Whether its troubles are told also while we have none."""

    sla: Share | None = None
    """What it has promised us."""

    follow_maintenance: Flag = False
    """Whether its announced maintenance is also ours."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class WebOptions:
    """The section `web`: where metrics and the page are served."""

    later: ClassVar[frozenset[str]] = frozenset({"tls", "auth"})

    listen: Annotated[str, AfterValidator(read_listen)] = "127.0.0.1:9797"
    """Its address and port. It is plain HTTP, for all who can reach it; :9797 is every address we have."""

    external_url: Address | None = None
    """What we are called from outside, for the links in messages."""


SECTIONS = (
    *("defaults", "services", "checks", "objectives", "maintenance", "receivers", "alerting", "reports"),
    *("self_checks", "store", "limits", "vendors", "web"),
)
