"""What the file tells: rows come back as the values they were written from."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from probes.result import NOTHING, Result
from store import hours, past
from store.errors import StoreError
from store.file import LOCK_WAIT, check_version, latest_version
from store.hours import HOUR
from store.rows import IncidentRow, IntentRow, Operation

LAST_ROW = "SELECT max((SELECT max(at) FROM results WHERE source = sources.id)) FROM sources"
LAST_HOUR = "SELECT max((SELECT max(hour) FROM hours WHERE source = sources.id)) FROM sources"
SOURCES_OF_HOUR = "SELECT id FROM sources JOIN hours ON source = id AND hour = ?"
INCIDENTS = "SELECT key, episode, scope, name, opened_at, resolved_at, document FROM incidents"
LATEST_EPISODES = """
    SELECT key, episode, resolved_at FROM incidents AS one
    WHERE episode = (SELECT max(episode) FROM incidents WHERE key = one.key) ORDER BY key
"""
UNSETTLED = """
    SELECT id, receiver, key, episode, action, urgency, created_at, document FROM intents
    WHERE settled_at IS NULL ORDER BY serial
"""
OPERATIONS = """
    SELECT serial, at, coalesce(author, ''), what, subject, document FROM operations
    WHERE serial > ? ORDER BY serial
"""
EVIDENCE = """
    SELECT document FROM evidence JOIN sources ON id = source
    WHERE check_name = ? AND site = ? AND good = ? ORDER BY at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Episode:
    """The number of an incident's latest episode, and when that was over."""

    episode: int
    resolved_at: int | None


def open_reader(path: Path | str) -> sqlite3.Connection:
    """Open a store for reading, also while another process writes it. Raise StoreError, or NewerStore.

    A transaction left open here keeps the write-ahead log from being reused: read, and close. The connection
    may move to another thread, but serves one at a time.
    """
    return open_existing(path, "ro", LOCK_WAIT)


def open_existing(path: Path | str, mode: Literal["ro", "rw"], wait: float) -> sqlite3.Connection:
    """Open a store that is there and has this version's schema; others are refused and left as they are.

    `wait` is how many seconds one statement waits for another connection.
    """
    place = Path(path).resolve()
    if not place.is_file():
        raise StoreError(f"there is no store at {place}: has `watchkeeper run` been started with it?")
    try:
        connection = sqlite3.connect(
            f"{place.as_uri()}?mode={mode}",
            timeout=wait,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
    except sqlite3.Error as error:
        raise StoreError(_unreadable(place, error)) from error
    try:
        _refuse_other_schema(connection, place)
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(_unreadable(place, error)) from error
    except StoreError:
        connection.close()
        raise
    return connection


def _unreadable(place: Path, error: sqlite3.Error) -> str:
    return f"{place} cannot be read ({error}): is it a store, and may this user read it and its folder?"


def _refuse_other_schema(connection: sqlite3.Connection, place: Path) -> None:
    version = check_version(connection, place)
    if version < latest_version():
        raise StoreError(
            f"{place} was written by an older Watchkeeper "
            f"(schema {version}, this one reads {latest_version()}): "
            "`watchkeeper run` brings it up to date"
        )


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all reads within see one state of the store: that at the first of them, whatever others write.

    Whoever judges anew reads results and revision in one. Keeps the write-ahead log from being reused
    meanwhile. Raises sqlite3.OperationalError within a transaction; what is written within is undone.
    """
    connection.execute("BEGIN")
    try:
        yield
    finally:
        # SQLite may have rolled back on its own; then there is nothing left to do.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def results_since(
    connection: sqlite3.Connection, at: int, *, learned: bool = True, until: int | None = None
) -> Iterator[Result]:
    """Give the results that began at `at` or later, and before `until`, in order of time, without evidence.

    `learned=False` leaves phases and facts out too: who only judges reads in half the time.
    Goes hour by hour. Rows that are written meanwhile may be among them.
    """
    last = hours.LAST if until is None else until - 1
    return past.results(connection, past.sources(connection, at, last), learned=learned)


def last_result_at(connection: sqlite3.Connection) -> int | None:
    """Give the start of the latest result; None in an empty store."""
    (hour,) = connection.execute(LAST_HOUR).fetchone()
    (row,) = connection.execute(LAST_ROW).fetchone()
    if hour is None or (row is not None and row >= hour + HOUR):
        return None if row is None else int(row)
    sources = connection.execute(SOURCES_OF_HOUR, (hour,)).fetchall()
    found = [hours.columns_of(connection, source, hour).at for (source,) in sources]
    last: int = max([hour if row is None else row, *(starts[-1] for starts in found if starts)])
    return last


def last_evidence(connection: sqlite3.Connection, check: str, site: str, *, good: bool) -> Mapping[str, Any]:
    """Give the evidence of the last good or bad attempt that had any."""
    found = connection.execute(EVIDENCE, (check, site, int(good))).fetchone()
    return json.loads(found[0]) if found else NOTHING


def open_incidents(connection: sqlite3.Connection) -> Iterator[IncidentRow]:
    """Give what is not resolved, the oldest first."""
    for values in connection.execute(f"{INCIDENTS} WHERE resolved_at IS NULL ORDER BY opened_at, key"):
        yield IncidentRow(*values)


def recent_incidents(connection: sqlite3.Connection, limit: int) -> Iterator[IncidentRow]:
    """Give the last `limit` incidents to open, the latest first."""
    newest_first = f"{INCIDENTS} ORDER BY opened_at DESC, key, episode DESC LIMIT ?"
    for values in connection.execute(newest_first, (limit,)):
        yield IncidentRow(*values)


def latest_episodes(connection: sqlite3.Connection) -> dict[str, Episode]:
    """Give each key's latest episode."""
    return {key: Episode(*rest) for key, *rest in connection.execute(LATEST_EPISODES)}


def unsettled_intents(connection: sqlite3.Connection) -> Iterator[IntentRow]:
    """Give the messages not known to be over, in the order in which they were decided."""
    for values in connection.execute(UNSETTLED):
        yield IntentRow(*values)


def tried_ids(connection: sqlite3.Connection) -> frozenset[str]:
    """Give the ids of unsettled messages that may have arrived already."""
    tried = "SELECT id FROM intents WHERE settled_at IS NULL AND tried_at IS NOT NULL"
    return frozenset(name for (name,) in connection.execute(tried))


def operations(connection: sqlite3.Connection, after: int = 0) -> Iterator[Operation]:
    """Give what operators did, in the order in which it was written, from behind that serial on."""
    for values in connection.execute(OPERATIONS, (after,)):
        yield Operation(*values)


def memory(connection: sqlite3.Connection) -> dict[str, str]:
    """Give all that was remembered, by name."""
    return dict(connection.execute("SELECT name, value FROM memory ORDER BY name"))
