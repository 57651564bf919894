"""One outage, one page: services that depend on each other, in random graphs, failing together."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from checks.model import Configuration
from probes.result import Reason
from tests.fakes.pagerduty import Incident
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import company

APPS = tuple(f"app{number}" for number in range(10))


def depending(
    parents: Mapping[str, tuple[str, ...]], tiers: Mapping[str, int] | None = None
) -> Configuration:
    """A company of services, each with what it depends on; tier 1 unless said."""
    names = {name: (tiers or {}).get(name, 1) for name in parents}
    made = company(names, receivers={"oncall": oncall()})
    services = {name: replace(made.services[name], depends_on=parents[name]) for name in parents}
    return replace(made, services=services)


SIGN_ON = {"sso": (), **dict.fromkeys(APPS, ("sso",))}


def pages(stage: Stage) -> list[Incident]:
    return [each for each in stage.pagerduty.incidents if "/service/" in each.dedup_key]


def names(stage: Stage) -> list[str]:
    return [each.dedup_key.rsplit("/", 1)[1] for each in pages(stage)]


def break_all(stage: Stage, *services: str, reason: Reason = Reason.HTTP_STATUS) -> None:
    stage.world.down |= {f"{name}-check": reason for name in services}


@pytest.mark.parametrize("reason", [Reason.HTTP_STATUS, Reason.CONNECT_TIMEOUT])
@pytest.mark.parametrize("seed", range(20))
def test_a_sign_on_outage_that_takes_ten_services_with_it_is_one_page(seed: int, reason: Reason) -> None:
    stage = Stage(depending(SIGN_ON))
    chance = Random(seed)

    async def scene() -> None:
        async with stage.life() as driver:
            await passes(60 + 60 * chance.random())
            break_all(stage, "sso", *APPS, reason=reason)
            await passes(300)
            open_ = driver.engine.book.open
            assert sorted(open_["sim/service/sso"].swallowed) == sorted(APPS)
            assert all(open_[f"sim/service/{name}"].suppressed_by == "sso" for name in APPS)
            stage.world.down.clear()
            await passes(300)
            assert not open_

    run(scene())

    assert names(stage) == ["sso"]
    assert [what for _, what in pages(stage)[0].log][-1] == "resolve"


def test_a_child_that_fails_alone_pages_by_itself() -> None:
    stage = Stage(depending(SIGN_ON))

    async def scene() -> None:
        async with stage.life():
            await passes(100)
            break_all(stage, "app3")
            await passes(60)

    run(scene())

    assert names(stage) == ["app3"]


def test_a_child_that_is_still_down_when_its_parent_is_well_again_pages_then() -> None:
    stage = Stage(depending({"sso": (), "app": ("sso",)}))

    async def scene() -> None:
        async with stage.life():
            await passes(100)
            break_all(stage, "sso", "app")
            await passes(300)
            del stage.world.down["sso-check"]
            await passes(300)

    run(scene())

    assert names(stage) == ["sso", "app"]
    assert [what for _, what in pages(stage)[0].log][-1] == "resolve"


def test_a_parent_of_tier_three_pages_for_the_child_it_takes_along() -> None:
    stage = Stage(depending({"sso": (), "app": ("sso",)}, {"sso": 3}))

    async def scene() -> None:
        async with stage.life():
            await passes(100)
            break_all(stage, "sso", "app")
            await passes(300)
            stage.world.down.clear()
            await passes(300)

    run(scene())

    assert names(stage) == ["sso"]
    assert [what for _, what in pages(stage)[0].log][-1] == "resolve"


@pytest.mark.parametrize("seed", range(60))
def test_a_crash_at_any_moment_of_a_sign_on_outage_makes_no_second_page(seed: int) -> None:
    stage = Stage(depending(SIGN_ON))
    chance = Random(seed)

    async def scene() -> None:
        first = stage.born()
        await passes(60 + 60 * chance.random())
        break_all(stage, "sso", *APPS, reason=chance.choice([Reason.HTTP_STATUS, Reason.CONNECT_TIMEOUT]))
        if seed % 2:  # in the middle of its recovery
            await passes(200)
            stage.world.down.clear()
        await passes(90 * chance.random())
        await stage.crash(first)
        await passes(5 * chance.random())
        async with stage.life() as driver:
            await passes(200)
            stage.world.down.clear()
            await passes(300)
            assert not driver.engine.book.open

    run(scene())

    assert names(stage) == ["sso"]
    assert [each.state for each in pages(stage)] == ["resolved"]
