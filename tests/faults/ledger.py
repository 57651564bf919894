"""A company that has promised much: who saw what it asked, what is said of its promises, and what is true."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from alerting.engine import Engine
from alerting.form import instant
from alerting.orders import Orders
from checks.model import Configuration
from commands.configuration import load
from exporter.objective_documents import objective_document
from probes.clock import Clock
from probes.result import Outcome, Reason, Result
from store import reader
from tests.faults.company import Company
from tests.faults.process import typed
from tests.servers.nginx import free_port

SECOND = 1000  # ms
CHECKS = {"login": "sso", "inbox": "mail", "relay": "mail"}
PAUSES = {
    "slow": 0.15,
    "hangs": 0.8,
    "stuck": 1.5,
}  # seconds until it answers: over `faster_than`, time-out, interval
OPTIONS = "kind: http, interval: 1s, timeout: 500ms, confirm: 2, confirm_interval: 200ms, recover: 2"
PROMISES = """\
maintenance:
  - {{name: each-hour, services: [mail], start: {start}, duration: 2s, recurrence: FREQ=HOURLY}}
objectives:
  sso-day: {{service: sso, target: 99%, window: 1d}}
  sso-month: {{service: sso, target: 99.9%, window: month}}
  work: {{services: [sso, mail], combine: any, target: 95%, window: 30d}}
  desk: {{service: mail, target: 99%, window: 30d, during: desk}}
  login-time: {{check: login, target: 99%, window: quarter}}
  login-tries: {{check: login, target: 90%, window: 30d, indicator: attempts}}
  login-speed: {{check: login, target: 80%, window: 30d, indicator: latency, faster_than: 100ms}}
  relay-tries: {{check: relay, target: 90%, window: week, indicator: attempts, during: desk}}
"""
QUIET = "alerting: {flapping: false}"
HOURS = 'alerting: {flapping: false, hours: {desk: {days: mon-sun, from: "00:00", to: "23:30"}}}'
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a check made: when it came, and when it was answered (ms)."""

    check: str
    began: int
    ended: int


class Witness:
    """All that people use, at a path for each check. It remembers every request.

    `how` says of a check whether it works (the default), fails, is slow, hangs or is stuck.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.how: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.clock = Clock()

    async def answer(self, request: web.Request) -> web.Response:
        check, began = request.match_info["check"], self.clock.now()
        how = self.how.get(check, "works")
        await asyncio.sleep(PAUSES.get(how, 0))
        self.asked.append(Asked(check, began, self.clock.now()))
        return web.Response(status=503 if how == "fails" else 200)


@asynccontextmanager
async def witnessed() -> AsyncIterator[Witness]:
    witness = Witness()
    app = web.Application()
    app.router.add_get("/{check}", witness.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", witness.port).start()
    try:
        yield witness
    finally:
        await runner.cleanup()


def promise(company: Company, witness: Witness, excluded_at: int) -> None:
    """Write the configuration: what is promised is measured at the witness.

    Mail is in maintenance for two seconds from `excluded_at` (ms) on, and again each hour.
    """
    head, rest = company.daemon.config.read_text().replace(QUIET, HOURS).split("\nchecks:\n")
    receivers = rest.split("receivers:\n")[1]
    start = whole_second(excluded_at)
    checks = "".join(checks_of(witness))
    company.daemon.config.write_text(
        f"{head}\n  mail: {{title: Mail, tier: 1}}\nchecks:\n{checks}receivers:\n{receivers}"
        f"{PROMISES.format(start=start)}"
    )


def checks_of(witness: Witness) -> Iterator[str]:
    for name, service in CHECKS.items():
        yield f'  {name}: {{service: {service}, url: "http://127.0.0.1:{witness.port}/{name}", {OPTIONS}}}\n'


@asynccontextmanager
async def beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let something go on until the end of the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# --- what is said


async def slo(company: Company, at: int, *words: str) -> list[Document]:
    """Give what `slo` says of an instant."""
    said: list[Document] = json.loads(
        await typed(company.daemon.config, "slo", "--json", "--at", instant(at), *words)
    )
    return said


async def told(company: Company, path: str) -> Any:
    """Give what the API says; None while it says nothing."""
    body = await company.daemon.asked(f"/api/v1/{path}")
    return None if body is None else json.loads(body)


# --- what is true


def configured(company: Company) -> Configuration:
    return load(str(company.daemon.config), {})


def judged(company: Company, until: int | None = None) -> Engine:
    """Judge what is stored from the first result on: all of it, or what began before an instant (ms)."""
    configuration = configured(company)
    with closing(reader.open_reader(company.store)) as tables:
        orders = Orders(ZoneInfo(configuration.timezone))
        for operation in reader.operations(tables):
            orders.take(operation)
        engine = Engine(configuration, orders=orders)
        engine.replay(reader.results_since(tables, 0, until=until))
    return engine


def documents(engine: Engine, at: int) -> list[Document]:
    """Give every objective at an instant, as it is told."""
    accounts, configuration = engine.accounts, engine.configuration
    made: list[Document] = json.loads(
        json.dumps([objective_document(each, accounts, configuration) for each in accounts.at(at)])
    )
    return made


def differences(said: list[Document], true: list[Document]) -> list[str]:
    """Say which figures of which objective are not what they should be."""
    assert [each["objective"] for each in said] == [each["objective"] for each in true]
    return [
        f"{ours['objective']}.{name}: {theirs[name]} instead of {value}"
        for theirs, ours in zip(said, true, strict=True)
        for name, value in ours.items()
        if theirs[name] != value
    ]


def whole_second(at: int) -> str:
    """Write an instant (ms) as the configuration and orders take it."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(timestamp: str) -> int:
    return round(datetime.fromisoformat(timestamp).timestamp() * 1000)


# --- a past


def history(begin: int, letters: str, checks: list[str]) -> list[Result]:
    """Make a past of checks, a second for each letter: g(ood), s(low), b(ad), u(nknown) or . for nothing."""
    return [
        past_result(check, begin + number * SECOND + shift, letter)
        for number, letter in enumerate(letters)
        for shift, check in enumerate(checks)
        if letter != "."
    ]


def past_result(check: str, at: int, letter: str) -> Result:
    outcome = {"b": Outcome.BAD, "u": Outcome.UNKNOWN}.get(letter, Outcome.GOOD)
    reason = {"b": Reason.HTTP_STATUS, "u": Reason.BLIND}.get(letter)
    return Result(check, "hq", at, 0.25 if letter == "s" else 0.01, outcome, reason)
