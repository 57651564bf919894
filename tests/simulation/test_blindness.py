"""Our own network gone, self-checks that know nothing, and sixty checks that hang together."""

from collections.abc import Mapping
from typing import Any

from alerting.services import Standing
from probes.result import Reason
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company


def staged(services: int = 3, **options: Any) -> Stage:
    names = {f"s{number}": 1 for number in range(services)}
    return Stage(company(names, receivers={"oncall": oncall()}, **options))


def keys(stage: Stage) -> list[str]:
    return sorted(incident.dedup_key for incident in stage.pagerduty.incidents)


def test_our_own_network_gone_blames_nobody_and_says_so_once() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(600)
            stage.world.network = False
            await passes(900)
            stage.world.network = True
            await passes(300)

    stage = staged()
    run(scene(stage))

    assert keys(stage) == ["sim/monitor/blind/internet"]
    assert stage.incident("blind/internet").state == "resolved"
    assert reasons(stage) == {"blind"}


def test_blind_from_the_first_moment_calls_no_service_down() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.network = False
        async with stage.life():
            await passes(600)

    stage = staged()
    run(scene(stage))

    assert keys(stage) == ["sim/monitor/blind/internet"]


def test_an_outage_confirmed_before_stays_open_while_we_are_blind() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(600)
            stage.world.down["s0-check"] = Reason.HTTP_STATUS
            await passes(120)
            stage.world.network = False
            await passes(600)
            assert stage.incident("service/s0").state == "triggered"
            stage.world.network = True
            stage.world.down.clear()
            await passes(120)

    stage = staged()
    run(scene(stage))

    # The second one says that we cannot see, under the open key.
    assert [what for _, what in stage.incident("service/s0").log] == ["trigger", "trigger", "resolve"]


def test_every_check_is_asked_within_ten_seconds_of_the_return_of_sight() -> None:
    async def scene(stage: Stage) -> list[str]:
        async with stage.life() as driver:
            await passes(600)
            stage.world.network = False
            await passes(600)
            stage.world.network = True
            while driver.engine.seeing.sights["internet"].blind:
                await passes(0.1)
            returned = clock().now()
            await passes(10)
            return [name for name, at, _ in stage.world.asked if at >= returned - 100]

    stage = staged(20, interval=60)

    assert set(run(scene(stage)) or []) == {f"s{number}-check" for number in range(20)}


def test_sixty_checks_hanging_at_once_are_seen_as_down() -> None:
    async def scene(stage: Stage) -> Mapping[str, Standing]:
        async with stage.life() as driver:
            await passes(600)
            stage.world.down |= {f"s{number}-check": Reason.RESPONSE_TIMEOUT for number in range(60)}
            await passes(120)
            return driver.engine.services

    stage = staged(60)
    seen = run(scene(stage)) or {}

    assert len(keys(stage)) == 11  # ten of the first tier singly, the others told together
    assert all("/service/" in key or key == "sim/storm/oncall" for key in keys(stage))
    assert {state.state.value for state in seen.values()} == {"down"}


def test_a_self_check_that_never_worked_hides_nothing() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.eyes = {"a:443": False, "b:443": False, "c:443": False, "d:443": False}
        async with stage.life():
            await passes(600)
            stage.world.down |= {f"s{number}-check": Reason.CONNECT_TIMEOUT for number in range(3)}
            await passes(120)

    stage = staged()
    run(scene(stage))

    assert [key for key in keys(stage) if "/service/" in key] == [f"sim/service/s{n}" for n in range(3)]
    assert sum("/monitor/self-check/" in key for key in keys(stage)) == 4


def test_a_short_loss_of_our_network_tells_nobody() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(600)
            stage.world.network = False
            await passes(7)
            stage.world.network = True
            await passes(300)

    stage = staged()
    run(scene(stage))

    assert keys(stage) == []


def reasons(stage: Stage) -> set[str]:
    rows = stage.store.connection.execute("SELECT DISTINCT reason FROM results WHERE reason IS NOT NULL")
    return {reason for (reason,) in rows}


def test_a_restart_while_we_are_blind_is_not_a_second_incident() -> None:
    async def scene(stage: Stage) -> None:
        driver = stage.born()
        await passes(600)
        stage.world.network = False
        await passes(120)
        await stage.crash(driver)
        async with stage.life():
            await passes(300)
            assert stage.incident("blind/internet").state == "triggered"
            stage.world.network = True
            await passes(120)

    stage = staged()
    run(scene(stage))

    assert stage.incident("blind/internet").log[-1][1] == "resolve"


def test_blindness_that_ended_while_we_were_gone_is_resolved_soon_after_a_start() -> None:
    async def scene(stage: Stage) -> None:
        driver = stage.born()
        await passes(600)
        stage.world.network = False
        await passes(120)
        await stage.crash(driver)
        stage.world.network = True
        async with stage.life():
            await passes(45)

    stage = staged()
    run(scene(stage))

    assert stage.incident("blind/internet").log[-1][1] == "resolve"
