"""Overload: signs that we cannot keep up, and when they have lasted long enough to tell somebody."""

LASTING = 120_000  # ms of signs without a pause
PAUSE = 90_000  # ms without a sign end a stretch: a small installation gives few
CALM = 300_000  # ms without a sign end the incident


class Strain:
    """The memory of signs of overload."""

    def __init__(self) -> None:
        self.since: int | None = None
        self._last: int | None = None
        self.told = False

    def sign(self, now: int) -> None:
        """Note a run missed by our own doing, or an attempt that our own loop spoilt."""
        if self._last is None or self.since is None or (now - self._last > PAUSE and not self.told):
            self.since = now
        self._last = now

    def lasting(self, now: int) -> bool:
        """Say whether somebody is to be told; once told, until it has been calm for a while."""
        if self._last is None or self.since is None:
            return False
        if self.told:
            self.told = now - self._last < CALM
        else:
            self.told = self._last - self.since >= LASTING
        if not self.told and now - self._last >= CALM:
            self.since = self._last = None
        return self.told

    def wake(self) -> int | None:
        """Give the instant at which calm alone ends the incident."""
        return self._last + CALM if self.told and self._last is not None else None
