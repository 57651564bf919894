"""The contract every receiver keeps: an intent becomes one request, an answer becomes one verdict. Pure."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from alerting.intent import Intent


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to a receiver."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; headers in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


# Sends one request within its time-out (seconds). Raises OSError or TimeoutError when no answer came, in
# words that may be shown: without the address, which some receivers keep secret.
Post = Callable[[Request, float], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver said yes."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. `after` is what the receiver asked for, in seconds; None leaves it to us."""

    detail: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Never, in this form."""

    detail: str


Verdict = Sent | Retry | Refused


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a receiver can do; the core treats all alike by it.

    `per_minute` is the rate it takes, None without a known limit; receivers of one `bucket` share it, and
    without a name it has its own. `at_once` is how many messages, each under another key, may be on their way
    together. `info` says whether a message of urgency info goes there without a route that names it.
    `update_within` is how long after the last accepted open or update (seconds) an update still means the
    same incident there. `hand_resolved_hold` is how long (seconds) a person is believed who resolved there
    what still fails. `address` tells one addressee from another without giving anything away: options that
    leave it as it is do not make a reload say goodbye there.
    """

    deduplicates: bool = False
    resolves: bool = True
    updates: bool = True
    acknowledges: bool = False
    per_minute: float | None = None
    bucket: str = ""
    at_once: int = 8
    info: bool = True
    update_within: float | None = None
    hand_resolved_hold: float = 1_800.0
    address: str = ""


def disguised(*parts: str) -> str:
    """Give a short text that is another one for other parts, and tells nothing of them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


class Target(Protocol):
    """A receiver with its options filled in: a frozen dataclass whose fields are its YAML options."""

    @property
    def abilities(self) -> Abilities:
        """Say what can be done here; some of it depends on the options."""
        ...

    def request(self, intent: Intent, now: int) -> Request:
        """Give the request that says `intent`. `now` is in ms since the epoch: the time of this try."""
        ...

    def read(self, response: Response, now: int) -> Verdict:
        """Say what an answer means."""
        ...

    def minimal(self, intent: Intent, now: int) -> Request | None:
        """Give the least that can be said, after a refusal; None where that makes no sense."""
        ...

    def off(self) -> str:
        """Say why this receiver cannot be used (a secret that is unset), or nothing."""
        ...
