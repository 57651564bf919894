"""PagerDuty's Events API v2 as it is documented, faults included: a pure core, and a server around it.

What is not documented is decided strictly: a text one character too long is refused, as the real one does.
"""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from aiohttp import web
from jsonschema import Draft202012Validator

from alerting.receiver import Request, Response

PERSON = {"id": "PUSER01", "type": "user_reference", "summary": "Ada"}
INTEGRATION = {"id": "PINTG01", "type": "events_api_v2_inbound_integration_reference", "summary": "Events"}
HAPPENINGS = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}

LARGEST = 512_000
MINUTE = 60_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = {"type": "string"}
ADDRESS = {"type": "string", "pattern": "^https?://"}
SCHEMA = {
    "type": "object",
    "required": ["routing_key", "event_action"],
    "properties": {
        "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
        "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
        "dedup_key": {"type": "string", "minLength": 1, "maxLength": 255},
        "client": TEXT,
        "client_url": ADDRESS,
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["href"],
                "properties": {"href": ADDRESS, "text": TEXT},
                "additionalProperties": False,
            },
        },
        "images": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["src"],
                "properties": {"src": {"pattern": "^https://"}},
            },
        },
        "payload": {
            "type": "object",
            "required": ["summary", "source", "severity"],
            "properties": {
                "summary": {"type": "string", "minLength": 1, "maxLength": 1024},
                "source": {"type": "string", "minLength": 1},
                "severity": {"enum": ["critical", "error", "warning", "info"]},
                "timestamp": {
                    "type": "string",
                    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$",
                },
                "component": TEXT,
                "group": TEXT,
                "class": TEXT,
                "custom_details": {"type": "object"},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
    "allOf": [
        {
            "if": {"properties": {"event_action": {"const": "trigger"}}},
            "then": {"required": ["payload"]},
            "else": {"required": ["dedup_key"]},
        }
    ],
}


@dataclass(slots=True)
class Incident:
    """One alert from its first trigger on; `log` holds (at, what): an action, or auto_resolve."""

    routing_key: str
    dedup_key: str
    event: dict[str, Any]
    began_at: int
    state: Literal["triggered", "acknowledged", "resolved"] = "triggered"
    log: list[tuple[int, str]] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return str(self.event["payload"]["summary"])


@dataclass(slots=True)
class Fault:
    """What goes wrong from `since` until `until` (ms), for the events that `hits` names; all without it.

    status: answered so, not taken in. lost: taken in, but the answer never comes. hang: neither.
    """

    how: Literal["status", "lost", "hang"]
    since: int = 0
    until: int = 2**62
    status: int = 503
    retry_after: str = ""
    hits: Callable[[dict[str, Any]], bool] | None = None

    def holds(self, event: dict[str, Any], now: int) -> bool:
        return self.since <= now < self.until and (self.hits is None or self.hits(event))


@dataclass(slots=True)
class Subscription:
    """Where webhooks go: `deliver` takes headers and raw body, and gives the status it answers.

    `sent` are all of them, with the status that was answered.
    """

    deliver: Callable[[Mapping[str, str], bytes], int]
    secrets: tuple[str, ...]
    sent: list[tuple[Mapping[str, str], bytes, int]] = field(default_factory=list)

    def send(self, event: dict[str, Any]) -> None:
        body = json.dumps({"event": event}).encode()
        headers = {
            "X-Webhook-Id": f"webhook-{len(self.sent)}",
            "X-PagerDuty-Signature": ",".join(signature(secret, body) for secret in self.secrets),
        }
        self.sent.append((headers, body, self.deliver(headers, body)))


def signature(secret: str, body: bytes) -> str:
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class PagerDuty:
    """An account. `incidents` are all there ever were; each one has woken somebody.

    `received` are the events that were taken in, `tried` all requests, with their times. What happens to an
    incident is told to the `subscription`, at once.
    """

    def __init__(
        self,
        *routing_keys: str,
        now: Callable[[], int],
        per_minute: int = 120,
        auto_resolve: int | None = None,  # ms
    ) -> None:
        self.incidents: list[Incident] = []
        self.received: list[tuple[int, dict[str, Any]]] = []
        self.tried: list[tuple[int, dict[str, Any]]] = []
        self.faults: list[Fault] = []
        self.subscription: Subscription | None = None
        self._keys = frozenset(routing_keys)
        self._now = now
        self._per_minute = per_minute
        self._auto_resolve = auto_resolve
        self._counted: dict[str, deque[int]] = {}

    def open_incidents(self) -> list[Incident]:
        """Give what is not resolved, after letting PagerDuty's own timer do its work."""
        self._resolve_the_old(self._now())
        return [incident for incident in self.incidents if incident.state != "resolved"]

    def incident(self, routing_key: str, dedup_key: str) -> Incident | None:
        """Give the unresolved incident under a key."""
        wanted = (routing_key, dedup_key)
        return next((i for i in self.open_incidents() if (i.routing_key, i.dedup_key) == wanted), None)

    def acknowledges(self, dedup_key: str) -> None:
        """Let a person acknowledge what is open under a key."""
        incident = self._open(dedup_key)
        incident.state = "acknowledged"
        self._happens(incident, "acknowledged", "acknowledged by a person", self._now(), PERSON)

    def loses_patience(self, dedup_key: str) -> None:
        """Let PagerDuty take an acknowledgement back that nothing came of."""
        incident = self._open(dedup_key)
        incident.state = "triggered"
        self._happens(incident, "unacknowledged", "acknowledgement timed out", self._now(), None)

    def resolves(self, dedup_key: str) -> None:
        """Let a person resolve what is open under a key."""
        incident = self._open(dedup_key)
        incident.state = "resolved"
        self._happens(incident, "resolved", "resolved by a person", self._now(), PERSON)

    def _open(self, dedup_key: str) -> Incident:
        (found,) = [incident for incident in self.open_incidents() if incident.dedup_key == dedup_key]
        return found

    def _happens(
        self, incident: Incident, what: str, log: str, at: int, agent: Mapping[str, Any] | None
    ) -> None:
        """Keep what happened in the incident's log, and tell the subscription."""
        incident.log.append((at, log))
        if self.subscription:
            self.subscription.send(_event(incident, self.incidents.index(incident), what, at, agent))

    async def post(self, request: Request, timeout: float) -> Response:
        """Take an event as `alerting.receiver.Post`; without an answer it lasts until the time is out."""
        answer = self.handle(request.body)
        if answer is None:
            await asyncio.sleep(timeout)
            raise TimeoutError("no answer")
        return answer

    def handle(self, body: bytes) -> Response | None:
        """Give the answer to one request; None where none ever comes."""
        now, event = self._now(), _read(body)
        self.tried.append((now, event))
        fault = next((fault for fault in self.faults if fault.holds(event, now)), None)
        if fault and fault.how == "hang":
            return None
        if fault and fault.how == "status":
            return _answer(fault.status, {"status": "failing"}, fault.retry_after)
        answer = self._judge(body, event, now)
        return None if fault else answer

    def _judge(self, body: bytes, event: dict[str, Any], now: int) -> Response:
        if self._over_the_rate(str(event.get("routing_key")), now):
            return _answer(
                429, {"status": "throttle exceeded", "message": "Requests for this key are too many"}
            )
        if errors := _mistakes(body, event):
            document = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
            return _answer(400, document)
        self.received.append((now, event))
        dedup_key = event.get("dedup_key") or f"made-up-{len(self.received)}"
        if event["routing_key"] in self._keys:  # another key is accepted all the same, and nothing happens
            self._resolve_the_old(now)
            self._take_in(event, dedup_key, now)
        return _answer(202, {"status": "success", "message": "Event processed", "dedup_key": dedup_key})

    def _take_in(self, event: dict[str, Any], dedup_key: str, now: int) -> None:
        action = event["event_action"]
        incident = self.incident(event["routing_key"], dedup_key)
        if incident is None:
            if action != "trigger":
                return
            incident = Incident(event["routing_key"], dedup_key, event, now)
            self.incidents.append(incident)
        if action == "acknowledge":
            incident.state = "acknowledged"
        elif action == "resolve":
            incident.state = "resolved"
        else:
            incident.event = event
            if incident.log:  # joins what is open: nothing has happened to it
                incident.log.append((now, action))
                return
        self._happens(incident, HAPPENINGS[action], action, now, INTEGRATION)

    def _over_the_rate(self, key: str, now: int) -> bool:
        counted = self._counted.setdefault(key, deque())
        while counted and counted[0] <= now - MINUTE:
            counted.popleft()
        if len(counted) >= self._per_minute:
            return True
        counted.append(now)
        return False

    def _resolve_the_old(self, now: int) -> None:
        if self._auto_resolve is None:
            return
        for incident in self.incidents:
            if incident.state != "resolved" and incident.began_at + self._auto_resolve <= now:
                incident.state = "resolved"
                at = incident.began_at + self._auto_resolve
                self._happens(incident, "resolved", "auto_resolve", at, None)


def _event(
    incident: Incident, number: int, what: str, at: int, agent: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Give what happened in the form of webhooks v3."""
    return {
        "id": f"event-{number}-{len(incident.log)}",
        "event_type": f"incident.{what}",
        "resource_type": "incident",
        "occurred_at": (EPOCH + timedelta(milliseconds=at)).isoformat().replace("+00:00", "Z"),
        "agent": agent,
        "client": None,
        "data": {
            "id": f"PINC{number}",
            "type": "incident",
            "status": incident.state,
            "incident_key": incident.dedup_key,
            "title": incident.summary,
        },
    }


def _read(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(SCHEMA)


def _mistakes(body: bytes, event: dict[str, Any]) -> list[str]:
    if len(body) > LARGEST:
        return ["The event is larger than 512 kB"]
    return [
        f"{'.'.join(map(str, error.path))}: {error.message[:200]}"
        for error in _validator().iter_errors(event)
    ]


def _answer(status: int, document: dict[str, Any], retry_after: str = "") -> Response:
    headers = {"content-type": "application/json"} | ({"retry-after": retry_after} if retry_after else {})
    return Response(status, headers, json.dumps(document).encode())


def application(account: PagerDuty) -> web.Application:
    """Serve an account at /v2/enqueue. Where the core gives no answer, the client waits until it goes."""

    async def enqueue(request: web.Request) -> web.StreamResponse:
        answer = account.handle(await request.read())
        if answer is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    app = web.Application(client_max_size=2 * LARGEST, handler_args={"handler_cancellation": True})
    app.router.add_post("/v2/enqueue", enqueue)
    return app
