"""A kind whose options are read but which is not asked yet: its check has no verdict, and nobody is woken."""

from dataclasses import replace

from probes.result import Reason
from slo.state import State
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import company


def test_a_check_that_is_not_asked_stays_unknown_and_pages_nobody_however_long() -> None:
    configuration = company({"sso": 1}, receivers={"oncall": oncall()})
    sso = replace(configuration.services["sso"], unknown_after=600.0)
    stage = Stage(replace(configuration, services={"sso": sso}))
    stage.world.down["sso-check"] = Reason.MISSING_CAPABILITY

    async def six_hours() -> tuple[State, State]:
        async with stage.life() as driver:
            await passes(6 * 3600)
            return driver.engine.judges["sso-check"].shown, driver.engine.services["sso"].state

    assert run(six_hours()) == (State.UNKNOWN, State.UNKNOWN)
    assert len(stage.world.asked) > 6 * 100
    assert stage.pagerduty.tried == []
