"""A kind whose options are read but which is not asked yet: its check has no verdict, and nobody is woken."""

from dataclasses import replace

from checks.model import Configuration
from probes.result import Reason
from slo.state import State
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import Kind, company


class Unasked(Kind):
    """A kind of a later version."""

    asked = False


def asking(probe: Kind) -> Configuration:
    """One service of tier 1 that may be unknown for ten minutes."""
    configuration = company({"sso": 1}, receivers={"oncall": oncall()})
    sso = replace(configuration.services["sso"], unknown_after=600.0)
    check = replace(configuration.checks["sso-check"], probe=probe)
    return replace(configuration, services={"sso": sso}, checks={"sso-check": check})


def test_a_check_that_is_not_asked_stays_unknown_and_pages_nobody_however_long() -> None:
    stage = Stage(asking(Unasked()))
    stage.world.down["sso-check"] = Reason.MISSING_CAPABILITY

    async def six_hours() -> tuple[State, State]:
        async with stage.life() as driver:
            await passes(6 * 3600)
            return driver.engine.judges["sso-check"].shown, driver.engine.services["sso"].state

    assert run(six_hours()) == (State.UNKNOWN, State.UNKNOWN)
    assert len(stage.world.asked) > 6 * 100
    assert stage.pagerduty.tried == []


def test_a_check_that_tells_nothing_is_told_of_after_a_while_and_until_it_does() -> None:
    stage = Stage(asking(Kind()))
    stage.world.down["sso-check"] = Reason.MISSING_CAPABILITY

    async def life() -> list[int]:
        async with stage.life():
            await passes(590)
            before = len(stage.pagerduty.tried)
            await passes(20)
            after = len(stage.pagerduty.tried)
            stage.world.down.clear()
            await passes(60)
            return [before, after]

    assert run(life()) == [0, 1]
    assert [what for _, what in stage.incident("/monitor/unmeasured/sso").log] == ["trigger", "resolve"]
