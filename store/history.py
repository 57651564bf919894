"""What was: incidents that are over, messages and what became of them, when a check was good last."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from probes.result import Outcome
from store.ledger import results_of
from store.past import FIRST
from store.reader import INCIDENTS, Episode
from store.rows import IncidentRow, IntentRow, Trace

EPISODES = "SELECT key, episode, resolved_at FROM incidents ORDER BY key, episode"
RESOLVED = f"{INCIDENTS} WHERE resolved_at >= ? ORDER BY resolved_at DESC, key, episode DESC"
LETTERS = """
    SELECT id, receiver, key, episode, action, urgency, created_at, document,
    serial, tried_at, settled_at, coalesce(how, ''), coalesce(settle_detail, '') FROM intents
"""
TRACES = """
    SELECT check_name, outage, at, document FROM traces
    WHERE check_name IN (SELECT value FROM json_each(?)) AND outage BETWEEN ? AND ? ORDER BY at, check_name
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it was decided, and what became of it. Times in ms, UTC.

    `number` is short for its id. `tried_at` is its first try; `settled_at`, `how` and `detail` say how it
    ended, None and empty while it waits.
    """

    row: IntentRow
    number: int
    tried_at: int | None = None
    settled_at: int | None = None
    how: str = ""
    detail: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is not over."""
        return self.settled_at is None


def episodes(connection: sqlite3.Connection) -> Iterator[tuple[str, Episode]]:
    """Give key, number and end of every episode that there ever was."""
    for key, *rest in connection.execute(EPISODES):
        yield key, Episode(*rest)


def incident(connection: sqlite3.Connection, key: str, episode: int) -> IncidentRow | None:
    """Give one episode of an incident, open or not."""
    found = connection.execute(f"{INCIDENTS} WHERE key = ? AND episode = ?", (key, episode)).fetchone()
    return IncidentRow(*found) if found else None


def resolved_since(connection: sqlite3.Connection, at: int) -> Iterator[IncidentRow]:
    """Give what was resolved at `at` (ms) or later, the latest first."""
    for values in connection.execute(RESOLVED, (at,)):
        yield IncidentRow(*values)


def letters_of(connection: sqlite3.Connection, key: str, episode: int) -> list[Letter]:
    """Give what was to be said of one episode, in the order in which it was decided."""
    query = f"{LETTERS} WHERE key = ? AND episode = ? ORDER BY serial"
    return [_letter(values) for values in connection.execute(query, (key, episode))]


def unsent(connection: sqlite3.Connection, since: int) -> list[Letter]:
    """Give what waits, and what was refused for good at `since` (ms) or later; in the order of decision."""
    waits, dead = "settled_at IS NULL", "how = 'dead' AND settled_at >= ?"
    query = f"{LETTERS} WHERE {waits} OR ({dead}) ORDER BY serial"
    return [_letter(values) for values in connection.execute(query, (since,))]


def letter(connection: sqlite3.Connection, id: str) -> Letter | None:
    """Give one message, by its id or its number."""
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else -1
    found = connection.execute(f"{LETTERS} WHERE id = ? OR serial = ?", (id, number)).fetchone()
    return _letter(found) if found else None


def last_good_at(connection: sqlite3.Connection, check: str, before: int) -> int | None:
    """Give when the last good attempt before an instant began (ms), from whatever site."""
    results = results_of(connection, check, FIRST, before, learned=False, newest_first=True)
    return next((result.at for result in results if result.outcome is Outcome.GOOD), None)


def traces(connection: sqlite3.Connection, checks: Collection[str], since: int, until: int) -> list[Trace]:
    """Give what was found out about outages of these checks that began from `since` to `until` (ms)."""
    found = connection.execute(TRACES, (json.dumps(sorted(checks)), since, until))
    return [Trace(*values) for values in found]


def _letter(values: tuple[Any, ...]) -> Letter:
    return Letter(IntentRow(*values[:8]), *values[8:])
