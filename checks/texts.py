"""What a text must be like to be a name, an address, a place: rules of single options."""

import re
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from checks.values import RuleError, read_whole

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,126}")
NAME_RULE = "must be 1 to 127 letters, digits, dots, dashes or underscores, and begin with a letter or digit"
LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\s\[\]]*):([0-9]{1,5})")
STORE = re.compile(r"sqlite:///(/?[^?#\x00]+)")
LOOKED_UP = r"^[^\s:/]+$"
HOST = re.compile(r"[^\s:/@\[\]]{1,253}")
LONGEST_LABEL = 63  # characters between two dots (RFC 1035, section 2.3.4)


def read_version(text: str) -> str:
    """Accept the version of the file's language."""
    if text != "1":
        raise RuleError("must be 1; this Watchkeeper reads no other version")
    return text


def read_name(text: str) -> str:
    """Accept what may name a service, check, objective, receiver or site."""
    if not NAME.fullmatch(text):
        raise RuleError(NAME_RULE)
    return text


def read_url(text: str) -> str:
    """Accept the address of something on the web; a slash at its end is taken off."""
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text):
        raise RuleError("must be an address that begins with https:// or http://")
    return text.rstrip("/")


def read_host(text: str) -> str:
    """Accept a name or an IP address, without a port; give it in lower case."""
    if not _is_host_name(text) and not _is_address(text):
        raise RuleError("must be a host name or an IP address, without a port")
    return text.lower()


def _is_host_name(text: str) -> bool:
    """Say whether DNS can hold it, and whether it cannot be taken for an address: 10.0.0.256 is neither."""
    labels = text.removesuffix(".").split(".")
    return (
        bool(HOST.fullmatch(text))
        and all(0 < len(label) <= LONGEST_LABEL for label in labels)
        and not (labels[-1].isascii() and labels[-1].isdigit())
    )


def _is_address(text: str) -> bool:
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False


def read_listen(text: str) -> str:
    """Accept `host:port`; an IPv6 address stands in brackets."""
    found = LISTEN.fullmatch(text)
    if not found or int(found[2]) > 65535:
        raise RuleError("must be an address and a port, such as 127.0.0.1:9797 or [::1]:9797")
    return text


def read_store(text: str) -> str:
    """Accept the URL of an SQLite file; give its path."""
    found = STORE.fullmatch(text)
    if not found:
        raise RuleError("must be sqlite:///name.db (beside this file) or sqlite:////absolute/name.db")
    return found[1]


def read_timezone(text: str) -> str:
    """Accept a name of the IANA time zone database."""
    try:
        return text if text == "UTC" else ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise RuleError("must be a time zone such as Europe/Amsterdam or UTC") from None


def read_in_flight(text: str) -> str:
    """Accept `auto` or a number of attempts."""
    if text != "auto" and (not text.isdecimal() or read_whole(text) < 1):
        raise RuleError("must be auto or a whole number from 1")
    return text


def read_looked_up(text: str) -> str:
    """Accept a name to resolve."""
    if not re.fullmatch(LOOKED_UP, text):
        raise RuleError("must be a name to resolve, such as dns.google")
    return text


def read_target(text: str) -> str:
    """Accept `host:port` of a self-check's address."""
    found = LISTEN.fullmatch(text)
    if not found or text.startswith(":") or not 0 < int(found[2]) <= 65535:
        raise RuleError("must be an address and a port, such as 1.1.1.1:443")
    return text
