"""Notices when our own event loop stands still, so that a service is not blamed for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

PERIOD = 0.05  # seconds between two beats
LEAST = 0.1  # a beat later than this tells of a block
KEPT = 8192  # blocks: at least thirteen minutes of the worst


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch in which the loop did nothing but one thing, in its own seconds."""

    begun: float
    ended: float


def block(planned: float, came: float) -> Block | None:
    """Say what a beat that was planned for one time and came at another tells.

    The block may have begun right after the beat before, so it is taken to have: at most one period too long.
    """
    return Block(planned - PERIOD, came) if came - planned > LEAST else None


def blocked_since(blocks: Iterable[Block], since: float) -> float:
    """Sum what lies after `since`; the blocks are given latest first."""
    total = 0.0
    for one in blocks:
        if one.ended <= since:
            break
        total += one.ended - max(one.begun, since)
    return total


class Guard(Protocol):
    """Knows for how long the loop stood still."""

    def blocked_since(self, since: float) -> float:
        """Give the seconds of it after `since`, which is of the loop's clock."""
        ...


class LoopGuard:
    """A beat every 50 ms. `lag` is told how late each was, in seconds; blocks over 100 ms are kept.

    Not started, it knows of no block.
    """

    def __init__(self, lag: Callable[[float], None] = lambda _: None) -> None:
        self._lag = lag
        self._blocks: deque[Block] = deque(maxlen=KEPT)  # latest first
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._plan(self._loop)

    def stop(self) -> None:
        """Beat no more. What was noticed stays known."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def blocked_since(self, since: float) -> float:
        """Give the seconds of block after `since`, the one that is just ending included."""
        return blocked_since(chain(self._ending(), self._blocks), since)

    def _ending(self) -> Iterator[Block]:
        # Timers that were due during a block run after it in the order of their times, some before ours.
        if self._loop and self._timer and (found := block(self._timer.when(), self._loop.time())):
            yield found

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_at(loop.time() + PERIOD, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._timer is not None, "a cancelled timer does not run"
        planned, came = self._timer.when(), loop.time()
        self._lag(max(0.0, came - planned))
        if found := block(planned, came):
            self._blocks.appendleft(found)
        self._plan(loop)
