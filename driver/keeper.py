"""The edge that keeps the store small and quick to read: judged pasts written, hours packed, old ones pruned.

And what has become another past, by a late result or an import, is judged anew here, beside the loop.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from alerting.events import Relearned
from checks.model import Check, Configuration
from driver.loop import Driver
from slo.attempts import Attempts
from store.rows import Pack, Prune, Row
from store.writer import Writer

EVERY = 10.0  # seconds
HOUR = 3_600_000  # ms
# The results of a suspect may be reclassified: nobody should have to unpack an hour for that.
PACK_AFTER = 2 * HOUR
AT_ONCE = 50  # hours of single checks: a page that is to be written waits for them, an eighth of a second
PATIENCE = 30.0  # seconds in which what was recorded has to be in the store before it is judged anew
LONGEST_WAIT = 600.0  # seconds until a check is judged anew that could not take over

log = logging.getLogger("watchkeeper")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the store is read beside the loop: `learn` judges a check anew, `revisions` are of results."""

    learn: Callable[[Check, Sequence[Attempts]], Awaitable[Relearned]]
    revisions: Callable[[], Awaitable[Mapping[str, int]]]


class Later(NamedTuple):
    """When a check is to be judged anew (ms), and how long that was put off (s)."""

    at: int
    wait: float


class Keeper:
    """Does it all, bit by bit."""

    def __init__(self, driver: Driver, writer: Writer, reading: Reading, now: Callable[[], int]) -> None:
        self._driver, self._writer, self._reading, self._now = driver, writer, reading, now
        self._hour = -1
        self._later: dict[str, Later] = {}  # checks that were judged anew in vain

    async def run(self) -> None:
        """Do what is due every ten seconds, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                self.tidy()
                await self.learn()
            except Exception:
                log.exception("what is to be kept could not be; it is tried again")

    def tidy(self) -> None:
        """Write what was judged long enough ago; pack and prune, once an hour and while anything is left."""
        if self._writer.failing_since is not None:
            return  # it would only pile up behind what people wait for
        now, engine = self._now(), self._driver.engine
        learning, keeping = engine.learning, self._driver.keeping
        rows: list[Row] = [*keeping.due(engine.judges, learning.wanted, learning.revisions, now)]
        hour = now // HOUR
        if hour != self._hour or self._writer.unpacked:
            rows += [Pack(now - PACK_AFTER, AT_ONCE), *self._prune()]
            self._hour = hour
        if rows:
            self._driver.release.put(rows)

    async def learn(self) -> None:
        """Judge those anew whose past is another one, and let them take over together.

        What is recorded has to be in the store first; where it is not soon, that waits.
        """
        engine, learning = self._driver.engine, self._driver.engine.learning
        learning.compare(await self._reading.revisions(), engine.judges)
        for check in learning.wanted.keys() - engine.judges.keys():
            learning.done(check)
        due = [check for check in learning.wanted if self._is_due(check)]
        for check in due:
            learning.begin(check)
            self._driver.keeping.forget(check)
        if not due or not await self._stored():
            return
        for learned in [learned async for learned in self._learned(due)]:
            self._driver.handle(learned)
        self._put_off(due)

    async def _learned(self, checks: Sequence[str]) -> AsyncIterator[Relearned]:
        for check in checks:
            engine = self._driver.engine
            if judge := engine.judges.get(check):  # else it has gone by a reload meanwhile
                yield await self._reading.learn(judge.check, engine.accounts.counted(judge))

    def _is_due(self, check: str) -> bool:
        return check not in self._later or self._later[check].at <= self._now()

    def _put_off(self, tried: Sequence[str]) -> None:
        """Wait longer and longer for those that could not take over: the present has to change first."""
        for check in tried:
            known = self._later.pop(check, Later(0, EVERY))
            if check in self._driver.engine.learning.wanted:
                wait = min(2 * known.wait, LONGEST_WAIT)
                self._later[check] = Later(self._now() + round(wait * 1000), wait)

    async def _stored(self) -> bool:
        """Say whether all that was recorded until now is in the store."""
        stored = asyncio.get_running_loop().create_future()
        self._writer.put((), urgent=True, then=partial(_resolve, stored))
        done, _ = await asyncio.wait([stored], timeout=PATIENCE)
        return bool(done)

    def _prune(self) -> list[Prune]:
        """Say what may go: age counts from the newest result."""
        engine = self._driver.engine
        newest = max((judge.last.at for judge in engine.judges.values() if judge.last), default=None)
        return [] if newest is None else [prune_of(engine.configuration, newest)]


def prune_of(configuration: Configuration, newest: int) -> Prune:
    """Say what may go of a store whose newest result began at `newest` (ms)."""
    kept = configuration.retention
    return Prune(
        results_before=newest - round(kept.results * 1000),
        history_before=newest - round(kept.history * 1000),
        size=kept.size,
        thresholds=thresholds(configuration),
    )


def thresholds(configuration: Configuration) -> dict[str, tuple[int, ...]]:
    """Give the speeds (ms) for which fast attempts of a check are counted."""
    found: dict[str, set[int]] = {}
    for objective in configuration.objectives.values():
        names = [objective.check] if objective.check else _checks(configuration, objective.services)
        for name in names if objective.faster_than is not None else ():
            found.setdefault(name, set()).add(round((objective.faster_than or 0) * 1000))
    return {name: tuple(sorted(each)) for name, each in found.items()}


def _checks(configuration: Configuration, services: Sequence[str]) -> list[str]:
    return [check.name for service in services for check in configuration.indicators(service)]


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
