"""The edge that hears what operators do: by looking into the store, which tells whether it has changed."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from store.errors import StoreError
from store.reader import open_reader, operations
from store.rows import Operation

EVERY = 1.0  # seconds between two looks

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Ear:
    """Reads operations as they are written, on a connection of its own that can only read.

    `after` is the serial of the last one known. No transaction is left open between two looks. Looking and
    closing may be called in different threads.
    """

    place: Path
    after: int = 0
    _connection: sqlite3.Connection | None = None
    _version: int | None = None
    _one: Lock = field(default_factory=Lock)

    def look(self) -> list[Operation]:
        """Give what is new. Raises StoreError or sqlite3.Error; the next look begins anew."""
        with self._one:
            try:
                return self._read()
            except (StoreError, sqlite3.Error):
                self._let_go()
                raise

    def close(self) -> None:
        """Let the file go, after the look that is under way."""
        with self._one:
            self._let_go()

    def _read(self) -> list[Operation]:
        if self._connection is None:
            self._connection = open_reader(self.place)
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return []
        found = list(operations(self._connection, self.after))
        self._version = version
        self.after = max((each.serial or 0 for each in found), default=self.after)
        return found

    def _let_go(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = self._version = None


def _tell(heard: Callable[[Operation], None], operation: Operation) -> None:
    """Hand one operation on. What goes wrong with it is no reason to be deaf to all that come after it."""
    try:
        heard(operation)
    except Exception:
        told = (operation.what, operation.subject, operation.serial)
        log.exception("%s: %s (serial %s) is not carried out, by a bug of ours: please report this", *told)


async def follow(
    place: Path | None, heard: Callable[[Operation], None], *, after: int = 0, every: float = EVERY
) -> None:
    """Call `heard` with each operation behind the serial `after`, once and in order; until cancelled.

    A store in memory (None) has nobody who could write to it: then this ends at once.
    """
    if place is None:
        return
    ear, deaf = Ear(place, after), False
    try:
        while True:
            try:
                found = await asyncio.to_thread(ear.look)
                deaf = False
            except (StoreError, sqlite3.Error) as error:
                found = []
                if not deaf:
                    log.warning("what operators do cannot be read, and is heard later: %s", error)
                deaf = True
            for operation in found:
                _tell(heard, operation)
            await asyncio.sleep(every)
    finally:
        ear.close()
