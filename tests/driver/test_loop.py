import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from alerting.events import Delivered, StoreBack, StoreFailing, Woke
from alerting.intent import Intent
from checks.model import Check, Configuration, Limits, Service
from driver.loop import depths
from probes.result import Reason
from store.reader import unsettled_intents
from tests.alerting.intents import intent
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import Kind, World, clock, company

STATUS = Reason.HTTP_STATUS


def staged(*services: str, **options: Any) -> Stage:
    names = dict.fromkeys(services or ("sso",), 1)
    world = World(latency=options.pop("latency", 0.05))
    return Stage(company(names, receivers={"oncall": oncall()}, **options), world)


def limited(stage: Stage, in_flight: int) -> Stage:
    stage.configuration = replace(stage.configuration, limits=Limits(in_flight=in_flight))
    return stage


def tasks() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks()


# --- life


def test_the_end_leaves_no_task() -> None:
    async def scene() -> None:
        stage, before = staged("sso", "vpn", latency=7), tasks()
        stage.world.network = False
        async with stage.life():
            await passes(5)
            assert len(tasks() - before) == 4  # two attempts, whoever delivers, and the keeper
        assert tasks() == before

    run(scene())


def test_a_life_that_ends_as_it_begins_leaves_no_task() -> None:
    async def scene() -> None:
        before = tasks()
        async with staged().life():
            assert tasks() > before
        assert tasks() == before

    run(scene())


def test_attempts_under_way_at_the_end_leave_no_result() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(10)
        await passes(60)

    stage = staged(latency=15, timeout=20)
    run(scene(stage))

    assert len(stage.world.asked) == 1
    assert stage.rows("results") == []


def test_the_end_waits_for_nobody() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(2)
            ended = clock().time()
        assert clock().time() == ended

    run(scene(staged(latency=15, timeout=20)))


def test_what_became_of_a_message_after_the_end_is_not_taken_down() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.down["sso-check"] = STATUS
        stage.pagerduty.faults.append(Fault("status", status=500))
        async with stage.life() as driver:
            await passes(30)
        (row,) = unsettled_intents(stage.store.connection)
        driver.delivered(Delivered(Intent.of(row), "sent"))
        await passes(10)

    stage = staged()
    run(scene(stage))

    assert len(list(unsettled_intents(stage.store.connection))) == 1


def test_what_happens_after_the_end_is_not_heard() -> None:
    async def scene(stage: Stage) -> None:
        before = tasks()
        async with stage.life() as driver:
            await passes(5)
        await passes(120)
        driver.handle(Woke())
        driver.handle(StoreFailing("too late"))
        driver.handle(StoreBack())
        driver.delivered(Delivered(intent(), "sent"))
        assert tasks() == before
        await passes(10)

    stage = staged()
    run(scene(stage))

    assert stage.rows("incidents") == []
    assert len(stage.rows("results")) == 1


def test_what_is_decided_is_stored_at_the_end_whenever_that_is() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(0.5)
            assert stage.rows("results") == []  # it waits for company

    stage = staged()
    run(scene(stage))

    assert len(stage.rows("results")) == 1


# --- asking


def test_every_check_is_asked_within_thirty_seconds_of_the_start_and_then_on_its_grid() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(200)

    stage = staged("sso", "vpn", "email")
    run(scene(stage))

    for name in stage.configuration.checks:
        times = [at for one, at, extra in stage.world.asked if one == name and not extra]
        assert len(times) > 5
        assert {later - at for at, later in pairwise(times)} == {30_000}
    first = {name: at for name, at, _ in reversed(stage.world.asked)}
    assert max(first.values()) - min(at for _, at, _ in stage.world.asked) <= 30_000


def test_what_the_engine_wants_to_know_is_asked_beside_the_grid() -> None:
    async def scene(stage: Stage) -> int:
        async with stage.life():
            await passes(100)
            stage.world.down["sso-check"] = STATUS
            changed = clock().now()
            await passes(60)
            return changed

    stage = staged()
    changed = run(scene(stage))
    assert changed is not None

    after = [(at, extra) for _, at, extra in stage.world.asked if at >= changed][:3]
    assert [extra for _, extra in after] == [False, True, True]
    assert [later[0] - at[0] for at, later in pairwise(after)] == [5050, 5050]


def test_an_attempt_that_ends_when_its_check_has_gone_leaves_nothing_and_gives_its_place_back() -> None:
    async def scene(stage: Stage) -> None:
        async with stage.life() as driver:
            await passes(1)
            (gone, _, _), checks = stage.world.asked[0], stage.configuration.checks
            del driver.engine.judges[gone]
            driver.schedule.replace({name: checks[name] for name in checks if name != gone}, clock().now())
            await passes(60)

    stage = limited(staged("sso", "vpn", latency=5), 1)
    run(scene(stage))

    gone, left = dict.fromkeys(name for name, _, _ in stage.world.asked)
    stored = stage.store.connection.execute("SELECT check_name FROM sources").fetchall()
    assert stored == [(left,)]
    assert [name for name, _, _ in stage.world.asked].count(gone) == 1


def test_the_engine_is_woken_at_the_instant_it_asked_for() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.network = False
        async with stage.life():
            await passes(20)

    stage = staged()
    run(scene(stage))

    (blind,) = stage.store.connection.execute("SELECT opened_at, document FROM incidents").fetchall()
    assert f'"fault_at":{blind[0] - 10_000}' in blind[1]


def test_the_self_checks_of_a_network_are_asked_together() -> None:
    seen: list[tuple[str, int]] = []

    class Watched(World):
        async def look(self, self_check: Any) -> Any:
            seen.append((self_check.name, clock().now()))
            return await super().look(self_check)

    async def scene(stage: Stage) -> None:
        async with stage.life():
            await passes(65)

    stage = staged()
    stage.world = Watched()
    run(scene(stage))

    names = [each.name for each in stage.configuration.self_checks]
    assert [name for name, _ in seen] == names * 2
    assert len({at for _, at in seen}) == 2


def test_runs_missed_for_want_of_a_slot_are_counted_and_in_the_end_told() -> None:
    async def scene(stage: Stage) -> int:
        async with stage.life() as driver:
            await passes(300)
            return driver.counters.missed_runs["in_flight"]

    stage = limited(staged(*(f"s{n}" for n in range(8)), latency=25, timeout=28), 1)

    assert (run(scene(stage)) or 0) >= 8
    assert stage.incident("monitor/overload").state == "triggered"


def test_a_slow_service_is_not_our_strain() -> None:
    async def scene(stage: Stage) -> int:
        async with stage.life() as driver:
            await passes(600)
            return driver.counters.missed_runs["overlap"]

    stage = staged(latency=8, timeout=10, interval=5)

    assert (run(scene(stage)) or 0) >= 50
    assert stage.pagerduty.incidents == []


# --- messages


def test_what_was_left_unsent_is_sent_in_the_next_life() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.down["sso-check"] = STATUS
        stage.pagerduty.faults.append(Fault("status", status=500))
        async with stage.life():
            await passes(60)
        assert stage.pagerduty.incidents == []
        stage.pagerduty.faults.clear()
        async with stage.life():
            await passes(5)

    stage = staged()
    run(scene(stage))

    assert stage.incident("service/sso").state == "triggered"


def test_what_became_of_a_message_is_stored() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.down["sso-check"] = STATUS
        async with stage.life():
            await passes(60)

    stage = staged()
    run(scene(stage))

    settled = stage.store.connection.execute(
        "SELECT how FROM intents WHERE settled_at IS NOT NULL"
    ).fetchall()
    assert settled == [("sent",)]


# --- ranks


def _depending(**on: tuple[str, ...]) -> Configuration:
    services = {name: Service(name=name, depends_on=parents) for name, parents in on.items()}
    checks = {
        f"{name}-check": Check(name=f"{name}-check", kind="simulated", probe=Kind(), service=name)
        for name in services
    }
    return Configuration(services=services, checks=checks)


def test_those_on_whom_others_depend_come_first() -> None:
    said = _depending(wiki=("email", "sso"), email=("sso",), sso=(), vpn=())

    assert depths(said) == {"sso-check": 0, "vpn-check": 0, "email-check": 1, "wiki-check": 2}


@pytest.mark.parametrize("service", ["", "sso"])
def test_a_check_of_no_service_or_of_a_lone_one_comes_first(service: str) -> None:
    said = _depending(sso=())
    lone = replace(said.checks["sso-check"], name="lone", service=service)

    assert depths(replace(said, checks={"lone": lone})) == {"lone": 0}


def test_what_is_not_enabled_has_no_rank() -> None:
    said = _depending(sso=())
    off = replace(said.checks["sso-check"], enabled=False)

    assert depths(replace(said, checks={"sso-check": off})) == {}
