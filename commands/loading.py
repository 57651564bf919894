"""Edge: results into the store, in batches, by ourselves or beside a daemon, and the log of it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from alerting.relearn import settle
from checks.model import Configuration
from commands.context import Context
from commands.operating import logged_in
from commands.plain import plural
from probes.result import Result
from store import file, operations, reader
from store.errors import Locked, StoreError
from store.file import Store
from store.rows import Revised
from store.transaction import write

ALONE = 5_000  # results of one transaction
BESIDE = 500  # while a daemon wants to write too, and waits for a second at most


@dataclass(slots=True)
class Loaded:
    """What came of the results that were written.

    `earliest` says for each check that got new ones from when on (ms).
    """

    results: int = 0
    new: int = 0
    differing: int = 0
    first_differing: Result | None = None
    earliest: dict[str, int] = field(default_factory=dict)

    def add(self, results: Sequence[Result], added: int, differing: Sequence[Result]) -> None:
        """Take in a batch."""
        self.results += len(results)
        self.new += added
        self.differing += len(differing)
        if differing and not self.first_differing:
            self.first_differing = differing[0]
        for one in results if added else ():
            if one.at < self.earliest.get(one.check, one.at + 1):
                self.earliest[one.check] = one.at

    @property
    def known(self) -> int:
        """How many had been there before, the same."""
        return self.results - self.new - self.differing


def load(context: Context, configuration: Configuration, results: Iterator[Result], count: int) -> Loaded:
    """Write `count` results, many in each transaction; and judge where no daemon runs, which would do it.

    There is a new store where there was none. Raises StoreError; what was written till then stays, and is
    logged.
    """
    loaded, now = Loaded(), context.clock.now()
    with _open(configuration.store, now) as (connection, store):
        most = ALONE if store else BESIDE
        with (
            _logged(context, configuration.store, loaded),
            context.console.progress("importing", total=-(-count // most)) as step,
        ):
            while some := list(islice(results, most)):
                _write(connection, some, loaded)
                step()
        if store and loaded.new:
            with context.console.progress("judging"):
                settle(configuration, store, now)
    return loaded


@contextmanager
def _open(path: str, now: int) -> Iterator[tuple[sqlite3.Connection, Store | None]]:
    """Open the store, a new one where there is none; beside the one who holds it, if somebody does."""
    try:
        store = file.open(path, "import results", now)
    except Locked:
        with closing(reader.open_existing(path, "rw", operations.WAIT)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            yield connection, None
        return
    with store:
        yield store.connection, store


def _write(connection: sqlite3.Connection, results: Sequence[Result], loaded: Loaded) -> None:
    """Write a batch, and with it that no judgement which did not see these results is to be kept."""
    revised = map(Revised, sorted({one.check for one in results}))
    try:
        exceptional = write(connection, [*results, *revised])
    except sqlite3.Error as error:
        raise StoreError(_unwritable(loaded, error)) from error
    assert not exceptional.refused, "a result of ours that no table takes"
    loaded.add(results, exceptional.added, exceptional.differing)


def _unwritable(loaded: Loaded, error: sqlite3.Error) -> str:
    return (
        f"the store takes no more ({error}); the first {plural(loaded.results, 'result')} are in it. The "
        "disk needs room, and the store must be writable: then import it again, what is there is passed over"
    )


@contextmanager
def _logged(context: Context, path: str, loaded: Loaded) -> Iterator[None]:
    """Write down at the end what was done, also where it ended too early."""
    try:
        yield
    except BaseException:
        with suppress(StoreError):
            _log(context, path, loaded)
        raise
    _log(context, path, loaded)


def _log(context: Context, path: str, loaded: Loaded) -> None:
    author, subject = context.said.author, context.said.file
    document = json.dumps({"results": loaded.new, "checks": loaded.earliest})
    operations.append(
        path,
        "results.import",
        "-" if subject == "-" else Path(subject).name,
        document,
        logged_in() if author is None else author,
        context.clock.now(),
    )
