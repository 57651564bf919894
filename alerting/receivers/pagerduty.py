"""PagerDuty, Events API v2: trigger, acknowledge and resolve under one key."""

import re
from typing import Any, ClassVar

from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass

from alerting.form import compact, cut, instant, is_web_address, judge
from alerting.intent import Action, Intent, Message
from alerting.receiver import Abilities, Request, Response, Verdict, disguised
from checks.values import Duration, Secret

LONGEST_SUMMARY = 1024  # characters; one more is answered 400 and the page is lost
LARGEST = 512_000  # bytes of a whole event
PER_MINUTE = 120
KEY = re.compile(r"[A-Za-z0-9]{32}")
SEVERITIES = frozenset({"critical", "error", "warning", "info"})


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class PagerDuty:
    """An integration of a service in PagerDuty, to which events are sent.

    `auto_resolve` is what the service at PagerDuty has as its own: an update later than that would be a new
    incident there. `hand_resolved_hold` is how long we believe a person who resolved what still fails.
    `webhook_secret`, or several of them, signs what PagerDuty reports back.
    """

    example: ClassVar[str] = """\
kind: pagerduty
routing_key: "${PAGERDUTY_ROUTING_KEY:-}"
"""

    routing_key: Secret = Secret()
    """The key of an integration of type Events API v2; the receiver is off where it is not set."""

    url: str = "https://events.pagerduty.com/v2/enqueue"
    """The whole enqueue address: the EU's, a gateway's, a test's."""

    auto_resolve: Duration = 14_400.0
    """After how long the service at PagerDuty closes an incident by itself: as it is set there."""

    hand_resolved_hold: Duration = 1_800.0
    """How long a person is believed who resolved there what still fails."""

    webhook_secret: Secret | tuple[Secret, ...] = ()
    """What signs PagerDuty's webhooks, or a list while secrets are exchanged; unset, none is heard."""

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if not is_web_address(url):
            raise ValueError("must be the whole address, beginning with https:// or http://")
        return url

    @property
    def abilities(self) -> Abilities:
        """Deduplicates by key; an update is a trigger. The rate belongs to the routing key."""
        integration = disguised(self.url, self.routing_key.reveal())
        return Abilities(
            deduplicates=True,
            acknowledges=True,
            per_minute=PER_MINUTE,
            bucket=f"pagerduty-{integration}",
            info=False,
            update_within=self.auto_resolve,
            hand_resolved_hold=self.hand_resolved_hold,
            address=integration,
        )

    @property
    def webhook_secrets(self) -> tuple[Secret, ...]:
        """Give the secrets that are set: one, or several while they are being exchanged."""
        said = self.webhook_secret
        return tuple(filter(None, (said,) if isinstance(said, Secret) else said))

    def request(self, intent: Intent, now: int) -> Request:  # noqa: ARG002 - the contract's arguments
        """Give the event: a trigger for open and update, the others without a payload."""
        if intent.action in {Action.RESOLVE, Action.ACKNOWLEDGE}:
            return self._post(self._event(intent, intent.action.value))
        event = self._event(intent, "trigger") | _around(intent.message)
        details = _details(intent)
        whole = self._post(event | {"payload": _payload(intent.message, details)})
        if len(whole.body) <= LARGEST:
            return whole
        note = {
            "note": "The details were too long for PagerDuty and were left out.",
            "episode": intent.episode,
        }
        return self._post(event | {"payload": _payload(intent.message, note)})

    def read(self, response: Response, now: int) -> Verdict:
        """Say what an answer means; accepted is all that 202 says."""
        return judge(response, now, [self.routing_key.reveal()])

    def minimal(self, intent: Intent, now: int) -> Request | None:  # noqa: ARG002 - the contract's arguments
        """Give an event of what PagerDuty cannot do without, for an open that it refused."""
        if intent.action is not Action.OPEN:
            return None
        return self._post(self._event(intent, "trigger") | {"payload": _least(intent.message)})

    def doubts(self) -> dict[str, str]:
        """Say of options that are accepted why they are unlikely to be right: see alerting/doubts.py."""
        key = self.routing_key.reveal()
        told = {"routing_key": "does not look like a key of Events API v2, which has 32 letters and digits"}
        return told if key and not KEY.fullmatch(key) else {}

    def off(self) -> str:
        """Say that the routing key is unset, or nothing."""
        return "" if self.routing_key else "routing_key is not set"

    def _event(self, intent: Intent, action: str) -> dict[str, Any]:
        return {"routing_key": self.routing_key.reveal(), "event_action": action, "dedup_key": intent.key}

    def _post(self, event: dict[str, Any]) -> Request:
        return Request(self.url, compact(event), {"Content-Type": "application/json"})


def _least(message: Message) -> dict[str, Any]:
    return {
        "summary": cut(message.summary or f"{message.name} fails", LONGEST_SUMMARY),
        "source": message.site or message.name,
        "severity": message.severity if message.severity in SEVERITIES else "error",
    }


def _payload(message: Message, details: dict[str, Any]) -> dict[str, Any]:
    optional = {"component": message.name, "group": message.owner, "class": message.reason}
    given = {name: text for name, text in optional.items() if text}
    timestamp = {"timestamp": instant(message.fault_at)}
    return _least(message) | timestamp | given | {"custom_details": details}


def _details(intent: Intent) -> dict[str, Any]:
    ours: dict[str, Any] = {"episode": intent.episode}
    if intent.unstored:
        ours["store"] = "unavailable: this may be said twice"
    return dict(intent.message.details) | ours


def _around(message: Message) -> dict[str, Any]:
    """Give what stands beside the payload: who says it, and where to look."""
    links = [("Runbook", message.runbook), ("Watchkeeper", message.link)]
    around: dict[str, Any] = {"client": "Watchkeeper"}
    if is_web_address(message.link):
        around["client_url"] = message.link
    if shown := [{"href": href, "text": text} for text, href in links if is_web_address(href)]:
        around["links"] = shown
    return around
