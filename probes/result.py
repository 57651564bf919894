"""What an attempt told us: outcome, reason, result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Outcome(StrEnum):
    """How an attempt ended. *Unknown* means that the fault is or may be ours."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why an attempt was not good: a closed set. A new one is a documented change."""

    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_FAILURE = "dns_failure"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    RESET = "reset"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_NAME = "tls_name"
    PROXY = "proxy"
    AUTH_REJECTED = "auth_rejected"
    HTTP_STATUS = "http_status"
    ASSERTION = "assertion"
    PROTOCOL = "protocol"
    RESPONSE_TIMEOUT = "response_timeout"
    TOO_LARGE = "too_large"
    NOT_DELIVERED = "not_delivered"
    DELIVERED_LATE = "delivered_late"
    DELIVERED_TO_SPAM = "delivered_to_spam"
    DECLARED = "declared"
    MISSED = "missed"

    BLIND = "blind"
    OVERLOAD = "overload"
    MISSING_SECRET = "missing_secret"  # noqa: S105 – a reason, not a secret
    MISSING_CAPABILITY = "missing_capability"
    CREDENTIAL = "credential"
    LOCKED_OUT = "locked_out"
    POLICY = "policy"
    RATE_LIMITED = "rate_limited"
    MAILBOX_UNAVAILABLE = "mailbox_unavailable"
    UNREADABLE = "unreadable"
    BUG = "bug"

    @property
    def outcome(self) -> Outcome:
        """BAD when the service failed, UNKNOWN when we cannot say."""
        return Outcome.UNKNOWN if self in UNKNOWNS else Outcome.BAD


UNKNOWNS = frozenset(list(Reason)[list(Reason).index(Reason.BLIND) :])
# Reasons that our own network explains as well as theirs; never one that proves an answer of the service.
# That a name does not exist is the resolver's word, and one without its uplink may say so of every name:
# docs/decisions/0006-our-own-resolver.md.
NETWORK: frozenset[Reason | None] = frozenset(
    {
        Reason.DNS_NXDOMAIN,
        Reason.DNS_FAILURE,
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECT_UNREACHABLE,
        Reason.RESPONSE_TIMEOUT,
    }
)


# Those of them that are about names alone.
NAMES: frozenset[Reason | None] = frozenset({Reason.DNS_NXDOMAIN, Reason.DNS_FAILURE})


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt of one check from one site, as it is judged, kept and shown.

    `at` is its start in milliseconds since the Unix epoch, UTC; `took` and the phases are seconds.
    `extra` says that it lies beside the grid of due times.
    """

    check: str
    site: str
    at: int
    took: float
    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    phases: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    extra: bool = False

    @property
    def ended(self) -> int:
        """When the attempt was over, milliseconds since the epoch."""
        return self.at + round(self.took * 1000)


def measured(seconds: float) -> float:
    """Round a duration to what a measurement of ours is worth: four digits, and whole microseconds."""
    return round(float(f"{seconds:.4g}"), 6)
