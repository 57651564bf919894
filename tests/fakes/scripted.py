"""Servers that play a part: what they say, line by line, whatever they are told in between."""

import asyncio
import socket
import ssl
import struct
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from contextlib import suppress
from enum import Enum

from tests.fakes.badhttp import Behaviour


class Cue(Enum):
    """What a part waits for, or how it ends; at the end of its part a server closes."""

    LINE = "one line is read"
    SOME = "whatever is there is read"
    QUIET = "whatever comes within 50 ms is read, or nothing"
    STAY = "nothing more is said, and nothing closed"
    RESET = "the connection is broken off"
    HALF = "nothing more is said, and that is told"


def plays(*acts: bytes | Cue | ssl.SSLContext | float) -> Behaviour:
    """Say bytes, wait, shake hands by a context, let seconds go by, in this order."""

    async def play(reader: Reader, writer: Writer) -> None:
        for act in acts:
            if isinstance(act, bytes):
                writer.write(act)
                await writer.drain()
            elif isinstance(act, ssl.SSLContext):
                await writer.start_tls(act)
            elif isinstance(act, float):
                await asyncio.sleep(act)
            else:
                await _take(act, reader, writer)

    return play


async def _take(cue: Cue, reader: Reader, writer: Writer) -> None:
    if cue is Cue.LINE:
        await reader.readuntil(b"\n")
    elif cue is Cue.SOME:
        await reader.read(65536)
    elif cue is Cue.QUIET:
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(65536), 0.05)
    elif cue is Cue.RESET:
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        if cue is Cue.HALF:
            writer.write_eof()
        await asyncio.Event().wait()


def endless(data: bytes) -> Behaviour:
    """Say the same for ever, without waiting to be asked."""

    async def say(reader: Reader, writer: Writer) -> None:
        while True:
            writer.write(data * 100)
            await writer.drain()

    return say
