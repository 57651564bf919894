"""The real process and an operator at its outbox: what PagerDuty refused is seen, and given again."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from store import history
from tests.fakes.pagerduty import Fault
from tests.faults.company import KEY, Company, Tables
from tests.faults.process import DAEMON

TYPED_WITHIN = 30.0  # seconds


async def typed(company: Company, *words: str) -> str:
    """Type a command beside the daemon, and give what it prints."""
    command = [sys.executable, str(DAEMON), *words, "--config", str(company.daemon.config)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=company.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), TYPED_WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def outbox(company: Company) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = json.loads(await typed(company, "outbox", "--json"))
    return [each for each in said if each["key"] == KEY]


def became(tables: Tables) -> list[str]:
    return [letter.how for letter in history.letters_of(tables, KEY, 1)]


async def test_what_pagerduty_refused_is_listed_and_delivered_when_it_is_ordered(company: Company) -> None:
    await company.opened()
    company.account.faults.append(Fault("status", status=400))
    company.service.works = False
    await company.until(lambda tables: became(tables) == ["dead"])

    (dead,) = await outbox(company)
    assert (dead["action"], dead["why"][:21]) == ("open", "refused for good: 400")
    assert company.account.incidents == []

    company.account.faults.clear()
    await typed(company, "outbox", "retry", str(dead["number"]))
    await company.until(lambda tables: became(tables) == ["dead", "sent"])
    assert company.account.said() == ["trigger"]
    assert await outbox(company) == []

    company.service.works = True
    await company.settled(fails=False)
    assert company.account.said() == ["trigger", "resolve"]
    story = [
        each["what"]
        for each in json.loads(await typed(company, "incidents", "show", "sso", "--json"))["story"]
    ]
    assert story.index("oncall accepted the open") < story.index("resolved")
