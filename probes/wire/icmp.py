"""ICMP and ICMPv6: echoes, and what routers say of a packet that does not get there (RFC 792, 4443)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from struct import Struct, unpack

ECHO = Struct("!BBHHH")  # type, code, checksum, identifier, sequence (RFC 792, RFC 4443 section 4)
REQUEST = {4: 8, 6: 128}  # by IP version
REPLY = {4: 0, 6: 129}
TOKEN = 8  # bytes at the begin of an echo's data that only we know
# struct sock_extended_err of Linux: errno, origin, type, code, padding, info, data; see ip(7).
EXTENDED = Struct("=IBBBxII")
BY_ICMP = {2: 4, 3: 6}  # origins that are routers or hosts, and the version of IP they speak

UNREACHABLE = {
    (4, 3): {
        0: "no route to the network",
        1: "no way to the host",
        2: "the host does not know the protocol",
        3: "nobody listens at the port",
        4: "too large, and not to be fragmented",
        9: "the network is administratively prohibited",
        10: "the host is administratively prohibited",
        13: "administratively prohibited",
    },
    (6, 1): {
        0: "no route there",
        1: "administratively prohibited",
        2: "beyond the scope of our address",
        3: "no way to the host",
        4: "nobody listens at the port",
        5: "our address is not let through",
        6: "the route there refuses",
    },
    (6, 2): {0: "too large"},
    (4, 11): {0: "the time to live ran out", 1: "not all fragments came"},
    (6, 3): {0: "the hop limit ran out", 1: "not all fragments came"},
}
TOO_LARGE = {(4, 3, 4), (6, 2, 0)}
RAN_OUT = {(4, 11, 0), (6, 3, 0)}
PORT = {(4, 3, 3), (6, 1, 4)}


@dataclass(frozen=True, slots=True)
class Echo:
    """A reply: its sequence number, its identifier, and the data that it brings back."""

    sequence: int
    identifier: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """What a router, a host or our own kernel says of a packet that did not get there.

    `code` is version of IP, type and code, None where our own kernel says so by `errno`. `mtu` is what the
    next link takes, in bytes, where the packet was too large for it.
    """

    errno: int
    code: tuple[int, int, int] | None
    by: str = ""
    mtu: int | None = None

    @property
    def arrived(self) -> bool:
        """Say whether it is the answer of a host where nobody listens at the port: it got there."""
        return self.code in PORT

    @property
    def ran_out(self) -> bool:
        """Say whether a router on the way dropped it for its time to live."""
        return self.code in RAN_OUT

    def __str__(self) -> str:
        if self.code is None:
            return "our own host does not send it"
        version, kind, code = self.code
        said = UNREACHABLE.get((version, kind), {}).get(code, f"type {kind}, code {code}")
        mtu = f"; the next link takes {self.mtu} bytes" if self.mtu else ""
        return f"{said}, says {self.by or 'a router'} (ICMP){mtu}"


def request(version: int, identifier: int, sequence: int, data: bytes) -> bytes:
    """Give an echo request. The checksum of ICMPv6, and of ping sockets, is the kernel's affair."""
    header = ECHO.pack(REQUEST[version], 0, 0, identifier, sequence)
    check = checksum(header + data) if version == 4 else 0
    return ECHO.pack(REQUEST[version], 0, check, identifier, sequence) + data


def checksum(data: bytes) -> int:
    """Give the checksum of the Internet (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def read_reply(version: int, packet: bytes) -> Echo | None:
    """Read an echo reply, or None where it is something else. Raw sockets of IPv4 give the IP header too."""
    message = _without_header(packet) if version == 4 else packet
    return _echo(message, REPLY[version])


def read_returned(version: int, packet: bytes) -> Echo | None:
    """Read the beginning of our own request, as an ICMP error brings it back."""
    return _echo(packet, REQUEST[version])


def _echo(message: bytes, kind: int) -> Echo | None:
    if len(message) < ECHO.size:
        return None
    of, code, _, identifier, sequence = ECHO.unpack_from(message)
    return Echo(sequence, identifier, message[ECHO.size :]) if (of, code) == (kind, 0) else None


def _without_header(packet: bytes) -> bytes:
    """Take an IPv4 header off where there is one: no type of ICMP that we look for begins as that does."""
    return packet[(packet[0] & 0x0F) * 4 :] if packet and packet[0] >> 4 == 4 else packet


def read_notice(extended: bytes) -> Notice | None:
    """Read what Linux adds to an error of a socket: `sock_extended_err`, and the address of who said so."""
    if len(extended) < EXTENDED.size:
        return None
    errno, origin, kind, code, info, _ = EXTENDED.unpack_from(extended)
    if origin not in BY_ICMP:
        return Notice(errno, None, mtu=info or None)
    said = (BY_ICMP[origin], kind, code)
    by = _offender(BY_ICMP[origin], extended[EXTENDED.size :])
    return Notice(errno, said, by, info if said in TOO_LARGE and info else None)


def _offender(version: int, address: bytes) -> str:
    """Read `sockaddr_in` or `sockaddr_in6`: family, port, (flow information,) address."""
    begin, length = (4, 4) if version == 4 else (8, 16)
    raw = address[begin : begin + length]
    if len(raw) < length or not any(raw):
        return ""
    return str(IPv4Address(raw) if version == 4 else IPv6Address(raw))
