"""What the engine is told, and what it decides. Times are ms since the epoch, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from alerting.incident import Happening, Incident
from alerting.intent import Intent
from checks.model import Configuration, Network
from probes.result import Reason, Result
from slo.attempts import Attempts
from slo.judge import Judge
from store.rows import Operation, Row


@dataclass(frozen=True, slots=True)
class Started:
    """The daemon stands, what was stored has been read: say again what is still true, and ask everybody."""


@dataclass(frozen=True, slots=True)
class Woke:
    """The instant that the engine asked for has come."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """A check was asked."""

    result: Result


@dataclass(frozen=True, slots=True)
class SelfChecked:
    """One of our own self-checks has ended."""

    network: Network
    result: Result


@dataclass(frozen=True, slots=True)
class Strained:
    """A sign that we cannot keep up: a run missed by our own limits or lateness."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of an intent: `how` it ended, or that it is late enough for the fallback.

    `former`: at the receiver as it was before a reload, which tells nothing of the one that there is now.
    """

    intent: Intent
    how: Literal["sent", "dead", "replaced", "fallback_due"]
    detail: str = ""
    former: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """A receiver says what happened to an incident at its end, whether a person did it, and when (ms)."""

    receiver: str
    key: str
    what: Happening
    by_person: bool
    at: int


@dataclass(frozen=True, slots=True)
class StoreFailing:
    """A decision could not be written for ten seconds; `detail` is one sentence that says why."""

    detail: str


@dataclass(frozen=True, slots=True)
class StoreBack:
    """The store takes decisions again, and has all of them."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """A reload was accepted: this is watched from now on."""

    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Ordered:
    """A person has added or removed a maintenance or a silence."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Relearned:
    """A check was judged anew from all that is stored of it; `attempts` are those counted anew, by speed.

    `revision` is that of the results that were read.
    """

    judge: Judge
    attempts: Mapping[float | None, Attempts]
    revision: int = 0


@dataclass(frozen=True, slots=True)
class ReloadRefused:
    """A reload was refused, and changed nothing; `detail` is one sentence that says why, without values."""

    detail: str


Event = (
    Started
    | Swapped
    | Ordered
    | Relearned
    | ReloadRefused
    | Woke
    | Attempted
    | SelfChecked
    | Strained
    | Delivered
    | Reported
    | StoreFailing
    | StoreBack
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Ask this check at this time, beside the grid."""

    check: str
    at: int


@dataclass(frozen=True, slots=True)
class Downed:
    """A check whose outage has just been confirmed: since when it lasts (ms), and why it failed last."""

    check: str
    since: int
    reason: Reason | None


@dataclass(slots=True)
class Decision:
    """What follows from one event: what to keep, to send, to ask, and when to be woken.

    `rows` and `intents` are one transaction. `recorded` are the results whose outcome is now final, for those
    who count; `look` the networks whose self-checks are to be asked now; `wake` the next instant at which
    time alone changes something. `downed` are the checks that are down from now on. `suppressed` are the
    reasons for which something was not told, one each.
    """

    rows: list[Row] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    ask: list[Wish] = field(default_factory=list)
    look: set[Network] = field(default_factory=set)
    wake: int | None = None
    recorded: list[Result] = field(default_factory=list)
    downed: list[Downed] = field(default_factory=list)
    opened: list[Incident] = field(default_factory=list)
    resolved: list[Incident] = field(default_factory=list)
    acknowledged: list[Incident] = field(default_factory=list)  # by a person, for the first time
    suppressed: list[str] = field(default_factory=list)

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for this to be written: an incident changed, a message must go out."""
        return bool(self.intents or self.opened or self.resolved)
