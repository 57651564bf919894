"""Bytes to and from the other end of a connection, without a protocol."""

import asyncio
import socket
from typing import Protocol

from probes.result import Reason
from probes.tools import Failed

CHUNK = 65536


class Stream(Protocol):
    """A connection, plain or not. All raise Failed: `reset` when the other end broke it off."""

    async def read_some(self) -> bytes:
        """Wait for bytes and give what is there; nothing when the other end has finished."""
        ...

    async def write_all(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def close(self) -> None:
        """Let go of the connection at once; also twice."""
        ...


class Plain:
    """A connected, non-blocking socket, which it owns."""

    __slots__ = ("_loop", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()

    async def read_some(self) -> bytes:
        """Wait for bytes and give what is there; nothing when the other end has finished."""
        try:
            return await self._loop.sock_recv(self._sock, CHUNK)
        except OSError as error:
            raise broken(error) from error

    async def write_all(self, data: bytes) -> None:
        """Send all of it."""
        try:
            await self._loop.sock_sendall(self._sock, data)
        except OSError as error:
            raise broken(error) from error

    def close(self) -> None:
        """Let go of the connection at once; also twice."""
        self._sock.close()


def broken(error: OSError) -> Failed:
    """Say what a socket's error in the middle of a connection means."""
    if isinstance(error, TimeoutError):  # the kernel gave up: keep-alive, or nothing acknowledged
        return Failed(Reason.RESPONSE_TIMEOUT, f"the connection died: {error.strerror or error}")
    return Failed(Reason.RESET, f"the connection was broken off: {error.strerror or error}")
