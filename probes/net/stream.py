"""Bytes to and from the other end of a connection, without a protocol."""

import asyncio
import socket
from contextlib import suppress
from typing import Protocol

from probes.net.readiness import readiness
from probes.result import Reason
from probes.tools import Failed

CHUNK = 65536
AT_ONCE = 16  # pieces that are read without a wait, before others have their turn


class Stream(Protocol):
    """A connection, plain or not. All raise Failed: `reset` when the other end broke it off."""

    async def read_some(self) -> bytes:
        """Wait for bytes and give what is there; nothing when the other end has finished."""
        ...

    async def write_all(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def write_now(self, data: bytes) -> None:
        """Send a last word, if that can be done without waiting."""
        ...

    def close(self) -> None:
        """Let go of the connection at once; also twice."""
        ...


class Plain:
    """A connected, non-blocking socket, which it owns and the loop's readiness watches."""

    __slots__ = ("_at_once", "_descriptor", "_ready", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._descriptor, self._ready = sock, sock.fileno(), readiness()
        self._at_once = 0

    @classmethod
    def watched(cls, sock: socket.socket) -> "Plain":
        """Take over a socket that nobody watches yet."""
        readiness().watch(sock.fileno())
        return cls(sock)

    async def read_some(self) -> bytes:
        """Wait for bytes and give what is there; nothing when the other end has finished."""
        self._at_once += 1
        if self._at_once > AT_ONCE:  # who floods us shall not keep others waiting, nor time from running out
            self._at_once = 0
            await asyncio.sleep(0)
        while True:
            try:
                return self._sock.recv(CHUNK)
            except BlockingIOError:
                self._at_once = 0
                await self._ready.wait(self._descriptor)
            except OSError as error:
                raise broken(error) from error

    async def write_all(self, data: bytes) -> None:
        """Send all of it."""
        left = memoryview(data)
        while left:
            try:
                left = left[self._sock.send(left) :]
            except BlockingIOError:
                await self._ready.wait(self._descriptor, writing=True)
            except OSError as error:
                raise broken(error) from error

    def write_now(self, data: bytes) -> None:
        """Send a last word, if that can be done without waiting."""
        with suppress(OSError):
            self._sock.send(data)

    def close(self) -> None:
        """Let go of the connection at once; also twice."""
        if self._sock.fileno() != -1:
            self._ready.forget(self._descriptor)
            self._sock.close()


def broken(error: OSError) -> Failed:
    """Say what a socket's error in the middle of a connection means."""
    if isinstance(error, TimeoutError):  # the kernel gave up: keep-alive, or nothing acknowledged
        return Failed(Reason.RESPONSE_TIMEOUT, f"the connection died: {error.strerror or error}")
    return Failed(Reason.RESET, f"the connection was broken off: {error.strerror or error}")
