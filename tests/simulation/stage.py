"""The real driver among actors: one life of it, and what survives between two lives."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from alerting import deliver as delivery
from alerting.deliver import Deliverer
from alerting.events import Relearned
from alerting.receiver import Post, Target
from alerting.receivers.pagerduty import PagerDuty as PagerDutyReceiver
from alerting.relearn import learn
from alerting.restore import resume
from checks.model import Check, Configuration
from checks.values import Secret
from driver.examiner import Examine
from driver.keeper import Keeper, Reading
from driver.loop import Driver, Outside
from exporter.counters import Counters
from probes.due import Schedule
from slo.attempts import Attempts
from store import file
from store.file import Store
from store.ledger import revisions
from store.writer import Listener, Writer
from tests.fakes.pagerduty import Incident, PagerDuty
from tests.simulation.world import World, clock

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"


def oncall(key: str = KEY) -> PagerDutyReceiver:
    """A receiver as `checks.yaml` would have it."""
    return PagerDutyReceiver(routing_key=Secret(key))


@dataclass
class Stage:
    """What is there before and after a life of the daemon: the world, PagerDuty, the store."""

    configuration: Configuration
    world: World = field(default_factory=World)
    pagerduty: PagerDuty = field(default_factory=lambda: PagerDuty(KEY, OTHER_KEY, now=lambda: clock().now()))
    store: Store = field(default_factory=lambda: file.open(file.MEMORY, "simulation", 0))
    lives: int = 0
    examine: Examine | None = None
    writer: Writer = field(init=False)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Driver]:
        """Start a daemon on what is stored; at the end it is stopped as by SIGTERM."""
        driver = self.born()
        try:
            yield driver
        finally:
            await driver.stop()
            self.store.connection.execute(
                "PRAGMA optimize"
            )  # a store that was left in a transaction fails here

    async def crash(self, driver: Driver) -> None:
        """End a life as by SIGKILL: what is not in the store is gone, what was sent was sent."""
        await driver.abandon()

    def born(self) -> Driver:
        """Start a daemon."""
        self.lives += 1
        now = clock().now()
        restored = resume(self.configuration, self.store, now)
        schedule = Schedule(self.configuration.site, self.configuration.limits)
        schedule.replace(self.configuration.checks, now)
        news: list[Driver] = []
        listener = Listener(
            on_trouble=lambda detail: news[0].release.trouble(detail),
            on_recovered=lambda: news[0].release.recovered(),
        )
        self.writer = writer = Writer(self.store, listener, clock=clock().time)
        outside = Outside(clock(), self.world.ask, self.world.look, writer, self.examine)
        driver = Driver(restored.engine, schedule, outside, Counters(), restored.kept)
        news.append(driver)
        driver.spawn(Keeper(driver, writer, Reading(self._learn, self._revisions), clock().now).run())
        driver.start(self._deliverer(driver, self.pagerduty.post), restored.queued, restored.orders)
        return driver

    def incident(self, name: str) -> Incident:
        """Give the one incident that PagerDuty ever had under a key that ends so."""
        found = [incident for incident in self.pagerduty.incidents if incident.dedup_key.endswith(name)]
        assert len(found) == 1, [incident.log for incident in found]
        return found[0]

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Read a table whole."""
        return self.store.connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()

    async def _learn(self, check: Check, attempts: Sequence[Attempts]) -> Relearned:
        return learn(check, attempts, self.store.connection, clock().now())

    async def _revisions(self) -> Mapping[str, int]:
        return revisions(self.store.connection)

    def _deliverer(self, driver: Driver, post: Post) -> Deliverer:
        outside = delivery.Outside(
            post=post, clock=clock(), random=Random(self.lives), mark=driver.mark, report=driver.delivered
        )
        return Deliverer(self._targets(), outside, fallback_after=self.configuration.alerting.fallback_after)

    def _targets(self) -> Mapping[str, Target]:
        return {name: cast(Target, each.target) for name, each in self.configuration.receivers.items()}


async def passes(seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
