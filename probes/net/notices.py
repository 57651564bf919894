"""What ICMP says of packets that a socket has sent, read from its error queue (Linux, see ip(7)).

The numbers are those of Linux; Python's socket module has not all of them.
"""

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from probes.wire.icmp import Notice, read_notice

IP_RECVERR, IPV6_RECVERR = 11, 25
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER = 10, 23
IP_MTU, IPV6_MTU = 14, 24
IP_RECVTTL, IP_TTL = 12, 2
IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, IPV6_UNICAST_HOPS = 51, 52, 16
# What becomes of a packet that is too large for the way: it may be cut; it may not, by what is known of the
# way; it may not, and what is known is to be tried anew.
MAY_BE_CUT, AS_KNOWN, TRY_ANEW = 0, 2, 3
ERROR_QUEUE = getattr(socket, "MSG_ERRQUEUE", 0)
ROOM = 512  # bytes for what comes beside the data
# What a socket of UDP or ICMP raises once for each notice; the notice itself lies in the queue.
SAID_BY_ICMP = frozenset(
    {
        errno.ECONNREFUSED,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EACCES,
        errno.EMSGSIZE,
        errno.EPROTO,
        errno.ENOPROTOOPT,
        errno.EHOSTDOWN,
        errno.EOPNOTSUPP,
        errno.EPIPE,
        errno.ETIMEDOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Returned:
    """A notice, and as much of what was sent as came back with it."""

    notice: Notice
    data: bytes


def want_notices(sock: socket.socket) -> None:
    """Let the kernel keep notices for this socket, where it can."""
    if not ERROR_QUEUE:
        return
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)


def set_ttl(sock: socket.socket, ttl: int) -> None:
    """Set how many routers a packet may pass."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_TTL, ttl)


def set_cutting(sock: socket.socket, how: int) -> None:
    """Say what becomes of a packet that is too large, on systems that let us."""
    if not ERROR_QUEUE:
        return
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, how)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, how)


def mtu_known(sock: socket.socket) -> int:
    """Give what our own kernel knows of the way that a connected socket has: the largest packet, in bytes."""
    if sock.family == socket.AF_INET6:
        return sock.getsockopt(socket.IPPROTO_IPV6, IPV6_MTU)
    return sock.getsockopt(socket.IPPROTO_IP, IP_MTU)


def notices(sock: socket.socket) -> Iterator[Returned]:
    """Give what lies in the error queue, and leave it empty: the next sending would raise it otherwise."""
    while ERROR_QUEUE:
        try:
            data, beside, _, _ = sock.recvmsg(ROOM, ROOM, ERROR_QUEUE)
        except BlockingIOError:
            return
        for level, kind, extended in beside:
            if (level, kind) in ((socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)):
                notice = read_notice(extended)
                if notice:
                    yield Returned(notice, data)
