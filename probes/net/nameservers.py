"""The name servers of this machine, as /etc/resolv.conf lists them."""

from ipaddress import ip_address
from pathlib import Path

FILE = Path("/etc/resolv.conf")
NOBODY_NAMED = "127.0.0.1"  # resolv.conf(5): the local machine then


def first_nameserver(file: Path = FILE) -> str:
    """Give the address of the first."""
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return NOBODY_NAMED
    return next((named for line in lines if (named := _named(line))), NOBODY_NAMED)


def _named(line: str) -> str:
    words = line.split()
    if len(words) < 2 or words[0] != "nameserver":
        return ""
    try:
        return str(ip_address(words[1]))
    except ValueError:
        return ""
