"""What ends by itself unless somebody renews it, and from when on that is to be said. Pure; times are ms."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Literal, get_args

from checks.model import Check
from probes.basic.domain import EXPIRY as REGISTERED
from probes.net.certificate import EXPIRY, LIFETIME
from probes.result import Outcome, Reason, Result

Expiring = Literal["certificate", "domain"]
EXPIRING: tuple[Expiring, ...] = get_args(Expiring)
DAY = 86_400_000
YEAR = 365 * DAY  # the life of a registration of which nobody says how long it was bought for
LATEST = 1e11  # seconds since the epoch: what comes later has no date that can be written
NAMED = 2  # names of a certificate in one line; the rest are counted
LONGEST = 100  # letters of one name
SAID_BY = "%b %d %H:%M:%S %Y GMT"  # how OpenSSL writes an instant
# What was presented need not be theirs: so begins what a portal or a proxy puts in between.
UNBELIEVED = frozenset({Reason.TLS_UNTRUSTED, Reason.TLS_NAME})


class Stage(IntEnum):
    """How pressing it is: the first warning, the second, and that it has ended."""

    CALM = 0
    WARNED = 1
    PRESSING = 2
    ENDED = 3


@dataclass(frozen=True, slots=True)
class Expiry:
    """When something ends, after how long a life (None where nobody says), whose it is, and who issued it.

    `service` is that of the check that saw it; empty where it has none.
    """

    ends: int
    lifetime: int | None = None
    whose: str = ""
    issuer: str = ""
    service: str = ""

    def begins(self, stage: Stage) -> int:
        """Say when a stage begins: with a third of its life left, 14 d at most; with a tenth, 3 d at most."""
        before = {Stage.WARNED: (3, 14 * DAY), Stage.PRESSING: (10, 3 * DAY)}
        if stage not in before:
            return self.ends
        part, most = before[stage]
        return self.ends - (most if self.lifetime is None else min(most, self.lifetime // part))

    def stage(self, now: int) -> Stage:
        """Say how pressing it is at an instant."""
        return max((stage for stage in Stage if stage and self.begins(stage) <= now), default=Stage.CALM)

    def next(self, now: int) -> int | None:
        """Give the next instant at which it becomes more pressing."""
        return min((at for stage in Stage if stage and (at := self.begins(stage)) > now), default=None)

    def text(self) -> str:
        """Write it as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def expiry_of(text: str) -> Expiry | None:
    """Read what `Expiry.text` wrote; None where it is nothing, or of another version of ours."""
    try:
        return Expiry(**json.loads(text))
    except (ValueError, TypeError):
        return None


def expiries_in(check: Check, result: Result) -> Iterator[tuple[Expiring, Expiry]]:
    """Give what a result tells of what ends; nothing where what was presented may be somebody else's."""
    if result.outcome is Outcome.UNKNOWN or result.reason in UNBELIEVED:
        return
    facts = result.facts
    ends = _instant(facts.get(EXPIRY.name))
    if ends is not None and check.kind != "domain":  # that of its registry is not ours to renew
        lifetime = _instant(facts.get(LIFETIME.name)) or None
        whose, issuer = _certificate(check, result.evidence.get("certificate"), ends)
        yield "certificate", Expiry(ends, lifetime, whose, issuer, check.service)
    if check.kind == "domain" and (ends := _instant(facts.get(REGISTERED.name))) is not None:
        registry = result.evidence.get("registry")
        domain = registry.get("domain") if isinstance(registry, Mapping) else None
        yield "domain", Expiry(ends, YEAR, str(domain or check.name), service=check.service)


def sees_several(check: Check) -> bool:
    """Say whether an attempt may be shown certificates one after the other: by redirects, or in steps."""
    return bool(getattr(check.probe, "redirects", 0)) or len(getattr(check.probe, "steps", ())) > 1


def _certificate(check: Check, shown: Any, ends: int) -> tuple[str, str]:
    """Say whose it is, and who issued it where it is the server's own: another of the chain may end first."""
    names = _names(shown) if isinstance(shown, Mapping) else []
    if not names:
        return check.host or check.name, ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    whose = f"{', '.join(names[:NAMED])}{more}"
    if _said(shown.get("not_after")) == ends:
        return whose, str(shown.get("issuer", ""))
    return f"the chain of {whose}", ""


def _names(shown: Mapping[str, Any]) -> list[str]:
    listed = shown.get("names")
    names = listed if isinstance(listed, list) and listed else [shown.get("subject")]
    return [str(name)[:LONGEST] for name in names if name]


def _said(instant: Any) -> int | None:
    try:
        return round(datetime.strptime(str(instant), SAID_BY).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return None


def _instant(seconds: float | None) -> int | None:
    if seconds is None or not math.isfinite(seconds) or abs(seconds) > LATEST:
        return None
    return max(0, round(seconds * 1000))
