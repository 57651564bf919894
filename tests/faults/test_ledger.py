"""SIGKILL at random moments: what was measured is in the store, and every figure is that of one life.

WATCHKEEPER_CRASH_ROUNDS says how many kills the long one has, WATCHKEEPER_CRASH_SEED repeats the choice of
moments as far as the machine's own timing lets it.
"""

import asyncio
import os
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from random import Random, SystemRandom
from typing import cast

import pytest

from alerting.engine import Engine
from alerting.form import instant
from alerting.restore import restore
from commands.results import lines_of
from probes.result import Result
from slo.state import State
from store import reader
from tests.faults.company import Company, results
from tests.faults.ledger import (
    CHECKS,
    SECOND,
    Asked,
    Document,
    Witness,
    beside,
    configured,
    differences,
    documents,
    history,
    judged,
    milliseconds,
    promise,
    slo,
    told,
    whole_second,
    witnessed,
)
from tests.faults.process import typed

KILLS = 3
MANY = int(os.environ.get("WATCHKEEPER_CRASH_ROUNDS") or 16)
SEED = int(os.environ.get("WATCHKEEPER_CRASH_SEED") or SystemRandom().randrange(1_000_000))
SPAN = 0.2, 3.8  # seconds from ready to the kill
CALM = 3.0, 3.5  # seconds of the first and the last life, in which nothing fails
LOST = 1000  # ms before a kill, of which results may be lost
BUSY = 500  # ms that a busy machine takes from an answer to its result, and beyond a second to a commit
TURN = 150  # ms from an attempt's end until it counts for sure; one that hangs waits for a self-check
LOOKS = 0.1  # seconds between two looks at the API
INSTANTS, SAYINGS = 6, 6  # at which the store is asked after each life; and what its API said is compared
# What happens to whom, and for how many seconds: outages that are confirmed, blips, slow and hanging answers.
WEATHER = (
    *(("login", "fails", 1.4), ("login", "works", 1.1), ("inbox", "hangs", 1.6), ("login", "slow", 1.2)),
    *(("inbox", "works", 0.4), ("relay", "fails", 1.8), ("login", "works", 0.5), ("relay", "works", 1.6)),
)
PAST = "g" * 60 + "b" * 30 + "gbg" + "s" * 20 + "." * 30 + "u" * 5 + "g" * 60
# What was compared: requests with results, what the API said with what was known then, and with all results.
KEPT, THEN, NOW = "kept", "then", "now"


@dataclass
class Life:
    """One life of the daemon: when it began and was ended (ms), and what its API said of its promises."""

    began: int
    ended: int = 0
    said: list[Document] = field(default_factory=list)


@dataclass
class Story:
    """A company, who saw what it asked, and what was `compared` of its lives so far."""

    company: Company
    witness: Witness
    random: Random
    compared: Counter[str] = field(default_factory=Counter)

    async def live(self, span: tuple[float, float], *, killed: bool) -> Life:
        """Let the daemon live for so many seconds, and end it."""
        life = Life(self.witness.clock.now())
        await self.company.daemon.start()
        async with beside(self._listen(life)):
            await self.company.daemon.ready()
            await asyncio.sleep(self.random.uniform(*span))  # the moment is what is tried
            life.ended = self.witness.clock.now()
            await (self.company.daemon.kill() if killed else self._stop())
        return life

    async def _stop(self) -> None:
        assert await self.company.daemon.terminate() == 0

    async def _listen(self, life: Life) -> None:
        while True:
            if (said := await told(self.company, "objectives")) is not None:
                life.said.append(said)
            await asyncio.sleep(LOOKS)

    async def weather(self) -> None:
        """Let the service be now this, now that, whether anybody looks or not."""
        try:
            for check, how, seconds in cycle(WEATHER):
                self.witness.how[check] = how
                await asyncio.sleep(seconds)
        finally:
            self.witness.how.clear()

    async def compare(self, life: Life, lost: int) -> None:
        """Compare everything that is known of a life; the last `lost` ms of it may be missing."""
        stored = cast(list[Result], self.company.ask_store(results))
        missing = self._missing(life, stored, life.ended - lost)
        assert not missing, f"of a life that ended at {life.ended}, not in the store: {missing}"
        engine = judged(self.company)
        await self._past(life, engine)
        said = [(milliseconds(each["at"]), each["objectives"]) for each in life.said]
        firm = [
            (at, objectives)
            for at, objectives in said
            if at < life.ended - lost and not any(is_under_way(each, at) for each in stored)
        ]
        for at, objectives in self.random.sample(firm, min(SAYINGS, len(firm))):
            self._present(objectives, at, engine)

    def _missing(self, life: Life, stored: list[Result], until: int) -> list[Asked]:
        """Give the requests of a life that were answered before an instant and have no result."""
        left = [result for result in stored if result.at >= life.began]
        missing = []
        for asked in self.witness.asked:
            if asked.began < life.began or asked.ended >= until:
                continue
            found = next((result for result in left if is_answer(result, asked)), None)
            if found:
                left.remove(found)
                self.compared[KEPT] += 1
            else:
                missing.append(asked)
        return missing

    async def _past(self, life: Life, engine: Engine) -> None:
        """Ask the store of instants before the end of a life: as a command, and as a command does."""
        at = self.random.randrange(life.began, life.ended)
        assert differences(await slo(self.company, at), documents(engine, at)) == [], instant(at)
        for _ in range(INSTANTS):
            at = self.random.randrange(life.began - 1000 * SECOND, life.ended)
            with closing(reader.open_reader(self.company.store)) as tables:
                again = restore(configured(self.company), tables, at).engine
            assert differences(documents(again, at), documents(engine, at)) == [], instant(at)

    def _present(self, said: list[Document], at: int, engine: Engine) -> None:
        """Compare what was said at an instant with what was known then; and, if nothing was open, is now."""
        then = judged(self.company, at)
        assert differences(said, documents(then, at)) == [], instant(at)
        self.compared[THEN] += 1
        if all(is_fair(then, check) and not may_be_down(engine, check, at) for check in CHECKS):
            assert differences(said, documents(engine, at)) == [], instant(at)
            self.compared[NOW] += 1


def is_under_way(result: Result, at: int) -> bool:
    """Say whether an attempt may count at an instant, or not yet."""
    return result.at <= at <= result.at + result.took * 1000 + TURN


def is_answer(result: Result, asked: Asked) -> bool:
    """Say whether a result can be that of a request: it came while the attempt lasted."""
    slack = 20  # ms between two clocks of one machine
    return (
        result.check == asked.check
        and result.at - slack <= asked.began <= result.at + result.took * 1000 + slack
    )


def is_fair(engine: Engine, check: str) -> bool:
    """Say whether a check is up and nothing is open that a later attempt decides."""
    judge = engine.judges[check]
    return judge.verdict is State.UP and judge.memory() is not None


def may_be_down(engine: Engine, check: str, at: int) -> bool:
    """Say whether an instant lies where an outage is, or can have been, for all that is known by now."""
    outages = engine.judges[check].outages
    return any((each.last_good_before or 0) <= at < (each.end or at + 1) for each in outages)


async def begun(company: Company, witness: Witness) -> None:
    """Begin with a past of some minutes, judged and packed by the import."""
    now = witness.clock.now()
    promise(company, witness, now + 8 * SECOND)
    past = company.folder / "past.csv"
    past.write_text("".join(lines_of(history(now - 900 * SECOND, PAST, [*CHECKS]), "csv")))
    await typed(company.daemon.config, "import", "results", str(past))


async def maintained(story: Story, life: Life) -> None:
    """Declare afterwards that a second in the middle of a life does not count."""
    middle = whole_second((life.began + life.ended) // 2)
    words = ("maintenance", "add", "--service", "sso", "--start", middle, "--for", "1s")
    await typed(story.company.daemon.config, *words)


async def live_through(story: Story, kills: int) -> None:
    """Be killed when nothing happens that is written at once, then in all weathers, then be stopped."""
    await begun(story.company, story.witness)
    life = await story.live(CALM, killed=True)
    await story.compare(life, LOST + BUSY)
    await maintained(story, life)
    async with beside(story.weather()):
        for _ in range(kills - 1):
            await story.compare(await story.live(SPAN, killed=True), LOST + BUSY)
    await story.compare(await story.live(CALM, killed=False), BUSY)


def assert_much_happened(story: Story) -> None:
    """See that nothing was compared with nothing."""
    now = story.witness.clock.now()
    figures = {each["objective"]: each for each in documents(judged(story.company), now)}
    day, tries, speed = (figures[name] for name in ("sso-day", "login-tries", "login-speed"))
    assert min(day["bad"], day["unknown"], day["good"], figures["desk"]["excluded"]) > 0
    assert day["excluded"] == 1
    assert speed["bad"] > tries["bad"] > 0
    assert min(story.compared[each] for each in (KEPT, THEN, NOW)) > 0, story.compared


async def test_after_each_kill_the_figures_are_those_of_one_life(company: Company) -> None:
    print(f"once more: WATCHKEEPER_CRASH_SEED={SEED}")
    async with witnessed() as witness:
        story = Story(company, witness, Random(SEED))
        await live_through(story, KILLS)
        assert_much_happened(story)
        print(story.compared)


@pytest.mark.slow
@pytest.mark.timeout(60 + 15 * MANY)
async def test_after_any_number_of_kills_the_figures_are_those_of_one_life(company: Company) -> None:
    print(f"once more: WATCHKEEPER_CRASH_SEED={SEED}")
    async with witnessed() as witness:
        story = Story(company, witness, Random(SEED))
        await live_through(story, MANY)
        assert_much_happened(story)
