"""A crash before PagerDuty was told who is down with sign-on: the next life tells it."""

from random import Random
from typing import Literal

import pytest

from tests.fakes.pagerduty import Fault
from tests.simulation.stage import Stage, passes
from tests.simulation.test_dependencies import APPS, SIGN_ON, break_all, depending, names, pages
from tests.simulation.virtualloop import run


@pytest.mark.parametrize("how", ["hang", "lost"])
@pytest.mark.parametrize("seed", range(20))
def test_after_a_crash_the_page_lists_all_that_are_down_with_it(
    seed: int, how: Literal["hang", "lost"]
) -> None:
    stage = Stage(depending(SIGN_ON))
    chance = Random(seed)

    async def scene() -> None:
        first = stage.born()
        await passes(60 + 60 * chance.random())
        stage.pagerduty.faults = [Fault(how)]
        break_all(stage, "sso", *APPS)
        await passes(60 * chance.random())
        await stage.crash(first)
        stage.pagerduty.faults.clear()
        async with stage.life() as driver:
            await passes(200)
            assert sorted(driver.engine.book.open["sim/service/sso"].swallowed) == sorted(APPS)

    run(scene())

    assert names(stage) == ["sso"]
    said = pages(stage)[0].event["payload"]["custom_details"]
    assert sorted(said.get("down with it, not told by themselves", [])) == sorted(APPS)
