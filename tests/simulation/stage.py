"""The real daemon among actors: one life of it, and what survives between two lives."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from alerting import deliver as delivery
from alerting.deliver import Deliverer
from alerting.receiver import Post, Target
from alerting.restore import restore
from checks.model import Configuration
from driver.loop import Driver, Outside
from exporter.counters import Counters
from probes.due import Schedule
from store import file
from store.file import Store
from store.writer import Listener, Writer
from tests.simulation.world import World, clock


@dataclass
class Stage:
    """What is there before and after a life of the daemon: the world, the receivers' ends, the store."""

    configuration: Configuration
    world: World
    post: Post
    store: Store = field(default_factory=lambda: file.open(file.MEMORY, "simulation", 0))

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Driver]:
        """Start a daemon on what is stored; at the end it is stopped as by SIGTERM."""
        one = self.born()
        try:
            yield one
        finally:
            await one.stop()

    def born(self) -> Driver:
        now = clock().now()
        restored = restore(self.configuration, self.store.connection, now)
        schedule = Schedule(self.configuration.site, self.configuration.limits)
        schedule.replace(self.configuration.checks, now)
        listener: dict[str, Driver] = {}
        writer = Writer(
            self.store,
            Listener(
                on_trouble=lambda detail: listener["daemon"].release.trouble(detail),
                on_recovered=lambda: listener["daemon"].release.recovered(),
            ),
            clock=clock().time,
        )
        outside = Outside(clock(), self.world.ask, self.world.look, writer)
        one = Driver(restored.engine, schedule, outside, Counters())
        listener["daemon"] = one
        one.start(self.deliverer(one), restored.queued)
        return one

    def deliverer(self, one: Driver) -> Deliverer:
        outside = delivery.Outside(
            post=self.post, clock=clock(), random=Random(7), mark=one.mark, report=one.delivered
        )
        fallback_after = self.configuration.alerting.fallback_after
        return Deliverer(self.targets(), outside, fallback_after=fallback_after)

    def targets(self) -> Mapping[str, Target]:
        return {name: receiver.target for name, receiver in self.configuration.receivers.items()}  # type: ignore[misc]  # checks cannot name the type


async def passes(seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
