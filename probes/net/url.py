"""What an http or https URL says, ready to be connected to and asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from checks.values import RuleError

PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[0-9a-z_-]{1,63}(?:\.[0-9a-z_-]{1,63})*\.?")
LONGEST = 254  # characters of a name, with the dot of the root (RFC 1035, section 2.3.4)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, section 2.1
NO_HOST = "must have a host name that DNS can hold, or an IP address"
KEPT = "/?:@!$&'()*+,;=%~[]|"  # of a target: what has a meaning there, or was written percent-encoded


@dataclass(frozen=True, slots=True)
class Url:
    """`host` is in lower case, an international one in its ASCII form; `target` begins with a slash."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Give what must be equal for two URLs to be the same party's (RFC 6454, section 4)."""
        return self.scheme, self.host, self.port

    @property
    def absolute(self) -> str:
        """Give all of it again, as a proxy is asked (RFC 9112, section 3.2.2)."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """Give the value of the Host header (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@lru_cache(maxsize=16384)
def parse(text: str) -> Url:
    """Read a URL of the configuration, which is asked for again and again. Raises ValueError."""
    return read(text)


def read(text: str) -> Url:
    """Read a URL. Raises ValueError with the rule that is broken, never the text: it may hold a secret."""
    if any(character <= " " or character == "\x7f" for character in text):
        raise RuleError("must be a URL without spaces, line ends and control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise RuleError("must be a URL such as https://www.example.com:8443/path") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise RuleError("must be an http or https URL with a host name")
    if "@" in parts.netloc:
        raise RuleError("must not hold a user name or a password")
    if port == 0:
        raise RuleError("must not have the port 0")
    if "[" in parts.netloc and ":" not in parts.hostname:
        raise RuleError(NO_HOST)
    return Url(parts.scheme, _host(parts.hostname), port or PORTS[parts.scheme], _target(parts))


def hosts(names: Sequence[str]) -> tuple[str, ...]:
    """Read names of hosts, without ports, in their ASCII form and lower case. Raises ValueError."""
    return tuple(_host(name) for name in names)


def domain_name(text: str) -> str:
    """Read a domain in its ASCII form, in lower case. Raises ValueError."""
    try:
        labels = _host(text.rstrip(".")).split(".")
    except ValueError:
        labels = []
    if len(labels) < 2 or any(not LABEL.fullmatch(label) for label in labels):
        raise RuleError("must be a registered domain such as example.com")
    return ".".join(labels)


def _host(name: str) -> str:
    try:
        host = (name if name.isascii() else name.encode("idna").decode("ascii")).lower()
        known = IPv6Address(host) if ":" in host else _is_name(host)
    except ValueError:
        known = None
    if not known:
        raise RuleError(NO_HOST)
    return host


def _is_name(host: str) -> bool:
    """Say whether it is a name, or an IPv4 address in its usual form. Raises ValueError for other numbers."""
    name = host.removesuffix(".")
    if name.rpartition(".")[2].isdigit():
        IPv4Address(name)
    return len(host) <= LONGEST and bool(HOST.fullmatch(host))


def _target(parts: SplitResult) -> str:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return quote(target, safe=KEPT)
