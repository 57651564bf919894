"""Kind `heartbeat`: somebody calls us within a time, or it is bad."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic.dataclasses import dataclass

from checks.values import Duration, Secret, between
from probes.heard import Heard
from probes.net.options import STRICT
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

LAST = Fact(
    "last",
    "seconds",
    "When the last beat came that reported no failure, in Unix time.",
    "probe_heartbeat_last_timestamp_seconds",
)
DEADLINE = Fact(
    "deadline",
    "seconds",
    "Until when the next beat is to come, in Unix time.",
    "probe_heartbeat_deadline_timestamp_seconds",
)
TOOK = Fact(
    "took", "seconds", "For how long the job ran, as its last beat says.", "probe_heartbeat_took_seconds"
)
LONGEST = 400 * 86400.0  # seconds: as long as results are kept


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Heartbeat:
    """Somebody's calls at `POST /api/v1/push/NAME`: a job that ran, a machine that lives.

    An attempt asks nobody: it looks at what was heard.
    """

    kind: ClassVar[str] = "heartbeat"
    passive: ClassVar[bool] = True
    least_spacing: ClassVar[float] = 1.0
    # A second look at the same silence, or at the same beat, tells nothing more.
    usual: ClassVar[Mapping[str, str]] = {"confirm": "1", "recover": "1"}
    facts: ClassVar[tuple[Fact, ...]] = (LAST, DEADLINE, TOOK)
    example: ClassVar[str] = """\
service: intranet
kind: heartbeat
within: 24h
grace: 30m
token: "${BACKUP_TOKEN}"
"""

    within: Annotated[Duration, between(1, LONGEST, "must be from 1s to 400d")]
    """How long after one beat the next is due: the job's own interval."""

    grace: Annotated[Duration, between(0, LONGEST, "must be at most 400d")] = 60.0
    """How much later it may come before it is missed."""

    token: Secret
    """What whoever calls must give."""

    def host(self) -> str:
        """Say that it asks nobody."""
        return ""

    @property
    def silence(self) -> float:
        """For how long (seconds) nothing may be heard before that is a failure."""
        return self.within + self.grace

    def deadline(self, heard: Heard) -> int | None:
        """Say until when (ms) the next beat is to come; None where nobody can say."""
        since = heard.expecting_since
        return None if since is None else since + round(self.silence * 1000)

    async def ask(self, tools: Tools) -> None:
        """Look at what was heard. Raise Failed where it was a failure, or nothing for too long."""
        if tools.heard is None:
            raise Failed(Reason.MISSING_CAPABILITY, "beats are heard by a running daemon alone")
        self._learn(tools, tools.heard)
        self._judge(tools.heard, tools.now())

    def _learn(self, tools: Tools, heard: Heard) -> None:
        if heard.good_at is not None:
            tools.fact(LAST.name, heard.good_at / 1000)
        if heard.last and heard.last.took is not None:
            tools.fact(TOOK.name, heard.last.took)
        deadline = self.deadline(heard)
        if deadline is not None:
            tools.fact(DEADLINE.name, deadline / 1000)
        tools.learned.evidence["heartbeat"] = {
            "last_good": _told(heard.good_at),
            "listening_since": _told(heard.since),
            **({"said": heard.last.detail} if heard.last and heard.last.detail else {}),
        }

    def _judge(self, heard: Heard, now: int) -> None:
        if heard.last and heard.last.bad:
            said = heard.last.detail or "in no further words"
            raise Failed(Reason.DECLARED, f"it reported a failure at {_told(heard.last.at)}: {said}")
        if heard.missed:
            raise Failed(Reason.MISSED, self._silence(heard))
        deadline = self.deadline(heard)
        if deadline is not None and now < deadline:
            return
        if heard.since is None:
            text = f"{self._silence(heard)}, but whether a daemon listened is not known here"
            raise Failed(Reason.MISSING_CAPABILITY, text)
        raise Failed(Reason.MISSED, self._silence(heard))

    def _silence(self, heard: Heard) -> str:
        known = [at for at in (heard.good_at, heard.last.at if heard.last else None) if at is not None]
        if known:
            return f"no beat since {_told(max(known))}"
        return f"no beat since we began to listen at {_told(heard.since)}" if heard.since else "no beat yet"


def _told(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
