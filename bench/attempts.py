"""What an attempt costs beside blackbox_exporter, which asks the same of the same servers, in turns.

.venv/bin/python bench/attempts.py [ROUNDS] [ATTEMPTS]

Figures are CPU of the asking process, user and system, for each attempt; ratios are made within a round, and
the middle one counts. Every attempt is a fresh connection with a full, verified handshake. Both ask on one
core, with 16 attempts under way; servers and whoever scrapes blackbox_exporter are on another. Its figure
holds the scrape by which it is asked: `refused` says what that comes to. Needs `make servers`.
"""

import asyncio
import json
import os
import re
import resource
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import trustme  # noqa: E402 - the checkout comes first
from pydantic import TypeAdapter  # noqa: E402

from checks.kinds import Kinds  # noqa: E402
from checks.model import Check  # noqa: E402
from probes import KINDS  # noqa: E402
from probes.attempt import attempt  # noqa: E402
from probes.clock import Clock  # noqa: E402
from probes.guard import LoopGuard  # noqa: E402
from probes.result import Outcome  # noqa: E402
from tests.servers.knot import knot  # noqa: E402
from tests.servers.nginx import await_listener, free_port, nginx  # noqa: E402

AT_ONCE = 16
KNOT = "127.0.0.3"
WARMING_UP = 50
MODULES = """
modules:
  http:
    prober: http
    timeout: {seconds:g}s
    http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca}}}}}
  tcp: {{prober: tcp, timeout: {seconds:g}s, tcp: {{preferred_ip_protocol: ip4}}}}
  tls:
    prober: tcp
    timeout: {seconds:g}s
    tcp: {{preferred_ip_protocol: ip4, tls: true, tls_config: {{ca_file: {ca}}}}}
  dns:
    prober: dns
    timeout: {seconds:g}s
    dns: {{preferred_ip_protocol: ip4, query_name: www.even.test, query_type: A}}
  icmp: {{prober: icmp, timeout: {seconds:g}s, icmp: {{preferred_ip_protocol: ip4}}}}
"""


@dataclass(frozen=True)
class Question:
    """The same thing asked by both: a kind with its options, a module with its target."""

    name: str
    kind: str
    options: dict[str, str]
    module: str
    target: str
    good: bool = True


# --- the asking process


async def ask(kind: str, options: dict[str, str], attempts: int, good: bool) -> float:
    """Give the CPU seconds of so many attempts; one that ends otherwise than it should is an error."""
    probe = TypeAdapter(Kinds(KINDS, frozenset()).loaded(kind)).validate_python(options)
    check = Check(name="asked", kind=kind, probe=probe, timeout=5.0)
    clock, guard = Clock(), LoopGuard()
    guard.start()

    async def several(times: int) -> None:
        for _ in range(times):
            result = await attempt(check, "bench", clock, guard, extra=False)
            assert (result.outcome is Outcome.GOOD) is good, result

    await several(WARMING_UP)
    begun = time.process_time()
    await asyncio.gather(*(several(attempts // AT_ONCE) for _ in range(AT_ONCE)))
    guard.stop()
    return time.process_time() - begun


def ours(question: Question, attempts: int) -> float:
    """Ask in a process of its own; give microseconds for each attempt."""
    said = json.dumps([question.kind, question.options, attempts, question.good])
    done = subprocess.run(
        ["taskset", "-c", "0", sys.executable, __file__, "--ask", said], stdout=subprocess.PIPE, check=True
    )
    return float(done.stdout) / attempts * 1e6


# --- the peer


@contextmanager
def blackbox(folder: Path, authority: Path, timeout: float = 5.0) -> Iterator[tuple[int, int]]:
    """Run it on core 0; give its port and its process."""
    config, port = folder / "blackbox.yml", free_port()
    config.write_text(MODULES.format(ca=authority, seconds=timeout))
    command = ["taskset", "-c", "0", "prometheus-blackbox-exporter", f"--config.file={config}"]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    environment = {**os.environ, "GOMAXPROCS": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            await_listener(port, process)
            yield port, process.pid
        finally:
            process.terminate()


def peers(question: Question, attempts: int, port: int, process: int) -> float:
    """Let it ask; give microseconds for each attempt."""
    path = f"/probe?module={question.module}&target={quote(question.target, safe='')}"

    async def all_of_them() -> float:
        await scrape(port, path, WARMING_UP, question.good)
        begun = spent(process)
        await asyncio.gather(
            *(scrape(port, path, attempts // AT_ONCE, question.good) for _ in range(AT_ONCE))
        )
        return spent(process) - begun

    return asyncio.run(all_of_them()) / attempts * 1e6


def spent(process: int) -> float:
    """Give the CPU seconds of a process, to the nanosecond, over all its threads."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


async def scrape(port: int, path: str, times: int, good: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(times):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: blackbox\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body(reader, head.lower())
        assert (b"probe_success 1" in body) is good, body.decode()
    writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"content-length:" in head:
        return await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:size]
    await reader.readline()
    return body


# --- the comparison


def questions(plain: int, secure: int, names: int, ca_file: str) -> list[Question]:
    """Say what is asked, of whom: at nginx's two ports, at knot's, and of the kernel."""
    here, refused = "127.0.0.1", free_port()
    page, safe = f"http://{here}:{plain}/hello", f"https://{here}:{secure}/hello"
    port = {"host": here, "port": str(plain)}
    tls = {"host": here, "port": str(secure), "ca_file": ca_file}
    name = {"name": "www.even.test", "server": KNOT, "port": str(names)}
    return [
        Question("HTTP", "http", {"url": page}, "http", page),
        Question("HTTPS", "http", {"url": safe, "ca_file": ca_file}, "http", safe),
        Question("TCP", "tcp", port, "tcp", f"{here}:{plain}"),
        Question("TLS", "tls", tls, "tls", f"{here}:{secure}"),
        Question("DNS", "dns", name, "dns", f"{KNOT}:{names}"),
        Question("ICMP", "icmp", {"host": here, "count": "1"}, "icmp", here),
        Question("refused", "tcp", {**port, "port": str(refused)}, "tcp", f"{here}:{refused}", good=False),
    ]


def compare(rounds: int, attempts: int) -> None:
    """Ask in turns, and print what each costs."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.sched_setaffinity(0, {1})
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        authority.issue_cert(
            "127.0.0.1", key_type=trustme.KeyType.RSA
        ).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        web = stack.enter_context(nginx(folder, folder / "server.pem", folder / "server.pem"))
        names = stack.enter_context(knot(folder, free_port()))
        port, process = stack.enter_context(blackbox(folder, folder / "ca.pem"))
        print(f"{rounds} rounds of {attempts} attempts; the middle of the rounds' ratios, and their range\n")
        print("| What | Ours | blackbox_exporter | Ratio |\n| --- | --- | --- | --- |")
        for question in questions(web.plain, web.secure, names, str(folder / "ca.pem")):
            pairs = [
                (ours(question, attempts), peers(question, attempts, port, process)) for _ in range(rounds)
            ]
            row(question.name, pairs)
        print(f"\n{ssl.OPENSSL_VERSION}; `openssl s_time` takes ", end="")
        print(f"{floor(web.secure, folder / 'ca.pem'):.0f} µs for an HTTPS connection of the same kind")


def floor(port: int, ca_file: Path, seconds: int = 5) -> float:
    """Give what the same handshake costs a program in C: microseconds for each of `openssl s_time`."""
    command = ["taskset", "-c", "0", "openssl", "s_time", "-new", "-time", str(seconds), "-verify", "3"]
    command += ["-connect", f"127.0.0.1:{port}", "-CAfile", str(ca_file), "-www", "/hello"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"(\d+) connections in \d+ real seconds", done.stdout)
    assert found, done.stdout
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent / int(found[1]) * 1e6


def row(name: str, pairs: list[tuple[float, float]]) -> None:
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratios = sorted(peer / our for our, peer in pairs)
    span = f"{median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
    print(f"| {name} | {mine:.0f} µs | {theirs:.0f} µs | {span} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(asyncio.run(ask(*json.loads(sys.argv[2]))))
    else:
        compare(*(int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((1, 5), (2, 3200))))
