"""Our server as the daemon runs it, on a free port of loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.exporter.views import Told
from web.server import application, listen


@asynccontextmanager
async def serving(told: Told) -> AsyncIterator[int]:
    """Answer until the end of the block; gives the port."""
    runner = await listen(application(lambda: told.view(2), ready=lambda: True), "127.0.0.1", 0)
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
