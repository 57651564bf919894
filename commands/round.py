"""Edge: checks asked once each, and judged as the daemon would: our own fault is never the service's."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from alerting.engine import Engine
from alerting.events import Attempted, Event, SelfChecked, Started, Woke
from checks.model import Check, Configuration, Network, SelfCheck
from probes.attempt import attempt
from probes.clock import Clock
from probes.guard import LoopGuard
from probes.heard import Heard
from probes.result import NOTHING, Reason, Result
from probes.self_checks import ask_self
from store.rows import Reclassified

APART = 0.002  # seconds after which a stamp in whole milliseconds is certainly a later one


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it: results by check, those of the self-checks by name, and where we are or were blind."""

    results: Mapping[str, Result]
    looks: Mapping[str, Result]
    blind: tuple[Network, ...]


async def ask_each(
    configuration: Configuration,
    names: Collection[str],
    clock: Clock,
    *,
    look: bool,
    then: Callable[[], None] = lambda: None,
    heard: Mapping[str, Heard] = NOTHING,
) -> Asked:
    """Ask these checks once each, also those switched off. `then` is called as each one's outcome is final.

    With `look` the self-checks are asked in any case, else only when a result depends on them. `heard` is
    what is known of heartbeats.
    """
    guard = LoopGuard()
    guard.start()
    asking = _Round(narrowed(configuration, names), clock, guard, then, heard)
    try:
        return await asking.run(look=look)
    finally:
        await asking.stop()
        guard.stop()


async def look_around(configuration: Configuration, clock: Clock) -> dict[str, Result]:
    """Ask every self-check once; results by name, in the order in which they are written."""
    guard = LoopGuard()
    guard.start()
    try:
        asked = [ask_self(each, configuration.site, clock, guard) for each in configuration.self_checks]
        results = await asyncio.gather(*asked)
    finally:
        guard.stop()
    return {each.name: result for each, result in zip(configuration.self_checks, results, strict=True)}


def narrowed(configuration: Configuration, names: Collection[str]) -> Configuration:
    """Give the part of a configuration that matters to these checks, all of them switched on.

    One attempt confirms nothing, so that what turns out to be our own blindness can be taken back.
    """
    asked = [configuration.checks[name] for name in names]
    checks = {each.name: replace(each, enabled=True, confirm=max(2, each.confirm)) for each in asked}
    networks = {check.network for check in checks.values()}
    eyes = tuple(each for each in configuration.self_checks if each.network in networks)
    return replace(configuration, checks=checks, self_checks=eyes, objectives={}, receivers={})


class _Round:
    """Drives an engine of its own until every outcome is final. Owner of the tasks that ask."""

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        guard: LoopGuard,
        then: Callable[[], None],
        heard: Mapping[str, Heard],
    ) -> None:
        self._configuration, self._clock, self._guard, self._then = configuration, clock, guard, then
        self._heard = heard
        routeless = replace(configuration.alerting, routes=(), fallback="")
        self._engine = Engine(replace(configuration, alerting=routeless))
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = asyncio.Semaphore(configuration.limits.in_flight)
        self._hosts = defaultdict[str, asyncio.Semaphore](
            lambda: asyncio.Semaphore(configuration.limits.per_host)
        )
        self._open = set(configuration.checks)
        self._looking = 0
        self._wake: int | None = None
        self._results: dict[str, Result] = {}
        self._looks: dict[str, Result] = {}

    async def run(self, *, look: bool) -> Asked:
        if look:
            self._handle(Started())
            # First what we see of ourselves: a check that is good after a self-check has failed disproves it.
            await self._until(lambda: not self._looking)
            await asyncio.sleep(APART)
        for check in self._configuration.checks.values():
            self._spawn(self._ask(check))
        await self._until(lambda: not self._open and not self._looking)
        return Asked(self._results, self._looks, tuple(self._blind()))

    def _blind(self) -> Iterator[Network]:
        checks = self._configuration.checks
        blinded = {
            checks[name].network for name, each in self._results.items() if each.reason is Reason.BLIND
        }
        for network, sight in self._engine.seeing.sights.items():
            if sight.blind or network in blinded:
                yield network

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until(self, over: Callable[[], bool]) -> None:
        while not over():
            self._handle(await self._next())

    async def _next(self) -> Event:
        patience = None if self._wake is None else max(0.001, (self._wake - self._clock.now()) / 1000)
        try:
            async with asyncio.timeout(patience):
                return await self._events.get()
        except TimeoutError:
            return Woke()

    def _handle(self, event: Event) -> None:
        decision = self._engine.handle(event, self._clock.now())
        self._wake = decision.wake
        if isinstance(event, SelfChecked):
            self._looking -= 1
            self._looks[event.result.check.removeprefix("self/")] = event.result
        for result in decision.recorded:
            self._results[result.check] = result
            self._open.discard(result.check)
            self._then()
        for row in decision.rows:
            if isinstance(row, Reclassified):  # recorded as bad before we knew that we are blind
                blind = replace(self._results[row.check], outcome=row.outcome, reason=row.reason)
                self._results[row.check] = blind
        for network in decision.look if self._open else ():
            self._look_around(network)

    def _look_around(self, network: Network) -> None:
        for self_check in self._configuration.self_checks:
            if self_check.network == network:
                self._looking += 1
                self._spawn(self._look(self_check))

    async def _ask(self, check: Check) -> None:
        async with AsyncExitStack() as room:
            if check.host:
                await room.enter_async_context(self._hosts[check.host])
            await room.enter_async_context(self._in_flight)
            site = self._configuration.site
            heard = self._heard.get(check.name)
            result = await attempt(check, site, self._clock, self._guard, extra=True, heard=heard)
        self._events.put_nowait(Attempted(result))

    async def _look(self, self_check: SelfCheck) -> None:
        result = await ask_self(self_check, self._configuration.site, self._clock, self._guard)
        self._events.put_nowait(SelfChecked(self_check.network, result))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
