"""Reloads on virtual time: what did not change does not notice, what did is asked at once."""

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import pytest

from checks.model import Check, Configuration, Limits, Service
from driver.loop import Driver
from probes.result import Reason
from slo.combined import MOST_RULES
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import KEY, OTHER_KEY, Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import Kind, World, clock, company

STATUS = Reason.HTTP_STATUS


def said(key: str = KEY, *services: str, **options: Any) -> Configuration:
    return company(dict.fromkeys(services or ("sso",), 1), receivers={"oncall": oncall(key)}, **options)


def staged(configuration: Configuration | None = None, **world: Any) -> Stage:
    return Stage(configuration or said(), World(**world))


def with_check(configuration: Configuration, name: str, **fields: Any) -> Configuration:
    """Give one check of a configuration other options."""
    checks = {**configuration.checks, name: replace(configuration.checks[name], **fields)}
    return replace(configuration, checks=checks)


def rhythm(stage: Stage, check: str = "sso-check") -> list[int]:
    """When a check was asked by its grid."""
    return [at for name, at, extra in stage.world.asked if name == check and not extra]


def spoken(stage: Stage) -> list[tuple[str, str]]:
    names = {KEY: "old", OTHER_KEY: "new"}
    return [(names[each["routing_key"]], each["event_action"]) for _, each in stage.pagerduty.received]


def unresolved(stage: Stage) -> list[str]:
    """Where PagerDuty still has something open."""
    left = [each for each in stage.pagerduty.incidents if each.state != "resolved"]
    return ["old" if each.routing_key == KEY else "new" for each in left]


def lived(stage: Stage, *scenes: Callable[[Driver], None], every: float = 100) -> None:
    """Let a life pass in which something is done every so many seconds."""

    async def life() -> None:
        async with stage.life() as driver:
            await passes(every)
            for scene in scenes:
                scene(driver)
                await passes(every)

    run(life())


def swap(configuration: Configuration) -> Callable[[Driver], None]:
    return lambda driver: driver.swap(configuration)


def fails(stage: Stage) -> Callable[[Driver], None]:
    return lambda _: stage.world.down.update({"sso-check": STATUS})


def works(stage: Stage) -> Callable[[Driver], None]:
    return lambda _: stage.world.down.clear()


def test_what_did_not_change_is_asked_as_if_nothing_had_been() -> None:
    undisturbed, reloaded = staged(), staged()
    more = said(KEY, "sso", "vpn", "email")
    lived(undisturbed, lambda _: None, lambda _: None)
    lived(reloaded, swap(more), swap(said()))

    assert rhythm(reloaded) == rhythm(undisturbed)
    assert [name for name, _, extra in reloaded.world.asked if name == "sso-check" and extra] == ["sso-check"]


def test_an_outage_goes_through_a_reload_as_one() -> None:
    stage = staged()
    lived(stage, fails(stage), swap(said(KEY, "sso", "vpn")), works(stage))

    assert [what for _, what in stage.incident("/service/sso").log] == ["trigger", "resolve"]


def test_counters_go_on() -> None:
    stage = staged()
    counted: list[int] = []

    def count(driver: Driver) -> None:
        counted.append(sum(driver.counters.checks["sso-check"].outcomes.values()))

    def reload(driver: Driver) -> None:
        count(driver)
        driver.swap(with_check(said(KEY, "sso", "vpn"), "vpn-check", interval=7.0))
        count(driver)

    lived(stage, reload, count)

    assert counted[0] == counted[1] < counted[2]


def test_a_new_check_is_asked_at_once() -> None:
    stage = staged()
    at: list[int] = []

    def reload(driver: Driver) -> None:
        at.append(clock().now())
        driver.swap(said(KEY, "sso", "vpn"))

    lived(stage, reload)

    first = min(at for name, at, _ in stage.world.asked if name == "vpn-check")
    assert 0 <= first - at[0] <= 1000


def test_a_changed_check_is_asked_at_once_and_on_its_new_grid() -> None:
    stage = staged()
    before: list[int] = []

    def reload(driver: Driver) -> None:
        before.append(len(stage.world.asked))
        driver.swap(with_check(said(), "sso-check", interval=7.0))

    lived(stage, reload)

    after = [at for _, at, extra in stage.world.asked[before[0] :] if not extra]
    assert {later - earlier for earlier, later in pairwise(after)} == {7000}
    assert stage.world.asked[before[0]][2], "the first is beside the grid"


def test_an_attempt_under_way_of_a_changed_check_leaves_no_result_and_gives_its_slot_back() -> None:
    tight = replace(said(KEY, timeout=20.0), limits=Limits(in_flight=1))
    stage = staged(tight, latency=15.0)
    results: list[int] = []

    async def life() -> None:
        async with stage.life() as driver:
            await passes(5)
            assert len(stage.world.asked) == 1
            driver.swap(with_check(tight, "sso-check", timeout=19.0))
            await passes(5)
            results.append(len(stage.world.asked))
            await passes(60)

    run(life())

    assert results == [2]
    assert stage.world.asked[0][1] not in [row[1] for row in stage.rows("results")]


def test_a_slot_is_given_back_also_where_the_attempt_had_not_begun() -> None:
    one = replace(said(KEY, "sso", "vpn"), limits=Limits(in_flight=1))
    stage = staged(one)

    async def life() -> None:
        async with stage.life() as driver:
            await passes(60)
            driver.schedule.ask("sso-check", clock().now())
            driver._pulse()
            driver.swap(with_check(one, "sso-check", timeout=9.0))
            asked = len(stage.world.asked)
            await passes(60)
            assert len(stage.world.asked) > asked + 3
            assert driver.schedule._running.keys() <= {"sso-check", "vpn-check"}
            assert not driver._attempts

    run(life())


def test_a_key_rotated_in_an_outage_is_resolved_through_the_old_and_opened_through_the_new() -> None:
    stage = staged()
    lived(stage, fails(stage), swap(said(OTHER_KEY)), works(stage))

    assert spoken(stage) == [("old", "trigger"), ("old", "resolve"), ("new", "trigger"), ("new", "resolve")]
    assert unresolved(stage) == []


@pytest.mark.parametrize("how", ["lost", "hang", "status"])
@pytest.mark.parametrize("seconds", [0.0, 0.05, 1.0, 5.0, 15.0, 40.0])
def test_a_key_rotated_while_the_page_is_on_its_way_leaves_nothing_open(
    how: Literal["lost", "hang", "status"], seconds: float
) -> None:
    stage = staged()

    async def life() -> None:
        async with stage.life() as driver:
            await passes(100)
            stage.world.down["sso-check"] = STATUS
            while not driver.engine.book.open:
                await passes(0.01)
            stage.pagerduty.faults.append(Fault(how, until=clock().now() + 30_000))
            await passes(seconds)
            driver.swap(said(OTHER_KEY))
            await passes(300)
            assert unresolved(stage) == ["new"]
            stage.world.down.clear()
            await passes(300)

    run(life())

    assert unresolved(stage) == []


def test_rotating_again_and_again_leaves_one_open_and_then_none() -> None:
    stage = staged()
    turns = [swap(said(key)) for key in (OTHER_KEY, KEY) * 5]
    lived(stage, fails(stage), *turns, works(stage), every=60)

    assert unresolved(stage) == []
    assert [what for _, what in spoken(stage)] == ["trigger", "resolve"] * 11


def test_an_old_key_that_is_dead_does_not_keep_the_page_from_the_new_one() -> None:
    stage = staged()
    lived(
        stage,
        fails(stage),
        lambda _: stage.pagerduty.faults.append(
            Fault("status", hits=lambda each: each["routing_key"] == KEY)
        ),
        swap(said(OTHER_KEY)),
    )

    assert spoken(stage)[-1] == ("new", "trigger")


def test_a_crash_after_a_rotation_leaves_the_new_one_to_be_resolved() -> None:
    stage = staged()

    async def lives() -> None:
        first = stage.born()
        await passes(100)
        stage.world.down["sso-check"] = STATUS
        await passes(100)
        stage.configuration = said(OTHER_KEY)
        first.swap(stage.configuration)
        await stage.crash(first)
        async with stage.life():
            await passes(100)
            stage.world.down.clear()
            await passes(200)

    run(lives())

    assert unresolved(stage) == ["old"], "nobody knows the old key any more: the log says what is to be done"
    assert spoken(stage)[-1] == ("new", "resolve")


def test_a_renamed_check_keeps_its_results_also_for_the_next_life() -> None:
    stage = staged()
    renamed = {"login": replace(said().checks["sso-check"], name="login", was="sso-check")}
    after = replace(said(), checks=renamed)
    lived(stage, swap(after))

    names = stage.store.connection.execute("SELECT check_name FROM sources").fetchall()
    assert names == [("login",)]


def test_the_past_of_a_check_renamed_between_two_lives_is_found() -> None:
    stage = staged()
    lived(stage, lambda _: None)
    renamed = {"login": replace(said().checks["sso-check"], name="login", was="sso-check")}
    stage.configuration = replace(said(), checks=renamed)
    seen: list[bool] = []
    lived(stage, lambda driver: seen.append(driver.engine.judges["login"].settled < clock().now() - 150_000))

    names = stage.store.connection.execute("SELECT check_name FROM sources").fetchall()
    assert names == [("login",)]


def test_two_hundred_reloads_leave_nothing_behind() -> None:
    stage = staged(said(KEY, "sso", "vpn"))

    async def life() -> None:
        async with stage.life() as driver:
            await passes(100)
            stage.world.down["sso-check"] = STATUS
            await passes(100)
            tasks, sizes = len(asyncio.all_tasks()), sizes_of(driver)
            for turn in range(200):
                driver.swap(another(turn))
                await passes(3)
            driver.swap(said(KEY, "sso", "vpn"))
            await passes(200)
            assert len(asyncio.all_tasks()) == tasks
            assert sizes_of(driver) == sizes
            assert len(driver.engine.services["sso"].timeline._rules) <= MOST_RULES

    run(life())


def another(turn: int) -> Configuration:
    """A configuration that differs from the one before in every way there is."""
    configuration = said(OTHER_KEY if turn % 2 else KEY, "sso", f"turn{turn}", "vpn")
    service = Service(name="sso", title="SSO", tier=1, up_when="any" if turn % 3 else "all")
    extra = Check(name=f"extra{turn}", kind="simulated", probe=Kind(), service="sso", host=f"host{turn}")
    changed = with_check(configuration, "vpn-check", interval=5.0 + turn % 7)
    return replace(
        changed,
        services={**changed.services, "sso": service},
        checks={**changed.checks, extra.name: extra},
    )


def sizes_of(driver: Driver) -> dict[str, int]:
    """Count what there is in every place that could keep something."""
    gc.collect()
    assert driver.deliverer
    assert driver.engine.services["sso"].timeline.settled  # which is when what is over is let go of
    places = {
        "judges": driver.engine.judges,
        "suspects": driver.engine.suspects - {"vpn-check", "sso-check"},
        "services": driver.engine.services,
        "rules": driver.engine.services["sso"].timeline.open_rules,
        "entries": driver.schedule._entries,
        "hosts": driver.schedule._at_host,
        "running": driver.schedule._running,
        "checks": driver.counters.checks,
        "incidents": driver.counters.incidents,
        "lanes": driver.deliverer.outbox._lanes,
        "goodbyes": driver.deliverer._goodbyes,
        "on the way": driver.deliverer._on_way,
        "expected": driver.deliverer.outbox._expected,
    }
    return {name: len(place) for name, place in places.items()}
