"""The loop: hands the engine what happened, carries out what it decides. Owner of tasks and timers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import NamedTuple, Protocol, cast

from alerting.deliver import Deliverer
from alerting.engine import Engine
from alerting.events import (
    Attempted,
    Decision,
    Delivered,
    Event,
    Ordered,
    SelfChecked,
    Started,
    StoreBack,
    StoreFailing,
    Strained,
    Swapped,
    Woke,
)
from alerting.intent import Intent
from alerting.outbox_orders import order_of
from alerting.receiver import Target
from alerting.release import Release
from alerting.swap import departed
from alerting.words import summary_of
from checks.diff import Difference, difference
from checks.model import Check, Configuration, Network, SelfCheck
from driver.examiner import Examine, Examiner
from exporter.counters import Counters
from probes.due import Run, Schedule, Why
from probes.result import Result
from slo.keeping import Keeping
from store.rows import Operation, Settled
from store.writer import Writer

log = logging.getLogger("watchkeeper")
OURS = frozenset({Why.IN_FLIGHT, Why.LATE})  # runs missed because we cannot keep up


class Clock(Protocol):
    """Milliseconds since the epoch, UTC, and a monotonic clock in seconds."""

    def now(self) -> int: ...  # noqa: D102 – said above
    def time(self) -> float: ...  # noqa: D102 – said above


@dataclass(frozen=True, slots=True)
class Outside:
    """What the driver is handed: the real thing in daemon.py, actors in the simulation.

    `ask` makes one attempt (its second argument says whether it lies beside the grid), `look` one self-check.
    `examine` follows the way to the host of a check that has just gone down; without it nobody does.
    """

    clock: Clock
    ask: Callable[[Check, bool], Awaitable[Result]]
    look: Callable[[SelfCheck], Awaitable[Result]]
    writer: Writer
    examine: Examine | None = None


class Timer(NamedTuple):
    """A call to come: at which instant (ms since the epoch), and how to call it off."""

    at: int
    handle: asyncio.TimerHandle


class Driver:
    """Drives the engine: hands it what happened, carries out what it decides. Owner of tasks and timers."""

    def __init__(
        self,
        engine: Engine,
        schedule: Schedule,
        outside: Outside,
        counters: Counters,
        kept: Mapping[str, int] | None = None,
    ) -> None:
        self.engine, self.schedule, self.counters = engine, schedule, counters
        self.keeping = Keeping(kept or {})
        self.deliverer: Deliverer | None = None
        self.release = Release(
            outside.writer,
            self._send,
            lambda detail: self.handle(StoreFailing(detail)),
            lambda: self.handle(StoreBack()),
        )
        self._out = outside
        self._examiner = Examiner(outside.examine, self.release.put, self.spawn) if outside.examine else None
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempts: dict[str, asyncio.Task[None]] = {}  # those under way, by check
        self._timers: dict[str, Timer] = {}
        self._stopped = False

    @property
    def configuration(self) -> Configuration:
        """What is watched now."""
        return self.engine.configuration

    # --- life

    def start(
        self,
        deliverer: Deliverer,
        queued: Iterable[tuple[Intent, bool]] = (),
        orders: Iterable[Operation] = (),
    ) -> None:
        """Begin: send what was left unsent, say again what is still true, ask everybody.

        `orders` are what operators ordered of the outbox while nobody was there.
        """
        self.deliverer = deliverer
        for why in self.engine.calendar.orders.unreadable:
            log.error("not understood, and passed over: %s", why)
        for intent, tried in queued:
            deliverer.give([intent], tried=tried)
        self.handle(Started())
        for operation in orders:
            self._by_hand(operation)
        self.spawn(deliverer.run())
        self.schedule.start(self._out.clock.now(), depths(self.configuration))
        self._pulse()

    async def stop(self) -> None:
        """Ask no more; attempts under way leave no result. What was decided stays with the writer."""
        if self.deliverer:
            await self.deliverer.stop()
        await self.abandon()
        self._out.writer.flush()

    async def abandon(self) -> None:
        """Do nothing any more, and hand nothing on: what a process that is killed does."""
        self._stopped = True
        self.release.close()
        for timer in self._timers.values():
            timer.handle.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something until its end, or until the driver stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a task ended by a bug of ours: please report this", exc_info=error)

    # --- a reload

    def swap(self, configuration: Configuration) -> None:
        """Watch by another configuration from now on.

        What did not change goes on. Attempts under way of what did leave no result, and it is asked at once.
        """
        old, now = self.configuration, self._out.clock.now()
        changes, ranks = difference(old, configuration), depths(configuration)
        for name in changes.end & self._attempts.keys():
            self._attempts[name].cancel()
        self._keep_before(changes)
        self.schedule.replace(configuration.checks, now, configuration.limits)
        decision = self.engine.handle(Swapped(configuration), now)
        self._readdress(departed(old, configuration), decision)
        self.counters.rename(changes)
        self._carry_out(decision)
        self.counters.forget(changes, configuration)
        self.schedule.start(now, ranks, changes.begin | changes.renamed.keys())
        self._pulse()

    def _keep_before(self, changes: Difference) -> None:
        """Write what was judged by definitions that end now: it is not to be judged by others."""
        engine, learning = self.engine, self.engine.learning
        ending = [judge for name, judge in engine.judges.items() if name in changes.end]
        self.release.put(
            self.keeping.at_once(ending, learning.wanted, learning.revisions, self._out.clock.now())
        )
        for was in changes.renamed.values():
            self.keeping.forget(was)
            learning.done(was)

    def _readdress(self, leaving: Collection[str], decision: Decision) -> None:
        """Let delivery know who is who, before it is given what was decided."""
        if self.deliverer:
            self.deliverer.swap(
                targets_of(self.configuration),
                leaving=leaving,
                goodbyes=[*self.release.unreleased, *(each for each in decision.intents if each.farewell)],
                fallback_after=self.configuration.alerting.fallback_after,
            )

    # --- events in, decisions out

    def handle(self, event: Event) -> None:
        """Give the engine an event, and carry out what it decides. No await between the two."""
        if not self._stopped:
            self._carry_out(self.engine.handle(event, self._out.clock.now()))

    def _carry_out(self, decision: Decision) -> None:
        _tell(decision)
        for network in decision.look:
            self._look_around(network)
        self.counters.take(decision)
        self._at("wake", decision.wake, partial(self.handle, Woke()))
        for wish in decision.ask:
            self.schedule.ask(wish.check, wish.at)
        if decision.ask:
            self._at("pulse", self.schedule.next_at(), self._pulse)
        if self._examiner:
            self._examiner.take(decision.downed, self.configuration.checks)
        self.release.decide(decision)  # last: a store that answers at once brings the next event

    def delivered(self, event: Delivered) -> None:
        """Hear from the deliverer what became of an intent."""
        if event.how != "fallback_due" and not self._stopped:
            now = self._out.clock.now()
            self.release.put([Settled(event.intent.id, now, event.how, event.detail)])
        _tell_delivered(event)
        self.handle(event)

    def ordered(self, operation: Operation) -> None:
        """Hear what an operator has done at run time."""
        log.warning("%s: %s by %s", operation.what, operation.subject, operation.author or "somebody")
        unreadable = self.engine.calendar.orders.unreadable
        known = len(unreadable)
        self.handle(Ordered(operation))
        for why in unreadable[known:]:
            log.error("not understood, and passed over: %s", why)
        self._by_hand(operation)

    def _by_hand(self, operation: Operation) -> None:
        """Carry out what an operator has ordered of the outbox, if it is about that."""
        order = order_of(operation, self.engine.book, self._out.clock.now())
        if order is None or self.deliverer is None or self._stopped:
            return
        if order.what == "hurry" and not self.deliverer.hurry(order.id):
            log.info("%s is on its way, or over by now", order.id)
        elif order.what == "drop":
            self.deliverer.drop(order.id)
        elif order.answer:
            log.warning("%s: %s", operation.subject, order.answer)
        self.release.decide(order.decision)

    async def mark(self, intent: Intent) -> None:
        """Commit that an intent is about to be tried."""
        await self.release.mark(intent, self._out.clock.now())

    def _send(self, intents: Iterable[Intent]) -> None:
        if self.deliverer:
            self.deliverer.give(intents)

    # --- asking

    def ask(self, check: str, at: int) -> None:
        """Ask a check at an instant (ms), beside its grid, or as soon after it as may be."""
        if not self._stopped:
            self.schedule.ask(check, at)
            self._at("pulse", self.schedule.next_at(), self._pulse)

    def _pulse(self) -> None:
        """Ask whoever is due."""
        now = self._out.clock.now()
        for run in self.schedule.pop(now, self.engine.pressing):
            self.counters.start_lag(max(0, now - run.due_at) / 1000)
            self._begin(run)
        for missed in self.schedule.drain():
            self.counters.missed(missed.why, missed.times)
            if missed.why in OURS:
                self.handle(Strained())
        self._at("pulse", self.schedule.next_at(), self._pulse)

    def _begin(self, run: Run) -> None:
        task = self._attempts[run.check] = self.spawn(self._attempt(run))
        task.add_done_callback(partial(self._over, run.check))

    def _over(self, check: str, task: asyncio.Task[None]) -> None:
        """Give the slot of an attempt back that was called off, perhaps before its first step."""
        if self._attempts.get(check) is task:
            del self._attempts[check]
        if task.cancelled() and not self._stopped:
            self.schedule.finished(check, self._out.clock.now())
            self._pulse()

    async def _attempt(self, run: Run) -> None:
        result = await self._out.ask(self.configuration.checks[run.check], run.extra)
        self.schedule.finished(run.check, self._out.clock.now())
        self.handle(Attempted(result))
        self._pulse()

    def _look_around(self, network: Network) -> None:
        for self_check in self.configuration.self_checks:
            if self_check.network == network:
                self.spawn(self._self_check(self_check))

    async def _self_check(self, self_check: SelfCheck) -> None:
        self.handle(SelfChecked(self_check.network, await self._out.look(self_check)))

    def _at(self, name: str, at: int | None, then: Callable[[], None]) -> None:
        """Set the one timer of this name to an instant (ms since the epoch), or unset it."""
        known = self._timers.get(name)
        if known and known.at == at:
            return
        if known:
            known.handle.cancel()
            del self._timers[name]
        if at is not None and not self._stopped:
            delay = max(0.001, (at - self._out.clock.now()) / 1000)
            handle = asyncio.get_running_loop().call_later(delay, self._ring, name, then)
            self._timers[name] = Timer(at, handle)

    def _ring(self, name: str, then: Callable[[], None]) -> None:
        del self._timers[name]
        then()


def targets_of(configuration: Configuration) -> dict[str, Target]:
    """Give the receivers as delivery takes them, by name."""
    return {name: cast(Target, receiver.target) for name, receiver in configuration.receivers.items()}


def depths(configuration: Configuration) -> dict[str, int]:
    """Rank the checks: those of services on which others depend come first, at 0."""
    known = {"": 0}
    parents = {name: service.depends_on for name, service in configuration.services.items()}
    for name in TopologicalSorter(parents).static_order():
        known[name] = 1 + max((known[parent] for parent in parents[name]), default=-1)
    return {name: known[check.service] for name, check in configuration.checks.items() if check.enabled}


def _tell_delivered(event: Delivered) -> None:
    """Let the log say what arrived, and what did not."""
    receiver, action, key = event.intent.receiver, event.intent.action, event.intent.key
    if event.how == "sent":
        log.info("%s accepted the %s of %s", receiver, action, key)
    elif event.how == "dead":
        log.error("%s refused the %s of %s for good: %s", receiver, action, key, event.detail)
    elif event.how == "fallback_due":
        log.warning("%s has not taken the %s of %s yet: %s", receiver, action, key, event.detail)


def _tell(decision: Decision) -> None:
    """Let the log say what people are told."""
    for incident in decision.opened:
        log.warning("opened %s: %s", incident.key, summary_of(incident))
    for incident in decision.resolved:
        log.warning("resolved %s: %s", incident.key, summary_of(incident))
