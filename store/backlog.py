"""What waits to be written, in order and within bounds."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

from probes.result import Result
from store.rows import Row


@dataclass(frozen=True, slots=True)
class Put:
    """Rows that go into one transaction together, and what is to be called when they are in."""

    rows: tuple[Row, ...]
    then: Callable[[], None] | None = None


class Backlog:
    """A queue of puts, for one thread that adds and one that takes.

    Holds at most `limit` results: beyond, the oldest are dropped and counted. Every other row is kept, and
    every `then` is called.
    """

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        self._lock = Lock()
        self._spared: list[Put] = []  # older than all in `_puts`, already rid of their results
        self._puts: deque[Put] = deque()
        self._results = 0

    def __len__(self) -> int:
        """Count the puts that wait."""
        return len(self._spared) + len(self._puts)

    def rows(self) -> int:
        """Count the rows that wait."""
        with self._lock:
            return sum(len(put.rows) for put in (*self._spared, *self._puts))

    def add(self, put: Put) -> None:
        """Append a put; drop the oldest results when there are too many."""
        with self._lock:
            self._puts.append(put)
            self._results += _results(put)
            self._trim()

    def take(self, rows: int | None = None) -> list[Put]:
        """Take all puts, or whole ones until they hold `rows` rows."""
        with self._lock:
            waiting = deque([*self._spared, *self._puts])
            taken: list[Put] = []
            count = 0
            while waiting and (rows is None or count < rows):
                taken.append(waiting.popleft())
                count += len(taken[-1].rows)
            self._keep(waiting)
            return taken

    def give_back(self, puts: Iterable[Put]) -> None:
        """Put back, in front, what was taken and could not be written."""
        with self._lock:
            self._keep(deque([*puts, *self._spared, *self._puts]))
            self._trim()

    def _keep(self, puts: deque[Put]) -> None:
        self._spared, self._puts = [], puts
        self._results = sum(map(_results, puts))

    def _trim(self) -> None:
        while self._results > self._limit:
            put = self._puts.popleft()
            others = tuple(row for row in put.rows if not isinstance(row, Result))
            gone = len(put.rows) - len(others)
            self._results -= gone
            self.dropped += gone
            if others or put.then:
                self._spared.append(replace(put, rows=others))


def _results(put: Put) -> int:
    return sum(isinstance(row, Result) for row in put.rows)
