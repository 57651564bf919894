"""When: the real daemon put together, its signals, and the entry point."""

import asyncio
import logging
import platform
import signal
import sys
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from random import Random
from typing import cast

from alerting import deliver as delivery
from alerting.deliver import Deliverer
from alerting.events import Reported
from alerting.post import Poster
from alerting.receiver import Target
from alerting.restore import resume
from alerting.switch import Due, Switch, unwell
from checks import __version__
from checks.model import Check, Configuration, DeadMansSwitch, SelfCheck
from commands.context import RunOptions, Status, Stop
from commands.main import main as commanded
from commands.plain import plural
from driver.loop import Driver, Outside
from exporter.counters import Counters
from exporter.view import Build, Reload, View, Viewer
from probes.attempt import attempt
from probes.clock import Clock
from probes.due import Schedule
from probes.guard import LoopGuard
from probes.result import Result
from probes.self_checks import ask_self
from store import file
from store.file import Store
from store.writer import Listener, ThreadedWriter, Writer
from web.server import CannotListen, application, listen
from web.webhooks import Answer, Delivery, Webhooks, secrets_of

log = logging.getLogger("watchkeeper")


def serve(configuration: Configuration, _: RunOptions) -> int:
    """Run until SIGINT or SIGTERM. Raises StoreError or Stop where it cannot run."""
    try:
        return asyncio.run(_serve(configuration))
    except CannotListen as error:
        raise Stop(Status.CANNOT_RUN, str(error)) from error


async def _serve(configuration: Configuration) -> int:
    stop, clock = asyncio.Event(), Clock()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _not_reloaded)
    life = Life(clock)
    app = application(life.see, ready=life.ready, hear=life.hear)
    # The store before the port: a second daemon is to hear who the first is, not that a number is taken.
    with await asyncio.to_thread(file.open, configuration.store, "watchkeeper run", clock.now()) as store:
        site = await listen(app, configuration.web.host, configuration.web.port)
        try:
            await _live(configuration, store, life, stop)
        finally:
            await site.cleanup()
    log.info("stopped")
    return 0


def _not_reloaded() -> None:
    log.warning("SIGHUP changes nothing: this version reads the configuration only when it starts")


@dataclass(slots=True)
class Life:
    """What the web server looks at and tells: nothing until the store is loaded."""

    clock: Clock
    viewer: Viewer | None = None
    webhooks: Webhooks | None = None

    def ready(self) -> bool:
        """Say whether there is anything to be seen."""
        return self.viewer is not None

    def see(self) -> View:
        """See the daemon as it stands."""
        assert self.viewer is not None, "asked before ready"
        return self.viewer.at(self.clock.now())

    def hear(self, delivery: Delivery) -> Answer:
        """Take a webhook in; one that comes while we stop is asked to come again."""
        if self.webhooks is None:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "stopping: send it again")
        return self.webhooks.hear(delivery, self.clock.now())


async def _live(configuration: Configuration, store: Store, life: Life, stop: asyncio.Event) -> None:
    """Be there, from the store's last word to the last row written."""
    clock, counters = life.clock, Counters()
    restored = await asyncio.to_thread(resume, configuration, store, clock.now())
    schedule = Schedule(configuration.site, configuration.limits)
    schedule.replace(configuration.checks, clock.now())
    guard, poster = LoopGuard(counters.loop_lag), Poster()
    relay = Relay(counters, clock)
    writer = ThreadedWriter(store, asyncio.get_running_loop(), relay.listener())
    driver = Driver(restored.engine, schedule, _outside(configuration, clock, guard, writer), counters)
    relay.driver = driver
    deliverer = _deliverer(driver, poster, clock, counters)
    guard.start()
    life.viewer = _viewer(driver, deliverer, clock.now())
    driver.start(deliverer, restored.queued)
    life.webhooks = Webhooks(secrets_of(configuration), partial(_reported, driver))
    if configuration.alerting.dead_mans_switch:
        driver.spawn(_switch(configuration.alerting.dead_mans_switch, driver, poster, relay).run())
    _welcome(configuration)
    await stop.wait()
    log.info("stopping: attempts under way leave no result, what was decided is kept")
    life.webhooks = None
    await driver.stop()
    guard.stop()
    await poster.close()
    await asyncio.to_thread(writer.close)


@dataclass(slots=True)
class Relay:
    """Carries the writer's news to a driver that is made after it; knows when the last commit was."""

    counters: Counters
    clock: Clock
    driver: Driver | None = None
    last_commit: int | None = None

    def listener(self) -> Listener:
        """Give what the writer is to call."""
        return Listener(on_trouble=self._trouble, on_recovered=self._recovered, on_write=self._written)

    def _trouble(self, detail: str) -> None:
        log.error("%s", detail)
        if self.driver:
            self.driver.release.trouble(detail)

    def _recovered(self) -> None:
        log.warning("the store takes what is written again; nothing is missing")
        if self.driver:
            self.driver.release.recovered()

    def _written(self, seconds: float) -> None:
        self.last_commit = self.clock.now()
        self.counters.store_write(seconds)


def _outside(configuration: Configuration, clock: Clock, guard: LoopGuard, writer: Writer) -> Outside:
    async def ask(check: Check, extra: bool) -> Result:
        return await attempt(check, configuration.site, clock, guard, extra=extra)

    async def look(self_check: SelfCheck) -> Result:
        return await ask_self(self_check, configuration.site, clock, guard)

    return Outside(clock, ask, look, writer)


def _deliverer(driver: Driver, poster: Poster, clock: Clock, counters: Counters) -> Deliverer:
    world = delivery.Outside(
        post=poster.post,
        clock=clock,
        random=Random(),  # noqa: S311 – jitter of retries
        mark=driver.mark,
        report=driver.delivered,
        delayed=counters.delayed,
    )
    receivers = driver.configuration.receivers.items()
    targets = {name: cast(Target, receiver.target) for name, receiver in receivers}
    return Deliverer(targets, world, fallback_after=driver.configuration.alerting.fallback_after)


def _reported(driver: Driver, report: Reported) -> None:
    if report.key in driver.engine.book.open:  # a subscription may tell of others' incidents too
        by = "a person" if report.by_person else "no person"
        log.info("%s reports %s: %s by %s", report.receiver, report.key, report.what, by)
    driver.handle(report)


def _switch(switch: DeadMansSwitch, driver: Driver, poster: Poster, relay: Relay) -> Switch:
    checks = driver.engine.judges
    shortest = min((judge.check.interval for judge in checks.values()), default=switch.interval)

    def why_not() -> str:
        due = [Due(name, at, checks[name].check.interval) for name, at in driver.schedule.waiting()]
        pages = driver.deliverer.oldest_page_age() if driver.deliverer else 0.0
        return unwell(relay.clock.now(), due, relay.last_commit, shortest, pages)

    return Switch(switch.url, switch.interval, why_not, poster.post)


def _viewer(driver: Driver, deliverer: Deliverer, now: int) -> Viewer:
    build = Build(__version__, platform.python_version())
    return Viewer(
        engine=driver.engine,
        counters=driver.counters,
        build=build,
        reload=Reload(successful=True, accepted_at=now),
        deliverer=deliverer,
    )


def _welcome(configuration: Configuration) -> None:
    checks = plural(len(configuration.checks), "check")
    services = plural(len(configuration.services), "service")
    place = f"http://{configuration.web.host or 'localhost'}:{configuration.web.port}/"
    log.info("watching %s of %s from %s; page: %s", checks, services, configuration.site, place)
    for note in configuration.notes:
        log.warning("%s", note)


def main() -> None:
    """Run the command that the words ask for."""
    sys.exit(commanded(sys.argv[1:], serve=serve))


if __name__ == "__main__":
    main()
