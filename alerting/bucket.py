"""How often a receiver may be spoken to. Pure; times in ms."""

from collections import deque

# A second more than a minute: what we send is counted when it arrives, and may travel faster than the last.
COMES_BACK = 61_000


class Bucket:
    """Tokens that come back a minute after they were taken: never more than `size` in any sixty seconds."""

    def __init__(self, size: float) -> None:
        self._size = max(1, int(size))
        self._taken: deque[int] = deque()

    def take(self, now: int) -> None:
        """Take a token, also where none is left: the debt is waited for."""
        while self._taken and self._taken[0] + COMES_BACK <= now:
            self._taken.popleft()
        self._taken.append(now)

    def free_at(self, now: int, leave: float = 0.0) -> int:
        """Give the first instant at which a token is there, besides the share `leave` of all that stays."""
        usable = max(1, int(self._size * (1 - leave)))
        out = [at for at in self._taken if at + COMES_BACK > now]
        return now if len(out) < usable else out[len(out) - usable] + COMES_BACK
