"""What held the announcement of an incident, as its story tells it afterwards."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from alerting.incident import Incident
from alerting.intent import Urgency
from commands.holds import time_of_day
from store import file
from store.operations import append
from store.rows import Row, What
from store.transaction import write
from tests.commands.incidents import HOUR, MINUTE, intent
from tests.commands.shell import Shell

MONDAY = round(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)  # ms, at midnight
CONFIGURATION = """
version: 1
site: hq
services: {sso: {title: Single sign-on, tier: 1}, vpn: {tier: 1, depends_on: [sso]}, web: {tier: 2}}
checks: {login: {service: sso, kind: http, url: "http://127.0.0.1:1/"}}
maintenance:
  - {name: patchday, services: [web], start: "2026-03-02T01:00", duration: 1h, reason: kernel, author: jo}
receivers:
  oncall: {kind: webhook, url: "http://127.0.0.1:1/"}
  chat: {kind: webhook, url: "http://127.0.0.1:1/"}
alerting:
  hours: {office: {days: mon-fri, from: "08:00", to: "18:00"}}
  routes:
    - {match: {tier: 1}, receivers: [oncall]}
    - {receivers: [oncall], during: office, otherwise: [chat]}
"""
OPENED = "confirmed, and opened as page, severity critical"


@pytest.fixture(autouse=True)
def company(shell: Shell) -> None:
    shell.write(CONFIGURATION)
    file.open(shell.folder / "watchkeeper.db", "test", MONDAY).close()


def incident(name: str, at: int, announced: int | None, **said: Any) -> Incident:
    """Give one that was opened and announced so long after the midnight of Monday (ms), and is over."""
    return Incident(
        key=f"hq/service/{name}",
        episode=1,
        scope="service",
        name=name,
        urgency=Urgency.PAGE,
        severity="critical",
        fault_at=MONDAY + at,
        opened_at=MONDAY + at,
        announced_at=None if announced is None else MONDAY + announced,
        resolved_at=MONDAY + 23 * HOUR,
        title=name,
        text="odd",
        **said,
    )


def keep(shell: Shell, *rows: Row) -> None:
    with closing(file.open(shell.folder / "watchkeeper.db", "test", MONDAY)) as kept:
        write(kept.connection, rows)


def ordered(what: What, id: str, at: int, document: dict[str, Any] | None = None) -> None:
    append("watchkeeper.db", what, id, json.dumps(document or {}), "root", MONDAY + at)


def declared(id: str, begin: int, end: int, at: int, *services: str, reason: str = "new certs") -> None:
    """Declare a maintenance that begins and ends so long after midnight, at that time (ms)."""
    start = datetime.fromtimestamp((MONDAY + begin) / 1000, UTC).isoformat()
    ordered(
        "maintenance.add",
        id,
        at,
        {"services": services, "start": start, "duration": (end - begin) / 1000, "reason": reason},
    )


def silenced(id: str, begin: int, end: int, match: dict[str, Any]) -> None:
    document = {"match": match, "start": MONDAY + begin, "end": MONDAY + end, "reason": "noise"}
    ordered("silence.add", id, begin, document)


def story(shell: Shell, name: str) -> list[str]:
    """Give what is told of it, from its opening to its end."""
    answer = shell.type("incidents", "show", name, "--json")
    assert (answer.status, answer.err) == (0, "")
    return [moment["what"] for moment in json.loads(answer.out)["story"]][1:-1]


@pytest.mark.parametrize("service", ["sso", "vpn"])
def test_a_maintenance_that_held_it_is_told_with_its_reason_and_end(shell: Shell, service: str) -> None:
    declared("maintenance-6", 0, 20 * MINUTE, 0, "sso")
    keep(shell, incident(service, 5 * MINUTE, 21 * MINUTE).row())

    assert story(shell, service) == [
        f"{OPENED}; held by maintenance-6 (new certs, root) until 00:20:00 UTC",
        "announced: nothing holds it any more",
    ]


def test_one_that_was_removed_held_it_until_then(shell: Shell) -> None:
    declared("maintenance-6", 0, 20 * MINUTE, 0, "sso", reason="")
    ordered("maintenance.remove", "maintenance-6", 10 * MINUTE)
    keep(shell, incident("sso", 5 * MINUTE, 11 * MINUTE).row())

    assert story(shell, "sso")[0] == f"{OPENED}; held by maintenance-6 (root) until 00:10:00 UTC"


def test_what_was_declared_afterwards_held_nothing(shell: Shell) -> None:
    declared("maintenance-1", 0, 20 * MINUTE, 2 * HOUR, "sso")
    keep(shell, incident("sso", 5 * MINUTE, 21 * MINUTE).row())

    assert story(shell, "sso")[0] == f"{OPENED}; not announced yet"


def test_what_does_not_fit_what_happened_is_not_told(shell: Shell) -> None:
    declared("maintenance-1", 0, HOUR, 0, "sso")
    keep(shell, incident("sso", 5 * MINUTE, 21 * MINUTE).row())

    assert story(shell, "sso")[0] == f"{OPENED}; not announced yet"


def test_what_was_announced_at_once_was_held_by_nothing(shell: Shell) -> None:
    declared("maintenance-1", 0, HOUR, 0, "sso")
    keep(shell, incident("sso", 5 * MINUTE, 5 * MINUTE).row())

    assert story(shell, "sso") == [OPENED]


def test_what_held_it_later_on_has_a_line_of_its_own(shell: Shell) -> None:
    declared("maintenance-1", 0, 20 * MINUTE, 0, "sso")
    silenced("silence-1", 15 * MINUTE, 24 * HOUR, {"owner": "somebody"})
    silenced("silence-2", 15 * MINUTE, 30 * MINUTE, {"service": "sso", "name": "sso"})
    keep(shell, incident("sso", 5 * MINUTE, 31 * MINUTE).row())

    assert story(shell, "sso") == [
        f"{OPENED}; held by maintenance-1 (new certs, root) until 00:20:00 UTC",
        "held by silence-2 (noise, root) until 00:30:00 UTC",
        "announced: nothing holds it any more",
    ]


def test_what_was_never_announced_is_told_with_what_holds_it(shell: Shell) -> None:
    silenced("silence-1", 0, 48 * HOUR, {"service": "sso"})
    keep(shell, incident("sso", 5 * MINUTE, None, silenced_by="silence-1").row())

    assert story(shell, "sso") == [
        f"{OPENED}; held by silence-1 (noise, root) until 2026-03-04 00:00:00 UTC",
    ]


def test_outside_of_hours_it_is_told_who_heard_and_that_the_others_did_when_they_began(shell: Shell) -> None:
    one = incident("web", 5 * HOUR, 8 * HOUR)
    chat, oncall = intent(one, receiver="chat"), intent(one, after=3 * HOUR)
    keep(shell, one.row(), chat.row(), oncall.row())

    assert story(shell, "web") == [
        f"{OPENED}; outside of its route's hours: told to chat only",
        "open for chat: web is down",
        "told at the beginning of the hours office",
        "open for oncall: web is down",
    ]


def test_outside_of_hours_while_they_have_not_begun(shell: Shell) -> None:
    one = incident("web", 5 * HOUR, None, put_off=True)
    keep(shell, replace(one, resolved_at=None).row(), intent(one, receiver="chat").row())

    answer = shell.type("incidents", "show", "web").out

    assert f"{OPENED}; outside of its route's hours: told to chat only\n" in answer
    assert "told at the beginning" not in answer


def test_a_hold_before_the_hours_is_told_with_both(shell: Shell) -> None:
    one = incident("web", HOUR + MINUTE, 8 * HOUR)
    keep(shell, one.row(), intent(one, receiver="chat", after=HOUR).row())

    assert story(shell, "web") == [
        f"{OPENED}; held by maintenance patchday (kernel, jo) until 02:00:00 UTC",
        "outside of its route's hours: told to chat only",
        "open for chat: web is down",
        "told at the beginning of the hours office",
    ]


def test_what_was_told_some_time_after_hours_had_begun_is_not_told_at_their_beginning(shell: Shell) -> None:
    keep(shell, incident("web", 5 * HOUR, 9 * HOUR).row())

    assert story(shell, "web") == [
        f"{OPENED}; outside of its route's hours: told to nobody until they begin",
        "told within the hours office",
    ]


def test_within_hours_nothing_is_said_of_them(shell: Shell) -> None:
    keep(shell, incident("web", 9 * HOUR, 9 * HOUR + 1).row())

    assert story(shell, "web") == [
        f"{OPENED}; not announced yet",
        "announced: nothing holds it any more",
    ]


@pytest.mark.parametrize(
    ("near", "seconds", "told"),
    [
        (MONDAY, False, "01:00 UTC"),
        (MONDAY, True, "01:00:00 UTC"),
        (MONDAY - 1, False, "2026-03-02 01:00 UTC"),
    ],
)
def test_a_time_of_another_day_is_told_with_its_date(near: int, seconds: bool, told: str) -> None:
    assert time_of_day(MONDAY + HOUR, UTC, near, seconds=seconds) == told
