"""SIGKILL at random moments of the worst day: sign-on fails and takes ten services along, and all come back.

WATCHKEEPER_CRASH_ROUNDS says how many kills there are, WATCHKEEPER_CRASH_SEED repeats the choice of moments.
Who waits for its ancestor is known in memory alone: each life of a daemon begins to wait anew.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import cast

import pytest

from tests.fakes.pagerduty import Fault
from tests.faults import sign_on
from tests.faults.company import Company, Tables, founded, open_keys, results

KILLS = int(os.environ.get("WATCHKEEPER_CRASH_ROUNDS") or 16)
SEED = int(os.environ.get("WATCHKEEPER_CRASH_SEED") or SystemRandom().randrange(1_000_000))
EACH = (18, 3, 3, 3)  # checks of a service, by company: the first has 198 in all
FEW = (2, 2, 2, 2)  # where it must not last
START, DECISION, LIST = 1.0, 4.0, 12.0  # seconds: to start; to see, confirm and say; to tell who went along
CLOSE, WINDOW = 0.3, 0.6  # how many moments are sought where incidents change, and the seconds that takes
ECHO = 3.0  # seconds in which every check is asked once more
FAULTS: tuple[list[Fault], ...] = ([], [Fault("hang")], [Fault("lost")], [Fault("status")])


@dataclass
class Fate:
    """What befalls one company. `kills` are those of a failure, of its end, and so on, in turn.

    `found` counts, over all companies, what was open when the daemon died.
    """

    each: int  # checks of a service
    kills: list[int]
    spans: tuple[float, ...]  # from one of them a moment is taken
    random: Random
    hears_list: bool = False  # whether an outage lasts until PagerDuty has the list, some ten seconds
    found: Counter[str] = field(default_factory=Counter)

    @property
    def outages(self) -> list[tuple[int, int]]:
        """Give the kills of each outage: while it lasts, and when it has ended."""
        return [*zip(self.kills[::2], self.kills[1::2], strict=True)]

    async def kill(self, company: Company, times: int) -> None:
        for _ in range(times):
            company.account.faults = list(self.random.choice(FAULTS))
            await self._moment(company)
            await company.daemon.kill()
            self.found[found_at(company)] += 1
            company.account.faults.clear()
            await company.daemon.start()

    async def _moment(self, company: Company) -> None:
        span = self.random.choice(self.spans)
        if self.random.random() < CLOSE:
            await company.until(has_begun_to_fail if not company.service.works else has_begun_to_come_back)
            span = WINDOW
        await asyncio.sleep(self.random.uniform(0, span))


def has_begun_to_fail(tables: Tables) -> bool:
    return len(open_keys(tables)) > 0


def has_begun_to_come_back(tables: Tables) -> bool:
    return len(open_keys(tables)) < len(sign_on.KEYS)


def found_at(company: Company) -> str:
    """Say when it died, by what the store holds."""
    number = len(cast(list[str], company.ask_store(open_keys)))
    many = {0: "none", len(sign_on.KEYS): "all"}.get(number, "some")
    return f"{'comes back' if company.service.works else 'fails'}, {many} open"


def dealt(kills: int, random: Random) -> list[int]:
    """Deal kills out, one to three at a time; the last end may have none."""
    each: list[int] = []
    while kills:
        each.append(min(kills, random.randint(1, 3)))
        kills -= each[-1]
    return [*each, 0] if len(each) % 2 else each


async def test_two_kills_in_a_sign_on_outage_make_no_second_page(tmp_path: Path) -> None:
    print(f"once more: WATCHKEEPER_CRASH_SEED={SEED}")
    await befall(
        [
            Fate(each, [1, 1], (START, DECISION), Random(f"{SEED}/{number}"))
            for number, each in enumerate(FEW)
        ],
        tmp_path,
    )


@pytest.mark.slow
@pytest.mark.timeout(300 + 15 * KILLS)
async def test_kills_at_any_moment_make_each_sign_on_outage_one_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found: Counter[str] = Counter()
    fates = []
    for number, each in enumerate(EACH):
        random = Random(f"{SEED}/{number}")
        kills = dealt(len(range(number, KILLS, len(EACH))), random)
        fates.append(Fate(each, kills, (START, DECISION, LIST), random, True, found))
    with capsys.disabled():
        outages = sum(len(fate.outages) for fate in fates)
        print(f"\n{KILLS} kills in {outages} outages; once more: make crash ROUNDS={KILLS} SEED={SEED}")
    await befall(fates, tmp_path)
    with capsys.disabled():
        print(f"when it died: {dict(sorted(found.items()))}")


async def befall(fates: list[Fate], folder: Path) -> None:
    async with asyncio.TaskGroup() as group:
        for number, fate in enumerate(fates):
            group.create_task(live_through(fate, folder / str(number), number))


async def live_through(fate: Fate, folder: Path, number: int) -> None:
    async with founded(folder, number) as company:
        config = company.daemon.config
        config.write_text(sign_on.depended_upon(config.read_text(), fate.each))
        await company.daemon.start()
        await company.daemon.ready()
        checks = fate.each * len(sign_on.KEYS)
        await company.until(lambda tables: asked(tables) == checks)
        for kills in fate.outages:
            await outage(company, fate, *kills)
        await asyncio.sleep(ECHO)
        sign_on.assert_each_outage_was_one_page(company, len(fate.outages))


def asked(tables: Tables) -> int:
    """Count the checks that have a result."""
    return len({each.check for each in results(tables)})


async def outage(company: Company, fate: Fate, while_it_fails: int, while_it_comes_back: int) -> None:
    company.service.works = False
    await fate.kill(company, while_it_fails)
    await company.until(sign_on.are_known)
    if fate.hears_list:
        await company.account.until(lambda: sign_on.are_listed(company))
    company.service.works = True
    await fate.kill(company, while_it_comes_back)
    await company.until(sign_on.are_over)
