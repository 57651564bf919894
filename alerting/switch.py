"""The dead man's switch: for as long as all is well with us, somebody outside hears of it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerting.receiver import Post, Request

LATE = 30.0  # seconds an attempt may be overdue, or half its interval where that is more
COMMIT_GRACE = 30.0
OLDEST_PAGE = 300.0


@dataclass(frozen=True, slots=True)
class Due:
    """An attempt that is due and has not begun: since when (ms), and the interval of its check (s)."""

    check: str
    at: int
    interval: float


def unwell(
    now: int, due: Iterable[Due], last_commit_at: int | None, shortest_interval: float, oldest_page_age: float
) -> str:
    """Say why the switch must not go out, or nothing: no overdue attempt, a recent commit, no page stuck.

    Times are ms since the epoch, durations and ages seconds. Never committed is not recent.
    """
    for each in due:
        late = (now - each.at) / 1000
        if late > max(LATE, each.interval / 2):
            return f"the check {each.check} is overdue by {late:.0f} s"
    if last_commit_at is None:
        return "nothing has been stored yet"
    if now - last_commit_at >= (2 * shortest_interval + COMMIT_GRACE) * 1000:
        return f"nothing has been stored for {(now - last_commit_at) / 1000:.0f} s"
    if oldest_page_age > OLDEST_PAGE:
        return f"a page has been waiting for {oldest_page_age:.0f} s"
    return ""


class Switch:
    """The loop that calls. `held` is why it did not call last time; `failed` why the call did not arrive."""

    def __init__(self, url: str, interval: float, why_not: Callable[[], str], post: Post) -> None:
        self._request = Request(url, b"", method="GET")
        self._interval = interval
        self._why_not = why_not
        self._post = post
        self.held = ""
        self.failed = ""

    async def run(self) -> None:
        """Call at once and then every interval, on a grid of its own, until cancelled."""
        time = asyncio.get_running_loop().time
        began = time()
        while True:
            await self.beat()
            passed = time() - began
            await asyncio.sleep(self._interval - passed % self._interval)

    async def beat(self) -> None:
        """Call once, if all is well. A call that fails is not repeated: the next beat is."""
        self.held = self._why_not()
        if self.held:
            return
        try:
            answer = await self._post(self._request, min(10.0, self._interval))
        except OSError as error:  # TimeoutError is one too
            self.failed = str(error) or type(error).__name__
        else:
            self.failed = "" if 200 <= answer.status < 300 else f"answered {answer.status}"
