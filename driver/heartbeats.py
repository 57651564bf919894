"""What was pushed to us: heard at once, kept in the store, and looked at again when a deadline passes."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from checks.model import Check
from probes.basic.heartbeat import Heartbeat
from probes.heard import Beat, Heard, heard_of
from probes.result import Reason, Result
from store.rows import Memory
from store.writer import Writer

NAME = "heartbeat/"  # begins the names under which the store remembers; the check's name follows
PATIENCE = 5.0  # seconds that whoever pushes waits for the store
Want = Callable[[str, int], None]


class _Expected(NamedTuple):
    """A check that is called: how it is defined, and what was heard."""

    check: Check
    probe: Heartbeat
    heard: Heard


def _nobody(_: str, __: int) -> None:
    """Ask nobody."""


class Heartbeats:
    """Owner of what was heard. `want`, once there is somebody to be told, asks a check at an instant (ms)."""

    def __init__(self, writer: Writer, remembered: Mapping[str, str]) -> None:
        """Go on with what the store remembers."""
        self.want: Want = _nobody
        self._writer = writer
        self._remembered = remembered
        self._expected: dict[str, _Expected] = {}
        self._looked_at: dict[str, int] = {}

    def follow(self, checks: Mapping[str, Check], now: int) -> None:
        """Listen for these from now on. Those expected as before are listened for since as long as before."""
        old = self._expected
        names = [name for name, check in checks.items() if isinstance(check.probe, Heartbeat)]
        self._expected = {name: self._expect(checks[name], checks, now) for name in names}
        said = {name.removeprefix(NAME) for name in self._remembered if name.startswith(NAME)}
        gone = (old.keys() | said) - self._expected.keys()
        moved = [name for name in names if name not in old and self._is_news(name)]
        rows = [*(Memory(f"{NAME}{name}", "") for name in gone), *map(self._row, moved)]
        for name in gone:
            self._looked_at.pop(name, None)
        self._remembered = {}  # said at the start, and older than what is known by now
        if rows:
            self._writer.put(rows)

    def _expect(self, check: Check, checks: Mapping[str, Check], now: int) -> _Expected:
        probe = check.probe
        assert isinstance(probe, Heartbeat)
        known = self._known(check, checks)
        if known is None:
            was = self._remembered.get(f"{NAME}{check.was}", "") if check.was not in checks else ""
            heard = heard_of(self._remembered.get(f"{NAME}{check.name}") or was, now).until(now)
        elif _terms(known.check) == _terms(check):
            heard = known.heard
        else:
            heard = replace(known.heard, since=now)
        return _Expected(check, probe, heard)

    def _known(self, check: Check, checks: Mapping[str, Check]) -> _Expected | None:
        """Give what is known of a check, under its name or under the one that it had."""
        known = self._expected.get(check.name)
        return known or (self._expected.get(check.was) if check.was not in checks else None)

    def _is_news(self, name: str) -> bool:
        """Say whether something is known of a check that the store does not have under its name."""
        heard = self._expected[name].heard
        return bool(heard.last or heard.missed) and not self._remembered.get(f"{NAME}{name}")

    # --- a push

    def expects(self, name: str) -> Check | None:
        """Give the check of this name, if it is one that is called."""
        expected = self._expected.get(name)
        return expected.check if expected else None

    async def take(self, name: str, beat: Beat) -> bool:
        """Hear a beat, and let its check be judged by it at once. Say whether it is in the store by now.

        A store that does not answer loses nothing as long as we live.
        """
        expected = self._expected[name]
        self._hear(name, expected.heard.after(beat))
        kept = asyncio.Event()
        self._writer.put([self._row(name)], urgent=True, then=kept.set)
        self.want(name, beat.at)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await kept.wait()
        return kept.is_set()

    # --- an attempt

    def look(self, name: str, now: int) -> Heard | None:
        """Give what is known of a check; None where it is not one that is called.

        Where nobody has looked for longer than an attempt vouches, we stood still, and listened to nobody.
        """
        expected = self._expected.get(name)
        if expected is None:
            return None
        before = self._looked_at.get(name)
        self._looked_at[name] = now
        if before is not None and now - before > expected.check.reach_ms:
            self._hear(name, replace(expected.heard, since=now))
        return self._expected[name].heard

    def looked(self, result: Result) -> None:
        """Learn what an attempt made of it: a miss is remembered, and the next deadline is looked at."""
        expected = self._expected.get(result.check)
        if expected is None:
            return
        last = expected.heard.last
        heard_since = last is not None and last.at >= result.at
        if result.reason is Reason.MISSED and not expected.heard.missed and not heard_since:
            self._hear(result.check, replace(expected.heard, missed=True))
            self._writer.put([self._row(result.check)])
        deadline = expected.probe.deadline(expected.heard)
        if deadline is not None and deadline > result.at:
            self.want(result.check, deadline)

    def _hear(self, name: str, heard: Heard) -> None:
        self._expected[name] = self._expected[name]._replace(heard=heard)

    def _row(self, name: str) -> Memory:
        return Memory(f"{NAME}{name}", self._expected[name].heard.text())


def _terms(check: Check) -> object:
    """Give what decides when a beat is missed."""
    probe = check.probe
    assert isinstance(probe, Heartbeat)
    return probe.within, probe.grace, check.enabled
