"""A name server of a dozen lines: one answer for every name, and it counts the questions."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

A, AAAA = 1, 28
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
Change = Callable[[bytes], bytes]


class NameServer(asyncio.DatagramProtocol):
    """Answers questions for A with 127.0.0.1, or all questions with `code`, or nobody (`code` None).

    What it sends may be `changed` on the way.
    """

    def __init__(self, code: int | None, known: bool, changed: Change = bytes) -> None:
        self._code, self._known, self._changed = code, known, changed
        self.asked: list[int] = []  # the type of each question
        self.heard, self.closed = asyncio.Event(), asyncio.Event()
        self.address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.address = "{}:{}".format(*transport.get_extra_info("sockname"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - it is closed, however
        self.closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end = data.index(b"\0", 12) + 5
        question, kind = data[12:end], int.from_bytes(data[end - 4 : end - 2])
        self.asked.append(kind)
        self.heard.set()
        if self._code is not None:
            self._transport.sendto(self._changed(data[:2] + self._answer(question, kind)), addr)

    def _answer(self, question: bytes, kind: int) -> bytes:
        found = self._code == NOERROR and self._known and kind == A
        head = struct.pack(">HHHHH", 0x8180 | (self._code or 0), 1, int(found), 0, 0)
        record = b"\xc0\x0c" + struct.pack(">HHIH", A, 1, 3600, 4) + bytes([127, 0, 0, 1])
        return head + question + (record if found else b"")


@asynccontextmanager
async def name_server(
    code: int | None = NOERROR, known: bool = True, changed: Change = bytes
) -> AsyncIterator[NameServer]:
    """Serve on a free port of loopback, at its `address`."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(code, known, changed), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
        await server.closed.wait()
