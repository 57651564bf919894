"""When: the real daemon put together, its signals, and the entry point."""

import asyncio
import logging
import platform
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from random import Random
from socket import AF_UNSPEC

from alerting import deliver as delivery
from alerting.deliver import Deliverer
from alerting.events import Relearned, ReloadRefused, Reported
from alerting.post import Poster
from alerting.relearn import learn
from alerting.restore import resume
from alerting.switch import Due, Switch, unwell
from checks import __version__
from checks.model import Check, Configuration, DeadMansSwitch, SelfCheck
from checks.source import ConfigError
from commands.configuration import Unreadable
from commands.context import RunOptions, Status, Stop
from commands.main import main as commanded
from commands.plain import plural
from driver.examiner import end_of
from driver.heartbeats import Heartbeats
from driver.keeper import Keeper, Reading
from driver.loop import Driver, Outside, targets_of
from driver.operations import follow
from driver.reload import Hands, Mistakes, Reloader, Unacceptable, in_words
from driver.watch import watch
from exporter.counters import Counters
from exporter.view import Build, Reload, View, Viewer
from probes.attempt import attempt
from probes.clock import Clock
from probes.due import Schedule
from probes.guard import LoopGuard
from probes.net.trace import Way, trace
from probes.result import Result
from probes.self_checks import ask_self
from probes.tools import Tools
from slo.attempts import Attempts
from store import file
from store.file import Store
from store.ledger import revisions
from store.pruning import Pruned
from store.reader import open_reader
from store.writer import Listener, ThreadedWriter, Writer
from web.past import Past
from web.push import Pushes
from web.server import CannotListen, application, listen
from web.webhooks import Answer, Delivery, Webhooks, secrets_of

log = logging.getLogger("watchkeeper")


def serve(configuration: Configuration, options: RunOptions) -> int:
    """Run until SIGINT or SIGTERM. Raises StoreError or Stop where it cannot run."""
    try:
        return asyncio.run(_serve(configuration, options))
    except CannotListen as error:
        raise Stop(Status.CANNOT_RUN, str(error)) from error


async def _serve(configuration: Configuration, options: RunOptions) -> int:
    stop, clock = asyncio.Event(), Clock()
    life = Life(clock, options)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, life.hang_up)
    past = Past(configuration.store)
    app = application(
        life.see,
        ready=life.ready,
        hear=life.hear,
        reload=life.reload,
        pushes=life.taking,
        past=past,
    )
    # The store before the port: a second daemon is to hear who the first is, not that a number is taken.
    with await asyncio.to_thread(file.open, configuration.store, "watchkeeper run", clock.now()) as store:
        site = await listen(app, configuration.web.host, configuration.web.port)
        try:
            await _live(configuration, store, life, stop)
        finally:
            await site.cleanup()
    log.info("stopped")
    return 0


@dataclass(slots=True)
class Life:
    """What web server and signals look at and tell: nothing until the store is loaded."""

    clock: Clock
    options: RunOptions
    viewer: Viewer | None = None
    webhooks: Webhooks | None = None
    pushes: Pushes | None = None
    reloader: Reloader | None = None
    driver: Driver | None = None

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

    def taking(self) -> Pushes | None:
        """Give who takes heartbeats; nobody does while we start or stop."""
        return self.pushes

    async def reload(self) -> Sequence[str]:
        """Reload; give the mistakes, none where it was accepted."""
        if self.reloader is None:
            return ("it is not running: it is starting, or stopping",)
        return await self.reloader.reload()

    def hang_up(self) -> None:
        """Reload, as SIGHUP asks for. What is read only now is what a start would read anyway."""
        if self.driver is None:
            log.warning("SIGHUP came while we are starting or stopping: nothing is reloaded")
        else:
            self.driver.spawn(self._hung_up())

    async def _hung_up(self) -> None:
        await self.reload()

    def read(self) -> Configuration:
        """Read the configuration again, in a thread. Raises Unacceptable."""
        try:
            return self.options.read()
        except ConfigError as error:
            raise Unacceptable([str(problem) for problem in error.problems]) from None
        except Unreadable as error:
            raise Unacceptable([error.again]) from None

    def refuse(self, mistakes: Mistakes) -> None:
        """Tell that a reload was refused: in the log, on the page and as a metric, and by an incident."""
        log.error("not reloaded, and nothing has changed: %s", plural(len(mistakes), "mistake"))
        for mistake in mistakes:
            log.error("%s", mistake)
        if self.viewer and self.driver:
            self.viewer.refused(mistakes, self.clock.now())
            self.driver.handle(ReloadRefused(in_words(mistakes)))


async def _live(configuration: Configuration, store: Store, life: Life, stop: asyncio.Event) -> None:
    """Be there, from the store's last word to the last row written."""
    clock, counters = life.clock, Counters()
    restored = await asyncio.to_thread(resume, configuration, store, clock.now())
    schedule = Schedule(configuration.site, configuration.limits)
    schedule.replace(configuration.checks, clock.now())
    guard, poster = LoopGuard(counters.loop_lag), Poster()
    relay = Relay(counters, clock)
    writer = ThreadedWriter(store, asyncio.get_running_loop(), relay.listener())
    heartbeats = Heartbeats(writer, restored.remembered)
    heartbeats.follow(configuration.checks, clock.now())
    outside = _outside(configuration, clock, guard, writer, heartbeats)
    driver = Driver(restored.engine, schedule, outside, counters, restored.kept)
    relay.driver, heartbeats.want = driver, driver.ask
    deliverer = _deliverer(driver, poster, clock, counters)
    guard.start()
    life.viewer = _viewer(driver, deliverer, clock.now())
    driver.start(deliverer, restored.queued, restored.orders)
    life.webhooks = Webhooks(secrets_of(configuration), partial(_reported, driver))
    life.driver, life.pushes = driver, _pushes(driver, heartbeats, clock)
    switches = Switches(driver, poster, relay)
    switches.follow(configuration.alerting.dead_mans_switch)
    reloader = life.reloader = _reloader(life, driver, switches, heartbeats)
    driver.spawn(follow(store.path, driver.ordered, after=driver.engine.calendar.orders.last))
    if store.path:  # a store in memory has no other readers, and is gone before it grows
        driver.spawn(Keeper(driver, writer, _reading(store.path, clock), clock.now).run())
    if life.options.watch:
        driver.spawn(watch(life.options.watched, reloader.reload))
    _welcome(configuration)
    await stop.wait()
    log.info("stopping: attempts under way leave no result, what was decided is kept")
    life.webhooks = life.pushes = life.reloader = life.driver = None
    await reloader.close()
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
        return Listener(
            on_trouble=self._trouble,
            on_recovered=self._recovered,
            on_write=self._written,
            on_pruned=self._pruned,
        )

    def _trouble(self, detail: str) -> None:
        log.error("%s", detail)
        if self.driver:
            self.driver.release.trouble(detail)

    def _recovered(self) -> None:
        log.warning("the store takes what is written again; nothing is missing")
        if self.driver:
            self.driver.release.recovered()

    def _pruned(self, pruned: Pruned) -> None:
        self.counters.pruned[pruned.why] += pruned.results

    def _written(self, seconds: float) -> None:
        self.last_commit = self.clock.now()
        self.counters.store_write(seconds)


def _outside(
    configuration: Configuration, clock: Clock, guard: LoopGuard, writer: Writer, heartbeats: Heartbeats
) -> Outside:
    async def ask(check: Check, extra: bool) -> Result:
        heard = heartbeats.look(check.name, clock.now())
        result = await attempt(check, configuration.site, clock, guard, extra=extra, heard=heard)
        heartbeats.looked(result)
        return result

    async def look(self_check: SelfCheck) -> Result:
        return await ask_self(self_check, configuration.site, clock, guard)

    async def examine(check: Check) -> Way:
        tools = Tools(now=clock.now, time=clock.time)
        return await trace(tools, end_of(check), getattr(check.probe, "family", AF_UNSPEC))

    return Outside(clock, ask, look, writer, examine)


def _reading(place: Path, clock: Clock) -> Reading:
    """Read in a thread, from the store as another reader sees it."""

    def read(check: Check, attempts: Sequence[Attempts]) -> Relearned:
        with closing(open_reader(place)) as connection:
            return learn(check, attempts, connection, clock.now())

    def numbers() -> Mapping[str, int]:
        with closing(open_reader(place)) as connection:
            return revisions(connection)

    async def learned(check: Check, attempts: Sequence[Attempts]) -> Relearned:
        return await asyncio.to_thread(read, check, attempts)

    async def numbered() -> Mapping[str, int]:
        return await asyncio.to_thread(numbers)

    return Reading(learned, numbered)


def _deliverer(driver: Driver, poster: Poster, clock: Clock, counters: Counters) -> Deliverer:
    world = delivery.Outside(
        post=poster.post,
        clock=clock,
        random=Random(),  # noqa: S311 – jitter of retries
        mark=driver.mark,
        report=driver.delivered,
        delayed=counters.delayed,
    )
    return Deliverer(
        targets_of(driver.configuration), world, fallback_after=driver.configuration.alerting.fallback_after
    )


def _reported(driver: Driver, report: Reported) -> None:
    if report.key in driver.engine.book.open:  # a subscription may tell of others' incidents too
        by = "a person" if report.by_person else "no person"
        log.info("%s reports %s: %s by %s", report.receiver, report.key, report.what, by)
    driver.handle(report)


def _pushes(driver: Driver, heartbeats: Heartbeats, clock: Clock) -> Pushes:
    return Pushes(
        expects=heartbeats.expects,
        names=lambda: driver.configuration.checks,
        take=heartbeats.take,
        now=clock.now,
    )


def _reloader(life: Life, driver: Driver, switches: "Switches", heartbeats: Heartbeats) -> Reloader:
    def swap(configuration: Configuration) -> None:
        heartbeats.follow(configuration.checks, life.clock.now())
        driver.swap(configuration)
        if life.viewer and life.webhooks:
            life.viewer.accepted(life.clock.now())
            life.webhooks.trust(secrets_of(configuration))
        switches.follow(configuration.alerting.dead_mans_switch)

    return Reloader(Hands(read=life.read, now=lambda: driver.configuration, swap=swap, refuse=life.refuse))


@dataclass(slots=True)
class Switches:
    """The dead man's switch that there is now, if any."""

    driver: Driver
    poster: Poster
    relay: Relay
    _now: DeadMansSwitch | None = None
    _task: asyncio.Task[None] | None = None

    def follow(self, switch: DeadMansSwitch | None) -> None:
        """Call this one from now on, and no other."""
        if switch == self._now:
            return
        if self._task:
            self._task.cancel()
        self._now, self._task = switch, None
        if switch:
            why_not = partial(self._why_not, switch)
            self._task = self.driver.spawn(
                Switch(switch.url.reveal(), switch.interval, why_not, self.poster.post).run()
            )

    def _why_not(self, switch: DeadMansSwitch) -> str:
        judges, deliverer = self.driver.engine.judges, self.driver.deliverer
        shortest = min((judge.check.interval for judge in judges.values()), default=switch.interval)
        due = [Due(name, at, judges[name].check.interval) for name, at in self.driver.schedule.waiting()]
        pages = deliverer.oldest_page_age() if deliverer else 0.0
        return unwell(self.relay.clock.now(), due, self.relay.last_commit, shortest, pages)


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
