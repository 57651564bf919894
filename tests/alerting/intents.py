"""Intents for tests: only what a test is about is said."""

from dataclasses import replace
from typing import Any

from alerting.intent import Action, Intent, Message, Urgency

NOW = 1_767_225_600_000  # 2026-01-01T00:00:00Z

SAID = Message(
    summary="Single sign-on is down: the login times out",
    severity="critical",
    scope="service",
    name="sso",
    site="hq",
    fault_at=NOW - 15_250,
    opened_at=NOW,
    owner="identity-team",
    tier=1,
    reason="response_timeout",
    runbook="https://wiki.example.com/runbooks/sso",
    link="https://watchkeeper.example.com/incidents/7",
    details={"since": "2025-12-31 23:59:44 UTC", "depends on it": "email, vpn"},
)


def message(**said: Any) -> Message:
    return replace(SAID, **said)


def intent(action: str = "open", **said: Any) -> Intent:
    """Give an intent; its id is made of what it says, and of `n` where a test needs several."""
    key, episode, n = said.pop("key", "hq/service/sso"), said.pop("episode", 1), said.pop("n", 0)
    receiver = said.pop("receiver", "oncall")
    given: dict[str, Any] = {
        "id": f"{receiver}:{key}:{episode}:{action}:{n}",
        "receiver": receiver,
        "key": key,
        "episode": episode,
        "action": Action(action),
        "urgency": Urgency.PAGE,
        "created_at": NOW,
        "message": SAID,
    }
    return Intent(**(given | said))
