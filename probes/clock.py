"""The one clock: UTC stamps that never go back, carried by a monotonic clock."""

import time
from collections.abc import Callable

STEP = 1.0  # seconds of difference from which the wall clock was stepped rather than steered
PACE = 0.9  # seconds of ours to one of theirs while the wall clock has to catch up


class Clock:
    """Milliseconds since the Unix epoch, UTC, and a monotonic clock in seconds.

    Stamps run on the monotonic clock. A wall clock stepped forward by over a second leaves a gap in them.
    After one stepped backward they go on from the last one, at nine tenths of the pace until the wall clock
    has caught up: a stamp is part of a result's identity, so they may not stand still.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,  # noqa: TID251 - this is the one place
    ) -> None:
        self._monotonic, self._wall = monotonic, wall
        self._read = monotonic()
        self._offset = wall() - self._read
        self._stamp = self._read + self._offset

    def time(self) -> float:
        """Monotonic seconds; only differences mean something."""
        return self._monotonic()

    def now(self) -> int:
        """Milliseconds since the epoch, UTC; never less than before."""
        read = self._monotonic()
        self._anchor(read)
        self._stamp = max(read + self._offset, self._stamp + PACE * (read - self._read))
        self._read = read
        return int(self._stamp * 1000)

    def _anchor(self, read: float) -> None:
        offset = self._wall() - read
        if abs(offset - self._offset) > STEP:
            self._offset = offset
