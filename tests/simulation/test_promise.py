"""The worst time to a page is true: no fault, however placed, is told later; and it is no idle number."""

import asyncio
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import pytest

from alerting.promise import promises
from checks.model import Configuration, SelfCheck
from probes.result import Reason, Result
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import Kind, World, clock, company, made

SEEDS = range(120)
CHECK = "sso-check"


@dataclass(frozen=True)
class Spaced(Kind):
    """A kind that is not asked twice within a while."""

    least_spacing: float = 1.0


class SlowEyes(World):
    """Our self-checks succeed, but only just within their time-out."""

    async def look(self, self_check: SelfCheck) -> Result:
        at = clock().now()
        await asyncio.sleep(1.9)
        return made(f"self/{self_check.name}", at, None, 1.9, False)


def drawn(random: Random) -> Configuration:
    """Draw a company of one service: how often it is asked, how patiently, and with self-checks or not."""
    interval = float(random.choice((5, 10, 30, 60, 300)))
    base = company(
        {"sso": 1},
        interval=interval,
        timeout=round(random.choice((0.1, 0.5, 0.9, 1.0)) * min(interval, 60), 1),
        confirm=random.randint(1, 5),
        receivers={"oncall": oncall()},
    )
    check = replace(
        base.checks[CHECK],
        confirm_interval=random.choice((1.0, 5.0, 20.0, 90.0)),
        probe=Spaced(random.choice((0.0, 1.0, 15.0))),
    )
    return replace(base, checks={CHECK: check}, self_checks=random.choice(((), base.self_checks)))


async def fault(stage: Stage, random: Random) -> int:
    """Let the service hang from some instant on, or from just after an attempt has begun; give when (ms)."""
    interval = stage.configuration.checks[CHECK].interval
    await passes(4 * interval + random.uniform(0, interval))
    asked, cruel = len(stage.world.asked), random.random() < 0.5
    while cruel and len(stage.world.asked) == asked:
        await passes(0.05)
    stage.world.down[CHECK] = Reason.CONNECT_TIMEOUT
    return clock().now()


@cache
def told(seed: int) -> tuple[float, float]:
    """Give how long a fault took to be told, and how long it may take by the promise; seconds."""
    random = Random(seed)
    stage = Stage(drawn(random), random.choice((World, SlowEyes))())

    async def life() -> int:
        async with stage.life():
            began = await fault(stage, random)
            await passes(2 * promised)
            return began

    promised = promises(stage.configuration)["sso"].seconds
    began = run(life())
    assert began is not None
    return (stage.incident("/service/sso").log[0][0] - began) / 1000, promised


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fault_is_told_later_than_promised(seed: int) -> None:
    took, promised = told(seed)

    assert 0 < took <= promised


def test_some_fault_is_told_nearly_as_late_as_promised() -> None:
    assert max(took / promised for took, promised in map(told, SEEDS)) > 0.75
