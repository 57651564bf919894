"""An event loop on virtual time: whenever everybody waits, its clock jumps to the next timer.

`asyncio.sleep`, `asyncio.timeout`, TaskGroup and the rest work unchanged; a month passes in the time its
callbacks take. No sockets and no threads under virtual time: the clock would jump past their answer.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
NEW_YEAR = 1_767_225_600_000  # 2026-01-01T00:00:00Z in ms since the epoch
LOOK_EVERY = 256  # turns between two looks at the loop's own pipe, through which signals come


class Deadlock(Exception):
    """Every task waits, and no timer is set that could wake one."""


class _Jumping(selectors.DefaultSelector):
    """Looks at real files for zero seconds; where nothing is ready, time passes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._turns += 1
        # The first file is the loop's own pipe. Nothing here blocks, so that nobody needs its wake-up call.
        if timeout is None or self._turns % LOOK_EVERY == 0 or len(self.get_map()) > 1:
            ready = super().select(0)
            if ready:
                return ready
        if timeout is None:
            raise Deadlock("everything waits and no timer is set (sockets and threads do not work here)")
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0; `now()` is the wall clock that goes with it, in ms since the epoch."""

    def __init__(self, began: int = NEW_YEAR) -> None:
        self._jumping = _Jumping()
        self._began = began
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def now(self) -> int:
        return self._began + round(self._jumping.now * 1000)


def run(coroutine: Coroutine[Any, Any, T], *, until: float | None = None, began: int = NEW_YEAR) -> T | None:
    """Run to the end, or to `until` seconds of virtual time: then it is cancelled and None is given.

    Raises Deadlock, with the names of those who wait.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(began)) as runner:
        try:
            return runner.run(_within(coroutine, until))
        except Deadlock as deadlock:
            waiting = sorted(task.get_name() for task in asyncio.all_tasks(runner.get_loop()))
            deadlock.add_note(f"waiting: {', '.join(waiting)}")
            raise


async def _within(coroutine: Coroutine[Any, Any, T], until: float | None) -> T | None:
    task = asyncio.ensure_future(coroutine)
    finished, _ = await asyncio.wait([task], timeout=until)
    return task.result() if finished else None  # the runner cancels what is left
