"""Our server on loopback, over a small company that was told something."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from probes.result import Reason
from tests.exporter.views import Told
from web.server import application

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def told() -> Told:
    return Told().attempt("login", 0, facts={"status_code": 200}).attempt("inbox", 1, Reason.HTTP_STATUS)


@pytest.fixture
async def client(aiohttp_client: Callable[[web.Application], Awaitable[Client]], told: Told) -> Client:
    async def reload() -> list[str]:
        return told.mistakes

    return await aiohttp_client(application(lambda: told.view(2), ready=lambda: True, reload=reload))


@pytest.fixture
async def early(aiohttp_client: Callable[[web.Application], Awaitable[Client]]) -> Client:
    """Give a client of a server that is not ready yet."""

    def see() -> None:
        raise AssertionError("nothing can be seen before the store has been read")

    return await aiohttp_client(application(see, ready=lambda: False))  # type: ignore[arg-type]  # never returns
