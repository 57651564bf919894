"""A real Prometheus scrapes us, in both formats, and drops nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from exporter.render import Format
from tests.exporter.parsed import samples
from tests.exporter.views import Told
from tests.servers.prometheus import prometheus
from tests.web.serving import serving
from web.server import listen


@asynccontextmanager
async def relay(port: int, format: Format) -> AsyncIterator[int]:
    """Pass our metrics on in one format, whatever is asked for: this Prometheus cannot be told which."""

    async def metrics(_: web.Request) -> web.Response:
        async with session.get(
            f"http://127.0.0.1:{port}/metrics", headers={"Accept": format.value}
        ) as answer:
            kind = answer.headers["Content-Type"]
            return web.Response(body=await answer.read(), headers={"Content-Type": kind})

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics)])
    async with ClientSession() as session:
        runner = await listen(app, "127.0.0.1", 0)
        yield runner.addresses[0][1]
        await runner.cleanup()


async def assert_nothing_is_dropped(told: Told, port: int, folder: Path) -> None:
    async with prometheus(folder, port) as server:
        assert await server.value("up == 1") == 1
        scraped = await server.value("scrape_samples_scraped")
        assert scraped == len(samples(told.view(2)))
        assert scraped == await server.value("scrape_samples_post_metric_relabeling")
        assert await server.value('watchkeeper_check_state{check="inbox",state="down"}') == 1
        assert await server.value('watchkeeper_attempt_duration_seconds_bucket{check="login",le="0.25"}') == 1


@pytest.mark.server("prometheus")
async def test_prometheus_takes_every_sample(told: Told, tmp_path: Path) -> None:
    async with serving(told) as port:
        await assert_nothing_is_dropped(told, port, tmp_path)


@pytest.mark.server("prometheus")
@pytest.mark.parametrize("format", Format)
async def test_prometheus_takes_every_sample_of_each_format(
    told: Told, tmp_path: Path, format: Format
) -> None:
    async with serving(told) as port, relay(port, format) as relayed:
        await assert_nothing_is_dropped(told, relayed, tmp_path)
