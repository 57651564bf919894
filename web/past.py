"""The edge where the store is read for an answer: beside the daemon, in a thread, a few at a time."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from sqlite3 import Connection
from sqlite3 import Error as DatabaseError
from typing import TypeVar

from alerting.incident import Incident
from probes.result import Result
from store import history
from store.errors import StoreError
from store.ledger import results_of
from store.reader import open_reader, recent_incidents
from store.rows import IncidentRow, Trace
from web.listings import place_of_result
from web.paging import Position, behind

AT_ONCE = 2  # readers; whoever asks meanwhile waits, and the threads of the loop stay free for others
TIES = 64  # results of one check that several sites may have begun in one millisecond
EVERY = -1  # as many as there are: they are read one by one, until there are enough

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Past:
    """What the store at a path has of the past.

    Each question opens it anew, and reads for a moment. All methods raise StoreError.
    """

    path: str
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def results(
        self, check: str, since: int, until: int, after: Position | None, most: int
    ) -> list[Result]:
        """Give results of a check that began in [since, until), from behind a place on, the newest first."""
        return await self._read(lambda store: _results(store, check, since, until, after, most))

    async def incidents(self, before: int, after: Position | None, most: int) -> list[Incident]:
        """Give incidents that are over and opened before an instant, the one that opened last first."""
        return await self._read(lambda store: _incidents(store, before, after, most))

    async def traces(self, checks: Collection[str], since: int, until: int) -> list[Trace]:
        """Give what was found out about outages of these checks that began from `since` to `until` (ms)."""
        return await self._read(lambda store: history.traces(store, checks, since, until))

    async def _read(self, read: Callable[[Connection], T]) -> T:
        async with self._turns:
            return await asyncio.to_thread(self._now, read)

    def _now(self, read: Callable[[Connection], T]) -> T:
        try:
            with closing(open_reader(self.path)) as store:
                return read(store)
        except DatabaseError as error:
            raise StoreError(f"{self.path} cannot be read: {error}") from error


def _results(
    store: Connection, check: str, since: int, until: int, after: Position | None, most: int
) -> list[Result]:
    end = min(until, 1 - after[0]) if after else until
    found = results_of(store, check, since, end, learned=True, newest_first=True, limit=most + TIES)
    ordered = sorted(found, key=place_of_result)
    return list(islice(behind(ordered, place_of_result, after), most))


def _incidents(store: Connection, before: int, after: Position | None, most: int) -> list[Incident]:
    rows = (
        row
        for row in recent_incidents(store, EVERY)
        if row.resolved_at is not None and row.opened_at < before
    )
    return [Incident.of(row) for row in islice(behind(rows, _place, after), most)]


def _place(row: IncidentRow) -> Position:
    return -row.opened_at, row.key, -row.episode
