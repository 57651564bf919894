"""The ledger over several lives: it is what one life that never ended would have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from random import Random

import pytest

from alerting.engine import Engine
from alerting.events import Attempted, Relearned
from alerting.orders import Orders
from alerting.restore import restore
from checks.model import Check, Configuration, Hours, Maintenance, Objective
from driver.loop import Driver
from probes.result import Outcome, Reason, Result
from slo.account import Account
from slo.attempts import Attempts
from store import reader
from store.rows import Revised
from store.transaction import write
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import World, clock, company

HALF = Fraction(1, 2)
HOUR = 3600
MORE = [pytest.mark.slow, pytest.mark.timeout(600)]
SEEDS = [*range(3), *(pytest.param(seed, marks=MORE) for seed in range(3, 30))]
OBJECTIVES = (
    Objective(name="web", target=HALF, window="6h", services=("web",)),
    Objective(name="work", target=HALF, window="month", services=("sso", "web", "mail"), combine=2),
    Objective(name="desk", target=HALF, window="week", services=("mail",), during="desk"),
    Objective(name="tries", target=HALF, window="12h", check="sso-check", indicator="attempts"),
    Objective(
        name="speed", target=HALF, window="1d", check="web-check", indicator="latency", faster_than=0.04
    ),
)
MAINTENANCE = Maintenance(
    name="nightly",
    services=("sso",),
    start=datetime(2026, 1, 1, 3, 30),  # noqa: DTZ001 – a wall clock, as the file has it
    duration=1800.0,
    recurrence="FREQ=DAILY",
)


def firm() -> Configuration:
    made = company({"sso": 1, "web": 1, "mail": 2}, interval=60, receivers={"oncall": oncall()})
    hours = {"desk": Hours(name="desk", days=(0, 1, 2, 3, 4), begin=480, end=1080)}
    return replace(
        made,
        objectives={each.name: each for each in OBJECTIVES},
        maintenance=(MAINTENANCE,),
        alerting=replace(made.alerting, hours=hours),
    )


def counted(accounts: tuple[Account, ...]) -> list[object]:
    return [(each.figures, each.burn, each.frozen) for each in accounts]


def replayed(stage: Stage) -> Engine:
    """Judge all that is stored from the first result on."""
    orders = Orders()
    for operation in reader.operations(stage.store.connection):
        orders.take(operation)
    engine = Engine(stage.configuration, orders=orders)
    engine.replay(reader.results_since(stage.store.connection, 0))
    return engine


def agree(stage: Stage, engine: Engine, now: int) -> None:
    """Compare with what is stored: read as a start reads it, and judged from the first result on."""
    stage.writer.flush()  # what is younger than a second may be lost by a kill
    again = restore(stage.configuration, stage.store.connection, now - HOUR * 1000).engine
    whole = replayed(stage)
    for at in (now, now - 10 * 60_000, now - HOUR * 1000):
        expected = counted(whole.accounts.at(at))
        assert counted(again.accounts.at(at)) == expected
        assert counted(engine.accounts.at(at)) == expected


async def outages(stage: Stage, random: Random, hours: float) -> None:
    """Let services fail now and then for so many hours."""
    end = clock().time() + hours * HOUR
    while clock().time() < end:
        await passes(random.uniform(1, HOUR))
        stage.world.down[random.choice(sorted(stage.configuration.checks))] = Reason.RESET
        await passes(random.choice([random.uniform(1, 200), random.uniform(1, HOUR)]))
        stage.world.down.clear()


async def lives(stage: Stage, random: Random) -> None:
    for _ in range(4):
        driver = stage.born()
        await outages(stage, random, random.uniform(1, 12))
        agree(stage, driver.engine, clock().now())
        await (stage.crash(driver) if random.random() < 0.5 else driver.stop())
        await passes(random.choice([0, 60, 4 * HOUR]))


@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_number_of_lives_the_ledger_is_that_of_one(seed: int) -> None:
    stage = Stage(firm(), World(noise=0.01))
    run(lives(stage, Random(seed)))

    assert stage.rows("checkpoints")
    assert stage.rows("hours"), "nothing was packed: the test is too short"


def late(check: str, at: int, outcome: Outcome) -> Result:
    return Result(check, "sim", at, 0.01, outcome, None if outcome is Outcome.GOOD else Reason.RESET)


async def belated(stage: Stage, driver: Driver, random: Random) -> None:
    """Let results come late: some into packed hours, some among the last attempts."""
    for _ in range(5):
        await outages(stage, random, 1)
        back = random.choice([random.uniform(1, 200), random.uniform(1, 5 * HOUR)])
        at = clock().now() - round(back * 1000) + random.randrange(1000)
        outcome = random.choice([Outcome.GOOD, Outcome.BAD])
        for number in range(random.choice([1, 4])):
            driver.handle(Attempted(late("web-check", at + number, outcome)))


@pytest.mark.parametrize("seed", SEEDS)
def test_late_results_open_nothing_and_the_ledger_has_them(seed: int) -> None:
    async def scene() -> None:
        driver = stage.born()
        await outages(stage, random, 5)
        await belated(stage, driver, random)
        await passes(2 * HOUR)
        assert driver.engine.learning.wanted == {}
        agree(stage, driver.engine, clock().now())
        await driver.stop()

    random, stage = Random(seed), Stage(firm())
    run(scene())
    pages = [each for each in stage.pagerduty.incidents if "web" in each.dedup_key]
    assert {each.state for each in stage.pagerduty.incidents} <= {"resolved"}
    assert len(pages) <= 40


def test_results_that_another_process_adds_are_followed_though_nobody_tells_of_them() -> None:
    async def scene() -> None:
        driver = stage.born()
        await passes(5 * HOUR)
        at = clock().now() - 4 * HOUR * 1000
        rows = [late("sso-check", at + number, Outcome.BAD) for number in range(4)]
        write(stage.store.connection, [*rows, Revised("sso-check")])
        await passes(60)
        assert len(driver.engine.judges["sso-check"].outages) == 1
        await passes(9 * HOUR)
        agree(stage, driver.engine, clock().now())
        await driver.stop()

    stage = Stage(firm())
    run(scene())
    assert stage.pagerduty.incidents == []


def test_a_check_that_cannot_take_over_yet_is_not_judged_anew_all_the_time() -> None:
    read: list[str] = []

    class Counting(Stage):
        async def _learn(self, check: Check, attempts: Sequence[Attempts]) -> Relearned:
            read.append(check.name)
            return await super()._learn(check, attempts)

    async def scene() -> None:
        driver = stage.born()
        await passes(HOUR)
        ahead = [late("sso-check", clock().now() - 1 + number, Outcome.BAD) for number in range(2)]
        write(stage.store.connection, [*ahead, Revised("sso-check")])
        stage.world.latency = 1_000_000.0  # nobody answers any more, so that the present cannot change
        await passes(6 * HOUR)
        await driver.stop()

    stage = Counting(firm())
    run(scene())
    assert 3 <= len(read) <= 45


def test_a_late_bad_result_counts_in_no_counter_and_in_the_figures() -> None:
    async def scene() -> None:
        driver = stage.born()
        await passes(3 * HOUR)
        before = driver.counters.checks["sso-check"].outcomes[Outcome.BAD]
        at = clock().now() - 2 * HOUR * 1000
        for number in range(4):
            driver.handle(Attempted(late("sso-check", at + number, Outcome.BAD)))
        await passes(60)
        tries = driver.engine.accounts.at(clock().now())[3].figures
        assert driver.counters.checks["sso-check"].outcomes[Outcome.BAD] == before
        assert tries is not None
        assert tries.bad == 4
        assert len(driver.engine.judges["sso-check"].outages) == 1
        await driver.stop()

    stage = Stage(firm())
    run(scene())
    assert stage.pagerduty.incidents == []
