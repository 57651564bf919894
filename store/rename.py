"""Edge: a check that is called otherwise; its past goes with it, however it lies."""

import sqlite3

from store import hours, packing
from store.hours import HOUR
from store.rows import Renamed
from store.statements import REVISE

SOURCE = "SELECT id FROM sources WHERE check_name = ? AND site = ?"
ANY_SOURCE = "SELECT 1 FROM sources WHERE check_name = ?"
CALL = "UPDATE sources SET check_name = ? WHERE id = ?"
HIGHEST_REVISION = "SELECT coalesce(max(number), 0) FROM revisions WHERE check_name IN (?, ?)"
FORGET_REVISION = "DELETE FROM revisions WHERE check_name = ?"
SET_REVISION = """
    INSERT INTO revisions (check_name, number) VALUES (?, ?)
    ON CONFLICT (check_name) DO UPDATE SET number = excluded.number
"""
FORGET_JUDGED = (
    "DELETE FROM stretches WHERE check_name = ?",
    "DELETE FROM outages WHERE check_name = ?",
    "DELETE FROM blips WHERE check_name = ?",
    "DELETE FROM checkpoints WHERE check_name = ?",
)
CALL_JUDGED = (
    "UPDATE stretches SET check_name = ? WHERE check_name = ?",
    "UPDATE outages SET check_name = ? WHERE check_name = ?",
    "UPDATE blips SET check_name = ? WHERE check_name = ?",
    "UPDATE checkpoints SET check_name = ? WHERE check_name = ?",
)
CALL_TRACES = "UPDATE OR REPLACE traces SET check_name = ? WHERE check_name = ?"
PACKED = "SELECT hour, document FROM hours WHERE source = ?"
ROWS_INTO_PACKED = """
    SELECT hour, document FROM hours WHERE source = :new
    AND EXISTS (SELECT 1 FROM results WHERE source = :old AND at BETWEEN hour AND hour + 3599999)
"""
MOVE_HOUR = "UPDATE hours SET source = ? WHERE source = ? AND hour = ?"
DELETE_HOUR = "DELETE FROM hours WHERE source = ? AND hour = ?"
REST = (
    "UPDATE OR IGNORE results SET source = :new WHERE source = :old",
    "UPDATE OR IGNORE evidence SET source = :new WHERE source = :old",
    """
    INSERT INTO counts SELECT :new, hour, good, bad, unknown FROM counts WHERE source = :old
    ON CONFLICT (source, hour) DO UPDATE SET good = good + excluded.good, bad = bad + excluded.bad,
        unknown = unknown + excluded.unknown
    """,
    """
    INSERT INTO fast SELECT :new, hour, threshold_ms, good FROM fast WHERE source = :old
    ON CONFLICT (source, hour, threshold_ms) DO UPDATE SET good = good + excluded.good
    """,
    "DELETE FROM results WHERE source = :old",
    "DELETE FROM evidence WHERE source = :old",
    "DELETE FROM counts WHERE source = :old",
    "DELETE FROM fast WHERE source = :old",
    "DELETE FROM sources WHERE id = :old",
)


def rename(connection: sqlite3.Connection, row: Renamed) -> None:
    """Put what is stored under the old name under the new one; where both have a past, they become one.

    Then nothing that was judged of either stays: it would be of half a past; and the revision is raised, so
    that nothing of the kind is written later. Saying it twice, or of a name that was never stored, changes
    nothing. Needs a transaction.
    """
    old = connection.execute(SOURCE, (row.old, row.site)).fetchone()
    new = connection.execute(SOURCE, (row.new, row.site)).fetchone()
    alone = not connection.execute(ANY_SOURCE, (row.new,)).fetchone()
    if not old:
        return
    if new:
        _merge(connection, old[0], new[0])
    else:
        connection.execute(CALL, (row.new, old[0]))
    left = bool(connection.execute(ANY_SOURCE, (row.old,)).fetchone())
    _derived(connection, row, whole=alone and not left)
    if not left:
        connection.execute(CALL_TRACES, (row.new, row.old))
    _revise(connection, row, whole=alone and not left, left=left)


def _derived(connection: sqlite3.Connection, row: Renamed, *, whole: bool) -> None:
    for forget, call in zip(FORGET_JUDGED, CALL_JUDGED, strict=True):
        connection.execute(forget, (row.new,))
        if whole:
            connection.execute(call, (row.new, row.old))
        else:
            connection.execute(forget, (row.old,))


def _revise(connection: sqlite3.Connection, row: Renamed, *, whole: bool, left: bool) -> None:
    """Let the revision go along, or, where two pasts become one or one is divided, be a new one of each."""
    (number,) = connection.execute(HIGHEST_REVISION, (row.old, row.new)).fetchone()
    connection.execute(REVISE if left else FORGET_REVISION, (row.old,))
    if number or not whole:
        connection.execute(SET_REVISION, (row.new, number + (not whole)))


def _merge(connection: sqlite3.Connection, old: int, new: int) -> None:
    sources = {"old": old, "new": new}
    for hour, blob in connection.execute(PACKED, (old,)).fetchall():
        _merge_hour(connection, sources, hour, blob)
    for hour, blob in connection.execute(ROWS_INTO_PACKED, sources).fetchall():
        hours.merge(connection, new, hour, blob, hours.rows_of(connection, old, hour))
        connection.execute(hours.DELETE_ROWS, (old, hour, hour + HOUR - 1))
    for statement in REST:
        connection.execute(statement, sources)


def _merge_hour(connection: sqlite3.Connection, sources: dict[str, int], hour: int, blob: bytes) -> None:
    """Put a packed hour of the old name to what the new one has of that hour, which stays."""
    old, new = sources["old"], sources["new"]
    standing = hours.blob_of(connection, new, hour)
    rows = hours.rows_of(connection, new, hour)
    if not standing and not rows:
        connection.execute(MOVE_HOUR, (new, old, hour))
        return
    told = hours.read(packing.unpack, old, hour, blob) or []
    if standing:
        hours.merge(connection, new, hour, standing, told)
    else:
        whole = {row[0]: row for row in (*told, *rows)}
        hours.put(connection, new, hour, [whole[at] for at in sorted(whole)])
        connection.execute(hours.DELETE_ROWS, (new, hour, hour + HOUR - 1))
    connection.execute(DELETE_HOUR, (old, hour))
