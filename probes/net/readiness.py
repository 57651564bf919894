"""Waits until a socket can go on, with less ado than the loop's own way of waiting for sockets.

The loop registers and forgets a socket around each wait. Here it watches one epoll of ours, which is told
once of each socket (edge-triggered) and forgets it when it is closed.
"""

import asyncio
import select
from typing import Protocol
from weakref import WeakKeyDictionary


class Readiness(Protocol):
    """Knows the sockets of one loop, by their descriptors."""

    def watch(self, descriptor: int) -> None:
        """Begin with a socket that is connected or about to be."""
        ...

    async def wait(self, descriptor: int, *, writing: bool = False) -> None:
        """Wait until there may be something to do. Whoever waits has tried before, and tries again."""
        ...

    def forget(self, descriptor: int) -> None:
        """End with a socket that is about to be closed."""
        ...


class OwnEpoll:
    """One epoll inside the loop's, on Linux."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._epoll = select.epoll()
        self._edges = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET
        self._waiting: dict[int, asyncio.Future[None]] = {}
        loop.add_reader(self._epoll.fileno(), self._wake)

    def watch(self, descriptor: int) -> None:
        """Begin with a socket whose connection has been asked for: before that it counts as hung up."""
        self._epoll.register(descriptor, self._edges)

    async def wait(self, descriptor: int, *, writing: bool = False) -> None:  # noqa: ARG002 - every edge counts
        """Wait for the next edge."""
        waiting = self._waiting[descriptor] = asyncio.get_running_loop().create_future()
        await waiting

    def forget(self, descriptor: int) -> None:
        """Wake nobody for it any more; the kernel forgets it when it is closed."""
        self._waiting.pop(descriptor, None)

    def _wake(self) -> None:
        for descriptor, _ in self._epoll.poll(0):
            waiting = self._waiting.pop(descriptor, None)
            if waiting and not waiting.done():
                waiting.set_result(None)


class ByLoop:
    """The loop's own way, for systems without epoll."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # A reference to the loop would keep it alive for as long as it is known.
        del loop

    def watch(self, descriptor: int) -> None:
        """Leave it to each wait."""

    async def wait(self, descriptor: int, *, writing: bool = False) -> None:
        """Register, wait, forget."""
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        begin, end = (
            (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
        )
        begin(descriptor, _done, waiting)
        try:
            await waiting
        finally:
            end(descriptor)

    def forget(self, descriptor: int) -> None:
        """Do nothing: who waited has been forgotten."""


def _done(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


_known: WeakKeyDictionary[asyncio.AbstractEventLoop, Readiness] = WeakKeyDictionary()
KIND: type[OwnEpoll] | type[ByLoop] = OwnEpoll if hasattr(select, "epoll") else ByLoop


def readiness() -> Readiness:
    """Give that of the running loop."""
    loop = asyncio.get_running_loop()
    known = _known.get(loop)
    if known is None:
        known = _known[loop] = KIND(loop)
    return known
