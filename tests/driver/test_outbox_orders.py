"""What operators order of the outbox, carried out by the driver among actors, and at its next start."""

import json

import pytest

from alerting.outbox_orders import document_of
from driver.loop import Driver
from probes.result import Reason
from store import history, reader
from store.history import Letter
from store.operations import APPEND
from store.rows import Operation, What
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import World, clock, company

KEY = "sim/service/sso"


def staged() -> Stage:
    return Stage(company({"sso": 1}, receivers={"oncall": oncall()}), World(latency=0.05))


def ill(stage: Stage, status: int) -> None:
    """Let the service be down, and PagerDuty answer so."""
    stage.world.down["sso-check"] = Reason.HTTP_STATUS
    stage.pagerduty.faults.append(Fault("status", status=status))


def letters(stage: Stage) -> list[Letter]:
    return history.letters_of(stage.store.connection, KEY, 1)


def write(stage: Stage, what: What, letter: Letter) -> Operation:
    """Write an order down as its command does."""
    document = json.dumps(document_of(None if letter.waits or what == "outbox.drop" else letter.row))
    values = (clock().now(), "jo", what, letter.row.id, document)
    stage.store.connection.execute(APPEND, values)
    *_, last = reader.operations(stage.store.connection)
    return last


def order(driver: Driver, stage: Stage, what: What, letter: Letter) -> None:
    driver.ordered(write(stage, what, letter))


def said(stage: Stage) -> list[str]:
    return [event["event_action"] for _, event in stage.pagerduty.received]


def became(stage: Stage) -> list[tuple[str, str]]:
    return [(letter.row.action, letter.how) for letter in letters(stage)]


def test_a_dead_letter_is_given_again_and_arrives() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(5)
            ill(stage, 400)
            await passes(120)
            assert became(stage) == [("open", "dead")]
            stage.pagerduty.faults.clear()
            order(driver, stage, "outbox.retry", letters(stage)[0])
            await passes(10)

    stage = staged()
    run(scene(stage))

    assert said(stage)[0] == "trigger"
    assert became(stage)[:2] == [("open", "dead"), ("open", "sent")]
    first, second = letters(stage)[:2]
    assert second.row.document == first.row.document
    assert reader.memory(stage.store.connection)["outbox.orders"] == "1"


def test_no_open_is_given_again_after_its_episode_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(5)
            ill(stage, 400)
            await passes(120)
            dead = letters(stage)[0]
            stage.world.down.clear()
            stage.pagerduty.faults.clear()
            await passes(200)
            order(driver, stage, "outbox.retry", dead)
            await passes(60)

    stage = staged()
    run(scene(stage))

    assert "trigger" not in said(stage)
    assert letters(stage)[-1].detail == "its episode is resolved"
    assert "not given again: its episode is resolved" in caplog.text


def test_what_rests_is_tried_when_it_is_ordered() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(5)
            ill(stage, 503)
            stage.pagerduty.faults[0].retry_after = "3600"
            await passes(120)
            stage.pagerduty.faults.clear()
            order(driver, stage, "outbox.retry", letters(stage)[0])
            await passes(1)
            assert said(stage) == ["trigger"]

    run(scene(staged()))


def test_what_is_dropped_is_not_sent_and_the_store_says_who_decided() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(5)
            ill(stage, 503)
            await passes(120)
            order(driver, stage, "outbox.drop", letters(stage)[0])
            await passes(70)
            stage.pagerduty.faults.clear()
            await passes(600)

    stage = staged()
    run(scene(stage))

    dropped = letters(stage)[0]
    assert (dropped.how, dropped.detail) == ("replaced", "dropped by hand")
    assert said(stage) == []


def test_what_is_ordered_while_no_daemon_runs_is_done_at_the_next_start_and_only_then() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(5)
            ill(stage, 503)
            await passes(120)
        waiting = letters(stage)[0]
        write(stage, "outbox.drop", waiting)
        stage.pagerduty.faults.clear()
        async with stage.life():
            await passes(60)
        assert said(stage) == []
        assert letters(stage)[0].detail == "dropped by hand"

    run(scene(staged()))


def retried_at_the_next_start(*, restored: bool) -> Stage:
    """Order a dead letter to be given again while no daemon runs; perhaps the service works when one does."""

    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(5)
            ill(stage, 400)
            await passes(120)
        stage.pagerduty.faults.clear()
        write(stage, "outbox.retry", letters(stage)[0])
        for _ in range(2):
            async with stage.life():
                await passes(20)
                if restored:
                    stage.world.down.clear()
                await passes(200)

    stage = staged()
    run(scene(stage))
    return stage


def test_a_dead_letter_is_given_again_once_by_the_next_daemon() -> None:
    stage = retried_at_the_next_start(restored=False)

    again = [letter for letter in letters(stage) if "!" in letter.row.id]
    assert len(again) == 1
    assert len(stage.pagerduty.incidents) == 1
    assert reader.memory(stage.store.connection)["outbox.orders"] == "1"


def test_what_was_given_again_is_resolved_as_anything_else() -> None:
    stage = retried_at_the_next_start(restored=True)

    assert [incident.state for incident in stage.pagerduty.incidents] == ["resolved"]


def test_an_order_that_comes_while_we_stop_is_left_for_the_next_start() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(5)
            ill(stage, 503)
            await passes(120)
        driver.ordered(write(stage, "outbox.retry", letters(stage)[0]))
        await passes(5)

    stage = staged()
    run(scene(stage))

    assert "outbox.orders" not in reader.memory(stage.store.connection)
