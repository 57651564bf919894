"""The step `connect`: a fresh TCP connection to the first address that takes one."""

import asyncio
import errno
import os
import socket
from collections.abc import Sequence

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


async def connect(tools: Tools, addresses: Sequence[Address]) -> Plain:
    """Connect to one address after the other until one answers. Raises Failed.

    Where all fail, the first failure that proves an answer tells, or else the last.
    """
    failures: list[Failed] = []
    with tools.phase("connect", Reason.CONNECT_TIMEOUT):
        for address in addresses:
            try:
                return Plain(await _connect(address))
            except OSError as error:
                failures.append(_failure(address, error))
    raise next((failed for failed in failures if failed.reason not in NETWORK), failures[-1])


async def _connect(address: Address) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, (address.ip, address.port))
    except BaseException:
        sock.close()
        raise
    return sock


def _failure(address: Address, error: OSError) -> Failed:
    code = error.errno or 0
    told = os.strerror(code) if code else str(error)
    return Failed(REASONS.get(code, Reason.CONNECT_UNREACHABLE), f"{address}: {told}")
