"""Reloads that change who a receiver is, while that one does not answer: what is true is open in the end."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from alerting.receiver import Request, Response
from alerting.receivers.webhook import Webhook
from checks.model import Configuration
from checks.values import Secret
from driver.loop import Driver
from probes.result import Reason
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import KEY, OTHER_KEY, Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company

STATUS = Reason.HTTP_STATUS
TOKENS = {"old": "t0ken-old", "new": "t0ken-new"}


def said(receivers: Mapping[str, object], **options: Any) -> Configuration:
    return company({"sso": 1}, receivers=receivers, **options)


def state(stage: Stage, key: str = KEY) -> str:
    """How the last incident of an integration stands."""
    found = [
        each
        for each in stage.pagerduty.incidents
        if each.routing_key == key and "/service/" in each.dedup_key
    ]
    return found[-1].state


async def down(stage: Stage) -> None:
    await passes(100)
    stage.world.down["sso-check"] = STATUS
    await passes(100)


def is_resolve(event: dict[str, Any]) -> bool:
    return bool(event["event_action"] == "resolve")


@pytest.mark.parametrize("how", ["status", "hang", "lost"])
def test_a_receiver_that_is_called_otherwise_keeps_its_page_open(how: Any) -> None:
    stage = Stage(said({"oncall": oncall()}))

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            stage.pagerduty.faults.append(Fault(how, until=clock().now() + 5_000, hits=is_resolve))
            driver.swap(said({"pager": oncall()}))
            await passes(300)
            assert state(stage) == "triggered"
            stage.world.down.clear()
            await passes(300)

    run(life())

    assert state(stage) == "resolved"


def test_two_receivers_that_exchange_their_keys_both_stay_open() -> None:
    stage = Stage(said({"a": oncall(), "b": oncall(OTHER_KEY)}))

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            stage.pagerduty.faults.append(Fault("status", until=clock().now() + 20_000, hits=is_resolve))
            driver.swap(said({"b": oncall(), "a": oncall(OTHER_KEY)}))
            await passes(300)

    run(life())

    assert (state(stage, KEY), state(stage, OTHER_KEY)) == ("triggered", "triggered")


@pytest.mark.parametrize("lasting", [10, 60, 200])
@pytest.mark.parametrize("pause", [0.01, 1, 20])
def test_a_key_put_back_while_it_does_not_answer_is_open_in_the_end(lasting: int, pause: float) -> None:
    stage = Stage(said({"oncall": oncall()}))

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            silent = Fault(
                "status", until=clock().now() + lasting * 1000, hits=lambda each: each["routing_key"] == KEY
            )
            stage.pagerduty.faults.append(silent)
            driver.swap(said({"oncall": oncall(OTHER_KEY)}))
            await passes(pause)
            driver.swap(said({"oncall": oncall()}))
            await passes(600)

    run(life())

    assert state(stage) == "triggered"


def test_a_resolve_that_waits_for_the_store_goes_where_the_open_went() -> None:
    stage = Stage(said({"oncall": oncall()}))

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            stage.world.down.clear()
            with stopped(driver):
                while driver.engine.book.open:
                    await passes(0.05)
                await passes(1)
                driver.swap(said({"oncall": oncall(OTHER_KEY)}))
            await passes(300)

    run(life())

    assert [each.state for each in stage.pagerduty.incidents] == ["resolved"]


class stopped:  # noqa: N801 - reads as what it is: a disk that takes nothing for a while
    """Let nothing be written within the block."""

    def __init__(self, driver: Driver) -> None:
        self._writer: Any = driver._out.writer

    def __enter__(self) -> None:
        self._writer.flush = lambda: None

    def __exit__(self, *_: object) -> None:
        del self._writer.flush
        self._writer.flush()


def test_a_later_page_does_not_wait_for_a_goodbye_that_is_never_taken() -> None:
    stage = Stage(said({"oncall": oncall()}))
    delays: list[int] = []

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            stage.pagerduty.faults.append(Fault("status", hits=lambda each: each["routing_key"] == KEY))
            driver.swap(said({"oncall": oncall(OTHER_KEY)}))
            await passes(100)
            stage.world.down.clear()
            await passes(3600)
            stage.world.down["sso-check"] = STATUS
            while not driver.engine.book.open:
                await passes(0.05)
            opened = clock().now()
            await passes(60)
            delays.append(stage.pagerduty.received[-1][0] - opened)

    run(life())

    assert delays[0] < 2000


def test_a_suspect_check_that_is_renamed_is_asked_again_at_once() -> None:
    before = said({"oncall": oncall()}, interval=300.0)
    stage = Stage(before)
    renamed = {"login": replace(before.checks["sso-check"], name="login", was="sso-check")}

    async def life() -> None:
        async with stage.life() as driver:
            await passes(400)
            stage.world.down |= {"sso-check": STATUS, "login": STATUS}
            while not driver.engine.suspects:
                await passes(0.05)
            driver.swap(replace(before, checks=renamed))
            await passes(30)
            assert "sim/service/sso" in driver.engine.book.open

    run(life())


@pytest.mark.parametrize("status", [503, 401])
def test_a_header_that_is_mended_in_an_outage_delivers_the_page(status: int) -> None:
    stage = Stage(said({"hook": hook("old")}))
    taken: list[str] = []

    async def post(request: Request, _: float) -> Response:
        taken.append(request.headers["token"])
        return Response(200 if request.headers["token"] == TOKENS["new"] else status)

    stage.pagerduty.post = post  # type: ignore[assignment,method-assign]  # another receiver stands at its address

    async def life() -> None:
        async with stage.life() as driver:
            await down(stage)
            driver.swap(said({"hook": hook("new")}))
            await passes(120)

    run(life())

    assert TOKENS["new"] in taken


def hook(token: str) -> Webhook:
    return Webhook(url=Secret("http://127.0.0.1:9/x"), headers={"token": Secret(TOKENS[token])})


def test_a_receiver_switched_on_by_a_reload_hears_of_what_an_earlier_life_opened() -> None:
    on, other = said({"oncall": oncall()}), said({"oncall": oncall(OTHER_KEY)})
    stage = Stage(on)
    keyless = said({"oncall": oncall("")}).receivers["oncall"]
    off = {"oncall": replace(keyless, off="routing_key is not set")}

    async def lives() -> None:
        async with stage.life():
            await down(stage)
        stage.configuration = replace(on, receivers=off)
        async with stage.life() as driver:
            await passes(100)
            driver.swap(other)
            await passes(300)

    run(lives())

    assert state(stage, OTHER_KEY) == "triggered"
