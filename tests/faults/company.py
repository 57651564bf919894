"""A company on loopback: one service that fails as told, its PagerDuty, and the daemon between them."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from alerting.receiver import Response
from probes.clock import Clock
from probes.result import Result
from store import reader
from store.rows import IncidentRow
from tests.fakes.pagerduty import PagerDuty, application
from tests.faults.process import LOOK, Running
from tests.servers.nginx import free_port

LONGEST_WAIT = 60.0  # seconds that anything at all may take on a busy machine
KEY = "hq/service/sso"
OTHER_KEY = "fedcba9876543210fedcba9876543210"  # of another service at PagerDuty
CHECKS = """\
version: 1
site: hq
services:
  sso: {{title: Single sign-on, tier: 1}}
checks:
  login:
    service: sso
    kind: http
    url: http://127.0.0.1:{service}/
    interval: 1s
    timeout: 1s
    confirm: 2
    confirm_interval: 200ms
    recover: 1
receivers:
  oncall: {{kind: pagerduty, routing_key: {routing_key}, url: "http://127.0.0.1:{pagerduty}/v2/enqueue"}}
alerting: {{flapping: false}}
self_checks:
  - {{tcp: "127.0.0.1:{pagerduty}", network: internal}}
store: sqlite:///watchkeeper.db
web: {{listen: "127.0.0.1:{web}"}}
"""
Tables = sqlite3.Connection


class Heard:
    """Something that happens, for one who waits until enough has happened."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONGEST_WAIT):
            while not holds():
                self._news.clear()
                await self._news.wait()


class Service(Heard):
    """What people use. It answers 200, or 503, or nobody listens; `asked` counts the requests it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.works = True
        self.asked = 0
        app = web.Application()
        app.router.add_get("/", self._answer)
        app.router.add_get("/slow", self._hang)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def listen(self) -> None:
        if not self._runner.server:
            await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def hang_up(self) -> None:
        """Close the listening socket: connections are refused."""
        for site in list(self._runner.sites):
            await site.stop()

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _hang(self, _: web.Request) -> web.Response:
        """Answer later than anybody waits."""
        await asyncio.sleep(5)
        return web.Response()

    async def _answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        self.tell()
        return web.Response(status=200 if self.works else 503)


class Account(PagerDuty, Heard):
    """An account at PagerDuty of which one hears at once what reaches it."""

    def __init__(self, *routing_keys: str) -> None:
        PagerDuty.__init__(self, *routing_keys, now=Clock().now, per_minute=10_000)
        Heard.__init__(self)

    def handle(self, body: bytes) -> Response | None:
        answer = super().handle(body)
        self.tell()
        return answer

    def said(self, key: str = KEY) -> list[str]:
        """Give what was said under a key and taken in, in order."""
        return [event["event_action"] for _, event in self.received if event["dedup_key"] == key]


@dataclass
class Company:
    """The three of them. `store` is where the daemon keeps what it knows."""

    folder: Path
    service: Service
    account: Account
    daemon: Running = field(repr=False)

    @property
    def store(self) -> Path:
        return self.folder / "watchkeeper.db"

    async def opened(self) -> None:
        """Begin a first life, and wait until the service was seen to work."""
        await self.daemon.start()
        await self.daemon.ready()
        await self.until(lambda tables: bool(results(tables)))

    async def until(self, holds: Callable[[Tables], bool]) -> None:
        """Wait until something is in the store. A file tells nobody when it changes, so it is looked at."""
        with closing(reader.open_reader(self.store)) as tables:
            deadline = asyncio.get_running_loop().time() + LONGEST_WAIT
            while not holds(tables):
                assert asyncio.get_running_loop().time() < deadline, "it never came to be in the store"
                assert self.daemon.lives, f"the daemon ended: {self.daemon.log.read_text()}"
                await asyncio.sleep(LOOK)

    async def settled(self, *, fails: bool) -> None:
        """Wait until the incident is open, or none is, and everything was said and the store knows it."""
        await self.until(
            lambda tables: bool(open_keys(tables)) is fails and not [*reader.unsettled_intents(tables)]
        )

    def edit(self, words: str, others: str) -> None:
        """Write other words into the configuration, once, as an editor does: a new file takes the place."""
        config = self.daemon.config
        text = config.read_text()
        assert text.count(words) == 1, text
        new = config.with_name("checks.yaml.new")
        new.write_text(text.replace(words, others))
        new.replace(config)

    def ask_store(self, question: Callable[[Tables], object]) -> object:
        with closing(reader.open_reader(self.store)) as tables:
            return question(tables)


def results(tables: Tables) -> list[Result]:
    return [*reader.results_since(tables, 0)]


def open_keys(tables: Tables) -> list[str]:
    return [row.key for row in reader.open_incidents(tables)]


def episodes(tables: Tables) -> list[IncidentRow]:
    """Give every episode of the service's incident, in order."""
    rows = reader.recent_incidents(tables, 10_000)
    return sorted((row for row in rows if row.key == KEY), key=lambda row: row.episode)


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Keep everybody else from writing: what a backup program does that stays too long."""
    with closing(sqlite3.connect(store, isolation_level=None)) as tables:
        tables.execute("BEGIN IMMEDIATE")
        yield


@asynccontextmanager
async def founded(folder: Path, number: int = 1) -> AsyncIterator[Company]:
    """Open a company in a folder of its own; its daemon is not started yet, and ends with the block."""
    routing_key, port = f"{number:032d}", free_port()
    service, account = Service(), Account(routing_key, OTHER_KEY)
    desk = web.AppRunner(application(account), access_log=None, shutdown_timeout=0.1)
    await service.listen()
    await desk.setup()
    await web.TCPSite(desk, "127.0.0.1", 0).start()
    ports = {"service": service.port, "pagerduty": desk.addresses[0][1], "web": port}
    config = configured(folder, CHECKS.format(routing_key=routing_key, **ports))
    company = Company(folder, service, account, Running(config, port))
    try:
        yield company
    finally:
        await company.daemon.end()
        await service.close()
        await desk.cleanup()


def configured(folder: Path, checks: str) -> Path:
    folder.mkdir(exist_ok=True)
    config = folder / "checks.yaml"
    config.write_text(checks)
    return config
