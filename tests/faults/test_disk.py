"""A disk that is full: the page goes out all the same, marked, and in the end nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from probes.result import Result
from tests.faults.company import KEY, Company, results

STORE = "hq/monitor/store"
MARK = "unavailable: this may be said twice"
CONFIRMED, FROM_MEMORY = 2, 15  # seconds
UNLIMITED = -1


def size_of_log(company: Company) -> int:
    """Give the size of SQLite's write-ahead log, into which every commit goes."""
    return Path(f"{company.store}-wal").stat().st_size


@pytest.fixture
async def full(company: Company) -> AsyncIterator[Company]:
    """Give a company whose disk has no room left since a moment ago."""
    await company.opened()
    company.daemon.may_write(size_of_log(company))
    yield company
    if company.daemon.lives:  # it would try for ten seconds to write what it knows
        company.daemon.may_write(UNLIMITED)


def marks(company: Company) -> dict[str, str]:
    """Give what each incident was announced with about the store."""
    incidents = company.account.incidents
    return {one.dedup_key: one.event["payload"]["custom_details"].get("store", "") for one in incidents}


async def test_a_full_disk_does_not_silence_us_and_with_room_again_nothing_is_missing(full: Company) -> None:
    full.service.works = False
    async with asyncio.timeout(CONFIRMED + FROM_MEMORY):
        await full.account.until(lambda: marks(full) == {KEY: MARK, STORE: MARK})
    asked = full.service.asked
    await full.service.until(lambda: full.service.asked > asked + 1)  # probing goes on

    full.daemon.may_write(UNLIMITED)
    full.service.works = True
    await full.account.until(lambda: not full.account.open_incidents())
    await full.settled(fails=False)

    assert sorted(marks(full)) == [STORE, KEY], "nothing was announced a second time"
    stored = cast(list[Result], full.ask_store(results))
    assert len(stored) >= full.service.asked - 2  # one may be under way, and one wait for company
    assert "Traceback" not in full.daemon.log.read_text()
