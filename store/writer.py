"""The one that writes: in order, decisions at once, and never losing what it could not write yet."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from store.backlog import Backlog, Put
from store.file import Store, utc
from store.pruning import Pruned
from store.rows import Row
from store.transaction import Exceptional, write

EVERY = 1.0  # seconds that a result may wait for company
RETRY = 0.5  # seconds between two tries of a file that would not take it
RESULTS_LIMIT = 1_000_000
# While the file refuses, a try should cost little: that many rows, not hours of backlog.
CAREFULLY = 5_000

WHY = {"age": "they were older than results are kept", "size": "the store is larger than it may be"}

log = logging.getLogger(__name__)


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told how writing goes: its trouble, in words, its end, the seconds of each transaction.

    And what was deleted because it was too old, or more than is wanted.
    """

    on_trouble: Callable[[str], None] = _nothing
    on_recovered: Callable[[], None] = _nothing
    on_write: Callable[[float], None] = _nothing
    on_pruned: Callable[[Pruned], None] = _nothing


class Writer:
    """Writes where it is called: for tests, the simulation and commands. The caller flushes each second.

    `failing_since` and `last_commit` are readings of `clock`, in seconds. `duplicates` counts results that
    differed from the one recorded first, `refused` rows that no table takes (a bug of ours). `packed` counts
    hours, of one source each, and `pruned` results; `unpacked` says whether the last Pack left any to be
    packed.
    """

    def __init__(
        self,
        store: Store,
        listener: Listener | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        results_limit: int = RESULTS_LIMIT,
    ) -> None:
        self.failing_since: float | None = None
        self.last_commit: float | None = None
        self.duplicates = 0
        self.refused = 0
        self.packed = 0
        self.pruned = 0
        self.unpacked = True
        self._connection = store.connection
        self._listener = listener or Listener()
        self._clock = clock
        self._backlog = Backlog(results_limit)
        self._in_hand = 0

    @property
    def dropped(self) -> int:
        """Results that were given up because too many waited for a file that would not take them."""
        return self._backlog.dropped

    @property
    def waiting(self) -> int:
        """Puts not yet in the file, without those being written at this moment."""
        return len(self._backlog)

    def put(
        self, rows: Sequence[Row], *, urgent: bool = False, then: Callable[[], None] | None = None
    ) -> None:
        """Hand rows over. Urgent ones are written at once, in one transaction with all before them.

        `then` is called when they are in the file.
        """
        self._backlog.add(Put(tuple(rows), then))
        if urgent:
            self.flush()

    def flush(self) -> None:
        """Write what waits. What the file would not take keeps waiting, and `failing_since` is set."""
        while self._backlog and self._write():
            pass

    def _write(self) -> bool:
        puts = self._backlog.take(None if self.failing_since is None else CAREFULLY)
        rows = [row for put in puts for row in put.rows]
        self._in_hand, begun = len(rows), self._clock()
        try:
            exceptional = write(self._connection, rows)
        except Exception as error:  # noqa: BLE001 – whatever it is, nothing may be lost and the thread must live
            self._backlog.give_back(puts)
            self._failed(error)
            return False
        finally:
            self._in_hand = 0
        self._succeeded(begun)
        self._report(exceptional)
        for put in puts:
            if put.then:
                self._tell(put.then)
        return True

    def _failed(self, error: Exception) -> None:
        if self.failing_since is None:
            self.failing_since = self._clock()
            self._tell(self._listener.on_trouble, f"the store cannot be written: {error}")

    def _succeeded(self, begun: float) -> None:
        self.last_commit = self._clock()
        self._tell(self._listener.on_write, self.last_commit - begun)
        if self.failing_since is not None:
            self.failing_since = None
            self._tell(self._listener.on_recovered)

    def _report(self, exceptional: Exceptional) -> None:
        self.packed += exceptional.packed
        if exceptional.unpacked is not None:
            self.unpacked = exceptional.unpacked
        for pruned in exceptional.pruned:
            self.pruned += pruned.results
            self._tell(self._listener.on_pruned, pruned)
            until, why = f"{utc(pruned.until):%Y-%m-%dT%H:%M:%SZ}", WHY[pruned.why]
            log.info("%d results from before %s were deleted: %s", pruned.results, until, why)
        for check in exceptional.stale:
            log.info("what was judged of %s is not kept: its results have changed meanwhile", check)
        if differing := exceptional.differing:
            self.duplicates += len(differing)
            first, count = differing[0], len(differing)
            log.warning(
                "%d results differ from those recorded first, which stay; one of %s", count, first.check
            )
        for row, error in exceptional.refused:
            self.refused += 1
            log.error(
                "a row of type %s could not be stored (%s) and was left out: please report this", row, error
            )

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        callback(*arguments)


class ThreadedWriter(Writer):
    """Writes in a thread of its own; whoever puts never waits. Callbacks run in `loop`, in order."""

    def __init__(
        self,
        store: Store,
        loop: asyncio.AbstractEventLoop,
        listener: Listener | None = None,
        *,
        results_limit: int = RESULTS_LIMIT,
    ) -> None:
        super().__init__(store, listener, results_limit=results_limit)
        self._loop = loop
        self._bell = Event()
        self._closing = Event()
        self._give_up = 0.0
        # Not waited for at exit: a disk that never answers must not keep the process.
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(
        self, rows: Sequence[Row], *, urgent: bool = False, then: Callable[[], None] | None = None
    ) -> None:
        """Hand rows over, as Writer.put; urgent ones wake the thread. Raises RuntimeError once closed."""
        if self._closing.is_set():
            raise RuntimeError("the store's writer is closed")
        super().put(rows, urgent=urgent, then=then)

    def flush(self) -> None:
        """Ask for what waits to be written now; does not wait for it."""
        self._bell.set()

    def close(self, patience: float = 10.0) -> int:
        """Write what waits, for at most `patience` seconds, and end. Gives the number of rows not written.

        Blocks; a loop calls it by `asyncio.to_thread`. The store is closed after this, by whoever opened it.
        """
        self._give_up = self._clock() + patience
        self._closing.set()
        self._bell.set()
        self._thread.join(patience + RETRY)
        if left := self._backlog.rows() + self._in_hand:
            log.error("%d rows could not be written to the store before the end", left)
        return left

    def _run(self) -> None:
        while not self._over():
            self._pause()
            super().flush()

    def _over(self) -> bool:
        return self._closing.is_set() and (not self._backlog or self._clock() >= self._give_up)

    def _pause(self) -> None:
        if self.failing_since is not None:
            time.sleep(RETRY)
            return
        self._bell.wait(EVERY)
        self._bell.clear()

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(callback, *arguments)
