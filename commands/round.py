"""Edge: checks asked once each, and judged as the daemon would: our own fault is never the service's."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from alerting.engine import Engine
from alerting.events import Attempted, Event, SelfChecked, Started, Woke
from checks.model import Check, Configuration, Network, SelfCheck
from probes.attempt import attempt
from probes.clock import Clock
from probes.guard import LoopGuard
from probes.result import NETWORK, Outcome, Reason, Result
from probes.self_checks import ask_self


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it: results by check, those of the self-checks by name, and where we were blind."""

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
) -> Asked:
    """Ask these checks once each, also those switched off. `then` is called as each one's outcome is final.

    With `look` the self-checks are asked in any case, else only when a result depends on them.
    """
    guard = LoopGuard()
    guard.start()
    asking = _Round(narrowed(configuration, names), clock, guard, then)
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
    """Give the part of a configuration that matters to these checks, all of them switched on."""
    checks = {name: replace(configuration.checks[name], enabled=True) for name in names}
    networks = {check.network for check in checks.values()}
    eyes = tuple(each for each in configuration.self_checks if each.network in networks)
    return replace(configuration, checks=checks, self_checks=eyes, objectives={}, receivers={})


class _Round:
    """Drives an engine of its own until every outcome is final. Owner of the tasks that ask."""

    def __init__(
        self, configuration: Configuration, clock: Clock, guard: LoopGuard, then: Callable[[], None]
    ) -> None:
        self._configuration, self._clock, self._guard, self._then = configuration, clock, guard, then
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
        self._results: dict[str, Result] = {}
        self._looks: dict[str, Result] = {}

    async def run(self, *, look: bool) -> Asked:
        for check in self._configuration.checks.values():
            self._spawn(self._ask(check))
        wake = self._handle(Started()) if look else None
        while self._open or (look and self._looking):
            wake = self._handle(await self._next(wake))
        sights = self._engine.seeing.sights.values()
        return Asked(self._results, self._looks, tuple(sight.network for sight in sights if sight.blind))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _next(self, wake: int | None) -> Event:
        patience = None if wake is None else max(0.001, (wake - self._clock.now()) / 1000)
        try:
            async with asyncio.timeout(patience):
                return await self._events.get()
        except TimeoutError:
            return Woke()

    def _handle(self, event: Event) -> int | None:
        decision = self._engine.handle(event, self._clock.now())
        for result in decision.recorded:
            self._results[result.check] = result
            self._open.discard(result.check)
            self._then()
        for network in decision.look:
            self._look_around(network)
        if isinstance(event, SelfChecked):
            self._looking -= 1
            self._looks[event.result.check.removeprefix("self/")] = event.result
            self._forget()
        return decision.wake

    def _forget(self) -> None:
        """Take back what was recorded as bad before we knew that we are blind."""
        for name, result in self._results.items():
            sight = self._engine.seeing.sights[self._configuration.checks[name].network]
            ours = sight.blind and result.at >= sight.last_good_look
            if ours and result.outcome is Outcome.BAD and result.reason in NETWORK:
                self._results[name] = replace(result, outcome=Outcome.UNKNOWN, reason=Reason.BLIND)

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
            result = await attempt(check, site, self._clock, self._guard, extra=True)
        self._events.put_nowait(Attempted(result))

    async def _look(self, self_check: SelfCheck) -> None:
        result = await ask_self(self_check, self._configuration.site, self._clock, self._guard)
        self._events.put_nowait(SelfChecked(self_check.network, result))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
