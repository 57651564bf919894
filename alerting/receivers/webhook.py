"""Any HTTP endpoint of one's own: a JSON message, signed by Standard Webhooks 1.0.0."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass

from alerting.form import compact, instant, is_web_address, judge, parts_of
from alerting.intent import Action, Intent, Message
from alerting.receiver import Abilities, Request, Response, Verdict, disguised
from checks.values import Secret

PREFIX = "whsec_"
LARGEST = 20_000  # bytes; what the specification asks senders to stay under
TYPES = {
    Action.OPEN: "incident.opened",
    Action.UPDATE: "incident.updated",
    Action.RESOLVE: "incident.resolved",
    Action.NOTE: "digest",
}
TIMES = ("fault_at", "opened_at", "resolved_at")


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Webhook:
    """An endpoint of your own. Its address is a secret: often it is all the authorisation there is."""

    example: ClassVar[str] = """\
kind: webhook
url: "${HOOK_URL:-}"
secret: "${HOOK_SECRET:-}"
"""

    url: Secret = Secret()
    """Where messages are posted; the receiver is off where it is not set."""

    secret: Secret = Secret()
    """What signs them: whsec_ and the base64 of 24 to 64 random bytes; unset, they are not signed."""

    headers: Mapping[str, Secret] = Field(default_factory=dict)
    """Further headers, whose values are secret."""

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: Secret) -> Secret:
        if url and not is_web_address(url.reveal()):
            raise ValueError("must be an address beginning with https:// or http://")
        return url

    @field_validator("secret")
    @classmethod
    def _can_sign(cls, secret: Secret) -> Secret:
        if secret and not 24 <= len(_key(secret.reveal())) <= 64:
            raise ValueError("must be whsec_ and the base64 of 24 to 64 random bytes")
        return secret

    @property
    def abilities(self) -> Abilities:
        """Everything but a known rate; receivers deduplicate on `webhook-id`."""
        return Abilities(deduplicates=True, address=disguised(self.url.reveal()))

    def request(self, intent: Intent, now: int) -> Request:
        """Give the message; its id is the intent's, so that a repeated try is known as such."""
        body = _body(intent)
        headers = {"Content-Type": "application/json"}
        headers |= {name: value.reveal() for name, value in self.headers.items()}
        headers |= self._signature(intent.id, now // 1000, body)
        return Request(self.url.reveal(), body, headers)

    def read(self, response: Response, now: int) -> Verdict:
        """Say what an answer means; redirects are never followed, and refuse."""
        hidden = [
            *parts_of(self.url.reveal()),
            self.secret.reveal(),
            *(value.reveal() for value in self.headers.values()),
        ]
        return judge(response, now, hidden)

    def minimal(self, intent: Intent, now: int) -> Request | None:  # noqa: ARG002 - the contract's arguments
        """Give nothing: whoever refuses this form has no smaller one."""
        return None

    def off(self) -> str:
        """Say that the address is unset, or nothing."""
        return "" if self.url else "url is not set"

    def _signature(self, id: str, at: int, body: bytes) -> dict[str, str]:
        known = {"webhook-id": id, "webhook-timestamp": str(at)}
        if self.secret:
            known["webhook-signature"] = sign(self.secret.reveal(), id, at, body)
        return known


def sign(secret: str, id: str, at: int, body: bytes) -> str:
    """Sign as Standard Webhooks 1.0.0 says: HMAC-SHA256 over `id.timestamp.body`, in base64, version v1."""
    digest = hmac.digest(_key(secret), f"{id}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    """Give the bytes of a secret, none where it is not one."""
    try:
        return (
            base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
        )
    except binascii.Error:
        return b""


def _body(intent: Intent) -> bytes:
    whole = compact(_document(intent, intent.message))
    if len(whole) < LARGEST:
        return whole
    note = {"note": "The details were too long and were left out."}
    return compact(_document(intent, replace(intent.message, details=note)))


def _document(intent: Intent, message: Message) -> dict[str, Any]:
    said = asdict(replace(message, details=dict(message.details)))
    said |= {name: instant(said[name]) for name in TIMES if said[name] is not None}
    data = {"key": intent.key, "episode": intent.episode, "urgency": intent.urgency.value, **said}
    if intent.unstored:
        data["store"] = "unavailable: this may be said twice"
    return {"type": TYPES[intent.action], "timestamp": instant(intent.created_at), "data": data}
