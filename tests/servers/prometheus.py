"""A real Prometheus on loopback that scrapes one target twice a second."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from tests.servers.nginx import free_port

CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}
scrape_configs:
  - job_name: watchkeeper
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
"""


@dataclass(frozen=True)
class Prometheus:
    """Where it answers queries."""

    url: str
    session: ClientSession
    process: asyncio.subprocess.Process

    async def value(self, query: str) -> float:
        """Ask until there is one value; a Prometheus that has ended is an error."""
        while True:
            if found := await self._ask(query):
                return float(found[0]["value"][1])
            assert self.process.returncode is None, "prometheus ended"
            await asyncio.sleep(0.05)  # it tells nobody when it has scraped

    async def _ask(self, query: str) -> list[dict[str, Any]]:
        try:
            async with self.session.get(f"{self.url}/api/v1/query", params={"query": query}) as response:
                answer = await response.json(content_type=None)
        except (ClientError, ValueError):  # it does not listen yet
            return []
        return answer["data"]["result"] if response.status == 200 else []


@asynccontextmanager
async def prometheus(folder: Path, target: int) -> AsyncIterator[Prometheus]:
    """Run one until the end of the block."""
    config, port = folder / "prometheus.yml", free_port()
    config.write_text(CONFIG.format(target=target))
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    async with ClientSession() as session:
        try:
            yield Prometheus(f"http://127.0.0.1:{port}", session, process)
        finally:
            process.terminate()
            await process.wait()
