"""Edge: what operators do is written by their commands, while a daemon runs or none does.

The daemon holds the store's lock, and SQLite's write-ahead log still lets somebody else in for one short
transaction: whoever comes second waits for a moment.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store import reader
from store.errors import StoreError
from store.rows import Operation, What
from store.statements import well_formed

WAIT = 5.0  # seconds that a command waits for whoever is writing

APPEND = "INSERT INTO operations (at, author, what, subject, document) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Log:
    """The log of operations within one transaction: nobody else writes between what is read and written."""

    connection: sqlite3.Connection

    def operations(self) -> Iterator[Operation]:
        """Give all of them, in order."""
        return reader.operations(self.connection)

    def append(self, operation: Operation) -> int:
        """Add one at the end; give its serial."""
        texts = (operation.author, operation.what, operation.subject, operation.document)
        author, *rest = map(well_formed, texts)
        added = self.connection.execute(APPEND, (operation.at, author or None, *rest))
        assert added.lastrowid, "a row of operations without its serial"
        return added.lastrowid


@contextmanager
def writing(path: Path | str) -> Iterator[Log]:
    """Hold the log for one short transaction: committed at the end, or rolled back by whatever is raised.

    Raises StoreError where there is no store, where it has another schema, or where it cannot be written.
    """
    with contextlib.closing(reader.open_existing(path, "rw", WAIT)) as connection:
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            yield Log(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(_unwritable(Path(path), error)) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def append(path: Path | str, what: What, subject: str, document: str, author: str, at: int) -> int:
    """Write one operation into the store; give its serial. Raises StoreError as `writing` does."""
    with writing(path) as log:
        return log.append(Operation(None, at, author, what, subject, document))


def _unwritable(place: Path, error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{place} has been written by another process for {WAIT:g} s: nothing was changed; try again"
    return (
        f"{place} cannot be written ({error}), and nothing was changed: the disk needs room, and the file "
        "and its folder must be writable for this user"
    )
