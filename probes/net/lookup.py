"""One name looked up by c-ares on the running loop: hosts file, resolv.conf, search list, retries; no cache.

A channel answers repeated questions from its own cache, and pycares cannot turn that off, so each look-up has
a channel of its own. That costs about 50 µs, and reads resolv.conf afresh.
"""

import asyncio
import socket
from collections.abc import Sequence

import pycares

BAD_SOCKET = -1  # c-ares: look at your timers only


class LookupFailed(Exception):
    """No address. `code` is of pycares.errno."""

    def __init__(self, code: int) -> None:
        super().__init__(pycares.errno.strerror(code))
        self.code = code


class Lookup:
    """A question in progress. `servers` (`address:port`) stand in for those of resolv.conf."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[pycares.AddrInfoResult] = self._loop.create_future()
        self._watched: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._open = True
        self._channel = pycares.Channel(sock_state_cb=self._watch, servers=servers)

    async def addresses(
        self, host: str, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, str]]:
        """Give (family, address) of every address, in the order in which to try them (RFC 6724).

        Raises LookupFailed. Whoever asks sets the time limit.
        """
        try:
            self._channel.getaddrinfo(
                host, None, family=family, type=socket.SOCK_STREAM, callback=self._answered
            )
            self._rearm()
            found = await self._answer
        finally:
            self._close()
        return [(node.family, node.addr[0].decode("ascii")) for node in found.nodes]

    def _answered(self, result: pycares.AddrInfoResult, code: int | None) -> None:
        if self._answer.done():
            return
        if code is None:
            self._answer.set_result(result)
        else:
            self._answer.set_exception(LookupFailed(code))

    def _watch(self, descriptor: int, readable: bool, writable: bool) -> None:
        if not self._open:
            return  # c-ares' own thread is tearing the channel down
        if readable:
            self._loop.add_reader(descriptor, self._process, descriptor, BAD_SOCKET)
        else:
            self._loop.remove_reader(descriptor)
        if writable:
            self._loop.add_writer(descriptor, self._process, BAD_SOCKET, descriptor)
        else:
            self._loop.remove_writer(descriptor)
        (self._watched.add if readable or writable else self._watched.discard)(descriptor)

    def _process(self, readable: int, writable: int) -> None:
        self._channel.process_fd(readable, writable)
        self._rearm()

    def _rearm(self) -> None:
        if self._timer:
            self._timer.cancel()
        if not self._answer.done():
            # Never at once again: c-ares says 0 where it has nothing to wait for, or is a rounding late.
            wait: float = self._channel.timeout()  # type: ignore[no-untyped-call]  # pycares left it out
            self._timer = self._loop.call_later(max(0.001, wait), self._process, BAD_SOCKET, BAD_SOCKET)

    def _close(self) -> None:
        self._channel.cancel()  # here and now: closing would do it from a thread of pycares
        self._open = False
        for descriptor in self._watched:
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
        if self._timer:
            self._timer.cancel()
        self._channel.close()
