"""The edge that keeps the store small and quick to read: judged pasts written, hours packed, old ones pruned.

And what has become another past, by a late result or an import, is judged anew here, beside the loop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

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
AT_ONCE = 200  # hours of single checks; about half a second of the writer's time
PATIENCE = 30.0  # seconds in which what was recorded has to be in the store before it is judged anew

Learn = Callable[[Check, Sequence[Attempts]], Awaitable[Relearned]]

log = logging.getLogger("watchkeeper")


class Keeper:
    """Does it all, bit by bit. `learn` judges a check anew from all that is stored of it."""

    def __init__(self, driver: Driver, writer: Writer, learn: Learn, now: Callable[[], int]) -> None:
        self._driver, self._writer, self._learn, self._now = driver, writer, learn, now
        self._hour = -1

    async def run(self) -> None:
        """Do what is due every ten seconds, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.tidy()
            for check in tuple(self._driver.engine.learning.wanted):
                await self.learn(check)

    def tidy(self) -> None:
        """Write what was judged long enough ago; pack and prune, once an hour and while anything is left."""
        if self._writer.failing_since is not None:
            return  # it would only pile up behind what people wait for
        now, engine = self._now(), self._driver.engine
        rows: list[Row] = [*self._driver.keeping.due(engine.judges, engine.learning.wanted, now)]
        hour = now // HOUR
        if hour != self._hour or self._writer.unpacked:
            rows += [Pack(now - PACK_AFTER, AT_ONCE), *self._prune()]
            self._hour = hour
        if rows:
            self._driver.release.put(rows)

    async def learn(self, check: str) -> None:
        """Judge a check anew, once all that was recorded of it is in the store; else the next time."""
        engine = self._driver.engine
        judge = engine.judges.get(check)
        if judge is None:
            engine.learning.done(check)
            return
        engine.learning.want(check)
        try:
            await self._stored()
            learned = await self._learn(judge.check, engine.accounts.counted(judge))
        except Exception:
            log.exception("%s could not be judged anew; it is tried again", check)
            return
        self._driver.handle(learned)

    async def _stored(self) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._writer.put((), urgent=True, then=partial(_resolve, stored))
        await asyncio.wait_for(stored, PATIENCE)

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
