"""The step `answer` of UDP: one datagram there, the first one back."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from itertools import count

from probes.net.connect import REASONS
from probes.net.readiness import readiness
from probes.net.resolve import Address
from probes.net.stream import AT_ONCE
from probes.result import Reason
from probes.tools import Failed, Tools

ANY_PORT = 53  # nothing is sent to it
LARGEST = 65_507  # bytes of a datagram's contents over IPv4 (RFC 768, RFC 791)


async def ask_once(
    tools: Tools,
    addresses: Sequence[Address],
    data: bytes,
    wanted: Callable[[bytes], bool] = lambda _: True,
    phase: str = "answer",
) -> bytes:
    """Send one datagram to the first address that there is a way to, and give the first wanted one back.

    The socket is connected, so that nobody else is heard, and that the other end's ICMP is: `connect_refused`
    when nobody listens there, `connect_unreachable` when it does not get there. Raises Failed.
    """
    with tools.phase(phase):
        tools.tell("down, filtered, or not answering such a datagram")
        sock = _connected(addresses)
        ready = readiness()
        try:
            ready.watch(sock.fileno())
            sock.send(data)
            return await _first(sock, wanted)
        except OSError as error:
            raise _failure(str(addresses[0]), error) from error
        finally:
            ready.forget(sock.fileno())
            sock.close()


async def _first(sock: socket.socket, wanted: Callable[[bytes], bool]) -> bytes:
    for number in count(1):
        if wanted(heard := await _heard(sock)):
            break
        if number % AT_ONCE == 0:  # who floods us shall not keep others waiting, nor time from running out
            await asyncio.sleep(0)
    return heard


async def _heard(sock: socket.socket) -> bytes:
    while True:
        try:
            return sock.recv(LARGEST + 1)
        except BlockingIOError:
            await readiness().wait(sock.fileno())


def _connected(addresses: Sequence[Address]) -> socket.socket:
    """Give a socket that knows its other end: nothing is sent for that, but a way there is looked for."""
    for address in addresses[:-1]:
        try:
            return _connect(address)
        except Failed:
            continue  # no way there, as with a name that has addresses of a family that we have not
    return _connect(addresses[-1])


def _connect(address: Address) -> socket.socket:
    try:
        sock = socket.socket(address.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise _failure(str(address), error) from error
    code = sock.connect_ex((address.ip, address.port))
    if code:
        sock.close()
        raise _failure(str(address), OSError(code, os.strerror(code)))
    return sock


def has_way(ip: str) -> bool:
    """Say whether our own kernel knows a way to an address, as it does not to IPv6 where we have none."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        _connect(Address(family, ip, ANY_PORT)).close()
    except Failed as failed:
        return failed.reason is not Reason.CONNECT_UNREACHABLE
    return True


def _failure(where: str, error: OSError) -> Failed:
    reason = REASONS.get(error.errno or 0, Reason.CONNECT_UNREACHABLE)
    return Failed(reason, f"{where}: {error.strerror or error}")
