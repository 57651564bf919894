"""The real process and those who hear of it besides PagerDuty: a signed webhook, a dead man's switch."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from alerting.receivers.webhook import sign
from tests.faults.company import Company, Heard

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MORE = """\
  hook: {{kind: webhook, url: "http://127.0.0.1:{port}/hook", secret: "{secret}"}}
alerting:
  flapping: false
  dead_mans_switch: {{url: "http://127.0.0.1:{port}/beat", interval: 1s}}
self_checks:
"""
REPLACED = "alerting: {flapping: false}\nself_checks:\n"


@dataclass
class Listener(Heard):
    """Somebody outside: takes webhooks, and hears the beats."""

    hooks: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    beats: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def hook(self, request: web.Request) -> web.Response:
        self.hooks.append((dict(request.headers), await request.read()))
        self.tell()
        return web.Response()

    async def beat(self, _: web.Request) -> web.Response:
        self.beats += 1
        self.tell()
        return web.Response()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.add_routes([web.post("/hook", listener.hook), web.get("/beat", listener.beat)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.port = runner.addresses[0][1]
    try:
        yield listener
    finally:
        await runner.cleanup()


def tell_too(config: Path, listener: Listener) -> None:
    """Add the two to the configuration."""
    more = MORE.format(port=listener.port, secret=SECRET)
    config.write_text(config.read_text().replace(REPLACED, more))


async def test_a_webhook_hears_of_an_outage_and_its_end_and_can_trust_both(company: Company) -> None:
    async with listening() as listener:
        tell_too(company.daemon.config, listener)
        await company.opened()
        company.service.works = False
        await listener.until(lambda: len(listener.hooks) == 1)
        company.service.works = True
        await listener.until(lambda: len(listener.hooks) == 2)

    assert [json.loads(body)["type"] for _, body in listener.hooks] == [
        "incident.opened",
        "incident.resolved",
    ]
    for headers, body in listener.hooks:
        signed = sign(SECRET, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
        assert headers["webhook-signature"] == signed


async def test_the_dead_mans_switch_beats_while_all_is_well_and_falls_silent_with_us(
    company: Company,
) -> None:
    async with listening() as listener:
        tell_too(company.daemon.config, listener)
        await company.opened()
        await listener.until(lambda: listener.beats >= 3)
        await company.daemon.kill()
        heard = listener.beats
        await asyncio.sleep(2.5)  # more than two beats: silence is what is awaited

        assert listener.beats == heard
