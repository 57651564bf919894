# ruff: noqa: ARG002 - fakes ignore arguments
"""Delivery on virtual time: to a fake PagerDuty, and to a receiver that does what a test says."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from alerting.deliver import Clock, Deliverer, Outside
from alerting.events import Delivered
from alerting.intent import Intent
from alerting.receiver import Abilities, Refused, Request, Response, Retry, Sent, Target, Verdict
from alerting.receivers.pagerduty import PagerDuty
from checks.values import Secret
from tests.alerting.intents import NOW, intent, message
from tests.fakes import pagerduty as fake
from tests.simulation.virtualloop import VirtualLoop, run

KEY = "0123456789abcdef0123456789abcdef"
ALL = Abilities()


@dataclass(frozen=True)
class Plain:
    """A receiver whose request is the intent's id, and whose answer is read by its status."""

    abilities: Abilities = ALL
    why_off: str = ""

    def request(self, intent: Intent, now: int) -> Request:
        return Request("http://plain", intent.id.encode())

    def read(self, response: Response, now: int) -> Verdict:
        if response.status == 200:
            return Sent()
        return Refused("400") if response.status == 400 else Retry(str(response.status))

    def minimal(self, intent: Intent, now: int) -> Request | None:
        return None

    def off(self) -> str:
        return self.why_off


class Broken(Plain):
    """A receiver with a bug."""

    def request(self, intent: Intent, now: int) -> Request:
        raise LookupError("a secret")


class Deaf(Plain):
    """A receiver with a bug behind the answer."""

    def read(self, response: Response, now: int) -> Verdict:
        raise LookupError("a secret")


Answer = Callable[[str], Awaitable[Response]]


def running_loop() -> VirtualLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


async def yes(id: str) -> Response:
    return Response(200)


@dataclass
class World:
    """What surrounds a deliverer; made within the virtual loop. Its logs say seconds since the start."""

    targets: dict[str, Target] = field(default_factory=lambda: {"oncall": Plain()})
    answer: Answer = yes
    mark: Callable[[Intent], Awaitable[None]] | None = None
    account: fake.PagerDuty | None = None
    clock: Clock | None = None

    def __post_init__(self) -> None:
        self.loop = loop = running_loop()
        self.asked: list[tuple[float, str]] = []
        self.marked: list[str] = []
        self.told: list[tuple[float, Delivered]] = []
        self.delays: list[float] = []
        outside = Outside(
            post=self._post,
            clock=self.clock or loop,
            random=Random(1),
            mark=self.mark or self._mark,
            report=lambda news: self.told.append((loop.time(), news)),
            delayed=lambda _, seconds: self.delays.append(seconds),
        )
        self.deliverer = Deliverer(self.targets, outside)

    async def _post(self, request: Request, timeout: float) -> Response:
        self.asked.append((self.loop.time(), request.body.decode()))
        if self.account:
            return await self.account.post(request, timeout)
        return await self.answer(request.body.decode())

    async def _mark(self, intent: Intent) -> None:
        self.marked.append(intent.id)

    def news(self) -> list[tuple[str, str]]:
        """Give what was told: how, and of which intent."""
        return [(news.how, news.intent.id) for _, news in self.told]

    def details(self) -> list[str]:
        return [news.detail for _, news in self.told]

    async def deliver(self, *intents: Intent, seconds: float = 1.0, tried: bool = False) -> None:
        """Give intents and let delivery run for some seconds."""
        self.deliverer.give(intents, tried=tried)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.deliverer.run())
            await asyncio.sleep(seconds)
            await self.deliverer.stop()


def on_virtual_time(main: Coroutine[Any, Any, None]) -> None:
    run(main)


def pager(now: Callable[[], int], **how: Any) -> tuple[dict[str, Target], fake.PagerDuty]:
    return {"oncall": PagerDuty(routing_key=Secret(KEY))}, fake.PagerDuty(KEY, now=now, **how)


def wall() -> int:
    return running_loop().now()


def test_an_intent_is_marked_sent_and_told() -> None:
    async def main() -> None:
        world = World()
        await world.deliver(intent())

        assert world.marked == [intent().id]
        assert world.asked == [(0.0, intent().id)]
        assert world.told == [(0.0, Delivered(intent(), "sent"))]
        assert world.deliverer.counts == {("oncall", "sent"): 1}
        assert world.delays == [0.0]

    on_virtual_time(main())


def test_an_intent_is_marked_before_its_first_try_only() -> None:
    async def main() -> None:
        order: list[str] = []

        async def mark(given: Intent) -> None:
            await asyncio.sleep(0.25)
            order.append("mark")

        async def answer(id: str) -> Response:
            order.append("try")
            return Response(200 if len(order) > 3 else 503)

        await World(mark=mark, answer=answer).deliver(intent(), seconds=60)

        assert order == ["mark", "try", "try", "try"]

    on_virtual_time(main())


def test_a_store_that_does_not_answer_keeps_a_message_back_for_ten_seconds_at_most() -> None:
    async def main() -> None:
        async def mark(given: Intent) -> None:
            await asyncio.sleep(3600)

        world = World(mark=mark)
        await world.deliver(intent(), seconds=20)

        assert world.asked == [(10.0, intent().id)]

    on_virtual_time(main())


def test_a_store_that_fails_keeps_no_message_back() -> None:
    async def main() -> None:
        async def mark(given: Intent) -> None:
            raise LookupError("disk full")

        world = World(mark=mark)
        await world.deliver(intent())

        assert world.news() == [("sent", intent().id)]

    on_virtual_time(main())


def test_what_is_not_stored_or_was_tried_before_is_not_marked() -> None:
    async def main() -> None:
        unstored, tried = World(), World()
        await unstored.deliver(intent(unstored=True))
        await tried.deliver(intent(), tried=True)

        assert unstored.marked == tried.marked == []
        assert unstored.news() == tried.news() == [("sent", intent().id)]

    on_virtual_time(main())


def test_a_hanging_key_holds_up_no_other() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            if "stuck" in id:
                await asyncio.sleep(3600)
            return Response(200)

        world = World(answer=answer)
        stuck = [intent(key=f"stuck-{n}") for n in range(7)]
        await world.deliver(*stuck, intent(key="free-1"), intent(key="free-2"))

        assert world.news() == [("sent", intent(key="free-1").id), ("sent", intent(key="free-2").id)]

    on_virtual_time(main())


def test_eight_hanging_keys_let_go_after_their_time_and_the_new_one_is_next() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            if "stuck" in id:
                await asyncio.sleep(3600)
            return Response(200)

        world = World(answer=answer)
        await world.deliver(*[intent(key=f"stuck-{n}") for n in range(8)], intent(key="free"), seconds=12)

        assert world.told[0] == (10.0, Delivered(intent(key="free"), "sent"))

    on_virtual_time(main())


def test_what_one_receiver_does_is_nothing_to_another() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            if id.startswith("oncall"):
                await asyncio.sleep(3600)
            return Response(200)

        world = World({"oncall": Plain(), "chat": Plain()}, answer)
        await world.deliver(*[intent(key=f"k{n}") for n in range(20)], intent(receiver="chat"))

        assert world.news() == [("sent", intent(receiver="chat").id)]

    on_virtual_time(main())


def test_nobody_waits_longer_than_a_minute_after_an_outage_of_the_receiver() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(200 if asyncio.get_running_loop().time() > 3600 else 503)

        world = World(answer=answer)
        await world.deliver(intent(), seconds=3700)

        assert world.news()[-1] == ("sent", intent().id)
        assert 3600 < world.asked[-1][0] <= 3660
        assert world.deliverer.counts["oncall", "retried"] == len(world.asked) - 1 > 60
        assert world.delays == [round(world.asked[-1][0], 3)]

    on_virtual_time(main())


def test_an_error_of_the_network_is_tried_again() -> None:
    async def main() -> None:
        errors: list[Exception] = [OSError("refused"), TimeoutError(), LookupError("a bug of ours")]

        async def answer(id: str) -> Response:
            if errors:
                raise errors.pop()
            return Response(200)

        world = World(answer=answer)
        await world.deliver(intent(), seconds=30)

        assert world.news() == [("sent", intent().id)]
        assert len(world.asked) == 4

    on_virtual_time(main())


def test_retry_after_is_obeyed_to_the_second() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        account.faults.append(fake.Fault("status", until=NOW + 1, status=429, retry_after="90"))
        world = World(targets, account=account)
        await world.deliver(intent(urgency="ticket"), seconds=120)

        assert [at for at, _ in world.asked] == [0.0, 90.0]

    on_virtual_time(main())


def test_a_resolve_ends_the_tries_of_its_open_and_goes_at_once() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(200 if "resolve" in id else 503)

        world = World(answer=answer)
        world.loop.call_later(100, world.deliverer.give, [intent("resolve")])
        await world.deliver(intent(urgency="ticket"), seconds=200)

        assert world.asked[-1] == (100.0, intent("resolve").id)
        assert world.news() == [("replaced", intent().id), ("sent", intent("resolve").id)]

    on_virtual_time(main())


def test_a_resolve_given_while_its_open_hangs_goes_when_that_try_is_over() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            if "open" in id:
                await asyncio.sleep(3600)
            return Response(200)

        world = World(answer=answer)
        world.loop.call_later(3, world.deliverer.give, [intent("resolve")])
        await world.deliver(intent(), seconds=60)

        assert world.asked == [(0.0, intent().id), (10.0, intent("resolve").id)]
        assert world.news() == [("replaced", intent().id), ("sent", intent("resolve").id)]

    on_virtual_time(main())


def test_an_outage_shorter_than_the_wait_before_delivery_is_told_to_nobody() -> None:
    async def main() -> None:
        world = World()
        await world.deliver(intent(), intent("resolve"))

        assert not world.asked
        assert not world.marked
        assert world.news() == [("replaced", intent().id), ("replaced", intent("resolve").id)]

    on_virtual_time(main())


def test_a_page_undelivered_for_two_minutes_is_due_for_the_fallback_once() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(503)

        world = World(answer=answer)
        await world.deliver(intent(), intent(key="t", urgency="ticket"), seconds=900)

        assert world.told == [(120.0, Delivered(intent(), "fallback_due", "503"))]

    on_virtual_time(main())


def test_a_page_that_waited_in_an_earlier_process_is_due_by_its_whole_age() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(503)

        world = World(answer=answer)
        await world.deliver(intent(created_at=NOW - 100_000), seconds=60, tried=True)

        assert [(at, news.how) for at, news in world.told] == [(20.0, "fallback_due")]
        assert (world.deliverer.oldest_page_age(), world.deliverer.oldest_age("oncall")) == (160.0, 160.0)
        assert world.deliverer.pending("oncall") == 1

    on_virtual_time(main())


def test_a_refused_event_is_dead_and_a_minimal_one_is_sent() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        too_much = fake.Fault("status", status=400, hits=lambda event: "links" in event)
        account.faults.append(too_much)
        world = World(targets, account=account)
        await world.deliver(intent(), seconds=600)

        assert world.news() == [("dead", intent().id)]
        assert world.details()[0].startswith("400")
        assert world.details()[0].endswith("(a minimal event was accepted)")
        assert [incident.summary for incident in account.incidents] == [message().summary]
        assert len(world.asked) == 2

    on_virtual_time(main())


def test_a_refused_minimal_event_is_not_repeated() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        account.faults.append(fake.Fault("status", status=400))
        world = World(targets, account=account)
        await world.deliver(intent(), seconds=600)

        assert len(world.asked) == 2
        assert world.details()[0].endswith("(a minimal event was not)")

    on_virtual_time(main())


def test_minimal_events_count_against_the_rate() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        account.faults.append(fake.Fault("status", status=400, hits=lambda event: "links" in event))
        world = World(targets, account=account)
        world.loop.call_later(1, world.deliverer.give, [intent(key="one more")])
        await world.deliver(*[intent(key=f"k{n}") for n in range(60)], seconds=100)

        assert [at for at, _ in world.asked] == [0.0] * 120 + [61.0] * 2

    on_virtual_time(main())


def test_what_was_announced_by_a_minimal_event_is_resolved() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        account.faults.append(fake.Fault("status", status=400, hits=lambda event: "links" in event))
        world = World(targets, account=account)
        world.loop.call_later(60, world.deliverer.give, [intent("resolve")])
        await world.deliver(intent(), seconds=100)

        assert [incident.state for incident in account.incidents] == ["resolved"]

    on_virtual_time(main())


def test_a_receiver_with_a_bug_is_dead_and_stops_nobody() -> None:
    async def main() -> None:
        world = World({"oncall": Broken(), "deaf": Deaf(), "chat": Plain()})
        await world.deliver(intent(), intent(receiver="deaf"), intent(receiver="chat"))

        assert sorted(world.news()) == [
            ("dead", intent(receiver="deaf").id),
            ("dead", intent().id),
            ("sent", intent(receiver="chat").id),
        ]
        assert "a secret" not in str(world.details())

    on_virtual_time(main())


def test_a_receiver_that_is_off_or_gone_gives_a_dead_letter() -> None:
    async def main() -> None:
        world = World({"oncall": Plain(why_off="routing_key is not set")})
        await world.deliver(intent(), intent(receiver="nobody"))

        assert world.details() == ["routing_key is not set", "there is no such receiver"]
        assert {news.how for _, news in world.told} == {"dead"}

    on_virtual_time(main())


def test_what_was_given_before_a_swap_goes_through_the_old_receiver() -> None:
    async def main() -> None:
        @dataclass(frozen=True)
        class Named(Plain):
            name: str = ""

            def request(self, intent: Intent, now: int) -> Request:
                return Request("http://plain", f"{self.name}: {intent.action}".encode())

        world = World({"oncall": Named(name="old")})
        world.deliverer.give([intent("resolve")])
        world.deliverer.swap({"oncall": Named(name="new")})
        await world.deliver(intent(episode=2))

        assert [said for _, said in world.asked] == ["old: resolve", "new: open"]

    on_virtual_time(main())


def test_a_storm_of_pages_keeps_to_the_rate_of_pagerduty() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        world = World(targets, account=account)
        await world.deliver(*[intent(key=f"k{n}") for n in range(300)], seconds=150)

        assert len(account.incidents) == len(account.tried) == 300
        assert world.deliverer.counts == {("oncall", "sent"): 300}
        assert world.told[119][0] == 0.0

    on_virtual_time(main())


def test_an_answer_that_is_lost_pages_once() -> None:
    async def main() -> None:
        targets, account = pager(wall)
        account.faults.append(fake.Fault("lost", until=NOW + 1))
        world = World(targets, account=account)
        world.loop.call_later(60, world.deliverer.give, [intent("resolve")])
        await world.deliver(intent(), seconds=100)

        assert [what for _, what in account.incidents[0].log] == ["trigger", "trigger", "resolve"]
        assert len(account.incidents) == 1

    on_virtual_time(main())


def test_an_update_after_pagerduty_closed_the_incident_wakes_nobody() -> None:
    async def main() -> None:
        targets, account = pager(wall, auto_resolve=14_400_000)
        world = World(targets, account=account)
        late = 4 * 3600
        world.loop.call_later(late, world.deliverer.give, [intent("update", created_at=NOW + late * 1000)])
        await world.deliver(intent(), seconds=5 * 3600)

        assert len(account.incidents) == 1
        assert world.news() == [("sent", intent().id), ("replaced", intent("update").id)]

    on_virtual_time(main())


def test_stopping_leaves_no_task_and_says_what_was_heard_until_then() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            if "stuck" in id:
                await asyncio.sleep(3600)
            return Response(503 if "later" in id else 200)

        world, before = World(answer=answer), asyncio.all_tasks()
        await world.deliver(intent(), intent(key="stuck"), intent(key="later"))

        assert asyncio.all_tasks() == before
        assert world.news() == [("sent", intent().id)]
        assert world.loop.time() == 1.0

    on_virtual_time(main())


def test_being_cancelled_leaves_no_task_either() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            await asyncio.sleep(3600)
            return Response(200)

        world, before = World(answer=answer), asyncio.all_tasks()
        world.deliverer.give([intent()])
        running = asyncio.create_task(world.deliverer.run())
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running])

        assert running.cancelled()
        assert asyncio.all_tasks() == before

    on_virtual_time(main())


def test_stopping_what_never_ran_returns() -> None:
    async def main() -> None:
        world = World()
        await world.deliverer.stop()

        assert world.asked == []

    on_virtual_time(main())


class Odd:
    """A clock that counts how often it is read, and whose wall part may be stepped."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop, self.stepped, self.reads = loop, 0, 0

    def now(self) -> int:
        return self.loop.now() + self.stepped

    def time(self) -> float:
        self.reads += 1
        return self.loop.time()


def test_a_day_of_waiting_costs_nothing() -> None:
    async def main() -> None:
        world = World(clock=(clock := Odd(running_loop())))
        await world.deliver(intent(), seconds=86_400)

        assert world.news() == [("sent", intent().id)]
        assert clock.reads < 30

    on_virtual_time(main())


def test_a_stepped_wall_clock_holds_nobody_up() -> None:
    async def main() -> None:
        clock = Odd(running_loop())

        async def answer(id: str) -> Response:
            return Response(200 if clock.loop.time() else 503)

        world = World(answer=answer, clock=clock)
        world.loop.call_later(0.001, setattr, clock, "stepped", -3_600_000)  # while the message rests
        await world.deliver(intent(), seconds=5)

        assert world.news() == [("sent", intent().id)]

    on_virtual_time(main())


# --- a receiver that a reload makes somebody else

OTHER_KEY = "fedcba9876543210fedcba9876543210"
GOODBYE = intent("resolve", farewell=True)


def rotated(world: World, *goodbyes: Intent) -> None:
    """Give the receiver another key."""
    world.deliverer.swap(
        {"oncall": PagerDuty(routing_key=Secret(OTHER_KEY))}, leaving=["oncall"], goodbyes=goodbyes
    )


def two_services() -> World:
    account = fake.PagerDuty(KEY, OTHER_KEY, now=wall)
    return World(targets={"oncall": PagerDuty(routing_key=Secret(KEY))}, account=account)


def heard(world: World) -> list[tuple[str, str]]:
    """What PagerDuty took in: at which integration, and what."""
    assert world.account
    names = {KEY: "old", OTHER_KEY: "new"}
    return [(names[event["routing_key"]], event["event_action"]) for _, event in world.account.received]


def test_another_key_is_resolved_through_the_old_one_and_opened_through_the_new_one() -> None:
    async def main() -> None:
        world = two_services()
        await world.deliver(intent())
        rotated(world, GOODBYE)
        world.deliverer = resumed(world)
        await world.deliver(GOODBYE, intent(n=2))

        assert heard(world) == [("old", "trigger"), ("old", "resolve"), ("new", "trigger")]
        assert [(news.how, news.former) for _, news in world.told] == [
            ("sent", False),
            ("sent", True),
            ("sent", False),
        ]

    on_virtual_time(main())


def resumed(world: World) -> Deliverer:
    """The same deliverer, for another run."""
    vars(world.deliverer)["_stopping"] = False
    return world.deliverer


def test_a_swap_before_the_goodbye_is_given_does_not_change_where_it_goes() -> None:
    async def main() -> None:
        world = two_services()
        await world.deliver(intent())
        rotated(world, GOODBYE)
        world.deliverer.swap({"oncall": Plain()}, leaving=["oncall"])
        world.deliverer = resumed(world)
        await world.deliver(GOODBYE)

        assert heard(world) == [("old", "trigger"), ("old", "resolve")]

    on_virtual_time(main())


def test_a_goodbye_of_an_earlier_life_is_dead_and_says_what_is_to_be_done() -> None:
    async def main() -> None:
        world = two_services()
        await world.deliver(GOODBYE)

        assert heard(world) == []
        assert world.details() == [
            "who it was before a reload is not known after a restart: close it there by hand"
        ]

    on_virtual_time(main())


def test_an_unheard_open_is_not_said_at_the_old_key_any_more() -> None:
    async def main() -> None:
        world = two_services()
        world.deliverer.give([intent()])
        rotated(world, GOODBYE)
        await world.deliver(GOODBYE, intent(n=2))

        assert heard(world) == [("new", "trigger")]

    on_virtual_time(main())


def test_a_goodbye_that_is_not_taken_does_not_keep_the_new_one_waiting() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(503 if "resolve" in id else 200)

        world = World(answer=answer)
        await world.deliver(intent())
        world.deliverer.swap({"oncall": Plain()}, leaving=["oncall"], goodbyes=[GOODBYE])
        world.deliverer = resumed(world)
        await world.deliver(GOODBYE, intent(n=2), seconds=20)

        assert (15.0, intent(n=2).id) in world.asked
        assert world.deliverer.pending("oncall") == 1

    on_virtual_time(main())


def test_a_shorter_time_until_the_fallback_holds_from_the_swap_on() -> None:
    async def main() -> None:
        async def answer(id: str) -> Response:
            return Response(503)

        world = World(answer=answer)
        world.deliverer.swap(world.targets, fallback_after=30.0)
        await world.deliver(intent(), seconds=40)

        assert [(at, news.how) for at, news in world.told] == [(30.0, "fallback_due")]

    on_virtual_time(main())


async def by_hand(world: World, at: float, *steps: Callable[[], object]) -> None:
    """Do something while delivery runs, and let it run on for a second."""
    world.deliverer.give([intent()])
    async with asyncio.TaskGroup() as group:
        group.create_task(world.deliverer.run())
        await asyncio.sleep(at)
        for step in steps:
            step()
        await asyncio.sleep(1)
        await world.deliverer.stop()


def patient() -> tuple[dict[str, Target], fake.PagerDuty]:
    """A PagerDuty that asks for ten minutes of patience, for five seconds."""
    targets, account = pager(wall)
    account.faults = [fake.Fault("status", until=wall() + 5_000, status=503, retry_after="600")]
    return targets, account


def test_what_rests_is_tried_at_once_when_it_is_hurried() -> None:
    async def main() -> None:
        targets, account = patient()
        world = World(targets=targets, account=account)
        await by_hand(world, 20, lambda: world.deliverer.hurry(intent().id))

        assert [at for at, _ in world.asked] == [0.0, 20.0]
        assert world.news() == [("sent", intent().id)]

    on_virtual_time(main())


def test_what_is_dropped_while_it_rests_is_never_tried_again() -> None:
    async def main() -> None:
        targets, account = patient()
        world = World(targets=targets, account=account)
        await by_hand(world, 20, lambda: world.deliverer.drop(intent().id))
        await world.deliver(seconds=3600)

        assert len(world.asked) == 1
        assert [news for _, news in world.told] == [Delivered(intent(), "replaced", "dropped by hand")]
        assert world.deliverer.pending("oncall") == 0

    on_virtual_time(main())


def test_what_is_dropped_while_it_is_on_its_way_may_still_arrive() -> None:
    async def main() -> None:
        async def answer(_: str) -> Response:
            await asyncio.sleep(3)
            return Response(200)

        world = World(answer=answer)
        await by_hand(world, 2.5, lambda: world.deliverer.drop(intent().id))

        assert world.news() == [("sent", intent().id)]

    on_virtual_time(main())


def test_what_is_dropped_while_it_is_on_its_way_is_not_tried_twice() -> None:
    async def main() -> None:
        async def answer(_: str) -> Response:
            await asyncio.sleep(3)
            return Response(503)

        world = World(answer=answer)
        await by_hand(world, 2.5, lambda: world.deliverer.drop(intent().id))
        await world.deliver(seconds=3600)

        assert len(world.asked) == 1
        assert world.news() == [("replaced", intent().id)]

    on_virtual_time(main())
