"""The same world gives the same decisions, to the last row."""

from random import Random

import pytest

from probes.result import Reason
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import World, company

DAY = 86_400


async def days(stage: Stage, count: int, random: Random) -> None:
    """Some outages a day, of any service, for any reason, of any length; a little noise besides."""
    async with stage.life():
        for _ in range(count * 3):
            check = random.choice(sorted(stage.configuration.checks))
            before, lasting = random.uniform(0, DAY / 6), random.uniform(10, DAY / 12)
            await passes(before)
            stage.world.down[check] = random.choice(
                [Reason.RESET, Reason.CONNECT_TIMEOUT, Reason.DNS_FAILURE]
            )
            await passes(lasting)
            stage.world.down.clear()
            await passes(DAY / 3 - before - lasting)


def played(count: int) -> Stage:
    names = {f"s{number}": 1 for number in range(5)}
    stage = Stage(company(names, interval=60, receivers={"oncall": oncall()}), World(noise=0.001))
    run(days(stage, count, Random(3)))
    return stage


@pytest.mark.parametrize("count", [2, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
def test_twice_the_same_days_give_the_same_decisions(count: int) -> None:
    one, two = played(count), played(count)

    for table in ("incidents", "intents", "results"):
        assert one.rows(table) == two.rows(table)
    assert one.pagerduty.received == two.pagerduty.received
    assert len(one.pagerduty.incidents) >= count  # there was something to decide
    assert {incident.state for incident in one.pagerduty.incidents} == {"resolved"}
