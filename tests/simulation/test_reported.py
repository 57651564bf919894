"""PagerDuty closes what still fails, by itself or by a hand, in an outage of ten hours."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise

from alerting.events import Reported
from checks.values import Secret
from driver.loop import Driver
from probes.result import Reason
from tests.fakes.pagerduty import PagerDuty, Subscription
from tests.simulation.stage import KEY, Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company
from web.webhooks import Delivery, Webhooks

SSO = "sim/service/sso"
HOUR = 3_600_000  # ms
INTERVAL = 30_000  # ms, between two attempts
LOOK = 1_000  # ms until PagerDuty's own timer is noticed here


class Line:
    """The way from PagerDuty to the daemon of the present life."""

    def __init__(self) -> None:
        self.driver: Driver | None = None
        self.forget()

    def forget(self) -> None:
        self.webhooks = Webhooks({"oncall": (Secret("new"), Secret("old"))}, self._tell)

    def deliver(self, headers: Mapping[str, str], body: bytes) -> int:
        delivery = Delivery(headers["X-PagerDuty-Signature"], headers["X-Webhook-Id"], body)
        return int(self.webhooks.hear(delivery, clock().now()).status)

    def _tell(self, report: Reported) -> None:
        assert self.driver
        self.driver.handle(report)


def staged(auto_resolve: int | None = None) -> Stage:
    account = PagerDuty(KEY, now=lambda: clock().now(), auto_resolve=auto_resolve)
    return Stage(company({"sso": 1}, receivers={"oncall": oncall()}), pagerduty=account)


def subscribed(stage: Stage) -> Line:
    """Let PagerDuty's webhooks go where the line leads; one of its secrets is one of ours."""
    line = Line()
    stage.pagerduty.subscription = Subscription(line.deliver, secrets=("older", "old"))
    return line


@asynccontextmanager
async def down(stage: Stage) -> AsyncIterator[Line]:
    """Let the service fail, be paged, and recover at the end; PagerDuty's own timer runs beside."""
    line = subscribed(stage)
    async with stage.life() as line.driver:
        timer = asyncio.ensure_future(_timer(stage.pagerduty))
        await passes(600)
        stage.world.down["sso-check"] = Reason.HTTP_STATUS
        await passes(300)
        yield line
        stage.world.down.clear()
        await passes(600)
        timer.cancel()


async def _timer(account: PagerDuty) -> None:
    while True:
        account.open_incidents()
        await passes(LOOK / 1000)


def logs(stage: Stage) -> list[list[str]]:
    """What happened to each incident at PagerDuty, in order."""
    return [[what for _, what in incident.log] for incident in stage.pagerduty.incidents]


def sent(stage: Stage) -> list[tuple[Mapping[str, str], bytes, int]]:
    assert stage.pagerduty.subscription
    return list(stage.pagerduty.subscription.sent)


def gaps(stage: Stage) -> list[int]:
    """How long it took from the end of each incident at PagerDuty to the beginning of the next, in ms."""
    found = stage.pagerduty.incidents
    return [later.began_at - earlier.log[-1][0] for earlier, later in pairwise(found)]


def test_what_pagerduty_closes_itself_is_triggered_at_the_next_bad_attempt_each_time() -> None:
    async def scene(stage: Stage) -> None:
        async with down(stage):
            await passes(10 * 3600)

    stage = staged(auto_resolve=4 * HOUR)
    run(scene(stage))

    closed = ["trigger", "auto_resolve"]
    assert logs(stage) == [closed, closed, ["trigger", "resolve"]]
    assert {incident.state for incident in stage.pagerduty.incidents} == {"resolved"}
    assert all(gap <= INTERVAL + LOOK for gap in gaps(stage))


def test_what_was_acknowledged_is_acknowledged_again_each_time() -> None:
    async def scene(stage: Stage) -> None:
        async with down(stage):
            stage.pagerduty.acknowledges(SSO)
            await passes(10 * 3600)

    stage = staged(auto_resolve=4 * HOUR)
    run(scene(stage))

    assert logs(stage) == [
        ["trigger", "acknowledged by a person", "auto_resolve"],
        ["trigger", "acknowledge", "auto_resolve"],
        ["trigger", "acknowledge", "resolve"],
    ]


def test_what_pagerduty_took_back_is_not_acknowledged_again() -> None:
    async def scene(stage: Stage) -> None:
        async with down(stage):
            stage.pagerduty.acknowledges(SSO)
            await passes(1800)
            stage.pagerduty.loses_patience(SSO)
            await passes(4 * 3600)

    stage = staged(auto_resolve=4 * HOUR)
    run(scene(stage))

    assert logs(stage)[1] == ["trigger", "resolve"]


def test_what_a_person_resolves_is_said_again_after_half_an_hour_and_once() -> None:
    async def scene(stage: Stage) -> None:
        async with down(stage):
            stage.pagerduty.resolves(SSO)
            await passes(10 * 3600)

    stage = staged()
    run(scene(stage))

    assert logs(stage) == [["trigger", "resolved by a person"], ["trigger", "resolve"]]
    assert 1_800_000 <= gaps(stage)[0] <= 1_801_000
    details = stage.pagerduty.incidents[1].event["payload"]["custom_details"]
    assert details["note"].startswith("resolved by hand at 2026-01-01 00:15:00 UTC")


def test_a_person_who_was_right_is_not_contradicted() -> None:
    async def scene(stage: Stage) -> None:
        async with down(stage):
            stage.pagerduty.resolves(SSO)
            await passes(1200)
        await passes(7200)

    stage = staged()
    run(scene(stage))

    assert logs(stage) == [["trigger", "resolved by a person"]]
    assert [event["event_action"] for _, event in stage.pagerduty.received] == ["trigger", "resolve"]


def test_webhooks_that_come_twice_change_nothing_even_where_their_ids_were_forgotten() -> None:
    async def scene(stage: Stage) -> list[int]:
        async with down(stage) as line:
            stage.pagerduty.acknowledges(SSO)
            await passes(5 * 3600)
            before = len(stage.pagerduty.tried)
            line.forget()
            assert [line.deliver(headers, body) for headers, body, _ in sent(stage)] == [202] * 5
            await passes(3600)
            return [before, len(stage.pagerduty.tried)]

    before, after = run(scene(staged(auto_resolve=4 * HOUR))) or [0, 1]

    assert before == after == 3


def test_the_hold_goes_on_over_a_crash() -> None:
    async def scene(stage: Stage) -> None:
        line = subscribed(stage)
        line.driver = stage.born()
        await passes(600)
        stage.world.down["sso-check"] = Reason.HTTP_STATUS
        await passes(300)
        stage.pagerduty.resolves(SSO)
        await passes(60)
        await stage.crash(line.driver)
        async with stage.life() as line.driver:
            await passes(3600)
            stage.world.down.clear()
            await passes(600)

    stage = staged()
    run(scene(stage))

    assert logs(stage) == [["trigger", "resolved by a person"], ["trigger", "resolve"]]
    assert 1_800_000 <= gaps(stage)[0] <= 1_801_000
