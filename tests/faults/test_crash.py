"""SIGKILL around every message: never a second incident for one outage, never a lost resolve."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Literal, get_args

import pytest

from tests.fakes.pagerduty import Fault
from tests.faults.company import KEY, Account, Company, founded, locked, open_keys
from tests.faults.outages import assert_each_outage_was_one_incident

KILLS, COMPANIES = 50, 8
TEMPTATION = 0.1  # seconds in which it could say what it may not say yet
Message = Literal["trigger", "resolve"]
Place = Literal["decided", "stored", "sent", "taken in", "answered"]


@dataclass(frozen=True)
class Kill:
    """Where the daemon dies, and what it finds when it is back.

    decided: the store was not able to take the decision. stored: it took it. sent: the request is out, and
    PagerDuty does not take it in. taken in: it does, and does not answer. answered: that too, and the store
    does not know yet.
    """

    message: Message
    place: Place
    fails_at_restart: bool

    @property
    def outages(self) -> int:
        """Count the episodes: what was decided and not stored has never been, and nobody has heard of it."""
        again = int(self.fails_at_restart)
        if self.place == "decided":
            return again if self.message == "trigger" else 1
        return 1 if self.message == "trigger" else 1 + again


EVERY = [
    Kill(message, place, fails)
    for fails in (True, False)
    for place in get_args(Place)
    for message in get_args(Message)
]


@pytest.mark.timeout(400)  # a hundred starts of a daemon: a minute on two idle cores
async def test_fifty_kills_around_messages_neither_repeat_an_incident_nor_lose_a_resolve(
    tmp_path: Path,
) -> None:
    kills = list(islice(cycle(EVERY), KILLS))
    async with asyncio.TaskGroup() as group:
        for number in range(COMPANIES):
            group.create_task(live_through(kills[number::COMPANIES], tmp_path / str(number), number))


async def live_through(kills: Sequence[Kill], folder: Path, number: int) -> None:
    async with founded(folder, number) as company:
        await company.opened()
        for kill in kills:
            before = len(company.account.incidents)
            await outage_with(kill, company)
            assert len(company.account.incidents) - before == kill.outages, kill
        assert_each_outage_was_one_incident(company, sum(kill.outages for kill in kills))


async def outage_with(kill: Kill, company: Company) -> None:
    """Be down once (or twice, where it fails again), with one kill; at the end all is well."""
    if kill.message == "resolve":
        company.service.works = False
        await company.settled(fails=True)
    await die_at(kill, company)
    company.service.works = not kill.fails_at_restart
    company.account.faults.clear()
    await company.daemon.start()
    if kill.fails_at_restart:
        await company.settled(fails=True)
        company.service.works = True
    await company.settled(fails=False)


async def die_at(kill: Kill, company: Company) -> None:
    """Let the service change, and kill the daemon when what it says of it is at the place."""
    withhold(kill, company.account)
    with locked(company.store) if kill.place == "decided" else nullcontext():
        company.service.works = kill.message == "resolve"
        await arrival(kill, company)
        await company.daemon.kill()


def withhold(kill: Kill, account: Account) -> None:
    """Let PagerDuty give no answer to the message; nor take it in, where it is not to have it yet."""
    if kill.place != "answered":
        how: Literal["lost", "hang"] = "lost" if kill.place == "taken in" else "hang"
        account.faults.append(Fault(how, hits=lambda event: event["event_action"] == kill.message))


async def arrival(kill: Kill, company: Company) -> None:
    account, opens = company.account, kill.message == "trigger"
    received, tried = len(account.received), len(account.tried)
    match kill.place:
        case "decided":
            await company.daemon.says(f"{'opened' if opens else 'resolved'} {KEY}")
            await asyncio.sleep(TEMPTATION)
            assert len(account.tried) == tried, "something was said that is not stored"
        case "stored":
            await company.until(lambda tables: (KEY in open_keys(tables)) is opens)
        case "sent":
            await account.until(lambda: len(account.tried) > tried)
        case "taken in" | "answered":
            await account.until(lambda: len(account.received) > received)
