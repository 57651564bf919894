"""Makes the faults of the matrix: each gives a probe that meets it, for as long as the block lasts."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from probes.basic.dns import Dns
from probes.basic.http import Http
from probes.basic.icmp import Icmp
from probes.basic.tcp import Tcp
from probes.basic.tls import Tls
from probes.basic.udp import Udp
from probes.net.lookup import Lookup
from tests.fakes import badhttp
from tests.fakes.badhttp import Behaviour, serving
from tests.fakes.certificates import GOOD, WRONG, Held
from tests.fakes.dns import NOERROR, Change, name_server
from tests.fakes.scripted import Cue, endless, plays
from tests.servers.nginx import free_port
from tests.servers.openssl import s_server

KINDS: dict[str, TypeAdapter[Any]] = {
    "http": TypeAdapter(Http),
    "tcp": TypeAdapter(Tcp),
    "tls": TypeAdapter(Tls),
    "udp": TypeAdapter(Udp),
    "dns": TypeAdapter(Dns),
    "icmp": TypeAdapter(Icmp),
}
HELLO = {"expect": "^220 "}
NAME = "gone.example.org"
ASKED = "www.example.org"

SILENCE = badhttp.silence
RESET, RESET_AT_ONCE = plays(Cue.SOME, Cue.RESET), plays(Cue.RESET)
GARBAGE = plays(Cue.QUIET, bytes(8))
SSH = plays(Cue.QUIET, b"SSH-2.0-OpenSSH_9.2\r\n", Cue.STAY)
ENDLESS, ENDLESS_HEADERS, ENDLESS_BODY = endless(b"x" * 1000), badhttp.endless_headers, badhttp.endless_body
DRIP, DRIP_TLS = plays(b"2", 0.2, b"2", 0.2, b"0", 0.2), plays(b"\x16", 0.2, b"\x03", 0.2)
DRIP_HTTP = badhttp.drips(0.05)
HALF, HALF_HTTP, HALF_TLS = plays(b"22", Cue.HALF), badhttp.half_close, plays(b"\x16\x03", Cue.HALF)
OFFER = (b"220 mx\r\n", Cue.LINE, b"250-mx\r\n250 STARTTLS\r\n", Cue.LINE)
NO_STARTTLS, TOO_BUSY = plays(b"220 mx\r\n", Cue.LINE, b"250 mx\r\n"), plays(b"421 too many connections\r\n")
STARTTLS_REFUSED = plays(*OFFER, b"454 TLS not available\r\n")
INJECTION = plays(*OFFER, b"220 go\r\n250 injected\r\n")
LOOP = badhttp.says(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
AWAY = badhttp.says(b"HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n")
BOMB = badhttp.says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(2**26)))


@dataclass(frozen=True)
class Ground:
    """What the faults stand on: an authority that is trusted, its file, and a folder."""

    signer: Held
    trusted: str
    folder: Path


Made = Callable[[Ground], AbstractAsyncContextManager[object]]


def probe(kind: str, host: str, port: int, *, tls: bool = False, **options: Any) -> object:
    """Make a probe of that kind, as the file's reader does."""
    usual: dict[str, dict[str, Any]] = {
        "http": {"url": f"http{'s' * tls}://{host}:{port}/"},
        "tcp": {"host": host, "port": port, **({"tls": True} if tls else {"dialogue": [HELLO]})},
        "tls": {"host": host, "port": port},
        "udp": {"host": host, "port": port, "send": "hello", "expect": "^hello"},
        "dns": {"server": host, "port": port, "name": ASKED, **({"transport": "tls"} if tls else {})},
        "icmp": {"host": host},
    }
    return KINDS[kind].validate_python({**usual[kind], **options})


def plain(kind: str, behaviour: Behaviour, **options: Any) -> Made:
    """Let a server behave like that."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        async with serving(behaviour) as port:
            yield probe(kind, "127.0.0.1", port, **options)

    return made


def nobody(kind: str) -> Made:
    """Let nobody listen."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        yield probe(kind, "127.0.0.1", free_port())

    return made


def black_hole(kind: str) -> Made:
    """Let a listener's queue be full: the kernel drops whoever asks for one more connection."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        with _full() as port:
            yield probe(kind, "127.0.0.1", port)

    return made


@contextmanager
def _full() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            yield port
        finally:
            for each in waiting:
                each.close()


def named(kind: str, code: int | None = NOERROR, changed: Change = bytes) -> Made:
    """Let the name server of this machine answer by a code, or not at all, or with a change on the way."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        async with name_server(code, changed=changed) as server:
            with _resolver(server.address):
                yield probe(kind, NAME, free_port())

    return made


def asked(code: int | None = NOERROR, changed: Change = bytes) -> Made:
    """Let the name server that is asked do the same."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        async with name_server(code, changed=changed) as server:
            host, _, port = server.address.partition(":")
            yield probe("dns", host, int(port))

    return made


@contextmanager
def _resolver(address: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("probes.net.resolve.Lookup", lambda _: Lookup([address]))
        yield


def lying_id(answer: bytes) -> bytes:
    """Answer another question than was asked."""
    return bytes([answer[0] ^ 1]) + answer[1:]


def truncated(answer: bytes) -> bytes:
    """Say that there is more, which is to be asked for over TCP; nobody listens there."""
    return answer[:2] + bytes([answer[2] | 0x02]) + answer[3:]


def answers(*said: bytes) -> Made:
    """Let somebody take datagrams, and answer each by these."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, client: Any) -> None:  # noqa: ARG002 - whatever it is
            for each in said:
                self.transport.sendto(each, client)

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Server, ("127.0.0.1", 0))
        try:
            yield probe("udp", "127.0.0.1", transport.get_extra_info("sockname")[1])
        finally:
            transport.close()

    return made


def shown(kind: str, wrong: str) -> Made:
    """Let openssl show a certificate that is wrong in this way."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        with s_server(WRONG[wrong](ground.signer), ground.folder, "-www") as port:
            yield probe(kind, "127.0.0.1", port, tls=True, ca_file=ground.trusted)

    return made


def under_tls(kind: str, *options: str) -> Made:
    """Let openssl speak TLS by these options, with a good certificate."""

    @asynccontextmanager
    async def made(ground: Ground) -> AsyncIterator[object]:
        with s_server(GOOD.signed(ground.signer), ground.folder, "-www", *options) as port:
            yield probe(kind, "127.0.0.1", port, tls=True, ca_file=ground.trusted)

    return made
