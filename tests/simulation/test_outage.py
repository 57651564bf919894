"""The way of one outage, from the first bad attempt to the resolve."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.model import Configuration
from probes.result import Reason
from slo.timeline import Totals
from tests.fakes.pagerduty import Incident
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company


def one_service(**options: Any) -> Configuration:
    return company({"sso": 1}, receivers={"oncall": oncall()}, **options)


async def outage(stage: Stage, reason: Reason, lasting: float = 300) -> None:
    async with stage.life():
        await passes(600)
        stage.world.down["sso-check"] = reason
        await passes(lasting)
        stage.world.down.clear()
        await passes(300)


def after(stage: Stage, reason: Reason, lasting: float = 300) -> Incident:
    run(outage(stage, reason, lasting))
    return stage.incident("/service/sso")


def staged(**options: Any) -> Stage:
    return Stage(one_service(**options))


def test_an_outage_pages_once_and_resolves_once_under_one_key() -> None:
    incident = after(staged(), Reason.CONNECT_REFUSED)

    assert incident.dedup_key == "sim/service/sso"
    assert [what for _, what in incident.log] == ["trigger", "resolve"]


def test_fault_at_is_the_first_bad_attempt() -> None:
    stage = staged()
    incident = after(stage, Reason.HTTP_STATUS)

    first_bad, _ = bads(stage)[0]
    assert incident.event["payload"]["timestamp"] == iso(first_bad)


@pytest.mark.parametrize(
    ("reason", "allowed"), [(Reason.HTTP_STATUS, 2_000), (Reason.CONNECT_TIMEOUT, 5_000)]
)
def test_the_page_is_accepted_soon_after_the_confirming_attempt_has_ended(
    reason: Reason, allowed: int
) -> None:
    stage = staged()
    incident = after(stage, reason)

    began, took = bads(stage)[2]
    assert 0 <= incident.log[0][0] - (began + took) <= allowed


def test_a_blip_pages_nobody() -> None:
    async def blip(stage: Stage) -> None:
        async with stage.life():
            await passes(600)
            stage.world.down["sso-check"] = Reason.RESET
            while not stage.world.asked[-1][2]:  # until the first extra attempt, which is the second bad one
                await passes(0.5)
            stage.world.down.clear()
            await passes(600)

    stage = staged()
    run(blip(stage))

    assert stage.pagerduty.tried == []
    assert stage.rows("incidents") == []


def test_a_failing_check_is_asked_again_beside_the_grid_which_does_not_move() -> None:
    stage = staged()
    after(stage, Reason.RESET)

    grid = {at % 30_000 for _, at, extra in stage.world.asked if not extra}
    assert len(grid) == 1
    assert sum(extra for *_, extra in stage.world.asked) == 1 + 2 + 1  # at start, to confirm, to recover


def test_each_outage_is_an_episode_of_the_same_key() -> None:
    async def twice(stage: Stage) -> None:
        async with stage.life():
            for _ in range(2):
                await passes(3600)
                stage.world.down["sso-check"] = Reason.RESET
                await passes(300)
                stage.world.down.clear()
            await passes(300)

    stage = staged()
    run(twice(stage))

    episodes = [
        incident.event["payload"]["custom_details"]["episode"] for incident in stage.pagerduty.incidents
    ]
    assert episodes == [1, 2]
    assert [incident.state for incident in stage.pagerduty.incidents] == ["resolved", "resolved"]


def test_every_second_of_it_is_accounted_for_once() -> None:
    async def counted(stage: Stage) -> Totals:
        async with stage.life() as driver:
            await passes(600)
            stage.world.down["sso-check"] = Reason.RESET
            await passes(300)
            stage.world.down.clear()
            await passes(300)
            now = clock().now()
            return driver.engine.services["sso"].timeline.totals(now - 1_200_000, now, now)

    stage = staged()
    totals = run(counted(stage))

    assert totals is not None
    assert totals.elapsed == 1_200_000
    assert totals.bad == 300_000  # the grid sees the first bad and the first good equally late
    assert totals.unknown < 1_000  # before the first attempt


def bads(stage: Stage) -> list[tuple[int, int]]:
    """Give (at, took), both ms, of the stored bad results."""
    rows = stage.store.connection.execute("SELECT at, took FROM results WHERE outcome = 'bad' ORDER BY at")
    return [(at, round(took * 1000)) for at, took in rows]


def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
