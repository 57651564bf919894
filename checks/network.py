"""Whether a host is ours or out on the internet, as far as its name or address tells."""

import ipaddress
import re

from checks.model import Network

WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]+)?|([^:]*):[0-9]+")


def network_of(host: str) -> Network:
    """Say `internal` for private, loopback and link-local addresses and for localhost, else `internet`."""
    found = WITH_PORT.fullmatch(host)
    bare = ((found[1] or found[2] or "") if found else host).rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return "internal"
    return "internal" if _private(bare) else "internet"


def _private(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_private or mapped.is_loopback or mapped.is_link_local)


def is_address(host: str) -> bool:
    """Say whether a host is written as an IP address, so that no name has to be resolved for it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
