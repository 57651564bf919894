"""The edge where messages leave: asks the outbox whose turn it is, tries, and says what became of it."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Literal, Protocol

from alerting.backoff import persist
from alerting.events import Delivered
from alerting.intent import Intent
from alerting.lane import Over
from alerting.outbox import Outbox
from alerting.receiver import Post, Refused, Request, Response, Retry, Sent, Target, Verdict

FORGOTTEN = "who it was before a reload is not known after a restart: close it there by hand"
MARKED_WITHIN = 10.0  # seconds; a store that takes longer does not keep a message back

Result = Literal["sent", "retried", "dead", "replaced"]


class Clock(Protocol):
    """Two clocks: `now` is the wall's, ms since the epoch; `time` never goes back, seconds."""

    def now(self) -> int: ...  # noqa: D102 - said above
    def time(self) -> float: ...  # noqa: D102 - said above


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What delivery is handed: the world it speaks to.

    `mark` commits that an intent may have arrived. `report` is told what became of intents, never from within
    `give`. `delayed` is told receiver and seconds from decision to acceptance.
    """

    post: Post
    clock: Clock
    random: Random
    mark: Callable[[Intent], Awaitable[None]]
    report: Callable[[Delivered], None]
    delayed: Callable[[str, float], None] | None = None


class Deliverer:
    """Owner of the messages on their way. `run` it once; `give` may be called at any time, before too.

    `counts` are plain numbers by (receiver, result): sent, retried, dead, replaced.
    """

    def __init__(
        self,
        targets: Mapping[str, Target],
        outside: Outside,
        *,
        fallback_after: float = 120.0,
        timeout: float = 10.0,
    ) -> None:
        self.outbox = Outbox()
        self.counts: Counter[tuple[str, Result]] = Counter()
        self._targets = dict(targets)
        self._goodbyes: dict[str, tuple[Target, str]] = {}  # by id: to whom and at which place they go
        self._out = outside
        self._fallback_ms = round(fallback_after * 1000)
        self._timeout = timeout
        self._began_at = outside.clock.now() - round(outside.clock.time() * 1000)
        self._on_way: dict[str, Target] = {}  # a swap does not change who gets what was given before
        self._turns: dict[str, asyncio.Future[None]] = {}
        self._why: dict[str, str] = {}  # what kept an intent back when it was tried last
        self._late: set[str] = set()
        self._news: deque[Delivered] = deque()
        self._woken = asyncio.Event()
        self._tries: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._over = asyncio.Event()
        self._over.set()

    def give(self, intents: Iterable[Intent], *, tried: bool = False) -> None:
        """Take intents over, in order; never waits. `tried`: an earlier process may have sent them."""
        for intent in intents:
            self._take_in(intent, tried)
        self._woken.set()

    def hurry(self, id: str) -> bool:
        """Try what rests as soon as its receiver's rate allows; say whether it rests. Never waits."""
        rests = self.outbox.hurry(id)
        self._woken.set()
        return rests

    def drop(self, id: str) -> None:
        """Let go of a message, by hand: of one that is on its way if it does not arrive. Never waits."""
        self._settle(self.outbox.drop(id, self._now()))

    def swap(
        self,
        targets: Mapping[str, Target],
        *,
        leaving: Iterable[str] = (),
        goodbyes: Iterable[Intent] = (),
        fallback_after: float | None = None,
    ) -> None:
        """Use other receivers for what is given from now on; what was given goes where it was to go.

        `leaving` are those that are somebody else now, or nobody; `goodbyes` will be given later, and go to
        them as they were.
        """
        coming = [each for each in goodbyes if each.id not in self._goodbyes]
        ids = {name: [each.id for each in coming if each.receiver == name] for name in leaving}
        for name in ids.keys() & self._targets.keys():
            place = self.outbox.leave(name, ids[name])
            self._goodbyes |= dict.fromkeys(ids[name], (self._targets[name], place))
        self._targets = dict(targets)
        self._on_way = {id: self._as_now(id, target) for id, target in self._on_way.items()}
        if fallback_after is not None:
            self._fallback_ms = round(fallback_after * 1000)
        self._woken.set()

    def _as_now(self, id: str, target: Target) -> Target:
        """Give whom an intent goes to with the options of now, where that is still the same addressee."""
        now = self._targets.get(self.outbox.place_of(id), target)
        return now if now.abilities.address == target.abilities.address != "" else target

    async def run(self) -> None:
        """Deliver until `stop`, or until cancelled; leaves no task."""
        self._over.clear()
        try:
            async with asyncio.TaskGroup() as group:
                while not self._stopping:
                    self._woken.clear()
                    self._turn(group)
                    await self._rest()
                for task in list(self._tries):
                    task.cancel()
        finally:
            self._tell_news()
            self._over.set()

    async def stop(self) -> None:
        """End `run`, and wait for its end. What is on its way may have arrived: its mark says so."""
        self._stopping = True
        self._woken.set()
        await self._over.wait()

    def pending(self, receiver: str) -> int:
        """Count what has not been delivered to a receiver."""
        return self.outbox.pending(receiver)

    def oldest_age(self, receiver: str) -> float:
        """Say for how many seconds the oldest of them has been waiting."""
        since = self.outbox.oldest_since(receiver)
        return 0.0 if since is None else max(0, self._now() - since) / 1000

    def oldest_page_age(self) -> float:
        """Say for how many seconds the oldest page has been waiting, whoever is to get it."""
        pages = self.outbox.undelivered_pages()
        return max(0, self._now() - pages[0][0]) / 1000 if pages else 0.0

    def _now(self) -> int:
        """Give ms since the epoch by the clock that never goes back: a stepped one holds nobody up."""
        return self._began_at + round(self._out.clock.time() * 1000)

    def _take_in(self, intent: Intent, tried: bool) -> None:
        target, place, why_not = self._addressee(intent)
        if target is None:
            self._settle([Over(intent, "dead", why_not, former=intent.farewell)])
            return
        now = self._now()
        since = now - max(0, self._out.clock.now() - intent.created_at)
        if intent.id not in self.outbox:
            self._on_way[intent.id] = target
        self._settle(self.outbox.add(intent, target.abilities, now, place=place, since=since, tried=tried))

    def _addressee(self, intent: Intent) -> tuple[Target | None, str, str]:
        """Say to whom and at which place an intent goes, or why it goes nowhere."""
        if intent.farewell or intent.id in self._goodbyes:
            target, place = self._goodbyes.pop(intent.id, (None, ""))
            return target, place, "" if target else FORGOTTEN
        target = self._targets.get(intent.receiver)
        why_not = target.off() if target else "there is no such receiver"
        return None if why_not else target, intent.receiver, why_not

    def _turn(self, group: asyncio.TaskGroup) -> None:
        """Do all that may be done at this instant."""
        now = self._now()
        self._settle(self.outbox.tidy(now))
        self._note_late(now)
        self._tell_news()
        for place in self.outbox.places():
            while intent := self.outbox.next(place, now):
                self._send_off(intent, now, group)

    def _send_off(self, intent: Intent, now: int, group: asyncio.TaskGroup) -> None:
        first = self.outbox.began(intent.id, now)
        if turn := self._turns.pop(intent.id, None):
            turn.set_result(None)
            return
        task = group.create_task(self._deliver(intent, first), name=f"deliver {intent.id}")
        self._tries.add(task)
        task.add_done_callback(self._tries.discard)

    async def _rest(self) -> None:
        """Wait until something may be done again."""
        now = self._now()
        instants = [self.outbox.due_at(place, now) for place in self.outbox.places()]
        next_at = min((at for at in [*instants, self._next_late()] if at is not None), default=None)
        try:
            async with asyncio.timeout(None if next_at is None else max(0, next_at - now) / 1000):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver(self, intent: Intent, first: bool) -> None:
        """Try until the receiver took it, refused it, or it is no longer true."""
        if first and not intent.unstored:
            await self._mark(intent)
        attempt, rest = partial(self._attempt, intent), partial(self._await_turn, intent.id)
        verdict = await persist(attempt, rest, self._out.random)
        if isinstance(verdict, Refused):
            detail = verdict.detail + await self._say_the_least(intent, self._on_way[intent.id])
            self._settle(self.outbox.ended(intent.id, "dead", detail, self._now()))
        elif isinstance(verdict, Sent):
            self._time(intent)
            self._settle(self.outbox.ended(intent.id, "sent", "", self._now()))

    async def _attempt(self, intent: Intent) -> Verdict | None:
        """Try once, if it is still true."""
        if intent.id not in self.outbox:
            return None
        target = self._on_way[intent.id]  # a reload may have given it other options since the last try
        verdict = await self._say(target, lambda now: target.request(intent, now))
        if isinstance(verdict, Retry):
            self.counts[intent.receiver, "retried"] += 1
            self._why[intent.id] = verdict.detail
        return verdict

    async def _await_turn(self, id: str, seconds: float) -> None:
        """Rest at least that long, and until the outbox chooses this intent again or drops it."""
        turn = self._turns[id] = asyncio.get_running_loop().create_future()
        now = self._now()
        self._settle(self.outbox.rests(id, now + round(seconds * 1000), now))
        self._woken.set()
        await turn

    async def _mark(self, intent: Intent) -> None:
        """Commit that it may have arrived; a store that cannot does not keep the message back."""
        try:
            async with asyncio.timeout(MARKED_WITHIN):
                await self._out.mark(intent)
        except Exception:  # noqa: BLE001 - whatever ails the store, saying it twice beats not saying it
            return

    async def _say_the_least(self, intent: Intent, target: Target) -> str:
        """Send the minimal event after a refusal, once, and give in words what became of it."""
        if target.minimal(intent, self._out.clock.now()) is None:
            return ""
        self.outbox.spend(intent.id, self._now())
        verdict = await self._say(target, lambda now: target.minimal(intent, now))
        return (
            " (a minimal event was accepted)" if isinstance(verdict, Sent) else " (a minimal event was not)"
        )

    async def _say(self, target: Target, form: Callable[[int], Request | None]) -> Verdict:
        """Send one request and read the answer. A bug of the receiver's refuses; no answer is tried again."""
        try:
            request = form(self._out.clock.now())
        except Exception as bug:  # noqa: BLE001 - one receiver's bug must not stop the others
            return Refused(f"the message could not be formed: {type(bug).__name__}")
        if request is None:
            return Refused("there is nothing to send")
        answer = await self._exchange(request)
        if isinstance(answer, Retry):
            return answer
        try:
            return target.read(answer, self._out.clock.now())
        except Exception as bug:  # noqa: BLE001 - as above
            return Refused(f"the answer could not be read: {type(bug).__name__}")

    async def _exchange(self, request: Request) -> Response | Retry:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._out.post(request, self._timeout)
        except TimeoutError:
            return Retry(f"no answer within {self._timeout:g} s")
        except Exception as error:  # noqa: BLE001 - a page is not lost to an error we did not think of
            return Retry(str(error) if isinstance(error, OSError) else type(error).__name__)

    def _time(self, intent: Intent) -> None:
        if self._out.delayed:
            self._out.delayed(intent.receiver, max(0, self._out.clock.now() - intent.created_at) / 1000)

    def _note_late(self, now: int) -> None:
        for since, intent in self.outbox.undelivered_pages():
            if since + self._fallback_ms <= now and intent.id not in self._late:
                self._late.add(intent.id)
                self._news.append(Delivered(intent, "fallback_due", self._why.get(intent.id, "")))

    def _next_late(self) -> int | None:
        pages = self.outbox.undelivered_pages()
        return next((since + self._fallback_ms for since, page in pages if page.id not in self._late), None)

    def _settle(self, over: Iterable[Over]) -> None:
        """Let go of what is over; it is told in the next turn."""
        for each in over:
            id = each.intent.id
            self._on_way.pop(id, None)
            self._why.pop(id, None)
            self._late.discard(id)
            if turn := self._turns.pop(id, None):
                turn.set_result(None)
            self.counts[each.intent.receiver, each.how] += 1
            self._news.append(Delivered(each.intent, each.how, each.detail, each.former))
            self._woken.set()

    def _tell_news(self) -> None:
        while self._news:
            self._out.report(self._news.popleft())
