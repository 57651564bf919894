"""Edge: packed hours in the file. An hour of one source lies in rows or in one blob, never in both.

A blob that cannot be read counts as an empty hour: what comes late for it takes its place.
"""

import heapq
import logging
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from store import packing
from store.errors import DamagedHour
from store.packing import Columns, Row
from store.rows import Pack, Reclassified
from store.statements import ITS_SOURCE

HOUR = 3_600_000  # ms

LATEST_PACKED = "SELECT hour FROM packed"
BLOB = "SELECT document FROM hours WHERE source = ? AND hour = ?"
ROWS = """
    SELECT at, took, outcome, reason, detail, phases, facts, extra
    FROM results WHERE source = ? AND at BETWEEN ? AND ? ORDER BY at
"""
# One statement, so that an hour that is packed meanwhile is neither missed nor seen twice.
CONTENT = """
    SELECT hour, document, NULL, NULL, NULL, NULL, NULL, NULL
    FROM hours WHERE source = :source AND hour = :hour
    UNION ALL SELECT at, took, outcome, reason, detail, {learned}, extra
    FROM results WHERE source = :source AND at BETWEEN :first AND :last
"""
WHOLE, JUDGED = CONTENT.format(learned="phases, facts"), CONTENT.format(learned="NULL, NULL")
LAST = 2**63 - 1  # the last instant that a row can hold
DELETE_ROWS = "DELETE FROM results WHERE source = ? AND at BETWEEN ? AND ?"
PUT = """
    INSERT INTO hours (source, hour, count, document) VALUES (?, ?, ?, ?)
    ON CONFLICT (source, hour) DO UPDATE SET count = excluded.count, document = excluded.document
"""
NOTE_PACKED = """
    INSERT INTO packed (one, hour) VALUES (1, ?)
    ON CONFLICT (one) DO UPDATE SET hour = max(hour, excluded.hour)
"""
FIRST_ROWS = "SELECT id, (SELECT min(at) FROM results WHERE source = id) FROM sources"
NEXT_ROW = "SELECT min(at) FROM results WHERE source = ? AND at >= ?"
SOURCE_ID = f"SELECT {ITS_SOURCE}"
RECLASSIFY = "UPDATE results SET outcome = ?, reason = ? WHERE source = ? AND at = ?"

log = logging.getLogger(__name__)
T = TypeVar("T")
_told: set[tuple[int, int, int]] = set()


@dataclass(frozen=True, slots=True)
class Packed:
    """How many hours of one source each were packed, and whether any are left to be."""

    hours: int
    left: bool


def hour_of(at: int) -> int:
    """Give the start of the hour of an instant, both in ms."""
    return at // HOUR * HOUR


def read(unpack: Callable[[int, bytes], T], source: int, hour: int, blob: bytes) -> T | None:
    """Unpack an hour; None, and a warning the first time, where it is damaged."""
    try:
        return unpack(hour, blob)
    except DamagedHour as error:
        damage = (source, hour, zlib.crc32(blob))
        if damage not in _told:
            _told.add(damage)
            log.warning("the hour %d (ms) of source %d is left out: %s", hour, source, error)
        return None


def blob_of(connection: sqlite3.Connection, source: int, hour: int) -> bytes | None:
    """Give the packed hour of a source, if it is packed."""
    found = connection.execute(BLOB, (source, hour)).fetchone()
    return found[0] if found else None


def rows_of(connection: sqlite3.Connection, source: int, hour: int) -> list[Row]:
    """Give what of an hour of a source lies in rows."""
    return connection.execute(ROWS, (source, hour, hour + HOUR - 1)).fetchall()


def content(
    connection: sqlite3.Connection, source: int, hour: int, bounds: tuple[int, int], *, learned: bool
) -> list[Row]:
    """Give the rows of an hour of a source, however they lie, in order of time.

    Those that began within the bounds (ms, both inclusive), with phases and facts if `learned`.
    """
    first, last = max(bounds[0], hour), min(bounds[1], hour + HOUR - 1, LAST)
    whose = {"source": source, "hour": hour, "first": first, "last": last}
    rows: list[Row] = connection.execute(WHOLE if learned else JUDGED, whose).fetchall()
    if not rows or not isinstance(rows[0][1], bytes):
        return sorted(rows, key=_at)
    unpacked = read(packing.unpack if learned else packing.unpack_judged, source, hour, rows[0][1]) or []
    if unpacked and (unpacked[0][0] < first or unpacked[-1][0] > last):
        return [row for row in unpacked if first <= row[0] <= last]
    return unpacked


def columns_of(connection: sqlite3.Connection, source: int, hour: int) -> Columns:
    """Give the results of an hour of a source as columns, however they lie; none where it is damaged."""
    whose = {"source": source, "hour": hour, "first": hour, "last": min(hour + HOUR - 1, LAST)}
    rows = connection.execute(JUDGED, whose).fetchall()
    if rows and isinstance(rows[0][1], bytes):
        return read(packing.unpack_columns, source, hour, rows[0][1]) or Columns([], [], [], [])
    took = [packing.microseconds(row[1]) for row in rows]
    return Columns([row[0] for row in rows], took, [row[2] for row in rows], [row[7] for row in rows])


def put(connection: sqlite3.Connection, source: int, hour: int, rows: Sequence[Row]) -> None:
    """Write the packed hour of a source, in place of what it was. The rows are in order of time."""
    connection.execute(PUT, (source, hour, len(rows), packing.pack(hour, rows)))
    connection.execute(NOTE_PACKED, (hour,))


def merge(
    connection: sqlite3.Connection, source: int, hour: int, blob: bytes, rows: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Add rows to a packed hour. Gives those that were new, and those that differ from what stands there."""
    stored = {row[0]: row for row in read(packing.unpack_judged, source, hour, blob) or ()}
    new: list[Row] = []
    differing: list[Row] = []
    for row in rows:
        known = stored.setdefault(row[0], row)
        if known is row:
            new.append(row)
        elif differs(known, row):
            differing.append(row)
    if new:
        whole = [*(read(packing.unpack, source, hour, blob) or ()), *new]
        put(connection, source, hour, sorted(whole, key=_at))
    return new, differing


def differs(stored: Row, told: Row) -> bool:
    """Say whether two rows of one instant tell of different attempts: other words for the same are none."""
    return (stored[1:4], stored[7]) != (told[1:4], told[7])


def pack(connection: sqlite3.Connection, order: Pack) -> Packed:
    """Pack the oldest hours that lie in rows. Needs a transaction."""
    last = hour_of(order.before) - HOUR
    waiting = [
        (hour_of(at), source)
        for source, at in connection.execute(FIRST_ROWS)
        if at is not None and hour_of(at) <= last
    ]
    heapq.heapify(waiting)
    count = 0
    while waiting and count < order.most:
        hour, source = heapq.heappop(waiting)
        _pack(connection, source, hour)
        count += 1
        at = connection.execute(NEXT_ROW, (source, hour + HOUR)).fetchone()[0]
        if at is not None and hour_of(at) <= last:
            heapq.heappush(waiting, (hour_of(at), source))
    return Packed(count, bool(waiting))


def _pack(connection: sqlite3.Connection, source: int, hour: int) -> None:
    rows, blob = rows_of(connection, source, hour), blob_of(connection, source, hour)
    if blob is None:
        put(connection, source, hour, rows)
    else:
        merge(connection, source, hour, blob, rows)
    connection.execute(DELETE_ROWS, (source, hour, hour + HOUR - 1))


def reclassify(connection: sqlite3.Connection, row: Reclassified) -> None:
    """Give a result another outcome and reason, wherever it lies."""
    (source,) = connection.execute(SOURCE_ID, (row.check, row.site)).fetchone()
    meaning = (row.outcome.value, row.reason.value)
    if source is None or connection.execute(RECLASSIFY, (*meaning, source, row.at)).rowcount:
        return
    hour = hour_of(row.at)
    blob = blob_of(connection, source, hour)
    rows = read(packing.unpack, source, hour, blob) if blob else None
    if rows and any(stored[0] == row.at for stored in rows):
        put(connection, source, hour, [_meaning(stored, row.at, meaning) for stored in rows])


def _meaning(row: Row, at: int, meaning: tuple[str, str]) -> Row:
    return (*row[:2], *meaning, *row[4:]) if row[0] == at else row


def _at(row: Row) -> int:
    return row[0]
