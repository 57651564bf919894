"""Edge: what was judged of a check, written over what was judged of the same time before."""

import sqlite3

from store.ledger import revision_of
from store.rows import Judged, StoredOutage

CUT = 'UPDATE stretches SET "end" = :since WHERE check_name = :check AND start < :since AND "end" > :since'
FORGET = (
    "DELETE FROM stretches WHERE check_name = :check AND start >= :since",
    "DELETE FROM outages WHERE check_name = :check AND start >= :since",
    "DELETE FROM blips WHERE check_name = :check AND at >= :since",
)
LAST = 'SELECT start, "end", state FROM stretches WHERE check_name = ? ORDER BY start DESC LIMIT 1'
EXTEND = 'UPDATE stretches SET "end" = ? WHERE check_name = ? AND start = ?'
STRETCH = 'INSERT INTO stretches (check_name, start, "end", state) VALUES (?, ?, ?, ?)'
OUTAGE = """
    INSERT INTO outages (check_name, start, "end", last_bad, last_good_before, first_good)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (check_name, start) DO UPDATE SET "end" = excluded."end", last_bad = excluded.last_bad,
        last_good_before = excluded.last_good_before, first_good = excluded.first_good
"""
BLIP = "INSERT INTO blips (check_name, at) VALUES (?, ?) ON CONFLICT (check_name, at) DO NOTHING"
CHECKPOINT = """
    INSERT INTO checkpoints (check_name, at, state) VALUES (?, ?, ?)
    ON CONFLICT (check_name) DO UPDATE SET at = excluded.at, state = excluded.state
"""


def judge(connection: sqlite3.Connection, row: Judged) -> bool:
    """Write what was judged, and the checkpoint. Saying it twice changes nothing. Needs a transaction.

    Gives False, and writes nothing, where the check's revision is no longer that of the row.
    """
    if revision_of(connection, row.check) != row.revision:
        return False
    whose = {"check": row.check, "since": row.since}
    for statement in (*FORGET, CUT):
        connection.execute(statement, whose)
    stretches = _extended(connection, row)
    connection.executemany(STRETCH, [(row.check, *stretch) for stretch in stretches])
    connection.executemany(OUTAGE, [(row.check, *_outage(outage)) for outage in row.outages])
    connection.executemany(BLIP, [(row.check, at) for at in row.blips])
    connection.execute(CHECKPOINT, (row.check, row.until, row.state))
    return True


def _extended(connection: sqlite3.Connection, row: Judged) -> tuple[tuple[int, int, str], ...]:
    """Make the last stretch that is stored longer by the first one told, if that goes on with it."""
    if row.stretches and (last := connection.execute(LAST, (row.check,)).fetchone()):
        start, end, state = row.stretches[0]
        if last[1:] == (start, state):
            connection.execute(EXTEND, (end, row.check, last[0]))
            return row.stretches[1:]
    return row.stretches


def _outage(outage: StoredOutage) -> tuple[int | None, ...]:
    return outage.start, outage.end, outage.last_bad, outage.last_good_before, outage.first_good
