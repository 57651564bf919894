"""Killed at any moment around a decision: never a second incident, never a lost resolve."""

from random import Random

import pytest

from probes.result import Reason
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company

SEEDS = range(40)


async def killed(stage: Stage, random: Random) -> None:
    """An outage, a kill somewhere in it, perhaps with an answer outstanding; then a second life."""
    trouble = Fault(random.choice(["lost", "hang", "status"]))
    driver = stage.born()
    await passes(600)
    stage.world.down["sso-check"] = Reason.HTTP_STATUS
    if random.random() < 0.7:
        trouble.since = clock().now()
        stage.pagerduty.faults.append(trouble)
    await passes(random.choice([random.uniform(0, 60), random.uniform(0, 400)]))
    if random.random() < 0.5:
        stage.world.down.clear()
        await passes(random.choice([0, random.uniform(0, 60)]))
    await stage.crash(driver)
    stage.pagerduty.faults.clear()
    await passes(random.uniform(0, 120))
    await second_life(stage, random)


async def second_life(stage: Stage, random: Random) -> None:
    async with stage.life():
        await passes(random.uniform(0, 300))
        stage.world.down.clear()
        await passes(600)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_makes_no_second_incident_and_loses_no_resolve(seed: int) -> None:
    stage = Stage(company({"sso": 1}, receivers={"oncall": oncall()}))
    run(killed(stage, Random(seed)))

    pages = [incident for incident in stage.pagerduty.incidents if incident.dedup_key == "sim/service/sso"]
    assert len(pages) <= 1
    assert {incident.state for incident in stage.pagerduty.incidents} <= {"resolved"}


def test_an_outage_over_two_lives_is_one_outage_with_its_first_bad_attempt() -> None:
    async def scene(stage: Stage) -> int:
        driver = stage.born()
        await passes(600)
        stage.world.down["sso-check"] = Reason.HTTP_STATUS
        await passes(120)
        await stage.crash(driver)
        async with stage.life() as driver:
            await passes(120)
            stage.world.down.clear()
            await passes(120)
            return len(driver.engine.judges["sso-check"].outages)

    stage = Stage(company({"sso": 1}, receivers={"oncall": oncall()}))

    assert run(scene(stage)) == 1
    assert [what for _, what in stage.incident("service/sso").log] == ["trigger", "trigger", "resolve"]
