"""The real process from its start to its end: it pages once, resolves once, is measured, and stops."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any, cast

import pytest

from probes.result import Outcome, Result
from tests.fakes.pagerduty import Fault
from tests.faults.company import KEY, Company, episodes, results
from tests.faults.process import Running, complaints_of_promtool
from tests.servers.prometheus import prometheus

LONGEST_STOP = 5.0  # seconds


def milliseconds(timestamp: str) -> int:
    return round(datetime.fromisoformat(timestamp).timestamp() * 1000)


async def fail_and_return(company: Company, how: str) -> None:
    """Be down until a page was accepted, then work again until that was said too."""
    if how == "refused":
        await company.service.hang_up()
    company.service.works = False
    await company.settled(fails=True)
    company.service.works = True
    if how == "refused":
        await company.service.listen()
    await company.settled(fails=False)


def bad_ones(company: Company) -> list[Result]:
    found = cast(list[Result], company.ask_store(results))
    return [result for result in found if result.outcome is Outcome.BAD]


@pytest.mark.parametrize("how", ["refused", "503"])
async def test_a_service_killed_and_revived_pages_once_in_time_and_resolves_once(
    company: Company, how: str
) -> None:
    await company.opened()

    await fail_and_return(company, how)

    assert company.account.said() == ["trigger", "resolve"]
    assert len(company.account.received) == 2, "and nothing else is said under any other key"
    first, confirming, *_ = bad_ones(company)
    accepted_at, trigger = company.account.received[0]
    assert accepted_at - (confirming.at + confirming.took * 1000) <= 2000
    assert milliseconds(trigger["payload"]["timestamp"]) == first.at


def integrity(company: Company) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(company.store)) as tables:
        return tables.execute("PRAGMA integrity_check").fetchall()


async def stopped(daemon: Running) -> float:
    """Stop it as an operator does; give the seconds that it took."""
    time = asyncio.get_running_loop().time
    began = time()
    assert await daemon.terminate() == 0
    return time() - began


async def test_sigterm_ends_it_soon_and_leaves_a_whole_store(company: Company) -> None:
    await company.opened()

    assert await stopped(company.daemon) < LONGEST_STOP

    assert "Traceback" not in company.daemon.log.read_text()
    assert integrity(company) == [("ok",)]


async def test_sigterm_does_not_wait_for_a_pager_that_never_answers(company: Company) -> None:
    await company.opened()
    company.account.faults.append(Fault("hang"))
    company.service.works = False
    await company.account.until(lambda: bool(company.account.tried))

    assert await stopped(company.daemon) < LONGEST_STOP

    company.account.faults.clear()
    await company.daemon.start()
    await company.settled(fails=True)
    assert [incident.dedup_key for incident in company.account.incidents] == [KEY]
    assert "Traceback" not in company.daemon.log.read_text()


async def test_what_was_opened_before_a_stop_is_resolved_after_it(company: Company) -> None:
    await company.opened()
    company.service.works = False
    await company.settled(fails=True)
    await stopped(company.daemon)

    company.service.works = True
    await company.daemon.start()
    await company.settled(fails=False)

    assert [incident.state for incident in company.account.incidents] == ["resolved"]
    assert len(cast(list[object], company.ask_store(episodes))) == 1


@pytest.mark.server("promtool")
@pytest.mark.server("prometheus")
async def test_promtool_has_nothing_to_say_of_its_metrics_and_prometheus_sees_the_outage(
    company: Company,
) -> None:
    await company.opened()
    company.service.works = False
    await company.settled(fails=True)

    assert await complaints_of_promtool(await company.daemon.asked("/metrics") or b"no metrics") == ""
    async with prometheus(company.folder, company.daemon.port) as server:
        assert await server.value("up == 1") == 1
        assert await server.value('watchkeeper_incidents_open{scope="service",urgency="page"}') == 1
        assert await server.value('watchkeeper_notifications_total{receiver="oncall",result="sent"}') == 1
        assert await server.value('probe_success{check="login"}') == 0
