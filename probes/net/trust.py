"""Whom we trust: TLS contexts, one per policy, because making one of the system's authorities takes 18 ms."""

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from probes.result import Reason
from probes.tools import Failed

Version = Literal["1.2", "1.3"]
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
Stamp = tuple[int, int]  # of a file: when it was written, and its length


@dataclass(frozen=True, slots=True)
class Policy:
    """How the other end must prove itself, and we to it. Without `ca_file` the system's authorities count."""

    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    min_tls: Version = "1.2"
    alpn: tuple[str, ...] = ()


def context(policy: Policy) -> ssl.SSLContext:
    """Give the context of a policy. Raises Failed (`missing_capability`) where a file cannot be used.

    A file that was replaced is read anew.
    """
    return _context(policy, *(_stamp(option, getattr(policy, option)) for option in FILES))


FILES = ("ca_file", "cert_file", "key_file")


def _stamp(option: str, file: str) -> Stamp:
    if not file:
        return 0, 0
    try:
        stat = Path(file).stat()
    except OSError as error:
        raise _unusable(option, file, error) from error
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=256)
def _context(policy: Policy, *stamps: Stamp) -> ssl.SSLContext:  # noqa: ARG001 - part of the key
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and name
    made.minimum_version = VERSIONS[policy.min_tls]
    if policy.alpn:
        made.set_alpn_protocols(list(policy.alpn))
    _trust(made, policy.ca_file)
    if policy.cert_file:
        _prove(made, policy.cert_file, policy.key_file)
    return made


def _trust(made: ssl.SSLContext, ca_file: str) -> None:
    try:
        if ca_file:
            made.load_verify_locations(ca_file)
        else:
            made.load_default_certs()
    except OSError as error:  # ssl.SSLError too: nothing in it is a certificate
        raise _unusable("ca_file", ca_file, error) from error


def _prove(made: ssl.SSLContext, cert_file: str, key_file: str) -> None:
    try:
        made.load_cert_chain(cert_file, key_file or None, password="")  # never asked for on a terminal
    except ValueError as error:  # it is encrypted, and no password is no password
        raise _unusable("key_file", key_file or cert_file, "it is encrypted") from error
    except OSError as error:
        raise _unusable("cert_file", cert_file, error) from error


def _unusable(option: str, file: str, error: OSError | str) -> Failed:
    told = error if isinstance(error, str) else _said(error)
    return Failed(Reason.MISSING_CAPABILITY, f"{option} {file}: {told}")


def _said(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "it cannot be used").replace("_", " ").lower()
    return error.strerror or "it cannot be read"
