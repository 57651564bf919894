"""The step `resolve`: a host name becomes addresses to connect to, asked anew each time."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from pycares import errno

from probes.net.lookup import Lookup, LookupFailed
from probes.result import Reason
from probes.tools import Failed, Tools

# What proves that there is no such name or address; all else may be the network's fault, or ours.
ABSENT = {
    errno.ARES_ENOTFOUND: "there is no such name",
    errno.ARES_ENODATA: "the name has no address",
    errno.ARES_ENONAME: "there is no such name",
    errno.ARES_EBADNAME: "this is not a name that DNS can hold",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to."""

    family: int
    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if self.family == socket.AF_INET6 else f"{self.ip}:{self.port}"


async def resolve(
    tools: Tools,
    host: str,
    port: int,
    servers: Sequence[str] = (),
    family: socket.AddressFamily = socket.AF_UNSPEC,
) -> tuple[Address, ...]:
    """Give at least one address, in the order in which to try them. An IP address is its own.

    `servers` (`address:port`) stand in for those of resolv.conf; `family` asks for its addresses only.
    Raises Failed.
    """
    with tools.phase("resolve", Reason.DNS_FAILURE):
        if literal := _literal(host, port):
            return (_of_family(literal, family),)
        try:
            found = await Lookup(servers).addresses(host, family)
        except LookupFailed as failed:
            raise _failure(host, failed) from failed
        return tuple(Address(each, ip, port) for each, ip in found)


def _of_family(address: Address, family: socket.AddressFamily) -> Address:
    if family not in (socket.AF_UNSPEC, address.family):
        asked = "IPv6" if family == socket.AF_INET6 else "IPv4"
        raise Failed(Reason.DNS_NXDOMAIN, f"{address.ip} is no {asked} address, which ip_protocol asks for")
    return address


@lru_cache(maxsize=16384)
def _literal(host: str, port: int) -> Address | None:
    try:
        ip = ip_address(host)
    except ValueError:
        return None
    family = socket.AF_INET6 if isinstance(ip, IPv6Address) else socket.AF_INET
    return Address(family, str(ip), port)


def _failure(host: str, failed: LookupFailed) -> Failed:
    if failed.code in ABSENT:
        return Failed(Reason.DNS_NXDOMAIN, f"{host}: {ABSENT[failed.code]}")
    return Failed(Reason.DNS_FAILURE, f"{host} could not be looked up: {failed}")
