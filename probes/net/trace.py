"""The way to a host: the routers on it, where it ends, and how large a packet may be. No privilege needed.

Datagrams of UDP are sent with a time to live of 1, 2, 3 … to ports where nobody listens. The router at which
one runs out says so by ICMP, and so does the host where nobody listens; the kernel keeps both for the socket.
"""

import asyncio
import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from probes.net.notices import (
    AS_KNOWN,
    SAID_BY_ICMP,
    Returned,
    mtu_known,
    notices,
    set_cutting,
    set_ttl,
    want_notices,
)
from probes.net.readiness import readiness
from probes.net.resolve import Address, resolve
from probes.result import measured
from probes.tools import Failed, Tools

FIRST_PORT = 33434  # of those that traceroute has used ever since; a port more with each hop
MOST_HOPS = 30
AT_ONCE = 10  # hops that are asked together
TRIES = 2  # datagrams per hop
WAIT = 1.0  # seconds that each of them waits
LONGEST = 10.0  # seconds for all of it
SIZES = 5  # packets by which the largest is sought
HEADERS = {socket.AF_INET: 28, socket.AF_INET6: 48}  # bytes of IP and UDP


@dataclass(frozen=True, slots=True)
class Hop:
    """What answered at a distance: an empty address where nobody did."""

    ttl: int
    address: str = ""
    seconds: float | None = None


@dataclass(slots=True)
class Way:
    """A way as it was found, at an instant (ms since the epoch).

    `reached` says whether the host itself answered, `ended` in words why there are no more hops. `mtu` is the
    largest packet in bytes that the way is known to take, None where nobody told; `mtu_note` says how.
    """

    at: int
    host: str
    address: str = ""
    hops: list[Hop] = field(default_factory=list)
    reached: bool = False
    ended: str = ""
    mtu: int | None = None
    mtu_note: str = ""

    def document(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return asdict(self)


async def trace(tools: Tools, host: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> Way:
    """Follow the way to a host, for 10 s at most. Whatever keeps it from the host is part of the answer."""
    way = Way(tools.now(), host)
    try:
        async with asyncio.timeout(LONGEST):
            address = _first(await resolve(tools, host, FIRST_PORT, family=family))
            way.address = address.ip
            await _follow(way, address)
            await _measure(way, address)
    except (Failed, OSError) as error:
        way.ended = error.detail if isinstance(error, Failed) else _words(error)
    except TimeoutError:
        way.ended = way.ended or f"not done within {LONGEST:g} s"
    return way


def _first(addresses: Sequence[Address]) -> Address:
    """Give the first address that there is a way to, or the last."""
    for address in addresses[:-1]:
        with suppress(OSError), _opened(address, FIRST_PORT):
            return address
    return addresses[-1]


@contextmanager
def _opened(address: Address, port: int) -> Iterator[socket.socket]:
    with socket.socket(address.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        want_notices(sock)
        sock.connect((address.ip, port))
        readiness().watch(sock.fileno())
        try:
            yield sock
        finally:
            readiness().forget(sock.fileno())


def _words(error: OSError) -> str:
    return error.strerror or str(error)


# --- hop by hop


@dataclass(frozen=True, slots=True)
class _Answer:
    hop: Hop
    last: bool = False
    reached: bool = False
    said: str = ""


async def _follow(way: Way, address: Address) -> None:
    answers: list[_Answer] = []
    for first in range(1, MOST_HOPS + 1, AT_ONCE):
        ttls = range(first, min(first + AT_ONCE, MOST_HOPS + 1))
        found = await asyncio.gather(*(_ask(address, ttl) for ttl in ttls))
        answers += found
        if any(answer.last for answer in found) or not any(answer.hop.address for answer in found):
            break
    last = next((at for at, answer in enumerate(answers) if answer.last), None)
    way.hops = [answer.hop for answer in (answers if last is None else answers[: last + 1])]
    while way.hops and not way.hops[-1].address:
        way.hops.pop()
    if last is not None:
        way.reached, way.ended = answers[last].reached, answers[last].said
    else:
        way.ended = f"nobody answers after hop {len(way.hops)}" if way.hops else "nobody answers"


async def _ask(address: Address, ttl: int) -> _Answer:
    """Ask who is at this distance. Each try has a socket of its own: a late answer is then no other's."""
    loop = asyncio.get_running_loop()
    try:
        for _ in range(TRIES):
            with _opened(address, FIRST_PORT + ttl - 1) as sock:
                set_ttl(sock, ttl)
                begun = loop.time()
                sock.send(b"")
                returned = await _heard(sock, WAIT)
                took = measured(loop.time() - begun)
            if returned is not None:
                return _answer(address, ttl, returned, took)
    except OSError as error:
        return _Answer(Hop(ttl), last=True, said=_words(error))
    return _Answer(Hop(ttl))


def _answer(address: Address, ttl: int, returned: Returned | bytes, took: float) -> _Answer:
    """Say what an answer means. Data is one too: somebody listens there after all."""
    if isinstance(returned, bytes) or returned.notice.arrived:
        return _Answer(Hop(ttl, address.ip, took), last=True, reached=True, said="the host answers")
    notice = returned.notice
    hop = Hop(ttl, notice.by, took)
    if notice.ran_out:
        return _Answer(hop)
    return _Answer(hop, last=True, reached=notice.by == address.ip, said=str(notice))


async def _heard(sock: socket.socket, seconds: float) -> Returned | bytes | None:
    """Wait for what ICMP says, or for an answer of somebody who listens there after all."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                for returned in notices(sock):
                    if returned.notice.code:
                        return returned
                try:
                    return sock.recv(1)
                except BlockingIOError:
                    await readiness().wait(sock.fileno())
                except OSError as error:
                    if error.errno not in SAID_BY_ICMP:
                        raise
    return None


# --- how large


async def _measure(way: Way, address: Address) -> None:
    """Send packets as large as the way is known to take, that nobody may cut, until no router objects."""
    with _opened(address, FIRST_PORT + MOST_HOPS) as sock:
        set_cutting(sock, AS_KNOWN)
        silent = 0
        for _ in range(SIZES):
            size = mtu_known(sock)
            if _sent(sock, size):
                heard = await _heard(sock, WAIT)
                silent += heard is None
                if _found(way, address, size, heard) or silent == TRIES:
                    break
        if way.mtu is None and way.reached:
            way.mtu_note = f"packets of {mtu_known(sock)} bytes are not answered, small ones are"


def _found(way: Way, address: Address, size: int, heard: Returned | bytes | None) -> bool:
    """Note what is known of the largest packet after one that was sent; say whether that is all."""
    if heard is None:
        return False
    if isinstance(heard, Returned) and heard.notice.mtu:
        way.mtu, way.mtu_note = heard.notice.mtu, str(heard.notice)
        return False
    if isinstance(heard, Returned) and heard.notice.by != address.ip:
        way.ended = way.ended if way.reached else str(heard.notice)
    else:
        way.mtu, way.mtu_note = size, f"a packet of {size} bytes was answered"
    return True


def _sent(sock: socket.socket, size: int) -> bool:
    """Send a packet of this size; say whether our own kernel let it go, and has not learned better."""
    try:
        sock.send(bytes(size - HEADERS[socket.AddressFamily(sock.family)]))
    except OSError as error:
        for _ in notices(sock):
            pass  # the next sending would raise it again
        if error.errno != errno.EMSGSIZE:
            raise
        return False
    return True
