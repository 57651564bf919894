"""PagerDuty's Events API v2 as it is documented, faults included: a pure core, and a server around it.

What is not documented is decided strictly: a text one character too long is refused, as the real one does.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from aiohttp import web
from jsonschema import Draft202012Validator

from alerting.receiver import Request, Response

LARGEST = 512_000
MINUTE = 60_000
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


class PagerDuty:
    """An account. `incidents` are all there ever were; each one has woken somebody.

    `received` are the events that were taken in, `tried` all requests, with their times.
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
        incident.log.append((now, action))
        if action == "acknowledge":
            incident.state = "acknowledged"
        elif action == "resolve":
            incident.state = "resolved"
        else:
            incident.event = event

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
                incident.log.append((incident.began_at + self._auto_resolve, "auto_resolve"))


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
