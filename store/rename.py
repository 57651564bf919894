"""A check that is called otherwise: its past goes with it."""

import sqlite3
from typing import Any

from store.rows import Renamed

SOURCE = "SELECT id FROM sources WHERE check_name = ? AND site = ?"
CALL = "UPDATE sources SET check_name = ? WHERE id = ?"
MERGE = (
    "UPDATE OR IGNORE results SET source = :new WHERE source = :old",
    "UPDATE OR IGNORE evidence SET source = :new WHERE source = :old",
    "DELETE FROM results WHERE source = :old",
    "DELETE FROM evidence WHERE source = :old",
    "DELETE FROM sources WHERE id = :old",
)


def rename(connection: sqlite3.Connection, row: Any) -> None:
    """Put what is stored under the old name under the new one; where both have a past, they become one.

    Saying it twice, or of a name that was never stored, changes nothing. Needs a transaction.
    """
    assert isinstance(row, Renamed)
    old = connection.execute(SOURCE, (row.old, row.site)).fetchone()
    new = connection.execute(SOURCE, (row.new, row.site)).fetchone()
    if old and not new:
        connection.execute(CALL, (row.new, old[0]))
    elif old:
        for statement in MERGE:
            connection.execute(statement, {"old": old[0], "new": new[0]})
