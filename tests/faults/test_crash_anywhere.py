"""SIGKILL at random moments, starting up included. `make crash` does it as often as one likes.

WATCHKEEPER_CRASH_ROUNDS says how many outages there are, WATCHKEEPER_CRASH_SEED repeats a run as far as the
machine's own timing lets it.
"""

import asyncio
import os
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.fakes.pagerduty import Fault
from tests.faults.company import Company, founded
from tests.faults.outages import assert_each_outage_was_one_incident

COMPANIES = 8
ROUNDS = int(os.environ.get("WATCHKEEPER_CRASH_ROUNDS") or 16)
SEED = int(os.environ.get("WATCHKEEPER_CRASH_SEED") or SystemRandom().randrange(1_000_000))
LONGEST_LIFE = 4.0  # seconds: to start, to see, to confirm, to say
FAULTS: tuple[list[Fault], ...] = ([], [Fault("hang")], [Fault("lost")], [Fault("status")])


@pytest.mark.slow
@pytest.mark.timeout(120 + 30 * ROUNDS)
async def test_kills_at_any_moment_neither_repeat_an_incident_nor_lose_a_resolve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{ROUNDS} outages; once more: make crash ROUNDS={ROUNDS} SEED={SEED}")
    shares = [len(range(number, ROUNDS, COMPANIES)) for number in range(COMPANIES)]
    async with asyncio.TaskGroup() as group:
        for number, rounds in enumerate(shares):
            group.create_task(live_through(rounds, tmp_path / str(number), number))


async def live_through(rounds: int, folder: Path, number: int) -> None:
    random = Random(f"{SEED}/{number}")
    async with founded(folder, number) as company:
        await company.opened()
        for _ in range(rounds):
            for works in (False, True):
                company.service.works = works
                await die_a_few_times(company, random)
                await company.settled(fails=not works)
        assert_each_outage_was_one_incident(company, rounds)


async def die_a_few_times(company: Company, random: Random) -> None:
    for _ in range(random.randint(1, 3)):
        company.account.faults = list(random.choice(FAULTS))
        await asyncio.sleep(random.uniform(0, LONGEST_LIFE))  # the moment is what is tried
        await company.daemon.kill()
        company.account.faults.clear()
        await company.daemon.start()
