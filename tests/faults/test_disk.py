"""A disk that is full: the page goes out all the same, and says that it may be said twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from probes.result import Result
from tests.faults.company import KEY, Account, Company, results
from tests.faults.process import LOOK

STORE = "hq/monitor/store"
UNLIMITED = -1


def trigger(account: Account, key: str) -> dict[str, Any] | None:
    """Give the first trigger under a key."""
    found = (event for _, event in account.received if event["dedup_key"] == key)
    return next(found, None)


async def reached(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(LOOK)


@pytest.fixture
async def full(company: Company) -> Company:
    """Give a company whose disk has no room left since a moment ago."""
    await company.opened()
    company.daemon.may_write(Path(f"{company.store}-wal").stat().st_size)
    return company


async def test_a_page_goes_out_marked_though_the_disk_is_full(full: Company) -> None:
    full.service.works = False

    async with asyncio.timeout(2 + 15):  # to be confirmed, and to be sent from memory
        await full.account.until(lambda: KEY in keys(full) and STORE in keys(full))

    said = trigger(full.account, KEY)
    assert said is not None
    assert said["payload"]["custom_details"]["store"] == "unavailable: this may be said twice"
    asked = full.service.asked
    await reached(lambda: full.service.asked > asked + 2)  # probing goes on
    assert "Traceback" not in full.daemon.log.read_text()


async def test_with_room_again_everything_is_written_and_resolved(full: Company) -> None:
    full.service.works = False
    await full.account.until(lambda: KEY in keys(full) and STORE in keys(full))

    full.daemon.may_write(UNLIMITED)
    full.service.works = True
    await full.account.until(lambda: not full.account.open_incidents())
    await full.settled(fails=False)

    assert sorted(incident.dedup_key for incident in full.account.incidents) == [STORE, KEY]
    stored = cast(list[Result], full.ask_store(results))
    assert len(stored) >= full.service.asked - 2  # one may be under way, one not flushed


def keys(company: Company) -> set[str]:
    return {incident.dedup_key for incident in company.account.incidents}
