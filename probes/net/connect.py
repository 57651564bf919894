"""The step `connect`: a fresh TCP connection to the first address that takes one."""

import asyncio
import errno
import os
import socket
from collections.abc import Sequence

from probes.net.readiness import readiness
from probes.net.resolve import Address
from probes.net.stream import Plain
from probes.result import NETWORK, Reason
from probes.tools import Failed, Tools

REASONS = {
    errno.ECONNREFUSED: Reason.CONNECT_REFUSED,
    errno.ECONNRESET: Reason.RESET,
    errno.ETIMEDOUT: Reason.CONNECT_TIMEOUT,
    # No descriptor or memory left: that is us.
    errno.EMFILE: Reason.OVERLOAD,
    errno.ENFILE: Reason.OVERLOAD,
    errno.ENOBUFS: Reason.OVERLOAD,
    errno.ENOMEM: Reason.OVERLOAD,
}  # all else, no route above all, is CONNECT_UNREACHABLE
HEAD_START = 0.25  # seconds that an address has before the next is tried beside it (RFC 8305, section 5)


async def connect(tools: Tools, addresses: Sequence[Address]) -> Plain:
    """Connect to the first address that takes it; a silent one holds the others up for 250 ms. Raises Failed.

    Where all fail, the first failure that proves an answer tells, or else the last.
    """
    with tools.phase("connect", Reason.CONNECT_TIMEOUT):
        if len(addresses) == 1:
            return await _connect(addresses[0])
        return await _race(addresses)


async def _race(addresses: Sequence[Address]) -> Plain:
    failures: list[Failed] = []
    running: set[asyncio.Task[Plain]] = set()
    left = list(addresses)
    try:
        while left or running:
            if left:
                running.add(asyncio.create_task(_connect(left.pop(0))))
            ended, running = await asyncio.wait(
                running, timeout=HEAD_START if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            if made := _sorted_out(ended, failures):
                return made
    finally:
        await _abandon(running)
    raise _telling(failures)


def _sorted_out(ended: set[asyncio.Task[Plain]], failures: list[Failed]) -> Plain | None:
    """Give one of the connections that were made, close what is too many, and note what failed."""
    made: list[Plain] = []
    for task in ended:
        error = task.exception()
        if error is None:
            made.append(task.result())
        elif isinstance(error, Failed):
            failures.append(error)
        else:
            raise error
    for spare in made[1:]:
        spare.close()
    return made[0] if made else None


async def _abandon(running: set[asyncio.Task[Plain]]) -> None:
    for task in running:
        task.cancel()
    for late in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(late, Plain):  # made in the same instant
            late.close()


def _telling(failures: Sequence[Failed]) -> Failed:
    return next((failed for failed in failures if failed.reason not in NETWORK), failures[-1])


async def _connect(address: Address) -> Plain:
    try:
        sock = socket.socket(address.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise _failure(address, error.errno or 0) from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _established(sock, address)
    except BaseException:
        readiness().forget(sock.fileno())
        sock.close()
        raise
    return Plain(sock)


async def _established(sock: socket.socket, address: Address) -> None:
    code = sock.connect_ex((address.ip, address.port))
    if code in (0, errno.EINPROGRESS):
        ready = readiness()
        ready.watch(sock.fileno())
        if code:
            await ready.wait(sock.fileno(), writing=True)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise _failure(address, code)


def _failure(address: Address, code: int) -> Failed:
    return Failed(REASONS.get(code, Reason.CONNECT_UNREACHABLE), f"{address}: {os.strerror(code)}")
