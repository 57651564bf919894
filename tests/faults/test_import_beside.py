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
    Document,
    Witness,
    differences,
    documents,
    history,
    judged,
    milliseconds,
    promise,
    slo,
    told,
    typed,
    witnessed,
)

WEEK = 7 * 86_400 * SECOND
OUTAGE = "g" * 100 + "b" * 200 + "g" * 100  # a second each
FOLLOWS_WITHIN = 30.0  # seconds
LOOKS = 0.2  # seconds between two looks at the API
TURN = 150  # ms from an attempt's end until it counts for sure


async def opened(company: Company, witness: Witness) -> None:
    promise(company, witness, witness.clock.now() + 3600 * SECOND)
    await company.opened()
    await company.until(lambda tables: len(results(tables)) > 5)


async def imported(company: Company, lines: Iterable[str], name: str) -> dict[str, Any]:
    place = company.folder / name
    place.write_text("".join(["check,site,at,took,outcome,reason,extra\n", *lines]))
    said: dict[str, Any] = json.loads(await typed(company, "import", "results", str(place), "--json"))
    return said


def halves(lines: list[str]) -> tuple[list[str], list[str]]:
    """Shuffle lines, so that each half has holes that the other fills."""
    shuffled = Random(7).sample(lines, len(lines))
    return shuffled[: len(lines) // 2], shuffled[len(lines) // 2 :]


async def bad_things(company: Company) -> dict[str, float]:
    """Give every counter of what is not a good attempt, by name and labels; a busy machine misses runs."""
    text = (await company.daemon.asked("/metrics") or b"").decode()
    named = [line.rsplit(" ", 1) for line in text.splitlines() if "_total{" in line and line[0] != "#"]
    return {
        series: float(value)
        for series, value in named
        if 'outcome="good"' not in series and "missed_runs" not in series
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
    """Give the states that `status` tells of services and checks, and the incidents; the API tells the same."""
    said = json.loads(await typed(company, "status", "--json"))
    stored = [(name, each, [*each["checks"].items()]) for name, each in said["services"].items()]
    live = [
        (each["name"], each, named(each["checks"])) for each in (await told(company, "services"))["services"]
    ]
    assert states(stored) == states(live)
    return {name: state for name, (state, _) in states(stored).items()}, said["incidents"]


def named(checks: list[Document]) -> list[tuple[str, Document]]:
    return [(each["name"], each) for each in checks]


def states(services: list[tuple[str, Document, list[tuple[str, Document]]]]) -> dict[str, tuple[str, str]]:
    """Give the state of every service and check, and since when."""
    every = [(name, each) for service, said, checks in services for name, each in ((service, said), *checks)]
    return {name: (each["state"], each["since"]) for name, each in every}


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


async def test_an_outage_of_last_week_changes_the_figures_and_nothing_else(company: Company) -> None:
    async with witnessed() as witness:
        await opened(company, witness)
        counted, stood = await bad_things(company), await standing(company)
        lines = [*lines_of(history(witness.clock.now() - WEEK, OUTAGE, ["login"]), "csv")][1:]
        one, other = halves(lines)

        assert (await imported(company, one, "one.csv"))["new"] == len(one)
        assert (await imported(company, other, "other.csv"))["new"] == len(other)
        assert (await imported(company, other, "again.csv"))["already_there"] == len(other)
        await followed(company)

        _, said = await firm(company)
        assert (bad(said, "sso-day"), bad(said, "login-time")) == (0, 200)
        assert (bad(said, "login-tries"), bad(said, "login-speed")) == (200, 200)
        assert company.account.received == []
        assert await bad_things(company) == counted
        assert await standing(company) == stood
        seen = [each for each in witness.asked if each.check == "login"]
        assert len(seen) - 1 <= await good_attempts(company, "login") <= len(seen)

        assert await company.daemon.terminate() == 0
        await company.daemon.start()
        await company.daemon.ready()
        at, said = await firm(company)
        assert differences(said, documents(judged(company, at), at)) == []
        assert differences(said, await slo(company, at)) == []
        assert company.account.received == []


def measured_lines(tables: Tables) -> list[str]:
    return [*lines_of(results(tables), "csv")]


async def test_an_export_has_what_was_imported_and_what_was_measured(company: Company) -> None:
    async with witnessed() as witness:
        await opened(company, witness)
        past = history(witness.clock.now() - WEEK, OUTAGE, ["login"])
        lines = [*lines_of(past, "csv")][1:]
        one, other = halves(lines)
        await imported(company, one, "one.csv")
        await imported(company, other, "other.csv")
        exported = (await typed(company, "export", "results", "--check", "login")).splitlines(keepends=True)

        assert exported[1 : len(lines) + 1] == lines
        measured = exported[len(lines) + 1 :]
        seen = [each for each in witness.asked if each.check == "login"]
        assert 0 < len(measured) <= len(seen)
        for line, asked in zip(measured, seen, strict=False):
            _, _, at, took, outcome, *_ = line.split(",")
            assert outcome == Outcome.GOOD
            assert milliseconds(at) - 20 <= asked.began <= milliseconds(at) + float(took) * 1000 + 20


async def test_a_backup_beside_it_is_a_store_with_the_same_figures(company: Company) -> None:
    async with witnessed() as witness:
        await opened(company, witness)
        lines = [*lines_of(history(witness.clock.now() - WEEK, OUTAGE, ["login"]), "csv")][1:]
        await imported(company, lines, "past.csv")
        at = cast(int, company.ask_store(reader.last_result_at)) - 500
        copy = company.folder / "copy.db"
        await typed(company, "backup", str(copy))

        assert (
            differences(await slo(company, at, "--store", f"sqlite:///{copy}"), await slo(company, at)) == []
        )
        assert stored_in(copy) == cast(list[Result], company.ask_store(results))[: len(stored_in(copy))]
        with file.open(copy, "test", witness.clock.now()) as store:
            assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def stored_in(place: Path) -> list[Result]:
    with closing(reader.open_reader(place)) as tables:
        return results(tables)
