"""A store in which something has happened: a page that was accepted and resolved, and one that waits."""

from contextlib import closing
from typing import Any

from alerting.incident import Cause, Incident
from alerting.intent import Action, Intent, Message, Urgency
from probes.clock import Clock
from probes.result import Outcome, Reason, Result
from store import file
from store.rows import Row, Settled, Tried
from store.transaction import write
from tests.commands.shell import Shell

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CONFIGURATION = """
version: 1
site: hq
timezone: Europe/Amsterdam
services: {sso: {title: Single sign-on}, vpn: {depends_on: [sso]}}
checks: {login: {service: sso, kind: http, url: "http://127.0.0.1:1/"}}
receivers: {oncall: {kind: pagerduty, routing_key: 0123456789abcdef0123456789abcdef}}
"""


def incident(name: str = "sso", episode: int = 1, ago: int = HOUR, **said: Any) -> Incident:
    """Give an incident that began so long ago (ms)."""
    fault_at = Clock().now() - ago
    given: dict[str, Any] = {
        "key": f"hq/service/{name}",
        "episode": episode,
        "scope": "service",
        "name": name,
        "urgency": Urgency.PAGE,
        "severity": "critical",
        "fault_at": fault_at,
        "opened_at": fault_at + 10_000,
        "announced_at": fault_at + 10_000,
        "title": "Single sign-on",
        "text": "Single sign-on is down",
        "causes": (Cause("login", fault_at, "response_timeout", "not done within 10 s"),),
        "told": ("oncall",),
    }
    return Incident(**(given | said))


def over(name: str = "sso", episode: int = 1, ago: int = HOUR, **said: Any) -> Incident:
    """Give one that lasted for twenty minutes."""
    end = Clock().now() - ago + 20 * MINUTE
    return incident(name, episode, ago, restored_at=end, resolved_at=end + 1_000, **said)


def intent(about: Incident, action: str = "open", receiver: str = "oncall", after: int = 0) -> Intent:
    """Give what was decided to be said so many ms after an incident was opened."""
    created_at = about.opened_at + after
    message = Message(
        summary=f"{about.title} is down",
        severity=about.severity,
        scope=about.scope,
        name=about.name,
        site="hq",
        fault_at=about.fault_at,
        opened_at=about.opened_at,
    )
    return Intent(
        id=f"{about.key}#{about.episode}:{action}:{receiver}@{created_at}",
        receiver=receiver,
        key=about.key,
        episode=about.episode,
        action=Action(action),
        urgency=about.urgency,
        created_at=created_at,
        message=message,
    )


def tried(given: Intent, after: int = 0) -> Tried:
    return Tried(given.id, given.created_at + after)


def settled(given: Intent, how: str = "sent", after: int = 500, detail: str = "") -> Settled:
    return Settled(given.id, given.created_at + after, how, detail)


def bad(about: Incident) -> Result:
    return Result("login", "hq", about.fault_at, 10.0, Outcome.BAD, Reason.RESPONSE_TIMEOUT)


def good(about: Incident, before: int = 30_000) -> Result:
    return Result("login", "hq", about.fault_at - before, 0.1, Outcome.GOOD)


def keep(shell: Shell, *rows: Row) -> None:
    with closing(file.open(shell.folder / "watchkeeper.db", "test", Clock().now())) as kept:
        write(kept.connection, rows)
