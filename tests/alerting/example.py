"""The routes of the contract's example, and who is behind them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from checks.model import Configuration, Escalation, Hours, Route, Service
from tests.alerting.hand import Hand, alerting, check, company, receiver

QUARTER, HOUR, DAY = 900, 3_600, 86_400  # seconds
PEOPLE = {
    "oncall": receiver("oncall", info=False),
    "lead": receiver("lead", info=False),
    "tickets": receiver("tickets", info=False),
    "chat": receiver("chat"),
    "sms": receiver("sms"),
}
ESCALATE = (Escalation(after=QUARTER, receivers=("lead",)),)
ROUTES = (
    Route(match={"urgency": "page", "tier": 1}, receivers=("oncall", "chat"), escalate=ESCALATE),
    Route(
        match={"urgency": "page", "tier": 2},
        receivers=("oncall", "chat"),
        during="office",
        otherwise=("chat",),
    ),
    Route(match={"urgency": "ticket"}, receivers=("tickets",)),
    Route(receivers=("chat",)),
)


def office(off: Collection[date] = ()) -> Hours:
    return Hours(name="office", days=(0, 1, 2, 3, 4), begin=8 * 60, end=18 * 60, days_off=frozenset(off))


def example(
    tier: int = 1, *routes: Route, off: Collection[date] = (), zone: str = "UTC", **said: Any
) -> Configuration:
    """The company behind the routes of the contract: one service with a check, unless others are named."""
    given: dict[str, Any] = {
        "services": {"sso": Service(name="sso", title="Single sign-on", tier=tier)},
        "receivers": PEOPLE,
        "alerting": alerting(*(routes or ROUTES), hours={"office": office(off)}, fallback="sms"),
        "timezone": zone,
        "self_checks": (),
    }
    checks = said.pop("checks", (check("login"),))
    return company(*checks, **(given | said))


def instant(clock: str, zone: str = "UTC") -> int:
    """Give ms since the epoch of a wall clock such as 2026-01-05 09:00."""
    return round(datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def at(clock: str, configuration: Configuration, zone: str = "") -> Hand:
    """A life that begins at a wall clock, in which all that is asked was seen to work."""
    hand = Hand(configuration)
    hand.now = instant(clock, zone or configuration.timezone)
    hand.start()
    for name in configuration.checks:
        hand.sees(None, name=name)
    return hand


def until(hand: Hand, clock: str, zone: str = "") -> Hand:
    """Let time pass to a wall clock, that instant included."""
    end = instant(clock, zone or hand.engine.configuration.timezone)
    return hand.passes((end - hand.now) / 1000)


def told(hand: Hand, key: str, action: str = "open") -> dict[str, tuple[str, str]]:
    """Who was told that of an incident: receiver, with urgency and severity of what was said."""
    return {
        intent.receiver: (intent.urgency.value, intent.message.severity)
        for intent in hand.intents
        if (intent.key, intent.action.value) == (f"hq/{key}", action)
    }


def moments(hand: Hand, receiver: str, key: str = "service/sso") -> list[tuple[str, int]]:
    """When a receiver was told of one incident, and what: action, ms since the epoch."""
    return [
        (intent.action.value, when)
        for when, decision in hand.decisions
        for intent in decision.intents
        if (intent.receiver, intent.key) == (receiver, f"hq/{key}")
    ]
