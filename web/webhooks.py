"""What PagerDuty reports back, by its webhooks v3: signed, sent at least once, one event each. Pure."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from alerting.events import Reported
from alerting.incident import Happening
from alerting.receivers.pagerduty import PagerDuty
from checks.model import Configuration
from checks.values import Secret

PREFIX = "incident."
INTEGRATION = "_inbound_integration_reference"  # the agent of what came by the Events API
HAPPENINGS = frozenset({"acknowledged", "unacknowledged", "resolved", "reopened"})
REMEMBERED = 1024  # ids of webhooks that were taken in


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it came: `signature` and `id` are headers, empty where absent; `body` is raw."""

    signature: str
    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status of HTTP, and one line."""

    status: HTTPStatus
    text: str


def deaf(_: Delivery) -> Answer:
    """Refuse what nothing here can tell from a forgery."""
    text = "no webhook_secret is set: give a receiver of kind pagerduty the one of its subscription"
    return Answer(HTTPStatus.FORBIDDEN, text)


class Webhooks:
    """Hears webhooks. Owner of the memory of which were heard."""

    def __init__(self, secrets: Mapping[str, Sequence[Secret]], report: Callable[[Reported], None]) -> None:
        """Hear for receivers by their secrets; `report` is told of each happening once per receiver."""
        self._secrets = secrets
        self._report = report
        self._heard: dict[tuple[tuple[str, ...], str], None] = {}  # a set that knows which is the oldest

    def trust(self, secrets: Mapping[str, Sequence[Secret]]) -> None:
        """Hear for receivers by these secrets from now on."""
        self._secrets = secrets

    def hear(self, delivery: Delivery, now: int) -> Answer:
        """Take one in, and say what to answer. Unknown types are welcome: a refusal ends a subscription."""
        if not any(any(several) for several in self._secrets.values()):
            return deaf(delivery)
        signers = signers_of(self._secrets, delivery)
        if not signers:
            return Answer(HTTPStatus.UNAUTHORIZED, "no signature is of a webhook_secret that is set here")
        document = _read(delivery.body)
        if document is None:
            return Answer(HTTPStatus.BAD_REQUEST, "the body is not a JSON object")
        if not delivery.id or (signers, delivery.id) not in self._heard:
            for report in reports_of(document, signers, now):
                self._report(report)
            self._remember(signers, delivery.id)
        return Answer(HTTPStatus.ACCEPTED, "accepted")

    def _remember(self, signers: tuple[str, ...], id: str) -> None:
        self._heard[signers, id] = None
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]


def secrets_of(configuration: Configuration) -> dict[str, tuple[Secret, ...]]:
    """Give the secrets that are set, by the receiver that has them."""
    targets = ((name, receiver.target) for name, receiver in configuration.receivers.items())
    secrets = {name: target.webhook_secrets for name, target in targets if isinstance(target, PagerDuty)}
    return {name: several for name, several in secrets.items() if several}


def signers_of(secrets: Mapping[str, Sequence[Secret]], delivery: Delivery) -> tuple[str, ...]:
    """Name the receivers with a secret that signed: one of theirs made one of the given signatures.

    Every pair is compared, each in constant time: how long it takes tells nothing of what is right.
    """
    given = [one.strip().encode("utf-8", "replace") for one in delivery.signature.split(",")]
    signed = {
        name: [
            hmac.compare_digest(sign(secret, delivery.body).encode(), one)
            for secret in several
            if secret
            for one in given
        ]
        for name, several in secrets.items()
    }
    return tuple(name for name, matches in signed.items() if any(matches))


def sign(secret: Secret, body: bytes) -> str:
    """Sign as PagerDuty does: HMAC-SHA256 over the raw body, in hexadecimal, version v1."""
    return f"v1={hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()}"


def reports_of(document: Mapping[str, Any], receivers: Iterable[str], now: int) -> list[Reported]:
    """Give what a webhook says, once for each receiver; nothing where it says nothing that we ask for."""
    event = _part(document, "event")
    kind, key = event.get("event_type"), _part(event, "data").get("incident_key")
    if not isinstance(kind, str) or not isinstance(key, str):
        return []
    what = kind.removeprefix(PREFIX)
    if not kind.startswith(PREFIX) or what not in HAPPENINGS:
        return []
    agent = _part(event, "agent").get("type")
    if what == "resolved" and isinstance(agent, str) and agent.endswith(INTEGRATION):
        return []  # our own word come back, perhaps one that was said at a key we have no more
    by_person = agent == "user_reference"
    at = _instant(event.get("occurred_at"), now)
    return [Reported(receiver, key, cast(Happening, what), by_person, at) for receiver in receivers]


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _instant(said: object, now: int) -> int:
    """Read ISO 8601 as ms since the epoch; what cannot be read happened now."""
    try:
        at = datetime.fromisoformat(said if isinstance(said, str) else "")
        return round(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return now
