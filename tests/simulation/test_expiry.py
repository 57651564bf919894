"""A certificate that ages and is renewed, while the daemon lives, is killed, and lives again."""

from dataclasses import replace
from random import Random

import pytest

from checks.model import Check, Configuration
from probes.result import Reason, Result
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import World, clock, company

DAY = 86_400.0
LIFE = 4 * DAY  # so that a third is 32 h, and a tenth 9.6 h
THIRD, TENTH = LIFE / 3, LIFE / 10


class Shown(World):
    """A world whose every service shows a certificate that ends at `ends` (seconds of the clock)."""

    ends = 0.0

    async def ask(self, check: Check, extra: bool) -> Result:
        result = await super().ask(check, extra)
        if result.reason in {Reason.CONNECT_REFUSED, Reason.CONNECT_TIMEOUT}:
            return result
        facts = {"ssl_earliest_cert_expiry": self.ends, "ssl_earliest_cert_lifetime": LIFE}
        return replace(result, facts=facts)


def one_service() -> Configuration:
    said = company({"sso": 1}, interval=300, receivers={"oncall": oncall()})
    return replace(said, self_checks=())


def staged() -> tuple[Stage, Shown]:
    world = Shown()
    return Stage(one_service(), world=world), world


def renew(world: Shown) -> float:
    world.ends = clock().now() / 1000 + LIFE
    return world.ends


async def lives(stage: Stage, world: Shown, random: Random) -> list[float]:
    """Let one certificate end nearly, and be renewed; be killed now and then. Gives when it is to be told."""
    renew(world)
    first = world.ends
    for _ in range(5):
        driver = stage.born()
        await passes(random.uniform(0.05, 1.3) * DAY)
        world.down = {"sso-check": Reason.CONNECT_REFUSED} if random.random() < 0.3 else {}
        await stage.crash(driver)
        await passes(random.uniform(0, 600))
    world.down = {}
    async with stage.life():
        await passes(max(120.0, first - clock().now() / 1000 + 60))
        renew(world)
        await passes(DAY)
    return [first - THIRD, first - TENTH]


def log(stage: Stage) -> list[tuple[float, str]]:
    found = [each for each in stage.pagerduty.incidents if each.dedup_key == "sim/certificate/sso-check"]
    return [(at / 1000, what) for each in found for at, what in each.log]


def test_it_is_told_to_the_second_twice_and_resolved_once() -> None:
    stage, world = staged()

    async def life() -> float:
        first = renew(world)
        async with stage.life():
            await passes(LIFE - DAY / 24)
            renew(world)
            await passes(DAY / 4)
        return first

    first = run(life())
    assert first is not None

    told = log(stage)
    assert [what for _, what in told] == ["trigger", "trigger", "resolve"]
    assert [round(at - first) for at, _ in told[:2]] == [-round(THIRD), -round(TENTH)]
    assert {row[2] for row in stage.rows("incidents")} == {"certificate"}


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_any_time_it_is_one_incident_that_ends_once(seed: int) -> None:
    stage, world = staged()

    due = run(lives(stage, world, Random(seed)))
    assert due is not None

    rows = [row for row in stage.rows("incidents") if row[2] == "certificate"]
    assert len(rows) == 1, "one episode, whatever happened in between"
    told = log(stage)
    assert told[0][1] == "trigger"
    assert told[0][0] >= due[0] - 1
    assert [what for _, what in told].count("resolve") == 1
    assert told[-1][1] == "resolve"
