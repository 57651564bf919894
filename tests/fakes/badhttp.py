"""Servers that misbehave, each in one way: `async with serving(silence) as port`."""

import asyncio
import socket
import ssl
import struct
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Behaviour = Callable[[Reader, Writer], Awaitable[None]]


@asynccontextmanager
async def serving(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a free port of loopback; whatever hangs is cut off in the end."""
    busy: set[asyncio.Task[None]] = set()

    async def handle(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        with suppress(
            OSError, EOFError, asyncio.CancelledError
        ):  # they leave when they like, and we in the end
            try:
                await behaviour(reader, writer)
            finally:
                writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await server.wait_closed()


async def head(reader: Reader) -> bytes:
    """Read a request up to its empty line."""
    return await reader.readuntil(b"\r\n\r\n")


async def silence(reader: Reader, writer: Writer) -> None:
    """Accept, and never say a word."""
    await asyncio.Event().wait()


async def reset(reader: Reader, writer: Writer) -> None:
    """Take the request, then break the connection off with an RST."""
    await head(reader)
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang_up(reader: Reader, writer: Writer) -> None:
    """Take the request, then close without an answer."""
    await head(reader)


async def half_close(reader: Reader, writer: Writer) -> None:
    """Finish sending in the middle of a body, and stay."""
    await head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    writer.write_eof()
    await asyncio.Event().wait()


async def endless_headers(reader: Reader, writer: Writer) -> None:
    """Send headers without an end."""
    await head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def endless_header(reader: Reader, writer: Writer) -> None:
    """Send one header without an end."""
    await head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nX-More: ")
    while True:
        writer.write(b"x" * 1000)
        await writer.drain()


async def endless_interim(reader: Reader, writer: Writer) -> None:
    """Send interim responses without an end."""
    await head(reader)
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await writer.drain()


async def endless_body(reader: Reader, writer: Writer) -> None:
    """Send a body without an end."""
    await head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 10000)
        await writer.drain()


def says(answer: bytes) -> Behaviour:
    """Answer every request with these bytes, then close."""

    async def say(reader: Reader, writer: Writer) -> None:
        await head(reader)
        writer.write(answer)
        await writer.drain()

    return say


def drips(every: float) -> Behaviour:
    """Answer, one byte at a time, with so many seconds between two."""

    async def drip(reader: Reader, writer: Writer) -> None:
        await head(reader)
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello":
            writer.write(bytes([byte]))
            await asyncio.sleep(every)

    return drip
