"""Old results imported beside the running daemon: its figures follow, and nobody hears of it."""

import asyncio
import json
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from commands.results import lines_of
from probes.result import Outcome, Result
from store import file, reader
from tests.faults.company import Company, Tables, results
from tests.faults.ledger import (
    SECOND,
    Asked,
    Document,
    Witness,
    differences,
    documents,
    history,
    judged,
    milliseconds,
    past_result,
    promise,
    slo,
    told,
    witnessed,
)
from tests.faults.process import typed

WEEK = 7 * 86_400 * SECOND
OUTAGE = "g" * 100 + "b" * 200 + "g" * 100  # a second each
FOLLOWS_WITHIN = 30.0  # seconds
LOOKS = 0.2  # seconds between two looks at the API
SSO = ("sso-day", "sso-month", "login-time", "login-tries", "login-speed")  # what is not about mail
MAIL = "hq/service/mail"
TURN = 150  # ms from an attempt's end until it counts for sure


async def opened(company: Company, witness: Witness) -> None:
    promise(company, witness, witness.clock.now() + 3600 * SECOND)
    await company.opened()
    await company.until(lambda tables: len(results(tables)) > 5)


async def imported(company: Company, lines: Iterable[str], name: str) -> dict[str, Any]:
    place = company.folder / name
    place.write_text("".join(["check,site,at,took,outcome,reason,extra\n", *lines]))
    said: dict[str, Any] = json.loads(
        await typed(company.daemon.config, "import", "results", str(place), "--json")
    )
    return said


def halves(lines: list[str]) -> tuple[list[str], list[str]]:
    """Shuffle lines, so that each half has holes that the other fills."""
    shuffled = Random(7).sample(lines, len(lines))
    return shuffled[: len(lines) // 2], shuffled[len(lines) // 2 :]


async def bad_things(company: Company) -> dict[str, float]:
    """Give the counters of what does not go on by itself: good attempts, relay's bad ones, missed runs do."""
    text = (await company.daemon.asked("/metrics") or b"").decode()
    named = [line.rsplit(" ", 1) for line in text.splitlines() if "_total{" in line and line[0] != "#"]
    return {
        series: float(value)
        for series, value in named
        if not any(words in series for words in ('outcome="good"', "missed_runs", 'check="relay"'))
    }


async def good_attempts(company: Company, check: str) -> float:
    text = (await company.daemon.asked("/metrics") or b"").decode()
    (line,) = [
        each
        for each in text.splitlines()
        if each.startswith(f'watchkeeper_attempts_total{{check="{check}"') and 'outcome="good"' in each
    ]
    return float(line.rsplit(" ", 1)[1])


async def standing(company: Company) -> tuple[dict[str, str], list[Document]]:
    """Give the states of services and checks as `status` tells them, and the incidents.

    Since when one is in its state is not among them: an import is as if it had been asked then. But the
    daemon is to say the same of it as `status`, which judges what is stored.
    """
    said = json.loads(await typed(company.daemon.config, "status", "--json"))
    checks = {name: each for service in said["services"].values() for name, each in service["checks"].items()}
    live = (await told(company, "checks"))["checks"]
    assert {each["name"]: each["since"] for each in live} == {
        name: each["since"] for name, each in checks.items()
    }
    services = (await told(company, "services"))["services"]
    assert {each["name"]: each["since"] for each in services} == {
        name: each["since"] for name, each in said["services"].items()
    }
    states = {name: each["state"] for name, each in (*said["services"].items(), *checks.items())}
    return states, said["incidents"]


async def firm(company: Company) -> tuple[int, list[Document]]:
    """Give the objectives as the API tells them at an instant at which no attempt was under way."""
    while True:
        said = await told(company, "objectives")
        await asyncio.sleep(LOOKS)
        at = milliseconds(said["at"])
        await company.until(partial(has_later, at))
        stored = cast(list[Result], company.ask_store(results))
        if not any(each.at <= at <= each.at + each.took * 1000 + TURN for each in stored):
            return at, said["objectives"]


def has_later(at: int, tables: Tables) -> bool:
    return (reader.last_result_at(tables) or 0) > at


async def followed(company: Company) -> None:
    """Wait until the figures are those of all that is stored; that is to be soon."""
    async with asyncio.timeout(FOLLOWS_WITHIN):
        while True:
            at, said = await firm(company)
            if not differences(said, documents(judged(company, at), at)):
                return


def bad(said: Iterable[Document], objective: str) -> float:
    return next(cast(float, each["bad"]) for each in said if each["objective"] == objective)


async def old_and_late(company: Company, now: int) -> None:
    """Import an outage of last week in two halves, one of them twice, and with it one of just now."""
    latest = max(each.at for each in cast(list[Result], company.ask_store(results)) if each.check == "login")
    late = [past_result("login", latest - 600 + number, "b") for number in range(3)]  # between two of its own
    past = history(now - WEEK, OUTAGE, ["login"]) + history(now - WEEK, "g" * 400, ["relay"])
    one, other = halves([*lines_of([*past, *late], "csv")][1:])
    assert (await imported(company, one, "one.csv"))["new"] == len(one)
    assert (await imported(company, other, "other.csv"))["new"] == len(other)
    assert (await imported(company, other, "again.csv"))["already_there"] == len(other)


async def test_old_outages_change_the_figures_and_nothing_else_while_another_service_is_down(
    company: Company,
) -> None:
    async with witnessed() as witness:
        await opened(company, witness)
        witness.how["relay"] = "fails"
        await company.settled(fails=True)
        counted, stood = await bad_things(company), await standing(company)
        await old_and_late(company, witness.clock.now())
        await followed(company)

        assert company.account.said(MAIL) == ["trigger"]
        assert len(company.account.received) == 1
        assert await bad_things(company) == counted
        assert await standing(company) == stood
        seen = [each for each in witness.asked if each.check == "login"]
        assert len(seen) - 1 <= await good_attempts(company, "login") <= len(seen)
        at, said = await firm(company)
        assert 0 < bad(said, "sso-day") < 2
        assert bad(said, "login-time") == 200 + bad(said, "sso-day")
        assert (bad(said, "login-tries"), bad(said, "login-speed")) == (203, 203)

        assert await company.daemon.terminate() == 0
        sso = [each for each in said if each["objective"] in SSO]
        assert differences(sso, await slo(company, at, *SSO)) == []
        await company.daemon.start()
        await company.daemon.ready()
        at, said = await firm(company)
        assert differences(said, documents(judged(company, at), at)) == []
        assert set(company.account.said(MAIL)) == {"trigger"}


async def test_an_export_and_a_backup_beside_it_have_what_was_imported_and_what_was_measured(
    company: Company,
) -> None:
    async with witnessed() as witness:
        await opened(company, witness)
        lines = [*lines_of(history(witness.clock.now() - WEEK, OUTAGE, ["login"]), "csv")][1:]
        for number, half in enumerate(halves(lines)):
            await imported(company, half, f"{number}.csv")
        exported = (await typed(company.daemon.config, "export", "results", "--check", "login")).splitlines(
            keepends=True
        )

        assert exported[1 : len(lines) + 1] == lines
        assert_measured(exported[len(lines) + 1 :], [each for each in witness.asked if each.check == "login"])
        await assert_backed_up(company, witness, len(lines))


def assert_measured(lines: list[str], seen: list[Asked]) -> None:
    assert 0 < len(lines) <= len(seen)
    for line, asked in zip(lines, seen, strict=False):
        _, _, at, took, outcome, *_ = line.split(",")
        assert outcome == Outcome.GOOD
        assert milliseconds(at) - 20 <= asked.began <= milliseconds(at) + float(took) * 1000 + 20


async def assert_backed_up(company: Company, witness: Witness, imported: int) -> None:
    """See that a copy is whole, has every result until it was made, and gives the same figures."""
    at, copy = cast(int, company.ask_store(reader.last_result_at)) - 500, company.folder / "copy.db"
    await typed(company.daemon.config, "backup", str(copy))
    ours, theirs = await asyncio.gather(slo(company, at), slo(company, at, "--store", f"sqlite:///{copy}"))
    assert differences(theirs, ours) == []
    copied = stored_in(copy)
    assert len(copied) > imported
    assert copied == cast(list[Result], company.ask_store(results))[: len(copied)]
    with file.open(copy, "test", witness.clock.now()) as store:
        assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def stored_in(place: Path) -> list[Result]:
    with closing(reader.open_reader(place)) as tables:
        return results(tables)
