"""SIGKILL around every message: never a second incident for one outage, never a lost resolve."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Literal, get_args

import pytest

from tests.fakes.pagerduty import Fault
from tests.faults.company import KEY, Company, founded, open_keys
from tests.faults.outages import assert_each_outage_was_one_incident

KILLS, COMPANIES = 50, 8
Message = Literal["trigger", "resolve"]
Place = Literal["decided", "sent", "taken in", "answered"]


@dataclass(frozen=True)
class Kill:
    """Where the daemon dies, and what it finds when it is back.

    decided: the decision is in the store. sent: the request is out, and PagerDuty does not take it in.
    taken in: PagerDuty has it, and does not answer. answered: it does, and the store does not know yet.
    """

    message: Message
    place: Place
    fails_at_restart: bool

    @property
    def outages(self) -> int:
        return 2 if self.message == "resolve" and self.fails_at_restart else 1


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
    account, message = company.account, kill.message
    received, tried = len(account.received), len(account.tried)
    if kill.place != "answered":
        how: Literal["lost", "hang"] = "lost" if kill.place == "taken in" else "hang"
        account.faults.append(Fault(how, hits=lambda event: event["event_action"] == message))
    company.service.works = message == "resolve"
    if kill.place == "decided":
        await company.until(lambda tables: (KEY in open_keys(tables)) is (message == "trigger"))
    elif kill.place == "sent":
        await account.until(lambda: len(account.tried) > tried)
    else:
        await account.until(lambda: len(account.received) > received)
    await company.daemon.kill()
