"""The memory of attempts that hang in TLS, beside asyncio's own TLS and blackbox_exporter.

.venv/bin/python bench/hanging.py [ATTEMPTS]

A server on loopback takes connections and never answers (`silent`), or shakes hands, takes the request
and never answers that (`shaken`). Each way of asking is a process of its own; what is told is how much its
resident memory (RSS) grew for each attempt under way, once all hang. `make servers` brings blackbox_exporter.
"""

import asyncio
import gc
import json
import os
import re
import resource
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import trustme  # noqa: E402 - the checkout comes first
from pydantic import TypeAdapter  # noqa: E402

from bench.attempts import blackbox  # noqa: E402
from checks.model import Check  # noqa: E402
from probes.attempt import attempt  # noqa: E402
from probes.basic.http import Http  # noqa: E402
from probes.clock import Clock  # noqa: E402
from probes.guard import LoopGuard  # noqa: E402
from tests.fakes.badhttp import serving  # noqa: E402

FOREVER = 600.0


class Server:
    """Takes connections, counts those that hang, and says so when all do."""

    def __init__(self, expected: int) -> None:
        self._left, self.all_there = expected, asyncio.Event()

    async def hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG002
        await reader.read(1)
        self._left -= 1
        if self._left <= 0:
            self.all_there.set()
        await asyncio.Event().wait()


# --- ways to ask; each begins one attempt that will hang


async def by_us(port: int, ca_file: str) -> None:
    probe = TypeAdapter(Http).validate_python({"url": f"https://127.0.0.1:{port}/", "ca_file": ca_file})
    check = Check(name="asked", kind="http", probe=probe, timeout=FOREVER)
    await attempt(check, "bench", Clock(), LoopGuard(), extra=False)


_contexts: dict[str, ssl.SSLContext] = {}


async def by_asyncio(port: int, ca_file: str) -> None:
    if ca_file not in _contexts:
        _contexts[ca_file] = ssl.create_default_context(cafile=ca_file)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=_contexts[ca_file])
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    await reader.read()


WAYS = {"Watchkeeper": by_us, "asyncio streams": by_asyncio}


async def hang(way: str, port: int, ca_file: str, attempts: int) -> None:
    """Begin all attempts; say how large this process is before and, when asked, after."""
    first = asyncio.create_task(WAYS[way](port, ca_file))
    await asyncio.sleep(0.5)  # what is loaded and made on first use is no attempt's
    before = rss(os.getpid())
    tasks = [asyncio.create_task(WAYS[way](port, ca_file)) for _ in range(attempts)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    gc.collect()
    print(rss(os.getpid()) - before, flush=True)
    for task in (first, *tasks):
        task.cancel()
    await asyncio.gather(first, *tasks, return_exceptions=True)


def rss(process: int) -> int:
    """Give the resident memory of a process in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) * 1024


# --- the comparison


async def measured(way: str, shaken: bool, folder: Path, attempts: int) -> float:
    """Give the bytes for each attempt."""
    server = Server(attempts + 1)
    async with serving(server.hang, context(folder) if shaken else None) as port:
        said = json.dumps([way, port, str(folder / "ca.pem"), attempts])
        asking = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "--hang", said, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        await server.all_there.wait()
        grown, _ = await asking.communicate(b"\n")
    return int(grown) / attempts


async def measured_peer(shaken: bool, folder: Path, attempts: int) -> float:
    """Give the same of blackbox_exporter, asked by as many scrapes at once."""
    server = Server(attempts + 1)
    async with serving(server.hang, context(folder) if shaken else None) as port:
        with blackbox(folder, folder / "ca.pem", timeout=FOREVER) as (scraped, process):
            path = f"/probe?module=http&target=https://127.0.0.1:{port}/"
            first = asyncio.create_task(scrape(scraped, path))
            await asyncio.sleep(0.5)
            before = rss(process)
            tasks = [first, *(asyncio.create_task(scrape(scraped, path)) for _ in range(attempts))]
            await server.all_there.wait()
            grown = rss(process) - before
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return grown / attempts


async def scrape(port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: blackbox\r\n\r\n".encode())
    await reader.read()


def context(folder: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "server.pem")
    return made


async def compare(folder: Path, attempts: int) -> None:
    """Measure each way in turn, and print what an attempt holds."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    print(f"{attempts} attempts under way\n\n| Who | silent | shaken |\n| --- | --- | --- |")
    for way in WAYS:
        sizes = [await measured(way, shaken, folder, attempts) for shaken in (False, True)]
        print(f"| {way} | {sizes[0] / 1024:.0f} KiB | {sizes[1] / 1024:.0f} KiB |", flush=True)
    sizes = [await measured_peer(shaken, folder, attempts) for shaken in (False, True)]
    print(f"| blackbox_exporter | {sizes[0] / 1024:.0f} KiB | {sizes[1] / 1024:.0f} KiB |")


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if sys.argv[1:2] == ["--hang"]:
        asyncio.run(hang(*json.loads(sys.argv[2])))
    else:
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(compare(Path(made), int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
