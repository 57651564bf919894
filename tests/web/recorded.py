"""A small company whose store is kept as the daemon keeps it, and our server over both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession

from alerting.events import Event
from checks.model import Configuration
from store import file
from store.writer import Writer
from tests.exporter.views import Told
from web.past import Past
from web.server import Pushing, application, listen


class Recorded(Told):
    """What is told is also written, as by the daemon."""

    def __init__(self, place: Path, configuration: Configuration | None = None) -> None:
        super().__init__(configuration)
        self.place = place
        self.store = file.open(place, "a test", 0)
        self._writer = Writer(self.store)

    def hear(self, event: Event, now: int) -> "Recorded":
        decision = self.engine.handle(event, now)
        self.counters.take(decision)
        self.deliverer.give(decision.intents)
        self._writer.put(decision.rows, urgent=True)
        return self


@dataclass(frozen=True)
class Asking:
    """Asks our server, and reads what it says."""

    session: ClientSession
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, path: str, method: str = "GET", **said: Any) -> ClientResponse:
        """Give the whole answer."""
        response = await self.session.request(method, self.url(path), **said)
        await response.read()
        return response

    async def get(self, path: str, **parameters: Any) -> Any:
        """Give the document of an answer that must be a yes."""
        response = await self.answer(path, params=parameters)
        assert response.status == 200, await response.text()
        return await response.json()

    async def refused(self, path: str, status: int, **parameters: Any) -> str:
        """Give the error of an answer that must be this no."""
        response = await self.answer(path, params=parameters)
        said = await response.json()
        assert (response.status, list(said)) == (status, ["error"])
        return str(said["error"])


@asynccontextmanager
async def asking(
    told: Told, past: Past | None, after: float = 2, pushes: Pushing = lambda: None
) -> AsyncIterator[Asking]:
    """Answer, as things stand so many seconds after the start, until the end of the block."""
    app = application(lambda: told.view(after), ready=lambda: True, past=past, pushes=pushes)
    runner = await listen(app, "127.0.0.1", 0)
    try:
        async with ClientSession() as session:
            yield Asking(session, runner.addresses[0][1])
    finally:
        await runner.cleanup()
