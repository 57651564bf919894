"""The manners in which a root fails with what hangs on it, what each is due, and lives full of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from random import Random

from driver.loop import Driver
from slo.state import State
from tests.simulation.graphs import random_graph
from tests.simulation.oracle import NOTHING, Due, due_of, flapping
from tests.simulation.outages import QUICK, SLOW, SPREAD, UNKNOWN, Case, Manner, Series
from tests.simulation.stage import passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock

KNOWN = 260.0  # in which everything that fails is confirmed, has waited for its ancestors, and is told
SEEN = 130.0  # in which every check is asked
HOLD = 300.0  # how long a hold lasts that ends in the middle of an outage
LONG_HOLD = 1_200.0
CONFIRMS = 5_000  # ms that three attempts take at least: two 5 s apart, and one of the grid

Hold = Callable[[Series, str, float, Driver], None]  # of a service, for so many seconds


async def covered(series: Series, case: Case, _: Driver) -> Due:
    """The root is told for all."""
    await series.fail(case.failing, series.chance.choice(QUICK))
    await passes(KNOWN)
    return replace(due_of(series.graph, case.failing), whole=True)


async def slow(series: Series, case: Case, _: Driver) -> Due:
    """The root hangs, and what depends on it is confirmed long before it is."""
    await series.fail(case.failing, series.chance.choice(SLOW), quick=True)
    await passes(KNOWN)
    return replace(due_of(series.graph, case.failing), whole=True)


async def flaps(series: Series, case: Case, _: Driver) -> Due:
    """The root goes down and up with all that hangs on it, and is down once more."""
    penalty = series.restless.penalty(case.root, clock().time())
    for _again in range(series.chance.choice((2, 3))):
        await series.fail(case.failing, quick=True)
        await passes(180 - SPREAD + 10 * series.chance.random())
        await series.heal(case.failing)
        await passes(180 - SPREAD + 10 * series.chance.random())
    await series.fail(case.failing, quick=True)
    await passes(KNOWN)
    return replace(flapping(due_of(series.graph, case.failing), penalty), whole=True)


async def unknown(series: Series, case: Case, _: Driver) -> Due:
    """Nobody can say what is with the root, so that it tells of nobody."""
    await series.fail(case.failing, series.chance.choice(UNKNOWN))
    await passes(KNOWN)
    here = frozenset({case.root})
    return replace(due_of(series.graph, case.taken), silent=here, hides=here)


async def turns_unknown(series: Series, case: Case, driver: Driver) -> Due:
    """The root is down and then unknown, which is no recovery: it tells of what fails later too."""
    first, second = case.halves()
    await series.fail([case.root, *first])
    await passes(KNOWN)
    series.stage.world.down[f"{case.root}-check"] = series.chance.choice(UNKNOWN)
    await passes(SEEN)
    await series.fail(second)
    await passes(KNOWN)
    assert driver.engine.services[case.root].state is State.UNKNOWN
    return replace(due_of(series.graph, [case.root, *first], second), whole=True)


def held(hold: Hold) -> Manner:
    """The root alone is held throughout: what depends on it tells of itself, and names it."""

    async def manner(series: Series, case: Case, driver: Driver) -> Due:
        hold(series, case.root, LONG_HOLD, driver)
        await series.fail(case.failing)
        await passes(KNOWN)
        here = frozenset({case.root})
        return replace(due_of(series.graph, case.taken), silent=here, names=here)

    return manner


def held_for_a_while(hold: Hold) -> Manner:
    """The root alone is held, and is told at the end of that; then it tells of what fails later."""

    async def manner(series: Series, case: Case, driver: Driver) -> Due:
        first, second = case.halves()
        end = clock().time() + HOLD
        until = clock().now() // 1000 * 1000 + round(HOLD * 1000) + CONFIRMS
        hold(series, case.root, HOLD, driver)
        await series.fail([case.root, *first])
        await passes(end + SEEN - clock().time())
        await series.fail(second)
        await passes(KNOWN)
        due = due_of(series.graph, first, [case.root], second)
        return replace(due, late=frozenset({case.root}), until=until)

    return manner


async def maintained(series: Series, case: Case, driver: Driver) -> Due:
    """All of it happens within a maintenance of the root."""
    series.maintain(case.root, LONG_HOLD, driver, dependents=True)
    await series.fail(case.failing)
    await passes(KNOWN)
    return replace(NOTHING, silent=frozenset(case.failing))


async def maintained_for_a_while(series: Series, case: Case, driver: Driver) -> Due:
    """The root and all that depends on it are still down at the end of a maintenance, and more fails then."""
    first, second = case.halves()
    end = clock().time() + HOLD
    until = clock().now() // 1000 * 1000 + round(HOLD * 1000) + CONFIRMS
    series.maintain(case.root, HOLD, driver, dependents=True)
    await series.fail([case.root, *first])
    await passes(end + SEEN - clock().time())
    await series.fail(second)
    await passes(KNOWN)
    due = due_of(series.graph, [case.root, *first], second)
    return replace(due, whole=True, late=frozenset(case.failing), until=until)


def maintain_alone(series: Series, name: str, seconds: float, driver: Driver) -> None:
    series.maintain(name, seconds, driver, dependents=False)


MANNERS: Mapping[str, Manner] = {
    "plain": covered,
    "slow": slow,
    "tier 3": covered,
    "flapping": flaps,
    "unknown": unknown,
    "down, then unknown": turns_unknown,
    "silenced": held(Series.silence),
    "silenced for a while": held_for_a_while(Series.silence),
    "maintained": maintained,
    "maintained for a while": maintained_for_a_while,
    "maintained alone": held(maintain_alone),
    "maintained alone for a while": held_for_a_while(maintain_alone),
}


def series(seed: int, *, services: int, outages: int, manners: Iterable[str] = MANNERS) -> Series:
    """Live through outages, of each manner as often as of any other."""
    chance = Random(seed)
    made, manners = Series(seed, random_graph(services, chance), chance), tuple(manners)

    async def life() -> None:
        async with made.stage.life() as driver:
            await passes(200)
            while len(made.outages) < outages:
                for manner in chance.sample(manners, min(len(manners), outages - len(made.outages))):
                    await passes(60 * chance.random())
                    await made.happen(manner, MANNERS[manner], driver)

    run(life())
    return made
