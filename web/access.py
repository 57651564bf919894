"""Who may change something while `web.auth` is off: somebody at this machine, and no foreign page."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a request came from: the address of the peer, and its header fields as they were sent."""

    peer: str
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        """Give all values of a header field, by its name in lower case."""
        return [value for field, value in self.fields if field.lower() == name]


def refusal(asked: Asked) -> str:
    """Say why a request may not change anything, or nothing where it may."""
    if not is_loopback(asked.peer):
        return "it comes from another machine"
    if any(_tells_of_a_proxy(name) for name, _ in asked.fields):
        return "it was forwarded by a proxy, so it may come from another machine"
    hosts = asked.values("host")
    if len(hosts) != 1 or not _is_here(hosts[0]):
        return "its Host is not an address of this machine's loopback"
    if _from_a_page(asked.values("origin"), asked.values("sec-fetch-site"), hosts[0]):
        return "a page of another site sent it"
    return ""


def is_loopback(address: str) -> bool:
    """Say whether an IP address, also an IPv4 one written as IPv6, is this machine's own."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


def _tells_of_a_proxy(field: str) -> bool:
    name = field.lower()
    return name == "forwarded" or name.startswith("x-forwarded-")


def _is_here(host: str) -> bool:
    name = _name(host)
    return name == "localhost" or is_loopback(name)


def _name(host: str) -> str:
    """Take the port off a Host; what cannot be one is no name."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    return parts.hostname or "" if parts.netloc == host and parts.username is None else ""


def _from_a_page(origins: Iterable[str], sites: Iterable[str], host: str) -> bool:
    """Say whether a browser sent it for a page that is not ours; other programs send neither field."""
    if any(site not in {"same-origin", "none"} for site in sites):
        return True
    return any(origin not in {f"http://{host}", f"https://{host}"} for origin in origins)
