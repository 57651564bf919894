"""Pushes of heartbeats: who may, what they say, how often. Pure but for the one who takes them."""

import base64
import binascii
import hmac
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from alerting.bucket import Bucket
from checks.model import Check
from checks.shapes import meant
from checks.values import RuleError
from probes.basic.heartbeat import Heartbeat
from probes.heard import Beat
from probes.masking import hidden_in, mask

BODY = 16 * 1024  # bytes
DETAIL = 1024  # characters that are kept of what somebody says
RATE = 60  # pushes of one check in a minute
SAYINGS = ("outcome", "detail", "took")
LONGEST = 400 * 86400.0  # seconds that a job may say that it ran


class Refused(Exception):
    """A push that is not taken: the status, why in words, and headers of the answer."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One request as it came: whose beat, with which right, and what it says, in the query or in the body."""

    name: str
    authorization: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class Pushes:
    """Takes pushes in. Owner of how often each check may be pushed.

    `expects` gives the check of a name if it is a heartbeat, `names` all there are, for who mistyped one;
    `take` hears a beat and says whether it is kept by now; `now` is the clock, in ms since the epoch.
    """

    expects: Callable[[str], Check | None]
    names: Callable[[], Mapping[str, Check]]
    take: Callable[[str, Beat], Awaitable[bool]]
    now: Callable[[], int]
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def admit(self, name: str, authorization: str) -> Heartbeat:
        """Give who is expected. Raise Refused where that is nobody, or the token is not the right one."""
        check = self.expects(name)
        if check is None:
            raise Refused(HTTPStatus.NOT_FOUND, _nobody(name, self.names()))
        probe = check.probe
        if not isinstance(probe, Heartbeat) or not probe.token:
            raise Refused(HTTPStatus.FORBIDDEN, f"the token of {name} is not set here: nothing can be told")
        given = token_of(authorization).encode("utf-8", "replace")
        if not hmac.compare_digest(given, probe.token.reveal().encode("utf-8", "replace")):
            why = "give the token of this check: Authorization: Bearer TOKEN, or as the password of Basic"
            raise Refused(HTTPStatus.UNAUTHORIZED, why, **{"WWW-Authenticate": 'Bearer realm="push"'})
        return probe

    async def hear(self, pushed: Pushed) -> tuple[int, bool]:
        """Take a push in. Give its instant (ms), and whether it is in the store by now. Raises Refused."""
        now = self.now()
        hidden = hidden_in(self.admit(pushed.name, pushed.authorization))
        bucket = self._buckets.setdefault(pushed.name, Bucket(RATE))
        wait = bucket.free_at(now) - now
        if wait > 0:
            why, after = f"more than {RATE} pushes of {pushed.name} in a minute", str(math.ceil(wait / 1000))
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, why, **{"Retry-After": after})
        try:
            beat = beat_of(mask(said_in(pushed.query, pushed.body), hidden), now)
        except RuleError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
        bucket.take(now)
        return now, await self.take(pushed.name, beat)


def _nobody(name: str, checks: Mapping[str, Check]) -> str:
    if name in checks:
        return f"{name} is not of kind heartbeat: it is asked, and not told"
    heartbeats = [each for each, check in checks.items() if isinstance(check.probe, Heartbeat)]
    return f"there is no heartbeat of that name{meant(name, heartbeats)}"


def token_of(authorization: str) -> str:
    """Give the token of an Authorization: one of Bearer (RFC 6750), or the password of Basic (RFC 7617)."""
    scheme, _, given = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(given.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return pair.partition(":")[2]


def said_in(query: tuple[tuple[str, str], ...], body: bytes) -> dict[str, Any]:
    """Read what a push says. Raises RuleError with the rule that is broken."""
    words = [name for name, _ in query]
    if "token" in words:
        raise RuleError("token: belongs into the header Authorization; what stands in a URL lands in logs")
    if len(words) != len(set(words)):
        raise RuleError("query: says one thing twice")
    if not body.strip():
        return dict(query)
    if query:
        raise RuleError("say it in the query or in the body, not in both")
    return _document(body)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body, object_pairs_hook=_once)
    except RuleError:
        raise
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RuleError('body: must be empty, or a JSON object such as {"outcome": "good", "took": 12.5}')
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; with a name that is there twice nobody knows what was meant."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise RuleError("body: says one thing twice")
    return made


def beat_of(said: Mapping[str, Any], now: int) -> Beat:
    """Make a beat of what somebody says, all of which may be left out. Raises RuleError with the rule."""
    unknown = said.keys() - set(SAYINGS)
    if unknown:
        raise RuleError(f"only {', '.join(SAYINGS)} can be said")
    outcome, detail = said.get("outcome", "good"), said.get("detail", "")
    if outcome not in ("good", "bad"):
        raise RuleError("outcome: must be good or bad")
    if not isinstance(detail, str):
        raise RuleError("detail: must be text")
    return Beat(at=now, bad=outcome == "bad", detail=_cut(detail), took=_seconds(said.get("took")))


def _seconds(said: object) -> float | None:
    if said is None:
        return None
    try:
        took = float(said) if isinstance(said, str | int | float) and not isinstance(said, bool) else -1.0
    except (ValueError, OverflowError):
        took = -1.0
    if not 0 <= took <= LONGEST:
        raise RuleError("took: must be a number of seconds, from 0 to those of 400 days")
    return took


def _cut(detail: str) -> str:
    """Keep one line of what somebody says: its beginning, without what is no letter on any screen."""
    line = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in detail[: 4 * DETAIL]).split()
    )
    return line if len(line) <= DETAIL else f"{line[: DETAIL - 1]}…"
