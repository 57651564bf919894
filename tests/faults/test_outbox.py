"""The real process and an operator at its outbox: what PagerDuty refused is seen, and given again."""

import json
from typing import Any

from store import history
from tests.fakes.pagerduty import Fault
from tests.faults.company import KEY, Company, Tables
from tests.faults.process import typed


async def outbox(company: Company) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = json.loads(await typed(company.daemon.config, "outbox", "--json"))
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
    await typed(company.daemon.config, "outbox", "retry", str(dead["number"]))
    await company.until(lambda tables: became(tables) == ["dead", "sent"])
    assert company.account.said() == ["trigger"]
    assert await outbox(company) == []

    company.service.works = True
    await company.settled(fails=False)
    assert company.account.said() == ["trigger", "resolve"]
    told = json.loads(await typed(company.daemon.config, "incidents", "show", "sso", "--json"))
    story = [each["what"] for each in told["story"]]
    assert story.index("oncall accepted the open") < story.index("resolved")
