"""The step `echo`: ICMP echoes to one address, and what comes back of them."""

import asyncio
import errno
import os
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from sys import byteorder
from typing import NamedTuple

from probes.net.connect import REASONS
from probes.net.notices import (
    IP_RECVTTL,
    IP_TTL,
    IPV6_HOPLIMIT,
    IPV6_RECVHOPLIMIT,
    MAY_BE_CUT,
    ROOM,
    SAID_BY_ICMP,
    TRY_ANEW,
    mtu_known,
    notices,
    set_cutting,
    set_ttl,
    want_notices,
)
from probes.net.readiness import readiness
from probes.net.resolve import Address
from probes.net.stream import AT_ONCE
from probes.result import Reason
from probes.tools import Failed, Tools
from probes.wire.icmp import Echo, read_reply, read_returned, request

NO_PERMISSION = (
    "not allowed to ping: either let the group {group} of this process do it "
    '(sysctl -w net.ipv4.ping_group_range="{group} {group}", for IPv6 too), or give the process CAP_NET_RAW'
)
NOT_LET_OUT = "our own host does not let echoes to {address} out: see its firewall and its routes"
NOT_PERMITTED = (errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT)  # the last: a kernel without ping sockets
HEADERS = {socket.AF_INET: 28, socket.AF_INET6: 48}  # bytes of IP and ICMP before an echo's data


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ping: how many echoes, seconds from one to the next, and how long each may take.

    `size` is of the data, in bytes; `whole` says that no packet may be cut on the way.
    """

    count: int
    spacing: float
    wait: float
    size: int
    ttl: int
    whole: bool


@dataclass(slots=True)
class Heard:
    """What came of it: round trips in seconds by sequence number, and what was said of the others."""

    address: str
    sent: int = 0
    times: dict[int, float] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    reply_ttl: int | None = None
    duplicates: int = 0
    passed_over: int = 0

    @property
    def settled(self) -> bool:
        """Say whether nothing more is awaited of what was sent."""
        return len(self.times.keys() | self.refused.keys()) >= self.sent


async def echo(tools: Tools, addresses: Sequence[Address], plan: Plan) -> Heard:
    """Ping the first address that there is a way to. Raises Failed where we may not, or have no way."""
    with tools.phase("echo"):
        sock, raw, address = _first(addresses)
        try:
            _prepare(sock, plan)
            readiness().watch(sock.fileno())
            return await _Echoes(sock, plan, tools, Heard(address.ip), raw=raw).all()
        finally:
            readiness().forget(sock.fileno())
            sock.close()


class _Way(NamedTuple):
    sock: socket.socket
    raw: bool
    address: Address


class _Echoes:
    """The echoes of one attempt, told from all others by their data, which is random."""

    def __init__(self, sock: socket.socket, plan: Plan, tools: Tools, heard: Heard, *, raw: bool) -> None:
        self._sock, self._plan, self._tools, self._heard = sock, plan, tools, heard
        self._version = 6 if sock.family == socket.AF_INET6 else 4
        self._data = secrets.token_bytes(plan.size)
        # A ping socket has the number that the kernel gave it.
        self._identifier = secrets.randbelow(0x10000) if raw else sock.getsockname()[1]
        self._sent_at: dict[int, float] = {}

    async def all(self) -> Heard:
        """Send one after another, and listen until each is settled or has had its time."""
        begun, plan = asyncio.get_running_loop().time(), self._plan
        for number in range(plan.count):
            await self._send(number)
            last = number == plan.count - 1
            until = begun + number * plan.spacing + (plan.wait if last else plan.spacing)
            await self._listen(until, last=last)
        return self._heard

    async def _send(self, number: int) -> None:
        packet = request(self._version, self._identifier, number, self._data)
        self._heard.sent += 1
        while True:
            self._take_notices()
            self._sent_at[number] = self._tools.time()
            try:
                self._sock.send(packet)
            except BlockingIOError:
                await readiness().wait(self._sock.fileno(), writing=True)
            except OSError as error:
                self._heard.refused[number] = self._not_sent(error)
                return
            else:
                return

    def _not_sent(self, error: OSError) -> str:
        code = error.errno or 0
        if code in (errno.EPERM, errno.EACCES):
            raise Failed(Reason.MISSING_CAPABILITY, NOT_LET_OUT.format(address=self._heard.address))
        if code in REASONS:
            raise Failed(REASONS[code], f"{self._heard.address}: {error.strerror}")
        if code == errno.EMSGSIZE:
            whole = self._plan.size + HEADERS[socket.AddressFamily(self._sock.family)]
            return f"too large: an echo of {whole} bytes, where the way takes {mtu_known(self._sock)}"
        return error.strerror or str(error)

    async def _listen(self, until: float, *, last: bool) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while True:
                    more = self._take()
                    if last and self._heard.settled:
                        return
                    # Who floods us shall not keep others waiting, nor time from running out.
                    await (asyncio.sleep(0) if more else readiness().wait(self._sock.fileno()))

    def _take(self) -> bool:
        """Take in what has come, so much at once; say whether there is more."""
        self._take_notices()
        more = all(self._take_one() for _ in range(AT_ONCE))
        heard, plan = self._heard, self._plan
        self._tools.tell(f"{heard.sent} of {plan.count} echoes were sent, {len(heard.times)} answered")
        return more

    def _take_one(self) -> bool:
        try:
            packet, beside, _, _ = self._sock.recvmsg(self._plan.size + 128, ROOM)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in SAID_BY_ICMP:
                raise
            self._take_notices()
            return True
        self._note(read_reply(self._version, packet), _ttl_of(beside))
        return True

    def _note(self, reply: Echo | None, ttl: int | None) -> None:
        heard = self._heard
        if reply is None:  # a raw socket hears all ICMP, our own requests on loopback too
            return
        if reply.data != self._data or reply.sequence not in self._sent_at:
            heard.passed_over += 1
        elif reply.sequence in heard.times:
            heard.duplicates += 1
        else:
            took = self._tools.time() - self._sent_at[reply.sequence]
            if took <= self._plan.wait:
                heard.times[reply.sequence] = took
                heard.reply_ttl = ttl

    def _take_notices(self) -> None:
        for returned in notices(self._sock):
            ours = read_returned(self._version, returned.data)
            if ours and ours.identifier == self._identifier and returned.notice.code:
                self._heard.refused[ours.sequence] = str(returned.notice)


def _first(addresses: Sequence[Address]) -> _Way:
    """Give the way to the first address that there is one to."""
    for address in addresses[:-1]:
        try:
            return _way(address)
        except Failed:
            continue  # as with a name that has addresses of a family that we have not
    return _way(addresses[-1])


def _way(address: Address) -> _Way:
    """Connect: nothing is sent for that, but only that address is heard, and a way there is looked for."""
    try:
        sock, raw = _opened(address.family)
    except OSError as error:
        raise _failure(address, error) from error
    try:
        sock.connect((address.ip, 0))
    except OSError as error:
        sock.close()
        raise _failure(address, error) from error
    return _Way(sock, raw, address)


def _opened(family: int) -> tuple[socket.socket, bool]:
    """Open a ping socket, which asks for no privilege but for a permitted group, or else a raw one."""
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    try:
        return socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, protocol), False
    except OSError as error:
        if error.errno not in NOT_PERMITTED:
            raise
    try:
        return socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol), True
    except PermissionError:
        missing = NO_PERMISSION.format(group=os.getegid())
        raise Failed(Reason.MISSING_CAPABILITY, missing) from None


def _failure(address: Address, error: OSError) -> Failed:
    code = error.errno or 0
    if code in (errno.EPERM, errno.EACCES):
        return Failed(Reason.MISSING_CAPABILITY, NOT_LET_OUT.format(address=address.ip))
    return Failed(REASONS.get(code, Reason.CONNECT_UNREACHABLE), f"{address.ip}: {error.strerror or error}")


def _prepare(sock: socket.socket, plan: Plan) -> None:
    want_notices(sock)
    set_ttl(sock, plan.ttl)
    set_cutting(sock, TRY_ANEW if plan.whole else MAY_BE_CUT)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)


def _ttl_of(beside: Sequence[tuple[int, int, bytes]]) -> int | None:
    wanted = ((socket.IPPROTO_IP, IP_TTL), (socket.IPPROTO_IPV6, IPV6_HOPLIMIT))
    found = (data for level, kind, data in beside if (level, kind) in wanted)
    return next((int.from_bytes(data, byteorder) for data in found), None)
