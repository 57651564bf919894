"""The options of every section of `checks.yaml`, as they are written; `model.py` has what they come to.

`later` names the options that the documentation knows and this version does not do: they are refused in so
many words.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.model import Network
from checks.values import CALENDAR, Duration, Flag, RuleError, Secret, Share, Whole, read_whole, read_window

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,126}")
NAME_RULE = "must be 1 to 127 letters, digits, dots, dashes or underscores, and begin with a letter or digit"
LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\s\[\]]*):([0-9]{1,5})")
STORE = re.compile(r"sqlite:///(/?[^?#\x00]+)")
COUNT = Literal["all", "any"]


def read_version(text: str) -> str:
    """Accept the version of the file's language."""
    if text != "1":
        raise RuleError("must be 1; this Watchkeeper reads no other version")
    return text


def read_name(text: str) -> str:
    """Accept what may name a service, check, objective, receiver or site."""
    if not NAME.fullmatch(text):
        raise RuleError(NAME_RULE)
    return text


def read_url(text: str) -> str:
    """Accept the address of something on the web; a slash at its end is taken off."""
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text):
        raise RuleError("must be an address that begins with https:// or http://")
    return text.rstrip("/")


def read_listen(text: str) -> str:
    """Accept `host:port`; an IPv6 address stands in brackets."""
    found = LISTEN.fullmatch(text)
    if not found or int(found[2]) > 65535:
        raise RuleError("must be an address and a port, such as 127.0.0.1:9797 or [::1]:9797")
    return text


def read_store(text: str) -> str:
    """Accept the URL of an SQLite file; give its path."""
    found = STORE.fullmatch(text)
    if not found:
        raise RuleError("must be sqlite:///name.db (beside this file) or sqlite:////absolute/name.db")
    return found[1]


def read_timezone(text: str) -> str:
    """Accept a name of the IANA time zone database."""
    try:
        return text if text == "UTC" else ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise RuleError("must be a time zone such as Europe/Amsterdam or UTC") from None


def read_rolling(text: str) -> str:
    """Accept a window of days or hours."""
    if read_window(text) in CALENDAR:
        raise RuleError("calendar windows are not supported by this version yet; write 30d")
    return text


def read_indicator(text: str) -> str:
    """Accept the indicator of this version."""
    if text in ("attempts", "latency"):
        raise RuleError("not supported by this version yet; use time")
    if text != "time":
        raise RuleError("must be time")
    return text


def read_in_flight(text: str) -> str:
    """Accept `auto` or a number of attempts."""
    if text != "auto" and (not text.isdecimal() or read_whole(text) < 1):
        raise RuleError("must be auto or a whole number from 1")
    return text


def read_target(text: str) -> str:
    """Accept `host:port` of a self-check's address."""
    if not LISTEN.fullmatch(text) or text.startswith(":"):
        raise RuleError("must be an address and a port, such as 1.1.1.1:443")
    return text


Name = Annotated[str, AfterValidator(read_name)]
Some = Annotated[Duration, Field(gt=0)]
Count = Annotated[Whole, Field(ge=1)]
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AtLeast:
    """So many of several."""

    at_least: Count


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TopOptions:
    """What stands at the top level and is no section."""

    later: ClassVar[frozenset[str]] = frozenset(
        {"maintenance", "reports", "vendors", "compatibility", "webhooks"}
    )
    version: Annotated[str, AfterValidator(read_version)]
    site: Name = "local"
    timezone: Annotated[str, AfterValidator(read_timezone)] = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ServiceOptions:
    """An entry of `services`."""

    title: str = ""
    owner: str = ""
    tier: Annotated[Whole, Field(ge=1, le=3)] = 2
    depends_on: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    up_when: COUNT | AtLeast = "all"
    unknown_after: Some | None = None
    detect_within: Some | None = None
    runbook: str = ""
    labels: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CommonOptions:
    """The options that every check has, beside its kind's own. `timeout` None: not written."""

    kind: str = ""
    service: str = ""
    interval: Some = 30.0
    timeout: Some | None = None
    confirm: Count = 3
    confirm_interval: Some = 5.0
    recover: Count = 2
    slow_after: Some | None = None
    network: Network | None = None
    enabled: Flag = True
    sli: Flag = True
    labels: Words = field(default_factory=dict)
    was: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ObjectiveOptions:
    """An entry of `objectives`."""

    later: ClassVar[frozenset[str]] = frozenset(
        {"during", "policy", "faster_than", "min_bad", "min_coverage", "burn"}
    )
    target: Share
    window: Annotated[str, AfterValidator(read_rolling)]
    service: str = ""
    services: tuple[str, ...] = ()
    check: str = ""
    indicator: Annotated[str, AfterValidator(read_indicator)] = "time"
    combine: COUNT | AtLeast = "all"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MatchOptions:
    """What a route asks of an incident; what is not written is not asked."""

    urgency: Literal["page", "ticket", "info"] | None = None
    tier: Annotated[Whole, Field(ge=1, le=3)] | None = None
    service: str | None = None
    owner: str | None = None
    scope: Literal["service", "objective", "certificate", "domain", "budget", "vendor", "monitor"] | None = (
        None
    )
    severity: Literal["critical", "error", "warning", "info"] | None = None
    labels: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RouteOptions:
    """An item of `alerting.routes`."""

    later: ClassVar[frozenset[str]] = frozenset({"escalate", "during", "otherwise"})
    receivers: tuple[str, ...]
    match: MatchOptions = field(default_factory=MatchOptions)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SwitchOptions:
    """The dead man's switch. Its address is a secret: whoever has it can keep it quiet."""

    url: Secret
    interval: Some = 60.0


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AlertingOptions:
    """The section `alerting`."""

    later: ClassVar[frozenset[str]] = frozenset(
        {"hours", "hold_max", "storm_limit", "acknowledge_expires", "self_test"}
    )
    prefix: Name | None = None
    routes: tuple[RouteOptions, ...] = ()
    fallback: str = ""
    fallback_after: Some = 120.0
    dead_mans_switch: SwitchOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SelfCheckOptions:
    """An item of `self_checks`: one of `resolve` and `tcp`."""

    resolve: Annotated[str, Field(pattern=r"^[^\s:/]+$")] | None = None
    tcp: Annotated[str, AfterValidator(read_target)] | None = None
    network: Network | None = None

    def __post_init__(self) -> None:
        if (self.resolve is None) == (self.tcp is None):
            raise RuleError("must be either resolve: NAME or tcp: ADDRESS:PORT")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class StoreOptions:
    """The section `store`."""

    later: ClassVar[frozenset[str]] = frozenset({"results", "size", "history"})
    url: Annotated[str, AfterValidator(read_store)] = "watchkeeper.db"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class LimitsOptions:
    """The section `limits`."""

    later: ClassVar[frozenset[str]] = frozenset({"max_refusals"})
    in_flight: Annotated[str, AfterValidator(read_in_flight)] = "auto"
    per_host: Count = 8


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class WebOptions:
    """The section `web`."""

    later: ClassVar[frozenset[str]] = frozenset({"tls", "auth"})
    listen: Annotated[str, AfterValidator(read_listen)] = "127.0.0.1:9797"
    external_url: Annotated[str, AfterValidator(read_url)] | None = None


SECTIONS = (
    "defaults services checks objectives receivers alerting self_checks store limits web".split()  # noqa: SIM905
)
