"""The real process, called by jobs: it hears them, forgets nothing, blames nobody for its own absence."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from probes.result import Outcome, Reason, Result
from tests.faults.company import LONGEST_WAIT, Company, open_keys, results

KEY = "hq/service/jobs"
TOKEN = "the backup's own token"
JOBS = """\
  jobs: {tier: 1}
checks:
  backup: {service: jobs, kind: heartbeat, within: 2s, grace: 1s, token: "the backup's own token"}
  monthly: {kind: heartbeat, within: 31d, token: another, service: jobs}
  unset: {kind: heartbeat, within: 31d, token: "${NOT_SET}", service: jobs, sli: false}
"""


@pytest.fixture
async def jobs(company: Company) -> Company:
    """Give the company two jobs that call, and one that cannot."""
    config = company.daemon.config
    config.write_text(config.read_text().replace("\nchecks:\n", f"\n{JOBS}"))
    return company


async def push(
    company: Company, name: str = "backup", *, method: str = "POST", token: str = TOKEN, **more: Any
) -> tuple[int, Mapping[str, Any]]:
    url = company.daemon.url(f"/api/v1/push/{name}")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        ClientSession(headers=headers) as session,
        session.request(method, url, **more) as answer,
    ):
        return answer.status, json.loads(await answer.read() or "{}")


def of(company: Company, check: str = "backup") -> list[Result]:
    return [each for each in cast(list[Result], company.ask_store(results)) if each.check == check]


async def page(company: Company, key: str = KEY) -> None:
    await company.account.until(lambda: "trigger" in company.account.said(key))


async def test_a_job_that_calls_no_more_is_a_page_within_seconds_of_its_deadline(jobs: Company) -> None:
    await jobs.opened()
    status, answer = await push(jobs)
    assert (status, answer["kept"]) == (200, True)

    await page(jobs)

    accepted_at, trigger = next(each for each in jobs.account.received if each[1]["dedup_key"] == KEY)
    deadline = next(each for each in of(jobs) if each.reason is Reason.MISSED).facts["deadline"] * 1000
    assert deadline <= accepted_at < deadline + 3000
    assert "backup" in json.dumps(trigger)


async def test_the_next_call_ends_it(jobs: Company) -> None:
    await jobs.opened()
    await page(jobs)

    assert (await push(jobs, json={"took": 1.5}))[0] == 200

    await jobs.account.until(lambda: jobs.account.said(KEY)[:2] == ["trigger", "resolve"])


async def test_a_failure_that_is_reported_is_one_until_the_next_good_call(jobs: Company) -> None:
    await jobs.opened()

    await push(jobs, "monthly", token="another", json={"outcome": "bad", "detail": "disk another full"})
    await jobs.until(lambda tables: KEY in open_keys(tables))
    (bad, *_) = [each for each in of(jobs, "monthly") if each.outcome is Outcome.BAD]
    assert bad.reason is Reason.DECLARED
    assert bad.detail.endswith("disk *** full"), "the token is masked"

    await push(jobs, "monthly", token="another", params={"outcome": "good", "took": "12"})
    await jobs.until(lambda _: of(jobs, "monthly")[-1].outcome is Outcome.GOOD)
    assert of(jobs, "monthly")[-1].facts["took"] == 12


async def test_what_was_answered_survives_a_kill_and_nobody_is_blamed_for_our_absence(jobs: Company) -> None:
    jobs.edit("within: 2s, grace: 1s", "within: 5s, grace: 5s")
    await jobs.opened()
    status, heard = await push(jobs)
    await jobs.daemon.kill()
    assert status == 200

    await jobs.daemon.start()
    await jobs.daemon.ready()
    before = len(of(jobs))
    await jobs.until(lambda _: len(of(jobs)) > before)

    found = of(jobs)[-1]
    assert found.outcome is Outcome.GOOD
    assert heard["at"].startswith(_second(found.facts["last"]))
    assert found.facts["deadline"] > found.facts["last"] + 10, "we listen since the restart"
    assert KEY not in cast(list[str], jobs.ask_store(open_keys))


async def test_a_restart_does_not_excuse_what_was_missed_before_it(jobs: Company) -> None:
    await jobs.opened()
    await page(jobs)
    jobs.edit("within: 2s, grace: 1s", "within: 60s, grace: 60s")

    await jobs.daemon.kill()
    await jobs.daemon.start()
    await jobs.daemon.ready()
    before = len(of(jobs))
    await jobs.until(lambda _: len(of(jobs)) > before)

    assert of(jobs)[-1].reason is Reason.MISSED
    assert jobs.account.said(KEY).count("resolve") == 0
    await push(jobs)
    await jobs.account.until(lambda: "resolve" in jobs.account.said(KEY))


async def test_a_call_that_is_no_beat_is_told_why(jobs: Company) -> None:
    await jobs.opened()

    answers = {
        "unknown": await push(jobs, "bakcup"),
        "asked": await push(jobs, "login"),
        "get": await push(jobs, method="GET"),
        "head": await push(jobs, method="HEAD"),
        "stranger": await push(jobs, token="a guess"),
        "unset": await push(jobs, "unset", token=""),
        "large": await push(jobs, data=b" " * 16_385),
        "huge": await push(jobs, data=b" " * 1_000_000),
        "no json": await push(jobs, data=b"it went well"),
        "in the url": await push(jobs, params={"token": TOKEN}),
    }

    assert {case: status for case, (status, _) in answers.items()} == {
        "unknown": 404,
        "asked": 404,
        "get": 405,
        "head": 405,
        "stranger": 401,
        "unset": 403,
        "large": 413,
        "huge": 413,
        "no json": 400,
        "in the url": 400,
    }
    assert 'did you mean "backup"?' in answers["unknown"][1]["error"]
    assert all("last" not in each.facts for each in of(jobs)), "and none of them was a beat"


async def test_a_reload_keeps_what_was_heard_also_under_another_name(jobs: Company) -> None:
    await jobs.opened()
    await push(jobs, "monthly", token="another")
    jobs.edit("  monthly: {kind: heartbeat,", "  reports: {kind: heartbeat, was: monthly,")

    assert (await jobs.daemon.reload())[0] == 200
    assert (await push(jobs, "monthly", token="another"))[0] == 404
    await asyncio.wait_for(jobs.until(lambda _: "last" in _facts(jobs, "reports")), LONGEST_WAIT)
    await jobs.daemon.kill()
    jobs.edit("was: monthly, ", "")
    await jobs.daemon.start()
    await jobs.daemon.ready()

    before = len(of(jobs, "reports"))
    await jobs.until(lambda _: len(of(jobs, "reports")) > before)
    assert "last" in _facts(jobs, "reports")


def _facts(company: Company, check: str) -> Mapping[str, float]:
    return next((each.facts for each in reversed(of(company, check))), {})


def _second(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S")
