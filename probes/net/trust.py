"""Whom we trust: TLS contexts, one per policy, because making one of the system's authorities takes 18 ms."""

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from probes.result import Reason
from probes.tools import Failed


@dataclass(frozen=True, slots=True)
class Policy:
    """How the other end must prove itself. Without `ca_file` the system's authorities count."""

    ca_file: str = ""


def context(policy: Policy) -> ssl.SSLContext:
    """Give the context of a policy. Raises Failed (`missing_capability`) where its file cannot be read.

    A file that was replaced is read anew.
    """
    try:
        return _context(policy, _version(policy.ca_file))
    except OSError as error:  # ssl.SSLError too: nothing in it is a certificate
        told = error.strerror or "it cannot be read"
        raise Failed(Reason.MISSING_CAPABILITY, f"ca_file {policy.ca_file}: {told}") from error


def _version(file: str) -> tuple[int, int]:
    if not file:
        return 0, 0
    stat = Path(file).stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _context(policy: Policy, version: tuple[int, int]) -> ssl.SSLContext:  # noqa: ARG001 - part of the key
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and name, TLS 1.2 at least
    made.set_alpn_protocols(["http/1.1"])
    if policy.ca_file:
        made.load_verify_locations(policy.ca_file)
    else:
        made.load_default_certs()
    return made
