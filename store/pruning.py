"""Edge: what is too old or too much goes, oldest hours first; what must be counted is counted before."""

import itertools
import operator
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from probes.result import Outcome
from store import hours
from store.hours import HOUR, hour_of
from store.packing import Columns
from store.rows import Prune

GROUPS = 2_000  # hours of one source each, and messages, that one row deletes at most
BEYOND = 2**63 - 1

OLDEST = """
    SELECT min(min((SELECT coalesce(min(hour), :beyond) FROM hours WHERE source = id),
    (SELECT coalesce(min(at), :beyond) FROM results WHERE source = id))) FROM sources
"""
NEWEST = """
    SELECT max(max((SELECT coalesce(max(hour), -:beyond) FROM hours WHERE source = id),
    (SELECT coalesce(max(at), -:beyond) FROM results WHERE source = id))) FROM sources
"""
SOURCES_OF_HOUR = """
    SELECT id, check_name FROM sources WHERE EXISTS (SELECT 1 FROM hours WHERE source = id AND hour = :hour)
    OR EXISTS (SELECT 1 FROM results WHERE source = id AND at BETWEEN :hour AND :last) ORDER BY id LIMIT :most
"""
DELETE_HOUR = (
    "DELETE FROM results WHERE source = :source AND at BETWEEN :hour AND :last",
    "DELETE FROM hours WHERE source = :source AND hour = :hour",
    "DELETE FROM evidence WHERE source = :source AND good IN (0, 1) AND at BETWEEN :hour AND :last",
)
# Of an hour that was counted before, and that came again (an import), the count of more attempts stands.
COUNT = """
    INSERT INTO counts (source, hour, good, bad, unknown) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (source, hour) DO UPDATE
    SET good = excluded.good, bad = excluded.bad, unknown = excluded.unknown
    WHERE excluded.good + excluded.bad + excluded.unknown > good + bad + unknown
"""
FAST = """
    INSERT INTO fast (source, hour, threshold_ms, good) VALUES (?, ?, ?, ?)
    ON CONFLICT (source, hour, threshold_ms) DO UPDATE SET good = max(good, excluded.good)
"""
NOTE_PRUNED = """
    INSERT INTO pruned (one, until) VALUES (1, ?)
    ON CONFLICT (one) DO UPDATE SET until = max(until, excluded.until)
"""
HISTORY = (
    """
    DELETE FROM stretches WHERE check_name IN (SELECT check_name FROM sources)
    AND start < :before AND "end" <= :before
    """,
    """
    DELETE FROM outages WHERE check_name IN (SELECT check_name FROM sources)
    AND start < :before AND "end" <= :before
    """,
    """
    DELETE FROM traces WHERE outage < :before
    AND NOT EXISTS (SELECT 1 FROM outages WHERE check_name = traces.check_name AND start = outage)
    """,
    "DELETE FROM blips WHERE check_name IN (SELECT check_name FROM sources) AND at < :before",
    "DELETE FROM fast WHERE source IN (SELECT id FROM sources) AND hour <= :before - 3600000",
    "DELETE FROM counts WHERE source IN (SELECT id FROM sources) AND hour <= :before - 3600000",
)
# The latest episode of a key stays: the next one is numbered by it.
INCIDENTS = """
    DELETE FROM incidents WHERE opened_at < :before AND resolved_at < :before
    AND episode < (SELECT max(episode) FROM incidents AS later WHERE later.key = incidents.key)
    AND NOT EXISTS (SELECT 1 FROM intents WHERE settled_at IS NULL
        AND key = incidents.key AND episode = incidents.episode)
"""
INTENTS = "SELECT serial, created_at, settled_at, key, episode FROM intents ORDER BY serial LIMIT ?"
LIVES = "SELECT 1 FROM incidents WHERE key = ? AND episode = ? AND (resolved_at IS NULL OR resolved_at >= ?)"


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many results went, the end of the last hour of them (ms), and why."""

    results: int
    until: int
    why: Literal["age", "size"]


def prune(connection: sqlite3.Connection, order: Prune) -> list[Pruned]:
    """Delete a bounded part of what is to go; say what of results went. Needs a transaction."""
    (newest,) = connection.execute(NEWEST, {"beyond": BEYOND}).fetchone()
    gone: dict[Literal["age", "size"], Pruned] = {}
    left = GROUPS
    while left > 0 and (due := _due(connection, order, newest)):
        hour, why = due
        whose = {"hour": hour, "last": hour + HOUR - 1, "most": left}
        sources = connection.execute(SOURCES_OF_HOUR, whose).fetchall()
        count = sum(_delete(connection, source, hour, order.thresholds) for source in sources)
        gone[why] = Pruned(count + (gone[why].results if why in gone else 0), hour + HOUR, why)
        left -= len(sources)
    connection.executemany(NOTE_PRUNED, [(each.until,) for each in gone.values()])
    _prune_history(connection, order.history_before)
    return list(gone.values())


def used_bytes(connection: sqlite3.Connection) -> int:
    """Give what the store takes up, without the pages that wait to be used again."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _due(
    connection: sqlite3.Connection, order: Prune, newest: int | None
) -> tuple[int, Literal["age", "size"]] | None:
    """Give the oldest hour and why it goes, if it does. The newest one stays, however large the store."""
    (oldest,) = connection.execute(OLDEST, {"beyond": BEYOND}).fetchone()
    if oldest is None or newest is None or oldest == BEYOND:
        return None
    hour = hour_of(oldest)
    if hour + HOUR <= order.results_before:
        return hour, "age"
    if hour + HOUR <= newest and used_bytes(connection) > order.size:
        return hour, "size"
    return None


def _delete(
    connection: sqlite3.Connection,
    whose: tuple[int, str],
    hour: int,
    thresholds: Mapping[str, tuple[int, ...]],
) -> int:
    """Delete an hour of a source, once its grid attempts are counted; give how many results it had."""
    source, check = whose
    columns = hours.columns_of(connection, source, hour)
    outcomes = Counter(itertools.compress(columns.outcome, map(operator.not_, columns.extra)))
    connection.execute(COUNT, (source, hour, *(outcomes[each.value] for each in Outcome)))
    fast = [(source, hour, limit, _fast(columns, limit)) for limit in thresholds.get(check, ())]
    connection.executemany(FAST, fast)
    for statement in DELETE_HOUR:
        connection.execute(statement, {"source": source, "hour": hour, "last": hour + HOUR - 1})
    return len(columns.at)


def _fast(columns: Columns, limit: int) -> int:
    """Count the good grid attempts that took at most so many milliseconds."""
    attempts = zip(columns.took, columns.outcome, columns.extra, strict=True)
    return sum(not extra and outcome == "good" and took <= limit * 1000 for took, outcome, extra in attempts)


def _prune_history(connection: sqlite3.Connection, before: int) -> None:
    for statement in HISTORY:
        connection.execute(statement, {"before": before})
    connection.execute(INCIDENTS, {"before": before})
    old = connection.execute(INTENTS, (GROUPS,)).fetchall()
    settled = [
        (serial,)
        for serial, created_at, settled_at, *key in old
        if created_at < before and settled_at is not None and settled_at < before
        if not connection.execute(LIVES, (*key, before)).fetchone()
    ]
    connection.executemany("DELETE FROM intents WHERE serial = ?", settled)
